"""Label a table: every row of the input comes out once, in order, with its own columns and ours.

The answers go to a journal beside the output as they are made; when every row has one, input
and journal are joined into the output, which is moved into place. So a crash loses at most the
few dozen rows in work, and `resume` goes on after the last whole line.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from classifier.bulk.clusters import CLUSTER_COLUMNS, Clusters, cluster_answers
from classifier.bulk.encoding import same_file
from classifier.bulk.sinks import output_format, write_rows
from classifier.bulk.sources import Row, Source, find_text_column
from classifier.classifier import DEFAULT_POLICY, LONGEST_TEXT, Classifier
from classifier.errors import InputError, OutputError
from classifier.labels import SCORES

T = TypeVar("T")

_BATCH_ROWS = 64
_BATCH_SECONDS = 0.5

_TYPES: dict[str, type] = {
    "status": str,
    "label": str,
    "labels": str,
    "needs_review": bool,
    **{f"score_{name}": float for name in SCORES},
    "signals": str,
    "evidence": str,
    "model_version": str,
}
RESULT_COLUMNS: tuple[str, ...] = tuple(_TYPES)
"""Columns that labelling adds. If the input has one of these names, all of ours get `PREFIX`."""

PREFIX = "cmc_"
OK = "ok"
EMPTY = "empty text"
MISSING = "missing value"
NOT_TEXT = "not text"
FAILED = "unreadable: "
"""How the status of a row begins whose file, or part of a file, could not be read."""
TOO_LONG = f"over {LONGEST_TEXT} characters"


@dataclass(frozen=True)
class Job:
    """What to label, with what, into what; with `clusters`, the copies of a message are numbered too."""

    source: Source
    output: Path
    text_column: str | None = None
    output_format: str | None = None
    policy: str = DEFAULT_POLICY
    resume: bool = False
    clusters: bool = False

    @property
    def added(self) -> dict[str, type]:
        """Columns that the job adds, without the prefix, and the types of their values."""
        return _TYPES | (CLUSTER_COLUMNS if self.clusters else {})


@dataclass
class Summary:
    """What came of a job: rows by label (a row may count in several), without an answer by reason, for a person.

    `failed` counts the rows whose file, or part of a file, could not be read; `clusters` is None where rows were not
    grouped.
    """

    rows: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    needs_review: int = 0
    failed: int = 0
    resumed: int = 0
    text_column: str = ""
    clusters: int | None = None


def label_table(classifier: Classifier, job: Job, progress: Callable[[int], None] = lambda done: None) -> Summary:
    """Label every row of `job.source` and write `job.output`.

    `progress` is called with the number of rows that an advance covers.

    Raises:
        InputError: no text column, an unknown policy, or the input changed since the journal.
        OutputError: the output cannot be written, or is the input.

    """
    kind = output_format(job.output, job.output_format)
    if not job.output.parent.is_dir():
        raise OutputError(f"there is no folder {job.output.parent}; create it or choose another place")
    column = find_text_column(job.source, job.text_column)
    journal = _Journal(job.output, _identity(classifier, job, column))
    if any(same_file(job.source.path, path) for path in (job.output, journal.path)):
        raise OutputError("the output is the input itself; give another name, the input is never overwritten")
    summary = Summary(text_column=column, resumed=journal.begin(job.resume))
    progress(summary.resumed)
    prefix = _free_prefix(job)
    types = {prefix + name: value_type for name, value_type in job.added.items()}
    columns = [*job.source.columns, *types]
    try:
        _fill(journal, classifier, job, column, summary.resumed, progress)
        clusters = cluster_answers(job.source.rows(), journal.answers(), column, job.output) if job.clusters else None
        joined = _joined(job.source, journal.answers(), prefix, kind, summary, clusters)
        write_rows(job.output, kind, columns, joined, job.source.schema, types)
    except InputError:
        journal.remove()  # it belongs to an input that has to be mended first
        raise
    journal.remove()
    return summary


def _free_prefix(job: Job) -> str:
    """Return the shortest repetition of `PREFIX`, none at best, under which no column of ours is taken."""
    taken = set(job.source.columns)
    prefix = ""
    while taken & {prefix + name for name in (*job.added, "finding")}:
        prefix += PREFIX
    return prefix


def _fill(
    journal: "_Journal", classifier: Classifier, job: Job, column: str, done: int, progress: Callable[[int], None]
) -> None:
    todo = islice(job.source.judged(), done, None)
    with journal.appending() as write:
        for batch in _batches(todo):
            for answer in _answers(classifier, batch, column, job):
                write(answer)
                progress(1)


def _batches(rows: Iterator[T]) -> Iterator[list[T]]:
    """Yield rows a few dozen at a time, fewer where they come slowly: what is judged is kept soon."""
    batch: list[T] = []
    began = perf_counter()
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH_ROWS or perf_counter() - began > _BATCH_SECONDS:
            yield batch
            batch, began = [], perf_counter()
    if batch:
        yield batch


def _answers(classifier: Classifier, batch: Sequence[tuple[Row, str | None]], column: str, job: Job) -> Iterator[Row]:
    statuses = [reason or _status(row[column]) for row, reason in batch]
    texts = (str(row[column]) for (row, _), status in zip(batch, statuses, strict=True) if status == OK)
    findings = classifier.classify_many(texts, policy=job.policy)
    for (row, _), status in zip(batch, statuses, strict=True):
        if status != OK:
            yield {"status": status}
            continue
        finding = next(findings)
        if doubts := job.source.doubts(row):
            finding = replace(finding, needs_review=True, review_reasons=(*finding.review_reasons, *doubts))
        yield {"status": OK, "finding": finding.to_dict()}


def _status(value: Any) -> str:
    """Say whether a cell can be judged, or why not."""
    if value is None or (isinstance(value, float) and value != value):
        return MISSING
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return NOT_TEXT
    text = str(value)
    if not text.strip():
        return EMPTY
    return TOO_LONG if len(text) > LONGEST_TEXT else OK


def flat_columns(finding: dict[str, Any], *, lists: bool) -> Row:
    """Return a finding (`Finding.to_dict`) as result columns; lists stay lists or are joined by `|`."""
    evidence = [item["text"] for item in finding["evidence"]]
    columns: dict[str, Any] = {
        "label": finding["label"],
        "labels": finding["labels"],
        "needs_review": finding["needs_review"],
        **{f"score_{name}": finding["scores"][name] for name in SCORES},
        "signals": finding["signals"],
        "evidence": finding["evidence"] if lists else [" ".join(text.replace("|", "/").split()) for text in evidence],
        "model_version": finding["model"]["version"],
    }
    if lists:
        return columns
    return {name: "|".join(value) if isinstance(value, list) else value for name, value in columns.items()}


def _joined(
    source: Source, answers: Iterable[Row], prefix: str, kind: str, summary: Summary, clusters: Clusters | None
) -> Iterator[Row]:
    lists = kind == "jsonl"
    summary.clusters = None if clusters is None else len(clusters.sizes) - 1
    for row, answer in zip_longest(source.rows(), answers):
        if row is None or answer is None or (clusters and summary.rows >= len(clusters.of_row)):
            raise InputError(f"{source.path} changed while it was labelled; start anew")
        summary.rows += 1
        result: Row = {"status": answer["status"]}
        finding: dict[str, Any] | None = answer.get("finding")
        if finding is None:
            summary.skipped[answer["status"]] += 1
            summary.failed += answer["status"].startswith(FAILED)
        else:
            summary.labels.update(finding["labels"])
            summary.needs_review += finding["needs_review"]
            result |= flat_columns(finding, lists=lists)
        names: Iterable[str] = RESULT_COLUMNS
        if clusters:
            result |= clusters.columns(summary.rows - 1)
            names = (*RESULT_COLUMNS, *CLUSTER_COLUMNS)
        ours = {prefix + name: result.get(name) for name in names}
        yield {**row, **ours, **({prefix + "finding": finding} if lists else {})}


def _identity(classifier: Classifier, job: Job, column: str) -> dict[str, Any]:
    return {
        "input_sha256": job.source.digest(),
        "rows": job.source.size,
        "text_column": column,
        "policy": job.policy,
        "model_sha256": classifier.info.sha256,
    }


class _Journal:
    """Answers so far, one JSON line each after a first line that says what they belong to."""

    def __init__(self, output: Path, identity: dict[str, Any]) -> None:
        self.path = output.with_name(output.name + ".part")
        self._identity = identity

    def begin(self, resume: bool) -> int:
        """Start anew, or cut a torn last line and return how many answers stand already.

        Raises:
            InputError: a file of that name is no journal, or belongs to another task.
            OutputError: the place cannot be written.

        """
        try:
            exists = self.path.exists()
            whole, lines = self._whole_lines(resume) if exists else (0, 0)
            if lines and resume:
                os.truncate(self.path, whole)
                return lines - 1
            self.path.write_text(json.dumps(self._identity) + "\n", encoding="utf-8")
        except OSError as error:
            raise OutputError(f"cannot write {self.path}: {error.strerror}; choose another place") from error
        return 0

    def _whole_lines(self, resume: bool) -> tuple[int, int]:
        """Return bytes and number of the lines that are whole, after a look at the first."""
        whole = lines = 0
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                if not lines:
                    self._check_head(line, resume)
                whole += len(line)
                lines += 1
        if not lines and self.path.stat().st_size:
            self._check_head(self.path.read_bytes()[:4096], resume)
        return whole, lines

    def _check_head(self, line: bytes, resume: bool) -> None:
        try:
            head = json.loads(line)
            known = isinstance(head, dict) and set(head) == set(self._identity)
        except ValueError:
            head, known = None, json.dumps(self._identity).encode().startswith(line)
        if not known:
            raise InputError(f"{self.path.name} is no journal of this program; move it away")
        if resume and head is not None and head != self._identity:
            raise InputError(f"{self.path.name} belongs to another input, model or policy; start anew without --resume")

    def appending(self) -> "_Appender":
        return _Appender(self.path)

    def answers(self) -> Iterator[Row]:
        with self.path.open(encoding="utf-8") as file:
            next(file)
            for line in file:
                yield json.loads(line)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


class _Appender:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Callable[[Row], None]:
        try:
            self._file = self._path.open("a", encoding="utf-8", buffering=1)  # each answer is safe at once
        except OSError as error:
            raise OutputError(f"cannot write {self._path}: {error.strerror}; choose another place") from error
        return self._write

    def _write(self, answer: Row) -> None:
        try:
            self._file.write(json.dumps(answer) + "\n")
        except OSError as error:
            raise OutputError(f"cannot write {self._path}: {error.strerror}; free space and use --resume") from error

    def __exit__(self, *exception: object) -> None:
        with suppress(OSError):  # a full disk has already been reported by the write
            self._file.close()
