from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import Finding, Label, Signal
from classifier.dossier import Dossier, Entry, Message, Moment, judge, tell
from classifier.dossier.entries import sender_key
from classifier.dossier.escalation import Trend, escalation
from classifier.dossier.repeats import find_repeats
from classifier.dossier.telling import MOST_LISTED, patterned
from classifier.dossier.thread import BURST_MESSAGES, MANY, find_bursts
from classifier.dossier.words import say_in

Make = Callable[..., Finding]
START = datetime(2026, 1, 5, 9, 0)
ABUSE = "再不还钱就打断你的腿"
REMINDER = "您好，您的账单今日到期，请按时还款"


def at(moment: datetime | None, text: str = ABUSE, sender: str = "170", row: int = 1) -> Message:
    return Message(row, text, sender, None if moment is None else Moment(moment, clock_known=True))


def rows(case: dict[str, Any], numbers: list[int]) -> list[int]:
    return [case["order"][number - 1] for number in numbers]


def test_the_authored_thread_is_put_in_order_and_nothing_is_dropped(thread: Dossier, case: dict[str, Any]) -> None:
    assert [entry.message.row for entry in thread.entries] == case["order"]
    assert [entry.number for entry in thread.entries] == [*range(1, 28)]
    by_row = {entry.message.row: entry for entry in thread.entries}
    assert {str(row): e.message.unread for row, e in by_row.items() if e.message.unread} == case["unread"]
    assert {str(row): e.message.fault for row, e in by_row.items() if e.message.fault} == case["faults"]
    assert [entry.number for entry in thread.entries if entry.copy_of] == [8]
    assert by_row[8].copy_of == 7
    assert [entry.number for entry in thread.entries if entry.at_night] == case["night"]


def test_the_figures_of_the_authored_thread(thread: Dossier, case: dict[str, Any]) -> None:
    whole, wanted = thread.story.whole, case["whole"]
    for name in ("messages", "copies", "judged", "pending", "collecting", "dated", "span", "days", "clocked", "night"):
        assert getattr(whole, name) == wanted[name], name
    assert (str(whole.first), str(whole.last)) == (wanted["first"], wanted["last"])
    assert whole.busiest == (date.fromisoformat(wanted["busiest"][0]), wanted["busiest"][1])
    assert dict(whole.labels) == wanted["labels"]
    assert dict(whole.settled) == wanted["settled"]
    assert [[sender.name, sender.tally.messages] for sender in thread.story.senders] == case["senders"]


def test_the_story_of_the_authored_thread(thread: Dossier, case: dict[str, Any]) -> None:
    story = thread.story
    assert [[*burst.numbers] for burst in story.bursts] == case["bursts"]
    assert [{"numbers": [*one.numbers], "exact": one.exact} for one in story.repeats] == case["repeats"]
    assert [[many.sender, [*many.numbers]] for many in story.many] == case["many"]
    assert {t.signal: [[*t.numbers], [*t.pending]] for t in story.tactics} == case["tactics"]
    assert [t.signal for t in story.tactics] == [*case["tactics"]]  # by first appearance
    assert {str(reach.number): [*reach.words] for reach in story.reached} == case["reached"]


def test_the_escalation_of_the_authored_thread(thread: Dossier, case: dict[str, Any]) -> None:
    found, wanted = thread.story.escalation, case["escalation"]
    assert found.trend == wanted["trend"]
    assert found.halves is not None
    halves = [[str(half.start), str(half.end), half.messages, half.with_act] for half in found.halves]
    assert halves == wanted["halves"]
    assert [half.rung for half in found.halves] == pytest.approx(wanted["rungs"], abs=1e-4)
    assert [[*one] for one in found.first_on] == wanted["first_on"]
    assert Signal.FALSE_ARREST in found.new_tactics
    assert found.dropped_tactics == {Signal.INSULT, Signal.TOLD_THIRD_PARTY, Signal.VISIT_MENACE}


def test_the_night_adds_its_signal_to_collection_messages_alone(found: Make) -> None:
    night = datetime(2026, 1, 5, 23, 0)
    findings = {"a": found("a", ["lawful_reminder"]), "b": found("b", ["unrelated"])}
    for text, signals in (("a", (Signal.NIGHT_OR_FREQUENT,)), ("b", ())):
        (entry,) = judge([at(night, text)], findings.__getitem__)
        assert entry.finding is not None
        assert entry.finding.signals == signals


def test_no_number_of_messages_on_one_day_makes_a_signal(found: Make) -> None:
    messages = [at(START + timedelta(minutes=n), f"{REMINDER}{n}", row=n) for n in range(40)]
    story = tell(judge(messages, lambda text: found(text, ["lawful_reminder"])))
    assert story.whole.busiest == (START.date(), 40)
    assert story.tactics == ()


@pytest.mark.parametrize(("count", "said"), [(1, False), (MANY - 1, False), (MANY, True), (MANY + 4, True)])
def test_repeatedly_is_said_from_three_messages_of_one_sender_on(found: Make, count: int, said: bool) -> None:
    messages = [at(START + timedelta(days=n), f"{ABUSE}{n}", row=n) for n in range(count)]
    assert bool(tell(judge(messages, lambda text: found(text, ["threat"]))).many) is said


@pytest.mark.parametrize(
    "spoil",
    [
        lambda n: {"sender": f"17{n}"},
        lambda n: {"row": n, "moment": START, "text": ABUSE},
    ],
    ids=["three senders", "one message three times"],
)
def test_repeatedly_is_not_said_of_several_senders_or_of_copies(found: Make, spoil: Callable[[int], Any]) -> None:
    messages = [at(**{"moment": START + timedelta(days=n), "text": f"{ABUSE}{n}", **spoil(n)}) for n in range(MANY)]
    assert tell(judge(messages, lambda text: found(text, ["threat"]))).many == ()


@pytest.mark.parametrize(
    ("labels", "review"),
    [(["third_party_harassment"], []), (["lawful_reminder"], []), (["threat"], ["near_threshold"])],
)
def test_repeatedly_needs_settled_threats_or_insults(found: Make, labels: list[str], review: list[str]) -> None:
    messages = [at(START + timedelta(days=n), f"{ABUSE}{n}") for n in range(9)]
    assert tell(judge(messages, lambda text: found(text, labels, None, review))).many == ()


def test_writings_of_one_number_are_one_sender() -> None:
    assert {
        sender_key(s) for s in ("170 5551 0382", "+86 170-5551-0382", "8617055510382", "１７０５５５１０３８２")
    } == {"17055510382"}
    assert sender_key("8612345") == "8612345"  # no mobile number behind it
    assert sender_key("JD物流") != sender_key("jd")


BLAST = "{}女士，您的欠款{}元已逾期{}天，今日不处理将上报征信并联系您的单位核实情况"


def test_a_blast_with_other_names_and_amounts_repeats_itself(found: Make) -> None:
    texts = [
        BLAST.format("李", 1286, 3),
        BLAST.format("王", 99, 41),
        BLAST.format("李", 1286, 3),
        "请尽快联系我司客服处理",
    ]
    entries = judge(
        [at(START + timedelta(hours=n), text) for n, text in enumerate(texts)],
        lambda text: found(text, ["lawful_reminder"]),
    )
    assert [(one.numbers, one.exact) for one in find_repeats(entries)] == [((1, 2, 3), False)]
    assert find_repeats(entries[2:]) == ()


def test_short_and_unrelated_messages_do_not_repeat_by_chance(found: Make) -> None:
    texts = ["还钱啊你", "还钱啊她", BLAST, BLAST]
    labels = ["threat", "threat", "unrelated", "unrelated"]
    said = {text: found(text, [label]) for text, label in zip(texts, labels, strict=True)}
    entries = judge([at(START + timedelta(hours=n), text) for n, text in enumerate(texts)], said.__getitem__)
    assert find_repeats(entries) == ()


def test_equal_texts_at_other_times_are_one_exact_repeat(found: Make) -> None:
    entries = judge([at(START + timedelta(hours=n)) for n in range(3)], lambda text: found(text, ["threat"]))
    assert [(one.numbers, one.exact) for one in find_repeats(entries)] == [((1, 2, 3), True)]


@given(st.lists(st.integers(0, 600), max_size=30))
def test_a_burst_is_three_within_an_hour_and_no_message_is_in_two(minutes: list[int]) -> None:
    finding = Finding(Label.THREAT, (Label.THREAT,), {}, False, (), "", (), (), None)  # type: ignore[arg-type]
    messages = [at(START + timedelta(minutes=m), f"{ABUSE}{n}") for n, m in enumerate(minutes)]
    entries = judge(messages, lambda text: finding)
    bursts = find_bursts(entries)
    numbers = [number for burst in bursts for number in burst.numbers]
    assert len(numbers) == len(set(numbers))
    for burst in bursts:
        assert len(burst.numbers) >= BURST_MESSAGES
        assert burst.end - burst.start <= timedelta(minutes=60)
    times = sorted(minutes)
    dense = any(c - a <= 60 for a, c in zip(times, times[2:], strict=False))
    assert bool(bursts) is dense


def week(found: Make, days: list[list[str]]) -> tuple[Entry, ...]:
    """Messages of one label each on consecutive days; an empty day has none."""
    said: dict[str, Finding] = {}
    messages = []
    for n, labels in enumerate(days):
        for k, label in enumerate(labels):
            text = f"{n} {k} {label}"
            bodily = {"violence": text} if label == "violence" else None
            said[text] = found(text, ["threat" if label == "violence" else label], bodily)
            messages.append(at(START + timedelta(days=n, minutes=k), text))
    return judge(messages, said.__getitem__)


LAWFUL, ACT, THREAT = "lawful_reminder", "defamation", "threat"


@pytest.mark.parametrize(
    ("days", "trend"),
    [
        ([[LAWFUL] * 3, [THREAT] * 3], Trend.RISING),
        ([[THREAT] * 3, [LAWFUL] * 3], Trend.FALLING),
        ([[LAWFUL] * 3, [LAWFUL] * 3], Trend.STEADY),
        ([[THREAT] * 3, ["violence"] * 3], Trend.RISING),
        ([[LAWFUL] * 4, [LAWFUL, LAWFUL, ACT, ACT]], Trend.RISING),  # half a rung
        ([[LAWFUL] * 5, [LAWFUL, LAWFUL, LAWFUL, ACT, ACT]], Trend.STEADY),  # less
        ([[LAWFUL] * 2, [THREAT] * 3], Trend.UNKNOWN),
        ([[LAWFUL] * 3, [THREAT] * 2], Trend.UNKNOWN),
        ([[LAWFUL, LAWFUL, LAWFUL, THREAT, THREAT, THREAT]], Trend.UNKNOWN),  # one day
        ([[LAWFUL] * 3, [LAWFUL] * 3, [THREAT] * 3], Trend.RISING),  # the odd day belongs to the first half
        ([], Trend.UNKNOWN),
    ],
)
def test_the_rule_of_escalation(found: Make, days: list[list[str]], trend: Trend) -> None:
    assert escalation(week(found, days)).trend is trend


def test_what_waits_for_a_person_does_not_count_as_escalation(found: Make) -> None:
    messages = [at(START + timedelta(days=n), f"{n}") for n in range(9)]
    said = {f"{n}": found(f"{n}", [LAWFUL] if n < 6 else [THREAT], None, ["near_threshold"][: n > 5]) for n in range(9)}
    assert escalation(judge(messages, said.__getitem__)).trend is Trend.STEADY


def test_a_long_thread_is_told_in_a_few_sentences(dossier_of: Callable[..., Dossier]) -> None:
    days = [START.date() + timedelta(days=n) for n in range(MOST_LISTED + 9)]
    made = dossier_of([{"text": REMINDER, "time": f"{day} 09:0{n}"} for day in days for n in range(BURST_MESSAGES)])
    assert len(made.story.bursts) == len(days)
    said = [*patterned(made, say_in("zh"))]
    assert sum("一小时内" in sentence for sentence in said) == MOST_LISTED
    assert "另有 9 处" in "".join(said)
