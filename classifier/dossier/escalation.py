"""Whether the pressure grew: a plain rule over settled messages whose day is known.

| rung | message |
|---|---|
| 1 | lawful reminder |
| 2 | harassment of third parties or defamation, no threat |
| 3 | threat |
| 4 | threat with words of violence or of a menacing visit |

The days from the first to the last are cut in two halves (an odd day belongs to the first). With at least three
messages in each, the pressure rises if the mean rung of the second half is at least half a rung above that of the
first, and falls if it is as much below. The order of rungs and the bounds are this tool's, taken from no law.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from classifier.dossier.entries import Entry
from classifier.labels import Label, Signal

FEWEST = 3
STEP = 0.5
_BODILY = frozenset({Signal.VIOLENCE, Signal.VISIT_MENACE})


class Trend(StrEnum):
    """What became of the pressure; `UNKNOWN` where too little can be compared."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Half:
    """One half of the days.

    Attributes:
        start: its first day; `end`: its last.
        messages: settled messages in it.
        with_act: of these, those with an abusive act.
        rung: their mean rung, 1 to 4; None without messages.
        signals: the tactics they show.

    """

    start: date
    end: date
    messages: int
    with_act: int
    rung: float | None
    signals: frozenset[Signal]


@dataclass(frozen=True, slots=True)
class Escalation:
    """The comparison: both halves (none for a single day), the trend, and the first entry on each rung reached."""

    trend: Trend
    halves: tuple[Half, Half] | None
    first_on: tuple[tuple[int, int], ...]

    @property
    def new_tactics(self) -> frozenset[Signal]:
        """Tactics that only the second half shows."""
        return self.halves[1].signals - self.halves[0].signals if self.halves else frozenset()

    @property
    def dropped_tactics(self) -> frozenset[Signal]:
        """Tactics that only the first half shows."""
        return self.halves[0].signals - self.halves[1].signals if self.halves else frozenset()


def rung(entry: Entry) -> int:
    """Return the rung of a settled message, 1 to 4."""
    if Label.THREAT in entry.acts:
        return 4 if entry.finding is not None and _BODILY & {*entry.finding.signals} else 3
    return 2 if entry.acts else 1


def escalation(entries: Iterable[Entry]) -> Escalation:
    """Compare the halves of a thread whose entries are in the order of time."""
    dated = [(entry.day, entry) for entry in entries if entry.settled and entry.day is not None]
    first_on: dict[int, int] = {}
    for _, entry in dated:
        first_on.setdefault(rung(entry), entry.number)
    order = tuple(sorted(first_on.items()))
    if not dated or dated[0][0] == dated[-1][0]:
        return Escalation(Trend.UNKNOWN, None, order)
    first, last = dated[0][0], dated[-1][0]
    middle = first + timedelta(days=(last - first).days // 2)
    halves = (
        _half(first, middle, [entry for day, entry in dated if day <= middle]),
        _half(middle + timedelta(days=1), last, [entry for day, entry in dated if day > middle]),
    )
    return Escalation(_trend(*halves), halves, order)


def _half(start: date, end: date, entries: Sequence[Entry]) -> Half:
    count = len(entries)
    return Half(
        start=start,
        end=end,
        messages=count,
        with_act=sum(bool(entry.acts) for entry in entries),
        rung=sum(map(rung, entries)) / count if count else None,
        signals=frozenset(signal for entry in entries if entry.finding is not None for signal in entry.finding.signals),
    )


def _trend(before: Half, after: Half) -> Trend:
    if min(before.messages, after.messages) < FEWEST or before.rung is None or after.rung is None:
        return Trend.UNKNOWN
    change = after.rung - before.rung
    return Trend.RISING if change >= STEP else Trend.FALLING if change <= -STEP else Trend.STEADY
