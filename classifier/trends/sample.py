"""The audit sample: messages drawn for people to label, and what they said, back beside the table.

Drawn by a hash of seed and row number, so the same table and seed give the same sample. Whoever labels it does
not see what the classifier said. `--by` draws from each stratum (label sets, a column, a period): half of the
sample in proportion, half in equal parts, so that what is rare is seen; the estimates weigh it back. Strata of labels
are not written down: they are what the classifier said.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from classifier.bulk.label import OK
from classifier.bulk.sources import Row, Source, open_source
from classifier.classifier import LONGEST_TEXT
from classifier.errors import InputError
from classifier.labels import Label
from classifier.model.corpus import said_labels
from classifier.trends.answers import answer_prefix, label_set, read_answer
from classifier.trends.periods import PERIODS, Clock, Fault

BY_LABELS = "labels"
HUMAN = "human_labels"
SAMPLE_COLUMNS = ("audit_row", "audit_check", "audit_of", "audit_by", "audit_stratum", "text", HUMAN)
"""Columns of a drawn sample. A person fills the last; the others tie a row to the table it was drawn from."""

MISSING_VALUE = "(missing)"
OTHER_VALUE = "(other)"
_MOST_STRATA = 200
_LEAST_EACH = 2


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample and, by stratum, how many rows it was drawn from and how many were drawn."""

    rows: list[Row]
    sizes: dict[str, int]
    taken: dict[str, int]


@dataclass(frozen=True, slots=True)
class Audit:
    """What people said of sampled rows.

    Attributes:
        labels: row number (from 1) to the labels a person gave.
        checks: row number to the check of its text, for every sampled row.
        of: rows of the table that was sampled.
        by: what the strata were: "", `BY_LABELS`, a period, or "column:NAME".
        blank: sampled rows that nobody labelled.

    """

    labels: dict[int, frozenset[Label]]
    checks: dict[int, str]
    of: int
    by: str
    blank: int


def check_of(text: Any) -> str:
    """Return a short hash by which a message is known again."""
    return blake2b(str(text).encode("utf-8", "replace"), digest_size=8).hexdigest()


def value_of(value: Any) -> str:
    """Return the value of a grouping column as it is shown."""
    text = "" if value is None or value != value else str(value).strip()
    return " ".join(text.split()) or MISSING_VALUE


def stratum_reader(by: str, prefix: str | None, clock: Clock, time: str | None) -> Callable[[Row], str]:
    """Return what tells the stratum of a row, "" for every row without strata.

    Raises:
        InputError: strata by labels of a table without labels, or by period without a column of dates.

    """
    if by == "":
        return lambda row: ""
    if by == BY_LABELS:
        if prefix is None:
            raise InputError("strata by labels need a labelled table; run `cmc label` first")
        return lambda row: label_set(read_answer(row, prefix).labels)
    if by in PERIODS:
        if time is None:
            raise InputError(f"strata by {by} need --time, the column that holds the dates")
        return lambda row: _period_of(row[time], by, clock)
    name = by.removeprefix("column:")
    return lambda row: value_of(row[name])


def _period_of(value: Any, by: str, clock: Clock) -> str:
    moment = clock.read(value)
    return MISSING_VALUE if isinstance(moment, Fault) else moment.at.strftime(PERIODS[by])


def draw(
    source: Source, text_column: str, count: int, *, seed: int = 0, by: str = "", clock: Clock, time: str | None = None
) -> Drawn:
    """Draw `count` rows that hold a text, at random or from each stratum.

    Raises:
        InputError: nothing to draw from, too many strata, or a column that is not there.

    """
    column = by.removeprefix("column:") if by.startswith("column:") else None
    for name in filter(None, (column, time)):
        if name not in source.columns:
            raise InputError(f"there is no column {name!r}; the columns are: {', '.join(source.columns)}")
    prefix = answer_prefix(source.columns)
    stratum_of = stratum_reader(by, prefix, clock, time)
    sizes: Counter[str] = Counter()
    kept: dict[str, list[tuple[int, int, str]]] = {}
    for number, row in enumerate(source.rows(), 1):
        text = row[text_column]
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_TEXT:
            continue
        if prefix is not None and read_answer(row, prefix).status != OK:
            continue
        stratum = stratum_of(row)
        sizes[stratum] += 1
        heap = kept.setdefault(stratum, [])
        if len(kept) > _MOST_STRATA:
            raise InputError(f"more than {_MOST_STRATA} strata; sample by a column with fewer values")
        item = (-luck(seed, number), number, text)
        (heapq.heappush if len(heap) < count else heapq.heappushpop)(heap, item)
    if not sizes:
        raise InputError(f"{source.path} holds no message to draw from")
    taken = allocate(sizes, count)
    chosen = [
        (luck, number, stratum, text)
        for stratum, heap in kept.items()
        for luck, number, text in sorted(heap, reverse=True)[: taken[stratum]]
    ]

    def shown(stratum: str) -> str:
        return "" if by == BY_LABELS else stratum

    rows = [
        dict(zip(SAMPLE_COLUMNS, (number, check_of(text), source.size, by, shown(stratum), text, ""), strict=True))
        for _, number, stratum, text in sorted(chosen, reverse=True)
    ]
    return Drawn(rows, dict(sizes), taken)


def luck(seed: int, number: int) -> int:
    """Return a number by which rows are drawn: those with the least are a random sample."""
    return int.from_bytes(blake2b(f"{seed}:{number}".encode(), digest_size=8).digest(), "little")


def allocate(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """Return how many rows each stratum gives: half of `count` in proportion, half in equal parts, two at least."""
    total, strata = sum(sizes.values()), len(sizes)
    wanted = {name: count / 2 * size / total + count / 2 / strata for name, size in sizes.items()}
    taken = {name: min(size, _LEAST_EACH) for name, size in sizes.items()}
    open_ones = [(taken[name] - wanted[name], name) for name in sizes if taken[name] < sizes[name]]
    heapq.heapify(open_ones)
    for _ in range(min(count, total) - sum(taken.values())):
        excess, name = heapq.heappop(open_ones)
        taken[name] += 1
        if taken[name] < sizes[name]:
            heapq.heappush(open_ones, (excess + 1, name))
    return taken


def read_audit(path: Path) -> Audit:
    """Read a sample that people have labelled.

    Raises:
        InputError: it was not drawn by `cmc sample`, nobody labelled it, a label is unknown, or two people disagree.

    """
    source = open_source(path)
    missing = [name for name in SAMPLE_COLUMNS if name not in source.columns and name not in ("text", "audit_stratum")]
    if missing:
        raise InputError(f"{path} lacks the columns {', '.join(missing)}; draw a sample with `cmc sample` and label it")
    labels: dict[int, frozenset[Label]] = {}
    checks: dict[int, str] = {}
    facts: set[tuple[int, str]] = set()
    for line, row in enumerate(source.rows(), 1):
        try:
            number, of = int(float(row["audit_row"])), int(float(row["audit_of"]))
        except (TypeError, ValueError, OverflowError):
            raise InputError(
                f"{path} row {line}: audit_row and audit_of must stay as `cmc sample` wrote them"
            ) from None
        check = str(row["audit_check"])
        if checks.setdefault(number, check) != check:
            raise InputError(
                f"{path} row {line}: audit_row {number} stands there for two messages; "
                "it must stay as `cmc sample` wrote it"
            )
        facts.add((of, str(row["audit_by"] or "")))
        found = _human(row[HUMAN], f"{path} row {line}")
        if found is not None and labels.setdefault(number, found) != found:
            raise InputError(
                f"{path} row {line}: this message (audit_row {number}) stands there twice with different labels; "
                "let those who labelled it agree, and keep one row"
            )
    if len(facts) != 1:
        raise InputError(f"{path} mixes samples of several tables; give one sample")
    if not labels:
        raise InputError(f"nobody has labelled {path}; fill the column {HUMAN} with: {', '.join(Label)}")
    of, by = facts.pop()
    return Audit(labels, checks, of, by, len(checks) - len(labels))


def _human(value: Any, where: str) -> frozenset[Label] | None:
    try:
        return said_labels(value)
    except ValueError as error:
        raise InputError(f"{where}: {error} in {HUMAN}; allowed are: {', '.join(Label)}") from None
