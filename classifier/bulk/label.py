"""Label a table: every row of the input comes out once, in order, with its own columns and ours.

The answers go to a journal beside the output as they are made; when every row has one, input
and journal are joined into the output, which is moved into place. So a crash loses at most the
line being written, and `resume` goes on after the last whole line.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from classifier.bulk.encoding import same_file
from classifier.bulk.sinks import output_format, write_rows
from classifier.bulk.sources import Row, Source, find_text_column
from classifier.classifier import DEFAULT_POLICY, LONGEST_TEXT, Classifier
from classifier.errors import InputError, OutputError
from classifier.labels import SCORES

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
    """What to label, with what, into what."""

    source: Source
    output: Path
    text_column: str | None = None
    output_format: str | None = None
    policy: str = DEFAULT_POLICY
    resume: bool = False


@dataclass
class Summary:
    """What came of a job: rows by label (a row may count in several), without an answer by reason, for a person.

    `failed` counts the rows whose file, or part of a file, could not be read.
    """

    rows: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    needs_review: int = 0
    failed: int = 0
    resumed: int = 0
    text_column: str = ""


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
    prefix = _free_prefix(job.source.columns)
    joined = _joined(job.source, journal.answers(), prefix, kind, summary)
    columns = [*job.source.columns, *(prefix + name for name in RESULT_COLUMNS)]
    types = {prefix + name: value_type for name, value_type in _TYPES.items()}
    try:
        _fill(journal, classifier, job, column, summary.resumed, progress)
        write_rows(job.output, kind, columns, joined, job.source.schema, types)
    except InputError:
        journal.remove()  # it belongs to an input that has to be mended first
        raise
    journal.remove()
    return summary


def _free_prefix(columns: Iterable[str]) -> str:
    """Return the shortest repetition of `PREFIX`, none at best, under which no column of ours is taken."""
    taken = set(columns)
    prefix = ""
    while taken & {prefix + name for name in (*RESULT_COLUMNS, "finding")}:
        prefix += PREFIX
    return prefix


def _fill(
    journal: "_Journal", classifier: Classifier, job: Job, column: str, done: int, progress: Callable[[int], None]
) -> None:
    with journal.appending() as write:
        for number, (row, reason) in enumerate(job.source.judged()):
            if number >= done:
                write(_answer(classifier, row[column], job.policy) if reason is None else {"status": reason})
                progress(1)


def _answer(classifier: Classifier, value: Any, policy: str) -> Row:
    if value is None or (isinstance(value, float) and value != value):
        return {"status": MISSING}
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return {"status": NOT_TEXT}
    text = value if isinstance(value, str) else str(value)
    if not text.strip():
        return {"status": EMPTY}
    if len(text) > LONGEST_TEXT:
        return {"status": TOO_LONG}
    return {"status": OK, "finding": classifier.classify(text, policy=policy).to_dict()}


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


def _joined(source: Source, answers: Iterable[Row], prefix: str, kind: str, summary: Summary) -> Iterator[Row]:
    lists = kind == "jsonl"
    for row, answer in zip_longest(source.rows(), answers):
        if row is None or answer is None:
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
        ours = {prefix + name: result.get(name) for name in RESULT_COLUMNS}
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
