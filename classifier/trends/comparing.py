"""Tests over the published cells: trends, steps, differences of two parts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from classifier.errors import InputError
from classifier.trends.answers import OUTCOMES
from classifier.trends.change import ChangePoint, Trend, adjusted, change_point, trend_test
from classifier.trends.estimates import Basis, Corrector
from classifier.trends.intervals import Share
from classifier.trends.prevalence import Refusal, difference, effect_size
from classifier.trends.publish import EVERY, HIDDEN, NIGHT, SHOWN_ACTS, Atom, Tables
from classifier.trends.stage import Stage
from classifier.trends.tables import Cell, Key, count_part


@dataclass(frozen=True, slots=True)
class Tested:
    """A series and what the tests say of it; p-values adjusted for all of the dimension (`trend_p`, `step_p`).

    Where counts of the series are hidden (`masked`), its shares must not be shown: only whether it rises or falls,
    and where.
    """

    dimension: str
    value: str
    outcome: str
    periods: tuple[str, ...]
    masked: bool
    trend: Trend | None
    trend_p: float | None
    step: ChangePoint | None
    step_p: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One outcome in two parts: both rates, their difference (second minus first), Cohen's h; or why not."""

    first: str
    second: str
    outcome: str
    shares: tuple[Share, Share] | None
    difference: Share | None
    effect: float | None
    reason: Refusal | None = None


def run_tests(cells: Mapping[Key, Cell], tables: Tables, gone: Collection[Atom]) -> list[Tested]:
    """Test every series with enough periods: all messages, and each value of each dimension.

    Hidden counts take part too; periods without a message do not.
    """
    series = [("", ""), *((name, value) for name, values in tables.values.items() for value in values)]
    found: list[Tested] = []
    for dimension, value in series:
        keys = [key for period in tables.periods if (key := Key(dimension, value, period)) in cells]
        for outcome in (*SHOWN_ACTS, NIGHT):
            kept = [(key, pair) for key in keys if (pair := _pair(cells[key], outcome))[1]]
            hits, totals = [hit for _, (hit, _) in kept], [total for _, (_, total) in kept]
            trend, step = trend_test(hits, totals), change_point(hits, totals)
            if trend or step:
                masked = any((key, what) in gone for key, _ in kept for what in (outcome, EVERY))
                periods = tuple(key.period for key, _ in kept)
                found.append(Tested(dimension, value, outcome, periods, masked, trend, None, step, None))
    return [one for name in ("", *tables.values) for one in _adjusted([t for t in found if t.dimension == name])]


def _adjusted(family: Sequence[Tested]) -> list[Tested]:
    """Adjust the p-values of the series of one dimension for their number."""
    trend_p = iter(adjusted([one.trend.p for one in family if one.trend]))
    step_p = iter(adjusted([one.step.p for one in family if one.step]))
    return [
        replace(one, trend_p=next(trend_p) if one.trend else None, step_p=next(step_p) if one.step else None)
        for one in family
    ]


def _pair(cell: Cell, outcome: str) -> tuple[int, int]:
    """Return how often an outcome was said, and of how many messages."""
    if outcome == NIGHT:
        return cell.night.messages, cell.clocked
    return cell.said[OUTCOMES.index(outcome)].messages, cell.every.messages


@dataclass(frozen=True, slots=True)
class Part:
    """One side of a comparison: periods from `key.period` to `last`, or one value of a dimension."""

    name: str
    key: Key
    last: str


def parse_part(text: str, tables: Tables) -> Part:
    """Read one side of a comparison: `COLUMN=VALUE`, a period, or `FIRST..LAST`.

    Raises:
        InputError: no such column, value or period.

    """
    if "=" in text:
        name, value = text.split("=", 1)
        if value not in tables.values.get(name, ()):
            raise InputError(
                f"nothing to compare: {name[:40]!r} is no --group column, or never has that value (or too seldom)"
            )
        return Part(text, Key(name, value), "")
    first, _, last = text.partition("..")
    last = last or first
    if first > last or not any(first <= period <= last for period in tables.periods):
        shown = ", ".join(tables.periods[:1]) + " … " + ", ".join(tables.periods[-1:])
        raise InputError(f"nothing to compare: no period from {first[:20]!r} to {last[:20]!r}; there are {shown}")
    return Part(text, Key("", "", first), last)


def compare(
    stage: Stage,
    dimensions: Sequence[str],
    tables: Tables,
    gone: Collection[Atom],
    corrector: Corrector,
    sides: tuple[str, str],
) -> list[Compared]:
    """Compare two parts in every act.

    Raises:
        InputError: a side names nothing, or the two have messages in common.

    """
    parts = [parse_part(side, tables) for side in sides]
    _check_apart(*parts)
    cells = [count_part(stage, dimensions, part.key, part.last, audit=corrector.audit) for part in parts]
    return [_compared(parts, cells, outcome, tables, gone, corrector) for outcome in SHOWN_ACTS]


def _check_apart(first: Part, second: Part) -> None:
    """Object to two parts that may hold the same messages: their difference would not be between two piles."""
    if first.key.dimension != second.key.dimension:
        raise InputError("cannot compare a period with a group; name two periods, or two values of one column")
    if first.key.dimension:
        apart = first.key.value != second.key.value
    else:
        apart = first.last < second.key.period or second.last < first.key.period
    if not apart:
        raise InputError(f"cannot compare {first.name[:40]!r} with {second.name[:40]!r}: they share messages")


def _compared(
    parts: Sequence[Part],
    cells: Sequence[Cell | None],
    outcome: str,
    tables: Tables,
    gone: Collection[Atom],
    corrector: Corrector,
) -> Compared:
    names = (parts[0].name, parts[1].name)
    if any(_holds_hidden(part, outcome, tables, gone) for part in parts) or not all(cells):
        return Compared(*names, outcome, None, None, None, HIDDEN)
    rates = [corrector.rate(cell, outcome) for cell in cells if cell is not None]
    first, second = (rate.estimate for rate in rates)
    if first is None or second is None:
        return Compared(*names, outcome, None, None, None, next(r.reason for r in rates if r.basis is Basis.NONE))
    return Compared(
        *names,
        outcome,
        (first.share(), second.share()),
        difference(first, second),
        effect_size(first.value, second.value),
    )


def _holds_hidden(part: Part, outcome: str, tables: Tables, gone: Collection[Atom]) -> bool:
    """Whether a part holds a hidden count: its sum could give that away."""
    assert outcome in OUTCOMES
    if part.key.dimension:
        keys = [part.key]
    else:
        keys = [Key(period=period) for period in tables.periods if part.key.period <= period <= part.last]
    return any((key, quantity) in gone for key in keys for quantity in (outcome, EVERY))
