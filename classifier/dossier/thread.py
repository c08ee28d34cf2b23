"""Many messages as one story: how many, when, from whom, how they repeat, how the pressure and its tactics changed.

Statements rest on settled messages (judged, told once, waiting for no person); figures of contact on every collection
message. Nothing here is a verdict: an order of rungs and a few bounds, all ours, written down below.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from classifier.dossier.entries import Entry, sender_key
from classifier.dossier.escalation import Escalation, escalation
from classifier.dossier.messages import Fault
from classifier.dossier.repeats import Repeat, find_repeats
from classifier.labels import Label, Signal

MANY = 3
"""Fewest messages that are called 多次. The Public Security Administration Punishments Law does not say how many; the
one figure in the facts of `classifier.guidance` is three, for extortion (ji-qz-1: 二年内三次以上), borrowed as a bound.
"""

REPEATED_ACTS = frozenset({Label.THREAT, Label.DEFAMATION})
"""Acts that count for 多次: 多次发送……侮辱、恐吓等信息 (za2025-50 item 5, za2012-42 item 5)."""

BURST_MESSAGES = 3
BURST_WITHIN = timedelta(minutes=60)
"""A burst is this many collection messages within this time; a fact to show, no limit of any rule."""

REACHING = frozenset({Signal.CONTACTS_BLAST, Signal.TOLD_THIRD_PARTY})
"""Signals whose words name other people."""

_FEWEST_CHARACTERS = 3


@dataclass(frozen=True, slots=True)
class Tally:
    """Figures over some messages. Copies are counted in `copies` alone.

    Attributes:
        messages: those of others, judged or not.
        copies: rows that repeat another in sender, time and text.
        judged: those the classifier read.
        pending: of these, waiting for a person.
        labels: judged messages by label; one may count under several acts.
        settled: settled messages by label.
        collecting: collection messages, pending ones included. The figures below are about these.
        dated: those whose day is known.
        first: the earliest day; `last`: the latest.
        days: days with a message; `busiest`: the day with most, and how many.
        clocked: those whose hour is known.
        night: of these, between 22:00 and 8:00.

    """

    messages: int
    copies: int
    judged: int
    pending: int
    labels: Counter[Label]
    settled: Counter[Label]
    collecting: int
    dated: int
    first: date | None
    last: date | None
    days: int
    busiest: tuple[date, int] | None
    clocked: int
    night: int

    @property
    def span(self) -> int:
        """Days on the calendar from the first collection message to the last, both counted; 0 without any."""
        return (self.last - self.first).days + 1 if self.first and self.last else 0


@dataclass(frozen=True, slots=True)
class SenderTally:
    """Figures for one sender; `name` is the most frequent writing of it, "" where none is given."""

    name: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Burst:
    """Collection messages close together: their numbers, and when the first and the last came."""

    numbers: tuple[int, ...]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Tactic:
    """A signal: settled entries that show it, by time, pending ones, and words of the settled, or else the pending."""

    signal: Signal
    numbers: tuple[int, ...]
    pending: tuple[int, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """Words of one message that name other people, announced or told; whether it happened, they do not show."""

    number: int
    signals: tuple[Signal, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Many:
    """Settled messages of one sender, at least `MANY`, that are suspected of threats or insults."""

    sender: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that is said of a thread."""

    whole: Tally
    senders: tuple[SenderTally, ...]
    bursts: tuple[Burst, ...]
    repeats: tuple[Repeat, ...]
    escalation: Escalation
    tactics: tuple[Tactic, ...]
    reached: tuple[Reach, ...]
    many: tuple[Many, ...]


def tell(entries: Sequence[Entry]) -> Story:
    """Tell the story of a thread."""
    by_sender = _by_sender(entries)
    return Story(
        whole=tally(entries),
        senders=tuple(sender for sender in map(_sender, by_sender) if sender.tally.messages),
        bursts=find_bursts(entries),
        repeats=find_repeats(entries),
        escalation=escalation(entries),
        tactics=find_tactics(entries),
        reached=find_reached(entries),
        many=tuple(many for group in by_sender for many in _many(group)),
    )


def tally(entries: Iterable[Entry]) -> Tally:
    """Count."""
    theirs = [entry for entry in entries if entry.message.fault is not Fault.OWN]
    once = [entry for entry in theirs if entry.copy_of is None]
    collecting = [entry for entry in once if entry.collects]
    times = [entry.message.time for entry in collecting if entry.message.time is not None]
    days = Counter(time.day for time in times)
    hours = [time.at_night for time in times if time.at_night is not None]
    return Tally(
        messages=len(once),
        copies=len(theirs) - len(once),
        judged=sum(entry.finding is not None for entry in once),
        pending=sum(entry.pending for entry in once),
        labels=Counter(label for entry in once for label in entry.labels),
        settled=Counter(label for entry in once if not entry.pending for label in entry.labels),
        collecting=len(collecting),
        dated=len(times),
        first=min(days, default=None),
        last=max(days, default=None),
        days=len(days),
        busiest=min(days.items(), key=lambda item: (-item[1], item[0]), default=None),
        clocked=len(hours),
        night=sum(hours),
    )


def find_bursts(entries: Iterable[Entry]) -> tuple[Burst, ...]:
    """Find collection messages close together, the earliest first, each in one burst at most."""
    timed = [
        (entry.message.time.at, entry.number)
        for entry in entries
        if entry.collects and entry.message.time is not None and entry.message.time.clock_known
    ]
    found: list[Burst] = []
    start = 0
    while start < len(timed):
        stop = start
        while stop < len(timed) and timed[stop][0] - timed[start][0] <= BURST_WITHIN:
            stop += 1
        if stop - start >= BURST_MESSAGES:
            run = timed[start:stop]
            found.append(Burst(tuple(number for _, number in run), run[0][0], run[-1][0]))
            start = stop
        else:
            start += 1
    return tuple(found)


def find_tactics(entries: Iterable[Entry]) -> tuple[Tactic, ...]:
    """Find the signals of collection messages, by first appearance in a settled one; those without one come last."""
    shown: dict[Signal, list[Entry]] = {}
    for entry in sorted((entry for entry in entries if entry.collects), key=lambda entry: entry.pending):
        for signal in entry.finding.signals if entry.finding else ():
            shown.setdefault(signal, []).append(entry)
    return tuple(
        Tactic(
            signal,
            tuple(entry.number for entry in group if entry.settled),
            tuple(entry.number for entry in group if entry.pending),
            _words([entry for entry in group if entry.settled] or group, {signal}),
        )
        for signal, group in shown.items()
    )


def find_reached(entries: Iterable[Entry]) -> tuple[Reach, ...]:
    """Find the words that name other people."""
    found = []
    for entry in entries:
        words = _words([entry], REACHING)
        if entry.collects and words:
            signals = tuple(s for s in entry.finding.signals if s in REACHING) if entry.finding else ()
            found.append(Reach(entry.number, signals, words))
    return tuple(found)


def _words(entries: Iterable[Entry], signals: Collection[Signal]) -> tuple[str, ...]:
    """Return what the entries quote for signals, each once; a character or two say nothing."""
    spans = (item for entry in entries if entry.finding is not None for item in entry.finding.evidence)
    found = (item.text for item in spans if item.signal in signals and len(item.text.strip()) >= _FEWEST_CHARACTERS)
    return tuple(dict.fromkeys(found))


def _by_sender(entries: Iterable[Entry]) -> list[list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(sender_key(entry.message.sender), []).append(entry)
    return sorted(groups.values(), key=lambda group: (-len(group), group[0].number))


def _sender(group: Sequence[Entry]) -> SenderTally:
    return SenderTally(_name(group), tally(group))


def _name(group: Iterable[Entry]) -> str:
    return Counter(entry.message.sender for entry in group).most_common(1)[0][0]


def _many(group: Sequence[Entry]) -> Iterable[Many]:
    numbers = tuple(entry.number for entry in group if entry.settled and REPEATED_ACTS & {*entry.acts})
    return [Many(_name(group), numbers)] if len(numbers) >= MANY else []
