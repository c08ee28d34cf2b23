"""A trend study, from a table of messages to everything that its report shows."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from classifier.bulk.label import Job, label_table
from classifier.bulk.sources import Source, open_source
from classifier.classifier import DEFAULT_POLICY, Classifier
from classifier.errors import InputError, OutputError
from classifier.text.blasts import BlastIndex
from classifier.text.redact import redact
from classifier.trends.answers import OUTCOMES, answer_prefix, message_column
from classifier.trends.change import LEVEL, adjusted
from classifier.trends.comparing import Compared, Tested, compare, run_tests
from classifier.trends.estimates import Corrector, Unequal, audit_corrector, indicative_corrector, unequal_errors
from classifier.trends.examples import MEMBERS, Example, make_examples
from classifier.trends.periods import DEFAULT_ZONE, PERIODS, Clock, Told
from classifier.trends.publish import SHOWN_ACTS, Tables, publish, publish_tactics
from classifier.trends.rows import Found, Wanted
from classifier.trends.sample import Audit, read_audit
from classifier.trends.stage import Stage, column_check, fill, plain_errors
from classifier.trends.suppress import LEAST
from classifier.trends.tables import Cell, Key, Quality, count_cells, count_tactics, largest_blasts, measure_quality
from classifier.trends.versions import file_hash, versions_of


@dataclass(frozen=True, slots=True)
class Order:
    """What to study. Column names are the user's; `zone` None is `DEFAULT_ZONE`, unless dates differ in naming one."""

    source: Path
    time: str
    groups: tuple[str, ...] = ()
    audit: Path | None = None
    period: str = "month"
    format: str | None = None
    text: str | None = None
    person: str | None = None
    once: bool = False
    ocr: str | None = None
    zone: str | None = None
    time_format: str | None = None
    now: datetime | None = None
    policy: str | None = None
    least: int = LEAST
    examples: int = 3
    compare: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Study:
    """Everything that the report shows; nothing in it leads to a person, given `least`."""

    order: Order
    tables: Tables
    tactics: Mapping[tuple[str, str], int | None]
    tested: list[Tested]
    compared: list[Compared]
    unequal: list[Unequal]
    quality: Quality
    accounts: Mapping[str, int]
    dates: Told
    examples: list[Example]
    corrector: Corrector
    audited: int
    audit_blank: int
    versions: Mapping[str, str]
    zone: str


def run_study(
    order: Order,
    folder: Path,
    classifier: Classifier,
    figures: Callable[[], Mapping[str, Any]],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Study:
    """Study a table. Working files lie in `folder` meanwhile; texts among them only if the table has no labels yet.

    `figures` gives stored error rates, and is asked only where there is no audit.

    Raises:
        InputError: the table, its dates, its versions or the audit sample cannot be used.
        OutputError: `folder` cannot be written.
        MissingExtraError: a library of the extra [trends] is missing.

    """
    clock = Clock(order.zone or DEFAULT_ZONE, order.now, order.time_format)
    audit = read_audit(order.audit) if order.audit else None
    source = open_source(order.source, order.format)
    stratum = audit.by.removeprefix("column:") if audit and audit.by.startswith("column:") else None
    column_check(source, iter([order.time, *order.groups, order.text, order.person, order.ocr, stratum]))
    if order.once and order.person is None:
        raise InputError("to count each person once, say which column names the person (--person)")
    with _workplace(folder) as place, plain_errors():
        labelled, by_us = _labelled(source, order, classifier, place, progress)
        wanted = _wanted(labelled, order)
        stage = Stage(place, len(order.groups))
        blasts = BlastIndex(place) if wanted.text else None
        try:
            found = fill(stage, labelled, wanted, clock, audit, classifier.model.policies, blasts, progress)
            found.dates.check(order.time, found.rows, order.zone is not None)
            version, codebook, policy = versions_of(found, order.policy, classifier, by_us=by_us)
            stage.finish(PERIODS[order.period], blasts, order.once)
            return _studied(
                order, stage, wanted, found, audit, labelled, figures, classifier, (version, codebook, policy)
            )
        finally:
            if blasts is not None:
                blasts.close()
            stage.close()


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    for stale in folder.glob(".working-*"):
        shutil.rmtree(stale, ignore_errors=True)  # left by a run that was killed
    try:
        place = Path(tempfile.mkdtemp(prefix=".working-", dir=folder))
    except OSError as error:
        raise OutputError(f"cannot write in {folder}: {error.strerror}; choose another place") from error
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _labelled(
    source: Source, order: Order, classifier: Classifier, place: Path, progress: Callable[[int, int], None]
) -> tuple[Source, bool]:
    """Return the table with answers, made now where it has none yet, and whether they were made now."""
    if answer_prefix(source.columns) is not None:
        return source, False
    output = place / "labelled.jsonl"
    done = 0

    def told(rows: int) -> None:
        nonlocal done
        done += rows
        progress(done, source.size)

    label_table(classifier, Job(source, output, order.text, None, order.policy or DEFAULT_POLICY), told)
    return open_source(output), True


def _wanted(source: Source, order: Order) -> Wanted:
    prefix = answer_prefix(source.columns)
    assert prefix is not None
    text = order.text
    if text is None:
        with suppress(InputError):  # without a text the report says that blasts could not be told apart
            text = message_column(source, prefix)
    return Wanted(order.time, prefix, order.groups, text, order.person, order.ocr, order.once, order.period)


def _studied(
    order: Order,
    stage: Stage,
    wanted: Wanted,
    found: Found,
    audit: Audit | None,
    source: Source,
    figures: Callable[[], Mapping[str, Any]],
    classifier: Classifier,
    versions: tuple[str, str, str],
) -> Study:
    dimensions = order.groups
    cells = count_cells(stage, dimensions, order.least, audit=audit is not None)
    if Key() not in cells:
        raise InputError("no row has both a readable date and an answer, so there is nothing to count")
    whole = cells[Key()]
    if audit is not None and not whole.audited:
        raise InputError("no row of the audit sample is among those that are counted; draw a new sample")
    version, codebook, policy = versions
    corrector = audit_corrector(whole) if audit else indicative_corrector(figures(), version, policy)
    persons = wanted.person is not None
    tables, gone = publish(
        cells, dimensions, corrector, order.period, order.least, text=wanted.text is not None, persons=persons
    )
    accounts = stage.accounts()
    assert sum(accounts.values()) == found.rows == source.size, "every row is accounted for"
    return Study(
        order=order,
        tables=tables,
        tactics=publish_tactics(count_tactics(stage), order.least, persons=persons),
        tested=run_tests(cells, tables, gone),
        compared=[one for sides in order.compare for one in compare(stage, dimensions, tables, gone, corrector, sides)],
        unequal=_unequal(cells, dimensions) if audit else [],
        quality=measure_quality(stage, text=wanted.text is not None, ocr=wanted.ocr is not None),
        accounts=accounts,
        dates=found.dates,
        examples=_examples(stage, source, wanted, order),
        corrector=corrector,
        audited=whole.audited,
        audit_blank=audit.blank if audit else 0,
        versions={
            "model": version,
            "model_sha256": classifier.info.sha256 if version == classifier.info.version else "not recorded",
            "codebook": codebook,
            "policy": policy,
            "input_sha256": file_hash(order.source),
            "audit_sha256": file_hash(order.audit) if order.audit else "",
        },
        zone=order.zone or DEFAULT_ZONE,
    )


def _unequal(cells: Mapping[Key, Cell], dimensions: tuple[str, ...]) -> list[Unequal]:
    """Return where the audit shows the classifier to err unequally: between periods, or between values."""
    found: list[Unequal] = []
    for dimension in ("", *dimensions):
        parts = [c for k, c in cells.items() if k.dimension == dimension and bool(k.period) == (dimension == "")]
        for outcome in OUTCOMES:
            p = unequal_errors(parts, outcome)
            if p is not None:
                found.append(Unequal(dimension, outcome, p))
    mended = adjusted([one.p for one in found])
    return [Unequal(u.dimension, u.outcome, p) for u, p in zip(found, mended, strict=True) if p < LEVEL]


def _examples(stage: Stage, source: Source, wanted: Wanted, order: Order) -> list[Example]:
    if wanted.text is None or not order.examples:
        return []
    least = max(order.least, LEAST)
    blasts = [
        (outcome, size, rows)
        for outcome in SHOWN_ACTS[:-1]
        for size, rows in largest_blasts(stage, OUTCOMES.index(outcome), least, order.examples, MEMBERS)
    ]
    numbers = {row for _, _, rows in blasts for row in rows}
    texts = {
        number: str(row[wanted.text])
        for number, row in enumerate(source.rows() if numbers else (), 1)
        if number in numbers
    }
    return make_examples(blasts, texts, lambda text: redact(text).text, least)
