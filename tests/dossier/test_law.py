from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from classifier import Finding
from classifier.dossier import Dossier
from classifier.dossier.law import CALL_POINTS
from classifier.guidance import Role, facts

Make = Callable[..., Finding]
Of = Callable[..., Dossier]


def numbers(dossier: Dossier, name: str) -> list[list[int]]:
    return [[*one.numbers] for one in dossier.law.basis if one.provision.id == name]


def row(text: str, time: str = "") -> Mapping[str, str]:
    return {"text": text, "time": time, "sender": "170"}


def test_the_authored_thread_cites_each_text_of_the_law_for_its_own_messages(
    thread: Dossier, case: dict[str, Any]
) -> None:
    cited = {one.provision.id: [[*one.numbers], [*one.pending]] for one in thread.law.basis}
    for name, wanted in case["law"].items():
        assert cited[name] == wanted, name


def test_every_provision_was_in_force_on_the_days_of_its_messages(thread: Dossier) -> None:
    for one in (*thread.law.basis, *thread.law.more):
        days = [thread.numbers[number].day or thread.made.date() for number in (*one.numbers, *one.pending)]
        assert days
        assert all(one.provision.in_force_from <= day <= (one.provision.in_force_until or day) for day in days)


@pytest.mark.parametrize(("day", "name"), [("2025-12-31", "za2012-42"), ("2026-01-01", "za2025-50")])
def test_the_law_changes_with_the_year(dossier_of: Of, found: Make, day: str, name: str) -> None:
    made = dossier_of([row("打断你的腿", day)], {"打断你的腿": found("打断你的腿", ["threat"], {"violence": "打断"})})
    assert numbers(made, name) == [[1]]
    assert {one.provision.id for one in made.law.basis} & {"za2012-42", "za2025-50"} == {name}


def test_items_of_an_article_name_the_messages_they_are_about(dossier_of: Of, found: Make) -> None:
    findings = {
        "打断你的腿": found("打断你的腿", ["threat"], {"violence": "打断"}),
        "老赖": found("老赖", ["defamation"], {"insult": "老赖"}),
    }
    made = dossier_of([row("打断你的腿", "2026-02-01"), row("老赖", "2026-02-02")], findings)
    (cited,) = (one for one in made.law.basis if one.provision.id == "za2025-50")
    assert {item.item.id: item.numbers for item in cited.items} == {"za2025-50.1": (1,), "za2025-50.5": (1, 2)}


def test_limits_on_calls_are_never_applied_to_messages(dossier_of: Of, found: Make) -> None:
    rows = [row(f"呼死你{n}", f"2026-02-01 23:{n:02}") for n in range(20)]
    findings = {r["text"]: found(r["text"], ["threat"], {"phone_bombing": "呼死你"}) for r in rows}
    made = dossier_of(rows, findings)
    assert not {point.id for one in made.law.rules for point in one.rule.points} & CALL_POINTS
    assert {point.id for rule in facts().rules.values() for point in rule.points} > CALL_POINTS


def test_a_lawful_reminder_by_day_is_held_against_no_rule_and_by_night_against_the_hours_alone(dossier_of: Of) -> None:
    made = dossier_of([row("请还款", "2026-02-02 10:00"), row("请按时还款", "2026-02-02 23:00")])
    points = {point.id: one.numbers for one in made.law.rules for point in one.rule.points}
    assert points == {"cba-2026.hours": (2,), "gbt-45251-2025.hours": (2,)}
    assert {one.provision.role for one in made.law.basis} == {Role.LAWFUL}
    assert all(turn.numbers == (2,) for turn in made.law.turns)


def test_unrelated_messages_are_held_against_nothing(dossier_of: Of, found: Make) -> None:
    made = dossier_of([row("快递", "2026-02-02 23:00")], {"快递": found("快递", ["unrelated"])})
    assert (made.law.basis, made.law.rules) == ((), ())


def test_what_waits_for_a_person_is_kept_apart(dossier_of: Of, found: Make) -> None:
    findings = {"甲": found("甲", ["threat"], None, ["near_threshold"]), "乙": found("乙", ["threat"])}
    made = dossier_of([row("甲", "2026-02-01"), row("乙", "2026-02-02")], findings)
    assert {(one.numbers, one.pending) for one in made.law.basis} == {((2,), (1,))}


def test_without_a_day_the_law_is_that_of_today_and_that_is_said(dossier_of: Of, found: Make) -> None:
    made = dossier_of([row("甲")], {"甲": found("甲", ["threat"])})
    assert (made.law.days, made.law.undated, made.law.today) == (None, (1,), date(2026, 3, 1))
    assert any("2026-03-01" in line.text.zh for line in made.law.cautions if line.id == "date-assumed")


def test_criminal_law_never_stands_in_the_basis(thread: Dossier) -> None:
    roles = {one.provision.role for one in thread.law.basis}
    assert not roles & {Role.CRIMINAL, Role.THRESHOLD}
    assert Role.CRIMINAL in {one.provision.role for one in thread.law.more}
