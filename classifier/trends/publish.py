"""What may be shown: rates and counts of every cell, with the small ones hidden."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from classifier.labels import ACTS
from classifier.trends.answers import ANY_ACT, OUTCOMES
from classifier.trends.estimates import Basis, Corrector
from classifier.trends.intervals import Share, wilson
from classifier.trends.periods import span
from classifier.trends.prevalence import Refusal
from classifier.trends.suppress import Line, hidden
from classifier.trends.tables import Cell, Count, Key

EVERY = "every"
NIGHT = "night"
CLOCKED = "clocked"
SHOWN_ACTS: tuple[str, ...] = (*(str(act) for act in ACTS), ANY_ACT)
"""The outcomes that trends are about."""

HIDDEN = Refusal("hidden")

Atom = tuple[Key, str]
"""One number of the tables: which messages, and what of them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One outcome of one cell. Counts are None where hidden; `share` is None where hidden or not corrected.

    `plain` is the share of what the classifier says, without correction; of `NIGHT` it is the share itself.
    """

    key: Key
    outcome: str
    messages: int | None
    said: int | None
    blasts: int | None
    persons: int | None
    plain: Share | None
    share: Share | None
    basis: Basis
    reason: Refusal | None = None
    audited: int = 0

    @property
    def is_hidden(self) -> bool:
        """Whether the count was hidden for being small, or for giving a small one away."""
        return self.said is None


@dataclass(frozen=True, slots=True)
class Tables:
    """Every cell as it may be shown, by key and outcome; `periods` in order, `values` by dimension, largest first."""

    rows: Mapping[Atom, Shown]
    messages: Mapping[Key, int | None]
    blasts: Mapping[Key, int | None]
    persons: Mapping[Key, int | None]
    periods: Sequence[str]
    values: Mapping[str, Sequence[str]]

    def series(self, dimension: str, value: str, outcome: str) -> list[Shown | None]:
        """Return one row a period; None where there is no message at all."""
        return [self.rows.get((Key(dimension, value, period), outcome)) for period in self.periods]


def lines_of(cells: Mapping[Key, Cell], dimensions: Sequence[str]) -> Iterator[Line[Atom]]:
    """Yield every sum that the tables give away: over periods, over values, and over the exclusive outcomes."""
    periods = sorted({key.period for key in cells} - {""})
    quantities = (EVERY, *OUTCOMES, NIGHT, CLOCKED)
    for dimension in ("", *dimensions):
        values = sorted({key.value for key in cells if key.dimension == dimension})
        for quantity in quantities:
            for value in values:
                parts = tuple((Key(dimension, value, period), quantity) for period in periods)
                yield Line(parts, (Key(dimension, value), quantity))
            if dimension:
                for period in ("", *periods):
                    parts = tuple((Key(dimension, value, period), quantity) for value in values)
                    yield Line(parts, (Key(period=period), quantity))
    state_and_act = (*OUTCOMES[:2], ANY_ACT)
    for key in cells:
        yield Line(tuple((key, outcome) for outcome in state_and_act), (key, EVERY))


def _behind(count: Count, persons: bool) -> int:
    """Return persons where they are known, of whom a message without one may be any."""
    return count.persons or count.messages if persons else count.messages


def atoms_of(cells: Iterable[Cell], *, persons: bool) -> dict[Atom, int]:
    """Return every number of the tables: persons behind it where they are known, else messages."""
    counts: dict[Atom, int] = {}
    for cell in cells:
        counts[cell.key, EVERY] = _behind(cell.every, persons)
        counts[cell.key, NIGHT] = _behind(cell.night, persons)
        counts[cell.key, CLOCKED] = cell.clocked
        counts |= {(cell.key, name): _behind(said, persons) for name, said in zip(OUTCOMES, cell.said, strict=True)}
    return counts


def publish(
    cells: Mapping[Key, Cell],
    dimensions: Sequence[str],
    corrector: Corrector,
    period: str,
    least: int,
    *,
    text: bool,
    persons: bool,
) -> tuple[Tables, set[Atom]]:
    """Return the tables as they may be shown, and the names of what was hidden."""
    gone = hidden(atoms_of(cells.values(), persons=persons), list(lines_of(cells, dimensions)), least)
    gone |= {(key, quantity) for key, what in gone if what == EVERY for quantity in (*OUTCOMES, NIGHT)}
    # Collection messages with a time of day are all but the unrelated ones: their number would tell how many those are.
    gone |= {(key, NIGHT) for key, what in gone if what in (CLOCKED, OUTCOMES[0])}
    rows: dict[Atom, Shown] = {}
    for key, cell in cells.items():
        for outcome, said in zip(OUTCOMES, cell.said, strict=True):
            shown = _shown(cell, outcome, said, corrector, away=(key, outcome) in gone, every=(key, EVERY) not in gone)
            rows[key, outcome] = replace(
                shown, blasts=shown.blasts if text else None, persons=shown.persons if persons else None
            )
        if cell.clocked:
            rows[key, NIGHT] = _night(cell, (key, NIGHT) in gone)
    order = sorted((cell for cell in cells.values() if not cell.key.period), key=lambda c: (-c.every.messages, c.key))
    known = {key: cell.every for key, cell in cells.items() if (key, EVERY) not in gone}
    tables = Tables(
        rows,
        {key: known[key].messages if key in known else None for key in cells},
        {key: known[key].blasts if key in known and text else None for key in cells},
        {key: known[key].persons if key in known and persons else None for key in cells},
        span(sorted({key.period for key in cells} - {""}), period),
        {name: [cell.key.value for cell in order if cell.key.dimension == name] for name in dimensions},
    )
    return tables, gone


def _shown(cell: Cell, outcome: str, said: Count, corrector: Corrector, *, away: bool, every: bool) -> Shown:
    messages = cell.every.messages if every else None
    if away or messages is None:
        return Shown(cell.key, outcome, messages, None, None, None, None, None, Basis.NONE, HIDDEN)
    rate = corrector.rate(cell, outcome)
    return Shown(
        cell.key,
        outcome,
        messages,
        said.messages,
        said.blasts,
        said.persons,
        wilson(said.messages, messages, cell.effects[OUTCOMES.index(outcome)]),
        rate.estimate.share() if rate.estimate else None,
        rate.basis,
        rate.reason,
        cell.audited,
    )


def _night(cell: Cell, away: bool) -> Shown:
    if away:
        return Shown(cell.key, NIGHT, None, None, None, None, None, None, Basis.NONE, HIDDEN)
    share = wilson(cell.night.messages, cell.clocked, cell.night_effect)
    return Shown(cell.key, NIGHT, cell.clocked, cell.night.messages, None, None, share, share, Basis.NONE)


def publish_tactics(
    counts: Mapping[tuple[str, str], Count], least: int, *, persons: bool
) -> dict[tuple[str, str], int | None]:
    """Return messages by (signal, period) as they may be shown."""
    periods = sorted({period for _, period in counts} - {""})
    lines = [
        Line(tuple((signal, period) for period in periods), (signal, ""))
        for signal in sorted({signal for signal, _ in counts})
    ]
    gone = hidden({name: _behind(count, persons) for name, count in counts.items()}, lines, least)
    return {name: None if name in gone else count.messages for name, count in counts.items()}
