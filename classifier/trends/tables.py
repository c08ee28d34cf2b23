"""Counts from the stage: by group value, by period, and both; for what is said and for what the audit found."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from classifier.errors import InputError
from classifier.times import NIGHT_FROM, NIGHT_UNTIL
from classifier.trends.answers import OUTCOMES
from classifier.trends.prevalence import Stratum, design_effect
from classifier.trends.stage import Stage

MOST_VALUES = 1000
"""Values of a grouping column; more, and it is no group but a name."""

_NIGHT = f"clock AND (hour(ts) >= {NIGHT_FROM.hour} OR hour(ts) < {NIGHT_UNTIL.hour})"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Which messages: `dimension` and `value` are "" for all of them, `period` is "" for all periods."""

    dimension: str = ""
    value: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """Messages, distinct blasts and distinct persons."""

    messages: int = 0
    blasts: int = 0
    persons: int = 0


@dataclass(slots=True)
class Cell:
    """What was counted of the messages under one key.

    `said` holds one count for each of `OUTCOMES`, `strata` what an audit found of each. `clocked` collection
    messages have a time of day, `night` of them came between 22:00 and 8:00. `effects` holds the design effect of the
    share of each of `OUTCOMES`, `night_effect` that of the night.
    """

    key: Key
    every: Count
    said: tuple[Count, ...]
    review: int
    clocked: int
    night: Count
    effects: tuple[float, ...]
    night_effect: float
    strata: list[list[Stratum]] = field(default_factory=list)

    @property
    def audited(self) -> int:
        """Audited messages in the cell."""
        return round(sum(s.audited for s in self.strata[0])) if self.strata else 0


def count_cells(stage: Stage, dimensions: Sequence[str], least: int, *, audit: bool) -> dict[Key, Cell]:
    """Return every cell: all messages and each value of each dimension, over all time and by period.

    Values behind which stand fewer than `least` are taken together first: a rare value can itself lead to a person.

    Raises:
        InputError: a grouping column has too many values.

    """
    cells: dict[Key, Cell] = {}
    for name, column in zip(("", *dimensions), ("", *stage.groups), strict=True):
        if column:
            _check_values(stage, name, column)
            stage.pool(column, least)
        for by_period in (False, True):
            scope = _Scope(name, column, by_period)
            cells |= {cell.key: cell for cell in _cells(stage, scope)}
            if audit:
                _add_strata(stage, cells, scope)
    return cells


@dataclass(frozen=True, slots=True)
class _Scope:
    """Which rows, and what they are grouped by; a group column's name in SQL is ours (g0, g1, …)."""

    dimension: str = ""
    column: str = ""
    by_period: bool = False
    where: str = "true"
    values: tuple[str, ...] = ()

    @property
    def keys(self) -> str:
        return f"{self.column or chr(39) * 2} AS value, {'period' if self.by_period else chr(39) * 2} AS shown"


def _check_values(stage: Stage, name: str, column: str) -> None:
    values = stage.db.execute(f"SELECT count(DISTINCT {column}) FROM counted").fetchone()[0]  # noqa: S608
    if values > MOST_VALUES:
        raise InputError(f"column {name!r} has {values} values, more than {MOST_VALUES}; it is no group")


def _counts(where: str) -> str:
    kept = f" FILTER ({where})" if where else ""
    return f"count(*){kept}, count(DISTINCT blast){kept}, count(DISTINCT person){kept}"


_CLOCKED = "clock AND NOT o0"
_SQUARED = ("sum({0} * {0})", "sum({0} * {1})", "sum({1} * {1})")


def _cells(stage: Stage, scope: _Scope) -> Iterator[Cell]:
    said = ", ".join(_counts(f"o{i}") for i in range(len(OUTCOMES)))
    squares = _squares(stage, scope)
    rows = stage.db.execute(
        f"SELECT {scope.keys}, {_counts('')}, {said}, count(*) FILTER (review), "  # noqa: S608
        f"{_counts(_CLOCKED)}, {_counts(f'{_NIGHT} AND NOT o0')} "
        f"FROM counted WHERE {scope.where} GROUP BY 1, 2 ORDER BY 1, 2",
        scope.values,
    ).fetchall()
    for value, period, *numbers in rows:
        counts = [Count(*numbers[i : i + 3]) for i in range(0, 3 * (len(OUTCOMES) + 1), 3)]
        review, *others = numbers[3 * len(counts) :]
        every, said_of, clocked, night = counts[0], tuple(counts[1:]), Count(*others[:3]), Count(*others[3:])
        *sums, clock_sums = squares[value, period]
        effects = [_effect(count, every, three) for count, three in zip(said_of, sums, strict=True)]
        yield Cell(
            Key(scope.dimension, value, period),
            every,
            said_of,
            review,
            clocked.messages,
            night,
            tuple(effects),
            _effect(night, clocked, clock_sums),
        )


Squares = tuple[float, float, float]


def _effect(hits: Count, every: Count, squares: Squares) -> float:
    return design_effect(hits.messages, every.messages, every.blasts, squares)


def _squares(stage: Stage, scope: _Scope) -> dict[tuple[str, str], list[Squares]]:
    """Return by value and period what `design_effect` asks for, for each of `OUTCOMES` and for the night.

    A message whose text is not known is a blast of its own.
    """
    kinds = {f"y{i}": f"o{i}" for i in range(len(OUTCOMES))} | {"c": _CLOCKED, "n": f"{_NIGHT} AND NOT o0"}
    inner = ", ".join(f"count(*) FILTER ({where}) AS {name}" for name, where in kinds.items())
    pairs = [("m", name) for name in kinds if name.startswith("y")] + [("c", "n")]
    outer = ", ".join(part.format(*pair) for pair in pairs for part in _SQUARED)
    rows = stage.db.execute(
        f"SELECT value, shown, {outer} FROM (SELECT {scope.keys}, count(*) AS m, {inner} FROM counted "  # noqa: S608
        f"WHERE {scope.where} GROUP BY value, shown, coalesce(blast, -row)) GROUP BY 1, 2",
        scope.values,
    ).fetchall()
    return {
        (value, shown): [(float(a), float(b), float(c)) for a, b, c in zip(*[iter(sums)] * 3, strict=True)]
        for value, shown, *sums in rows
    }


def _add_strata(stage: Stage, cells: dict[Key, Cell], scope: _Scope) -> None:
    chances = dict(stage.db.execute("SELECT stratum, count(t0) / count(*) FROM counted GROUP BY 1").fetchall())
    found: dict[Key, list[list[Stratum]]] = defaultdict(lambda: [[] for _ in OUTCOMES])
    for i in range(len(OUTCOMES)):
        rows = stage.db.execute(
            f"SELECT {scope.keys}, stratum, o{i}, count(*), count(*) FILTER (t{i}), count(*) FILTER (NOT t{i}) "  # noqa: S608
            f"FROM counted WHERE {scope.where} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
            scope.values,
        ).fetchall()
        for value, period, name, said, count, positive, negative in rows:
            stratum = Stratum(said, count, positive, negative, chances[name])
            found[Key(scope.dimension, value, period)][i].append(stratum)
    for key, strata in found.items():
        cells[key].strata = strata


def count_part(stage: Stage, dimensions: Sequence[str], part: Key, last: str = "", *, audit: bool) -> Cell | None:
    """Return what one value (or all) holds over the periods from `part.period` to `last`; None if that is nothing."""
    clauses = ["true"]
    values = []
    if part.dimension:
        clauses.append(f"{stage.groups[dimensions.index(part.dimension)]} = ?")
        values.append(part.value)
    if part.period:
        clauses.append("period BETWEEN ? AND ?")
        values += [part.period, last or part.period]
    scope = _Scope(where=" AND ".join(clauses), values=tuple(values))
    cells = {cell.key: cell for cell in _cells(stage, scope)}
    if audit and cells:
        _add_strata(stage, cells, scope)
    cell = next(iter(cells.values()), None)
    if cell is not None:
        cell.key = part
    return cell


def count_tactics(stage: Stage) -> dict[tuple[str, str], Count]:
    """Return messages, blasts and persons by (signal, period), with period "" over all time."""
    told = (
        "(SELECT unnest(string_split(signals, '|')) AS signal, period, blast, person FROM counted WHERE signals <> '')"
    )
    found: dict[tuple[str, str], Count] = {}
    for period in ("period", "''"):
        rows = stage.db.execute(f"SELECT signal, {period}, {_counts('')} FROM {told} GROUP BY 1, 2").fetchall()  # noqa: S608
        found |= {(signal, shown): Count(*numbers) for signal, shown, *numbers in rows}
    return found


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the counted rows are, in rows; `ocr` is mean confidence, None without a column for it."""

    rows: int
    distinct: int | None
    foreign: int | None
    review: int
    clockless: int
    ocr: float | None
    ocr_low: int
    ocr_missing: int


_LOW_OCR = 0.8


def measure_quality(stage: Stage, *, text: bool, ocr: bool) -> Quality:
    """Return what is known of the quality of the counted rows."""
    scale = "(SELECT CASE WHEN max(ocr) > 1.5 THEN 100.0 ELSE 1.0 END FROM counted)"  # 0 to 100, or 0 to 1
    row: tuple[Any, ...] = stage.db.execute(
        "SELECT count(*), count(DISTINCT blast), count(*) FILTER (NOT chinese), count(*) FILTER (review), "  # noqa: S608
        f"count(*) FILTER (NOT clock), avg(ocr) / {scale}, count(*) FILTER (ocr / {scale} < {_LOW_OCR}), "
        "count(*) FILTER (ocr IS NULL) FROM counted"
    ).fetchone()
    rows, distinct, foreign, review, clockless, mean, low, missing = row
    return Quality(
        rows,
        distinct if text else None,
        foreign if text else None,
        review,
        clockless,
        mean if ocr else None,
        low,
        missing,
    )


def largest_blasts(stage: Stage, outcome: int, least: int, most: int, members: int) -> list[tuple[int, list[int]]]:
    """Return size and some row numbers of the largest blasts of which an outcome was said, largest first.

    Each has at least `least` messages, and as many persons where persons are known.
    """
    rows = stage.db.execute(
        f"SELECT count(*), list(row ORDER BY hash(row))[1:{members}] FROM counted "  # noqa: S608
        f"WHERE o{outcome} AND blast IS NOT NULL "
        f"GROUP BY blast HAVING count(*) >= {least} "
        f"AND (NOT bool_or(person IS NOT NULL) OR count(DISTINCT person) >= {least}) "
        f"ORDER BY 1 DESC, min(row) LIMIT {most}"
    ).fetchall()
    return [(size, list(numbers)) for size, numbers in rows]
