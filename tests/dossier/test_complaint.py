import re
from collections.abc import Callable
from typing import Any

import pytest

from classifier import Finding
from classifier.dossier import Dossier
from classifier.dossier.complaint import BLANK, LONGEST_QUOTE, MOST_QUOTED, drafts
from classifier.guidance import facts

Make = Callable[..., Finding]
Of = Callable[..., Dossier]
GUILT = re.compile("构成(?!要件)|犯罪|违法行为|罪名|已经违反|触犯|涉案|非法催收")


def texts(dossier: Dossier) -> dict[str, str]:
    return {draft.file: draft.text for draft in drafts(dossier)}


def test_there_are_three_drafts_with_blanks_for_the_person(thread: Dossier) -> None:
    written = texts(thread)
    assert [*written] == ["complaint-12378.txt", "complaint-12321.txt", "police-report.txt"]
    for text in written.values():
        assert f"姓名：{BLANK}" in text
        assert "【草稿】" in text


def test_no_draft_finds_anybody_guilty(thread: Dossier) -> None:
    for text in texts(thread).values():
        own = "\n".join(line for line in text.splitlines() if not line.startswith("    "))  # without quotations
        assert not GUILT.search(own)
        assert "涉嫌" in own


def test_a_draft_rests_on_settled_messages_and_names_those_that_wait(thread: Dossier) -> None:
    written = texts(thread)
    for text in written.values():
        quoted = {int(number) for number in re.findall(r"^第([0-9]+)条  ", text, re.MULTILINE)}
        assert quoted
        assert all(thread.numbers[number].settled for number in quoted)
        assert "另有第6、20、27条待人工复核，没有写入" in text
    assert "第13条  " in written["complaint-12378.txt"]  # at night only
    assert "第13条  " not in written["complaint-12321.txt"] + written["police-report.txt"]


def test_laws_and_rules_are_named_as_guidance_names_them(thread: Dossier) -> None:
    known = facts()
    names = {name for law in known.provisions.values() for name in re.findall("《[^》]+》", law.cite.zh)}
    names |= {name for rule in known.rules.values() for name in re.findall("《[^》]+》", rule.name.zh)}
    for text in texts(thread).values():
        assert set(re.findall("《[^》]+》", text)) <= names
    police = texts(thread)["police-report.txt"]
    assert "第四十二条：第五项（第7、10条）" in police
    assert "第五十条：第一款第一项（第19、22、23条）" in police
    assert "治安管理处罚法" not in texts(thread)["complaint-12378.txt"]


def test_repeatedly_is_said_of_many_and_questioned_of_few(thread: Dossier, dossier_of: Of, found: Make) -> None:
    police = texts(thread)["police-report.txt"]
    assert "17055510382 多次发来涉嫌恐吓、侮辱的信息，共 8 条" in police
    assert "第7、11、15–17条的发送人此类信息不足 3 条" in police
    rows = [{"text": f"甲{n}", "time": f"2026-02-0{n + 1}", "sender": "170"} for n in range(2)]
    few = texts(dossier_of(rows, {r["text"]: found(r["text"], ["threat"]) for r in rows}))["police-report.txt"]
    assert "多次发来" not in few
    assert "此类信息不足 3 条" in few


@pytest.mark.parametrize(
    ("labels", "review"), [(["lawful_reminder"], []), (["unrelated"], []), (["threat"], ["near_threshold"])]
)
def test_without_a_message_to_rest_on_a_draft_claims_nothing(
    dossier_of: Of, found: Make, labels: list[str], review: list[str]
) -> None:
    made = dossier_of([{"text": "甲", "time": "2026-02-01 10:00"}], {"甲": found("甲", labels, None, review)})
    for text in texts(made).values():
        assert "没有可以写进这份材料的信息" in text
        assert "涉嫌骚扰" not in text
        assert "《" not in text


def test_reminders_at_night_make_a_complaint_about_the_hours_only(dossier_of: Of) -> None:
    written = texts(dossier_of([{"text": "请还款", "time": "2026-02-02 23:30"}]))
    assert "要求不在上述时段催收" in written["complaint-12378.txt"]
    assert "没有引用法律条文" in written["complaint-12378.txt"]
    assert "没有可以写进" in written["police-report.txt"]


def test_long_and_hostile_texts_are_quoted_short_and_inert(dossier_of: Of, found: Make) -> None:
    text = "还钱\u202e\x00\x1b[31m" + "长" * 20_000
    rows: list[dict[str, Any]] = [{"text": text[:19_000], "time": "2026-02-01"}]
    rows += [{"text": f"甲{n}", "time": "2026-02-02"} for n in range(MOST_QUOTED)]
    written = texts(dossier_of(rows, {row["text"]: found(row["text"], ["threat"]) for row in rows}))
    for draft in written.values():
        assert "还钱[U+202E][U+0000][U+001B][31m" in draft
        assert "全文 19000 字" in draft
        assert "其余 1 条见附件" in draft
        assert "长" * LONGEST_QUOTE not in draft
        assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", draft)
