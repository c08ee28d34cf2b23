import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from classifier.guidance import GuidanceDataError, facts, read_facts
from classifier.guidance.reading import DATA

ROOM = DATA.parent
CASES: dict[str, Any] = json.loads((ROOM.parents[1] / "tests" / "cases" / "guidance.json").read_text(encoding="utf-8"))
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.json"))}
GUILT = [
    "已构成",
    "违法了",
    "犯罪了",
    "犯法",
    "肯定违法",
    "一定违法",
    "必然违法",
    "guilty of",
    "is illegal",
    "has committed",
]
NO_CHANNEL = ["12366", "银保监", "银监会", "信访", "消费者金融权益保护局", "黑猫", "12337", "CBIRC"]
NOT_SHOWN = ["cba", "crim-225", "crim-285", "crim-290", "af-25", "personal-loan-2024", "cyberpolice", "heimao", "12337"]
CONDITIONAL = ["za2025-56", "af-14", "org-23"]
"""Entries that no signal of the codebook calls for."""


def texts(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if "zh" in value or "en" in value:
            yield value
        else:
            for inner in value.values():
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


TEXTS = [text for file in FILES.values() for text in texts(file)]


def test_every_text_is_in_both_languages() -> None:
    assert len(TEXTS) > 200
    for text in TEXTS:
        assert set(text) == {"zh", "en"}
        assert re.search("[\u4e00-\u9fff]", text["zh"])
        assert re.search("[A-Za-z0-9]", text["en"])
        assert not re.search("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", text["en"])


@pytest.mark.parametrize("words", [*GUILT, *NO_CHANNEL])
def test_no_file_finds_guilt_or_names_a_wrong_channel(words: str) -> None:
    for path in DATA.glob("*.json"):
        assert words not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("entry", [*NOT_SHOWN, *CONDITIONAL])
def test_what_must_not_be_shown_is_not_there(entry: str) -> None:
    known = facts()
    assert entry not in {*known.provisions, *known.rules, *known.channels}


def test_repetition_is_never_claimed_of_one_message() -> None:
    for text in TEXTS:
        if "多次" in text["zh"]:
            assert re.search("须多次|不要求多次|一条|不等于", text["zh"]), text["zh"]


def test_excerpts_are_as_compared_with_the_law() -> None:
    quoted = {p.id: p.excerpt for p in facts().provisions.values() if p.excerpt is not None}
    digests = {name: hashlib.sha256(words.encode()).hexdigest()[:16] for name, words in quoted.items()}
    assert digests == CASES["excerpts"]
    assert {p.id for p in facts().provisions.values() if p.excerpt is None} == {
        "csl2016-41",
        "csl2016-42",
        "ji-sx-1",
        "spc-2019-35",
    }


def test_no_host_is_named() -> None:
    for path in [*ROOM.glob("*.py"), *DATA.glob("*.json")]:
        content = path.read_text(encoding="utf-8")
        assert not re.search(r"https?:|www\.|\b[\w-]+\.(?:com|cn|org|net|gov|edu|io)\b", content), path.name


def test_phones_are_the_checked_ones() -> None:
    assert {channel.id: channel.phone for channel in facts().channels.values()} == {
        "110": "110",
        "96110": "96110",
        "12368": "12368",
        "creditor": "",
        "12378": "12378",
        "12363": "12363",
        "12321": "010-12321",
        "12300": "12300",
        "12377": "12377",
        "nifa": "",
        "12345": "12345",
        "court": "12368",
        "12348": "12348",
    }


def test_the_facts_are_read_once_and_carry_their_day() -> None:
    assert facts() is facts()
    assert facts().checked.isoformat() == "2026-11-22"


def entry(rows: list[dict[str, Any]], id: str) -> dict[str, Any]:
    return next(row for row in rows if row["id"] == id)


def provision(id: str, **fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda files: entry(files["statutes"]["statutes"], id).update(fields)


DAMAGE: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "the old text ends too early": (provision("za2012-42", in_force_until="2025-12-30"), "za2025-50"),
    "the old text never ends": (provision("za2012-42", in_force_until=None), "za2025-50"),
    "the new text begins too early": (provision("za2025-62", in_force_from="2025-12-01"), "za2025-62"),
    "a predecessor that is not there": (provision("za2025-50", predecessor="za2006-42"), "za2006-42"),
    "a quotation that was not verified": (provision("civil-1033", verified=False), "civil-1033"),
    "a quotation without English gist": (provision("civil-1033", gist_en=None), "civil-1033"),
    "a criminal article without threshold": (provision("crim-279", threshold=None), "crim-279"),
    "criminal law in the basis": (lambda files: files["selection"]["basis"][0].update(id="crim-293"), "crim-293"),
    "a provision that is not there": (lambda files: files["selection"]["more"][0].update(id="crim-285"), "crim-285"),
    "a limit that is not there": (provision("crim-246", limits=["ji-none"]), "ji-none"),
    "a channel that is not there": (lambda files: files["selection"]["channels"][0].update(id="12366"), "12366"),
    "a rule that is not there": (lambda files: files["selection"]["rules"].append("cba-2021"), "cba-2021"),
    "points of an unverified rule": (
        lambda files: entry(files["rules"]["rules"], "cba-2026").update(verified=False),
        "cba-2026",
    ),
    "a rule for no case": (lambda files: entry(files["rules"]["rules"], "cba-2026").update(points=[]), "cba-2026"),
    "an id that stands there twice": (
        lambda files: files["channels"]["channels"].append(files["channels"]["channels"][0]),
        "twice",
    ),
    "no English": (provision("civil-1033", plain={"zh": "生活安宁", "en": " "}), "empty"),
    "half a text": (provision("civil-1033", plain={"zh": "生活安宁"}), "en"),
    "an unknown field": (provision("civil-1033", penalty="x"), "penalty"),
    "an unknown signal": (
        lambda files: files["selection"]["basis"][0].update(when={"signals": ["shouting"]}),
        "shouting",
    ),
    "no day": (provision("civil-1033", in_force_from="2021"), "2021"),
    "a notice left out": (lambda files: files["selection"]["notices"].pop(), "notice"),
    "files of different days": (lambda files: files["rules"].update(checked="2025-01-01"), "different days"),
    "no object": (lambda files: files.update(rules=[]), "rules.json"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_data_that_contradicts_itself_is_refused(tmp_path: Path, damage: str) -> None:
    change, named = DAMAGE[damage]
    files = json.loads(json.dumps(FILES))
    change(files)
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(GuidanceDataError, match=re.escape(named)):
        read_facts(tmp_path)


def test_a_missing_or_broken_file_is_refused(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(DATA, tmp_path / "data"))
    assert read_facts(copy) == facts()
    (copy / "rules.json").write_text("{", encoding="utf-8")
    with pytest.raises(GuidanceDataError, match="damaged"):
        read_facts(copy)
    (copy / "rules.json").unlink()
    with pytest.raises(GuidanceDataError, match="cannot read"):
        read_facts(copy)
