"""Redact a table: every row comes out once, in order; the chosen columns redacted, the others as they are."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from classifier.bulk.encoding import same_file
from classifier.bulk.sinks import output_format, write_rows
from classifier.bulk.sources import Row, Source, find_text_column
from classifier.errors import InputError, OutputError
from classifier.text.redact import DEFAULT_KINDS, Kind, Pseudonyms, redact

_SHOWN = 20


@dataclass(frozen=True)
class RedactionJob:
    """What to redact, and into what.

    Attributes:
        source: the table.
        output: where it goes; never the input.
        columns: the columns to redact; by default the one that holds the message.
        kinds: what to redact in them.
        pseudonyms: whether the same name or number gets the same 〔姓名1〕 in the whole table.
        output_format: a format to write, by default from the name of the output.

    """

    source: Source
    output: Path
    columns: tuple[str, ...] = ()
    kinds: frozenset[Kind] = DEFAULT_KINDS
    pseudonyms: bool = False
    output_format: str | None = None


@dataclass
class RedactionSummary:
    """What came of a job: rows, what was redacted by kind, and the columns that were and were not looked at."""

    redacted_columns: tuple[str, ...]
    other_columns: tuple[str, ...]
    rows: int = 0
    found: Counter[Kind] = field(default_factory=Counter)


def redact_table(job: RedactionJob, progress: Callable[[int], None] = lambda done: None) -> RedactionSummary:
    """Write `job.output`, with placeholders in the chosen columns of `job.source`.

    `progress` is called with the number of rows that an advance covers.

    Raises:
        InputError: no such column, or one that holds lists, objects or bytes.
        OutputError: the output cannot be written, or is the input.

    """
    kind = output_format(job.output, job.output_format)
    if not job.output.parent.is_dir():
        raise OutputError(f"there is no folder {job.output.parent}; create it or choose another place")
    if same_file(job.source.path, job.output):
        raise OutputError("the output is the input itself; give another name, the input is never overwritten")
    chosen = job.columns or (None,)
    columns = tuple(dict.fromkeys(find_text_column(job.source, name) for name in chosen))
    numbering = {"line"} if job.source.format == "lines" else set()  # ours, not the user's
    others = tuple(name for name in job.source.columns if name not in {*columns, *numbering})
    summary = RedactionSummary(columns, others)
    write_rows(job.output, kind, job.source.columns, _rows(job, summary, progress), job.source.schema)
    return summary


def _rows(job: RedactionJob, summary: RedactionSummary, progress: Callable[[int], None]) -> Iterator[Row]:
    pseudonyms = Pseudonyms() if job.pseudonyms else None
    for row in job.source.rows():
        summary.rows += 1
        for name in summary.redacted_columns:
            row[name] = _redacted(row[name], job, pseudonyms, summary, name)
        yield row
        progress(1)


def _redacted(
    value: Any, job: RedactionJob, pseudonyms: Pseudonyms | None, summary: RedactionSummary, column: str
) -> Any:
    """Return a cell with placeholders; a number is one more way to write a phone."""
    if value is None or isinstance(value, (bool, date, datetime, time)):
        return value
    if not isinstance(value, (str, int, float)):
        name = column[:_SHOWN]
        raise InputError(f"row {summary.rows} of column {name} holds no text but a list, an object or bytes; mend it")
    whole = isinstance(value, float) and value.is_integer()
    redacted = redact(str(int(value) if whole else value), kinds=job.kinds, pseudonyms=pseudonyms)
    summary.found.update(span.kind for span in redacted.spans)
    return redacted.text if redacted.spans else value
