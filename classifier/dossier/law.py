"""The law and the channels for a thread: what `classifier.guidance` says of each message on its own day, put together.

Each provision and rule keeps the numbers of its messages, so that a thread over a change of law cites both texts, each
for its own. Messages that wait for a person are kept apart from the others.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from classifier.dossier.entries import Entry
from classifier.finding import Finding
from classifier.guidance import Channel, Facts, Guidance, Line, Point, Provision, Rule, advise, facts
from classifier.guidance.facts import Item
from classifier.labels import FRAUD_SIGNALS, Label, Signal

CALL_POINTS = frozenset({"cba-2026.calls", "gbt-45251-2025.calls", "nifa-2024.calls", "nifa-2018.17"})
"""Points of rules about telephone calls: left out, since a dossier holds messages, for which no limit was read."""


REPEATED_ITEMS = frozenset({"za2025-50.5", "za2012-42.5"})
"""Items of articles that ask for 多次, or for harassing, pestering or following."""


@dataclass(frozen=True, slots=True)
class CitedItem:
    """An item of an article, and the messages that are about it: settled ones, and those that wait for a person."""

    item: Item
    numbers: tuple[int, ...]
    pending: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """A provision, and the messages for which it is cited; `items` says which are about which item of it."""

    provision: Provision
    numbers: tuple[int, ...]
    pending: tuple[int, ...]
    items: tuple[CitedItem, ...]


@dataclass(frozen=True, slots=True)
class CitedRule:
    """A rule with the points that bear on these messages."""

    rule: Rule
    numbers: tuple[int, ...]
    pending: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A channel, and the messages for which it is offered."""

    channel: Channel
    numbers: tuple[int, ...]
    pending: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Law:
    """What guidance says of a thread.

    Attributes:
        basis: provisions in force on the days of their messages, the nearest first; never criminal law.
        rules: departmental rules, standards and conventions, likewise.
        more: further provisions; criminal articles come last.
        turns: where to turn, in order.
        cautions: what to mind.
        steps: what to do, in order.
        days: first and last day whose law is cited, None without any.
        undated: numbers of entries without a known day, for which the law of `today` is cited.
        today: that day.
        checked: the day the facts were checked.

    """

    basis: tuple[Cited, ...]
    rules: tuple[CitedRule, ...]
    more: tuple[Cited, ...]
    turns: tuple[Turn, ...]
    cautions: tuple[Line, ...]
    steps: tuple[Line, ...]
    days: tuple[date, date] | None
    undated: tuple[int, ...]
    today: date
    checked: date


def gather(entries: Sequence[Entry], today: date, known: Facts | None = None) -> Law:
    """Put together what guidance says of each entry on its day, of one without a day on `today`.

    Args:
        entries: the thread; copies and unjudged messages are passed over.
        today: the day of the dossier.
        known: the facts to choose from, by default those that ship.

    """
    known = known or facts()
    told = [(entry, entry.finding) for entry in entries if entry.finding is not None and entry.copy_of is None]
    said: dict[object, Guidance] = {}

    def advice(finding: Finding, on: date) -> Guidance:
        key = (finding.labels, finding.signals, finding.review_reasons, on)
        if key not in said:
            said[key] = advise(finding, on, known=known)
        return said[key]

    advices = [(entry, advice(finding, entry.day or today)) for entry, finding in told]
    days = [entry.day for entry, _ in told if entry.day is not None]
    undated = tuple(entry.number for entry, _ in told if entry.day is None)
    # the order in which guidance would show all of it for one message, by the law of the last day and of the first
    together = _together([finding for _, finding in told])
    spine = [advice(together, day) for day in (max(days, default=today), min(days, default=today))] if together else []
    cautions = _lines(spine, advices, lambda guidance: guidance.cautions)
    return Law(
        basis=tuple(_provisions(spine, advices, lambda guidance: guidance.basis, known)),
        rules=tuple(_rules(spine, advices)),
        more=tuple(_provisions(spine, advices, lambda guidance: guidance.more, known)),
        turns=tuple(_turns(spine, advices)),
        cautions=(*cautions, *_day_assumed(known, today, undated)),
        steps=_lines(spine, advices, lambda guidance: guidance.steps),
        days=(min(days), max(days)) if days else None,
        undated=undated,
        today=today,
        checked=known.checked,
    )


_Advices = Sequence[tuple[Entry, Guidance]]


def _together(findings: Sequence[Finding]) -> Finding | None:
    if not findings:
        return None
    labels = {label for finding in findings for label in finding.labels}
    signals = {signal for finding in findings for signal in finding.signals}
    reasons = dict.fromkeys(reason for finding in findings for reason in finding.review_reasons)
    return replace(
        findings[0],
        labels=tuple(label for label in Label if label in labels),
        signals=tuple(signal for signal in Signal if signal in signals),
        review_reasons=tuple(reasons),
        needs_review=bool(reasons),
    )


def _places(spine: Sequence[Guidance], part: Callable[[Guidance], Sequence[Any]]) -> Callable[[str], int]:
    """Return a key that gives an id its place in the order of guidance; ids unknown to it come last."""
    order: dict[str, int] = {}
    for guidance in spine:
        for place, entry in enumerate(part(guidance)):
            order.setdefault(entry.id, place)
    return lambda name: order.get(name, len(order))


def _numbers(entries: Sequence[Entry]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return (
        tuple(entry.number for entry in entries if not entry.pending),
        tuple(entry.number for entry in entries if entry.pending),
    )


def _provisions(
    spine: Sequence[Guidance], advices: _Advices, part: Callable[[Guidance], Sequence[Provision]], known: Facts
) -> Iterator[Cited]:
    place = _places(spine, part)
    groups: dict[str, list[tuple[Entry, Provision]]] = {}
    for entry, guidance in advices:
        for provision in part(guidance):
            groups.setdefault(provision.id, []).append((entry, provision))
    for name, group in sorted(groups.items(), key=lambda one: (place(one[0]), one[0])):
        provision = known.provisions[name]
        # guidance cites an article by those of its items that a message is about, and says what each is
        about = [(item, [e for e, cited in group if item.plain.zh in cited.plain.zh]) for item in provision.items]
        items = tuple(CitedItem(item, *_numbers(entries)) for item, entries in about if entries)
        yield Cited(provision, *_numbers([entry for entry, _ in group]), items)


def _rules(spine: Sequence[Guidance], advices: _Advices) -> Iterator[CitedRule]:
    place = _places(spine, lambda guidance: guidance.rules)
    groups: dict[str, tuple[Rule, dict[str, Point], list[Entry]]] = {}
    for entry, guidance in advices:
        for rule in guidance.rules:
            points = [point for point in rule.points if _bears(point, entry)]
            if not points and (rule.points or not entry.acts):
                continue
            _, kept, group = groups.setdefault(rule.id, (rule, {}, []))
            kept.update((point.id, point) for point in points)
            group.append(entry)
    for rule, kept, group in sorted(groups.values(), key=lambda one: (place(one[0].id), one[0].id)):
        yield CitedRule(replace(rule, points=tuple(kept.values())), *_numbers(group))


def _bears(point: Point, entry: Entry) -> bool:
    """Whether a point is about what a message did; guidance also shows a lawful one what it would have to keep to."""
    if point.id in CALL_POINTS or entry.finding is None:
        return False
    return bool(entry.acts or _manner(entry) & point.when.signals)


def _manner(entry: Entry) -> frozenset[Signal]:
    """Return the signals that concern a message without an act."""
    signals = entry.finding.signals if entry.finding else ()
    return frozenset(signals) & {Signal.NIGHT_OR_FREQUENT, *FRAUD_SIGNALS}


def _turns(spine: Sequence[Guidance], advices: _Advices) -> Iterator[Turn]:
    """Yield channels for the messages that may need one; for all of them only where none does."""
    concerning = [one for one in advices if one[0].acts or one[0].pending or _manner(one[0])]
    place = _places(spine, lambda guidance: guidance.channels)
    groups: dict[str, tuple[Channel, list[Entry]]] = {}
    for entry, guidance in concerning or advices:
        for channel in guidance.channels:
            groups.setdefault(channel.id, (channel, []))[1].append(entry)
    for channel, group in sorted(groups.values(), key=lambda one: place(one[0].id)):
        yield Turn(channel, *_numbers(group))


def _lines(
    spine: Sequence[Guidance], advices: _Advices, part: Callable[[Guidance], Sequence[Line]]
) -> tuple[Line, ...]:
    lines: dict[str, Line] = {}
    for _, guidance in advices:
        for line in part(guidance):
            lines.setdefault(line.id, line)
    place = _places(spine, part)
    return tuple(sorted(lines.values(), key=lambda line: place(line.id)))


def _day_assumed(known: Facts, today: date, undated: Sequence[int]) -> Iterator[Line]:
    if undated:
        notice = known.notices["date-assumed"]
        yield replace(notice, text=notice.text.filled(on=today.isoformat()))
