import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from classifier.cli.show_guidance import show_guidance
from classifier.finding import Finding, ModelInfo
from classifier.guidance import Facts, Guidance, Role, Text, advise, facts
from classifier.labels import ACTS, FRAUD_SIGNALS, STATES, Label, Signal

CASES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "cases" / "guidance.json").read_text(encoding="utf-8"))
MOVED = date(2026, 1, 1)
NOW = date(2026, 11, 22)
ARTICLE = re.compile("《(治安管理处罚法|网络安全法)[^》]*》(?:（[^）]*）)?第([一二三四五六七八九十百]+)条")
LABELS = [(state,) for state in STATES] + [acts for size in (1, 2, 3) for acts in combinations(ACTS, size)]
DAYS = sorted(
    {day for first in map(date.fromisoformat, CASES["days"]) for day in (first - timedelta(days=1), first)} | {NOW}
)


def found(labels: Iterable[Label], signals: Iterable[Signal] = (), reasons: Iterable[str] = ()) -> Finding:
    """A finding as the classifier makes it; guidance reads nothing of it but these."""
    labels, reasons = tuple(labels), tuple(reasons)
    model = ModelInfo("", "", "")
    return Finding(labels[0], labels, {}, bool(reasons), reasons, "balanced", tuple(signals), (), model)


def with_each_signal(labels: tuple[Label, ...]) -> Iterator[Finding]:
    yield found(labels)
    yield from (found(labels, [signal]) for signal in Signal)
    yield from (found(labels, pair) for pair in combinations(Signal, 2))
    yield found(labels, Signal, ["near_threshold", "fraud_signal"])


def ids(entries: Iterable[Any]) -> list[str]:
    return [entry.id for entry in entries]


def shown(guidance: Guidance, lang: str = "zh") -> str:
    return show_guidance(guidance, "zh" if lang == "zh" else "en", full=True)


@pytest.mark.parametrize("row", CASES["grid"], ids=lambda row: f"{row['label']}-{row['signal']}")
def test_each_label_with_each_signal_on_each_boundary(row: dict[str, Any]) -> None:
    finding = found([Label(row["label"])], [Signal(row["signal"])] if row["signal"] else [])
    periods = {date.fromisoformat(start): expected for start, expected in row["periods"].items()}
    for day in DAYS:
        expected = periods[max(start for start in periods if start <= day)]
        guidance = advise(finding, day)
        assert ids(guidance.basis) == expected["basis"].split(), day
        assert ids(guidance.rules) == expected["rules"].split(), day
        assert ids(guidance.channels[:3]) == row["channels"].split(), day


def test_the_grid_holds_each_label_with_each_signal() -> None:
    pairs = {(row["label"], row["signal"]) for row in CASES["grid"]}
    assert pairs == {(label.value, signal) for label in Label for signal in (None, *(s.value for s in Signal))}
    firsts = {provision.in_force_from for provision in facts().provisions.values()}
    firsts |= {rule.in_force_from for rule in facts().rules.values()}
    assert {date.fromisoformat(day) for day in CASES["days"]} == firsts


@pytest.mark.parametrize("case", CASES["decided"], ids=[case["why"] for case in CASES["decided"]])
def test_decided_cases(case: dict[str, Any]) -> None:
    labels, signals = map(Label, case["labels"]), map(Signal, case["signals"])
    guidance = advise(found(labels, signals), date.fromisoformat(case["on"]))
    parts = {name: ids(getattr(guidance, name)) for name in ("basis", "rules", "channels", "cautions", "steps", "more")}
    for name, part in parts.items():
        assert not set(case.get(name, ())) - set(part), name
        assert not set(case.get(f"not_{name}", ())) & set(part), name
    if "basis_is" in case:
        assert parts["basis"] == case["basis_is"]
    if "basis_first" in case:
        assert parts["basis"][0] == case["basis_first"]
    if "cite" in case:
        cited = next(p for p in guidance.basis if p.id == case.get("cite_of", parts["basis"][0]))
        assert cited.cite.zh.endswith(f"{case['cite']}")
    first = case.get("channels_first", [])
    assert parts["channels"][: len(first)] == first
    assert guidance.summary.id == case.get("summary", guidance.summary.id)
    points = [point.id for rule in guidance.rules for point in rule.points]
    assert not set(case.get("points", ())) - set(points)


def assert_articles_of_their_day(guidance: Guidance) -> None:
    """No moved article by a number that it did not have on the day."""
    cited = [provision.cite.zh for provision in (*guidance.basis, *guidance.more)]
    for law, article in ARTICLE.findall("\n".join(cited)):
        numbers = CASES["articles"][law]["before" if guidance.on < MOVED else "since"]
        assert article in numbers, f"{law} {article} on {guidance.on}"


@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: "+".join(labels))
def test_moved_articles_have_the_number_of_the_day(labels: tuple[Label, ...]) -> None:
    seen = False
    for finding in with_each_signal(labels):
        for day in (date(2013, 1, 1), MOVED - timedelta(days=1), MOVED, NOW):
            guidance = advise(finding, day)
            assert_articles_of_their_day(guidance)
            seen = seen or bool(ARTICLE.search(shown(guidance)))
    assert seen or not set(labels) & set(ACTS)


def changed(known: Facts, id: str, **fields: Any) -> Facts:
    return replace(known, provisions={**known.provisions, id: replace(known.provisions[id], **fields)})


def test_a_wrong_number_would_be_seen() -> None:
    finding = found([Label.THREAT], [Signal.VIOLENCE])
    wrong = Text("《治安管理处罚法》第四十二条", "art. 42")
    assert_articles_of_their_day(advise(finding, MOVED))
    with pytest.raises(AssertionError, match="四十二 on 2026-01-01"):
        assert_articles_of_their_day(advise(finding, MOVED, known=changed(facts(), "za2025-50", cite=wrong)))
    early = changed(facts(), "za2025-50", in_force_from=date(2025, 12, 1))
    with pytest.raises(AssertionError, match="五十 on 2025-12-31"):
        assert_articles_of_their_day(advise(finding, MOVED - timedelta(days=1), known=early))


@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: "+".join(labels))
def test_whatever_is_shown_is_known_and_in_force_and_quoted_only_if_verified(labels: tuple[Label, ...]) -> None:
    known = facts()
    for finding in with_each_signal(labels):
        for day in DAYS if len(finding.signals) < 2 else (date(2020, 12, 31), MOVED - timedelta(days=1), NOW):
            guidance = advise(finding, day)
            for provision in (*guidance.basis, *guidance.more):
                assert provision.excerpt == known.provisions[provision.id].excerpt
                assert provision.verified or provision.excerpt is None
                assert provision.in_force_from <= day <= (provision.in_force_until or day)
            for rule in guidance.rules:
                assert rule.verified or not rule.points
                assert set(rule.points) <= set(known.rules[rule.id].points)
                assert rule.in_force_from <= day <= (rule.in_force_until or day)
            for channel in guidance.channels:
                assert known.channels[channel.id] is channel
            for part in (guidance.basis + guidance.more, guidance.rules, guidance.channels, guidance.cautions):
                assert len(set(ids(part))) == len(part)


@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: "+".join(labels))
def test_criminal_law_stands_only_behind_its_threshold(labels: tuple[Label, ...]) -> None:
    for finding in with_each_signal(labels):
        guidance = advise(finding, NOW)
        assert not [p for p in guidance.basis if p.role in (Role.CRIMINAL, Role.THRESHOLD)]
        assert not [p for p in guidance.basis if "刑法" in p.cite.zh]
        for position, provision in enumerate(guidance.more):
            if provision.role is Role.CRIMINAL:
                assert provision.threshold
                after = ids(guidance.more[position + 1 : position + 1 + len(provision.limits)])
                assert after == list(provision.limits)


def test_everything_in_the_data_can_be_shown() -> None:
    known = facts()
    seen: set[str] = set()
    for labels in LABELS:
        for signals in ([], *([signal] for signal in Signal)):
            for day in (None, *map(date.fromisoformat, CASES["days"]), NOW + timedelta(days=1)):
                guidance = advise(found(labels, signals, ["too_short"] if day is None else []), day)
                seen |= {guidance.summary.id, *ids(guidance.basis), *ids(guidance.rules), *ids(guidance.more)}
                seen |= {*ids(guidance.channels), *ids(guidance.cautions), *ids(guidance.steps)}
                seen |= {point.id for rule in guidance.rules for point in rule.points}
    points = {point.id for rule in known.rules.values() for point in rule.points}
    said = {advice.line.id for advice in (*known.cautions, *known.steps, *known.summaries)}
    everything = {*known.provisions, *known.rules, *known.channels, *known.notices, *points, *said, known.uncited.id}
    assert everything == seen


@pytest.mark.parametrize("signal", sorted(FRAUD_SIGNALS))
@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: "+".join(labels))
def test_a_mark_of_fraud_is_never_shown_as_safe(labels: tuple[Label, ...], signal: Signal) -> None:
    guidance = advise(found(labels, [signal], ["fraud_signal"]), NOW)
    assert guidance.cautions[0].id == "fraud"
    assert "96110" in ids(guidance.channels)
    assert "fraud" in ids(guidance.steps)
    if Label.LAWFUL_REMINDER in labels:
        zh = show_guidance(guidance)
        assert guidance.summary.id == "fraud"
        assert "不要付款" in zh
        assert "不要点链接" in zh
        assert "官方电话" in zh
        assert "合法" not in zh


@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: "+".join(labels))
def test_violence_puts_the_police_first(labels: tuple[Label, ...]) -> None:
    for other in Signal:
        guidance = advise(found(labels, {Signal.VIOLENCE, other}), NOW)
        assert guidance.channels[0].id == "110"
        assert guidance.steps[0].id == "danger"


@pytest.mark.parametrize("reason", ["near_threshold", "fraud_signal", "abusive_passage", "not_chinese", "too_short"])
@pytest.mark.parametrize("label", Label)
def test_what_needs_review_is_for_a_person_first(label: Label, reason: str) -> None:
    assert "review" in ids(advise(found([label], reasons=[reason]), NOW).cautions[:1])
    assert "review" not in ids(advise(found([label]), NOW).cautions)


def test_an_unreadable_text_is_not_called_lawful() -> None:
    for label in STATES:
        assert advise(found([label], reasons=["too_short"]), NOW).summary.id == "unreadable"


def test_without_a_date_it_is_today_and_that_is_said() -> None:
    guidance = advise(found([Label.THREAT]))
    assert abs(guidance.on - date.today()) <= timedelta(days=1)
    assert "date-assumed" in ids(guidance.cautions)
    assert guidance.on.isoformat() in show_guidance(guidance)
    assert "date-assumed" not in ids(advise(found([Label.THREAT]), NOW).cautions)


def test_laws_that_were_not_checked_are_named_and_not_cited() -> None:
    guidance = advise(found([Label.THIRD_PARTY_HARASSMENT]), date(2021, 10, 31))
    notice = next(line.text for line in guidance.cautions if line.id == "not-checked")
    assert "《个人信息保护法》" in notice.zh
    assert "2021-10-31" in notice.en
    assert "《民法典》" not in notice.zh


@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: "+".join(labels))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_short_form_is_short(labels: tuple[Label, ...], lang: str) -> None:
    for finding in with_each_signal(labels):
        for day in (None, date(2010, 1, 1), NOW):
            lines = show_guidance(advise(finding, day), "zh" if lang == "zh" else "en").splitlines()
            assert 3 <= len(lines) <= 8


def plain(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from plain(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from plain(inner)
    else:
        yield value


def test_json_holds_ids_and_both_languages() -> None:
    guidance = advise(found([Label.THREAT, Label.DEFAMATION], Signal), MOVED)
    both = guidance.to_dict()
    assert json.loads(json.dumps(both)) == both
    assert (both["on"], both["checked"]) == ("2026-01-01", "2026-11-22")
    for part in ("basis", "rules", "channels", "cautions", "steps", "more"):
        assert [entry["id"] for entry in both[part]] == ids(getattr(guidance, part))
    assert set(both["summary"]["text"]) == {"zh", "en"}
    assert both["summary"]["text"]["zh"] == guidance.to_dict("zh")["summary"]["text"]
    assert both["basis"][0]["cite"]["en"] == guidance.to_dict("en")["basis"][0]["cite"]
    assert not any(isinstance(value, str) and "{" in value for value in plain(both))


def test_all_of_it_is_shown_in_either_language() -> None:
    guidance = advise(found([Label.THREAT, Label.DEFAMATION], Signal), MOVED)
    zh, en = shown(guidance), shown(guidance, "en")
    for provision in (*guidance.basis, *guidance.more):
        assert provision.cite.zh in zh
        assert provision.cite.en in en
        assert provision.threshold is None or provision.threshold.zh in zh
        assert (provision.gist_en or "") in en
    for channel in guidance.channels:
        assert channel.phone in zh
        assert channel.detail.en in en
    assert "Unofficial gist" in en
    assert "Unofficial gist" not in zh
    quoted = re.compile("「[^」]*」", re.DOTALL)
    assert not re.search("[\u4e00-\u9fff]", quoted.sub("", en))
