"""An old table judged again by another model, with what it said before beside it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from classifier.bulk.label import OK, RESULT_COLUMNS, Job, label_table
from classifier.bulk.sources import Row, Source, open_source
from classifier.classifier import DEFAULT_POLICY, Classifier
from classifier.errors import InputError
from classifier.trends.answers import answer_prefix, label_set, read_answer

BEFORE = "previous_"
KEPT_BEFORE = ("labels", "model_version")
"""Old answers that stay in the table, under `BEFORE` and their name."""


@dataclass
class Changes:
    """What became of the rows.

    Attributes:
        versions: models before, by rows.
        version: the model now.
        both: rows that both judged.
        same: of these, rows with the same labels.
        gained, lost: rows that got or lost a label.
        moves: pairs of label sets, before and now, that differ, by rows.
        judged_now, judged_before: rows that only one of them judged.

    """

    version: str
    versions: Counter[str] = field(default_factory=Counter)
    both: int = 0
    same: int = 0
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    judged_now: int = 0
    judged_before: int = 0


@dataclass(frozen=True)
class _Unlabelled(Source):
    """A labelled table without its answers, but for a few that are kept under another name.

    `renamed` pairs a new name with an old one of `labelled`, the table as it is.
    """

    labelled: Source | None = None
    renamed: tuple[tuple[str, str], ...] = ()

    def rows(self) -> Iterator[Row]:
        """Yield every row, with the columns that are left."""
        assert self.labelled is not None
        old = dict(self.renamed)
        for row in self.labelled.rows():
            yield {name: _flat(row[old[name]]) if name in old else row[name] for name in self.columns}


def _flat(value: Any) -> Any:
    return "|".join(map(str, value)) if isinstance(value, list) else value


def without_answers(source: Source) -> Source:
    """Return a labelled table as if it had not been labelled, its old labels and versions kept as `previous_…`.

    Raises:
        InputError: it was not labelled.

    """
    prefix = answer_prefix(source.columns)
    if prefix is None:
        raise InputError("the table holds no answers of the classifier yet; use `cmc label`")
    ours = {prefix + name for name in (*RESULT_COLUMNS, "finding")}
    own = [name for name in source.columns if name not in ours]
    renamed = {}
    for name in KEPT_BEFORE:
        free = BEFORE + name
        while free in own:
            free = BEFORE + free
        renamed[free] = prefix + name
    schema = source.schema
    if schema is not None:
        import pyarrow as pa

        schema = pa.schema([item for item in schema if item.name in own], metadata=schema.metadata)
    return _Unlabelled(
        **{item.name: getattr(source, item.name) for item in fields(source)}
        | {"columns": (*own, *renamed), "schema": schema},
        labelled=source,
        renamed=tuple(renamed.items()),
    )


def rescore(
    classifier: Classifier,
    source: Source,
    output: Path,
    *,
    text_column: str | None = None,
    policy: str = DEFAULT_POLICY,
    resume: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Changes:
    """Judge a labelled table again, write it to `output`, and return what changed.

    Raises:
        InputError: not a labelled table, or no obvious text column.
        OutputError: the output cannot be written, or is the input.

    """
    label_table(classifier, Job(without_answers(source), output, text_column, None, policy, resume), progress)
    written = open_source(output)
    old, new = answer_prefix(source.columns), answer_prefix(written.columns)
    assert old is not None
    assert new is not None
    changes = Changes(classifier.info.version)
    for before_row, now_row in zip(source.rows(), written.rows(), strict=True):
        _compare(changes, before_row, now_row, old, new)
    return changes


def _compare(changes: Changes, before_row: Row, now_row: Row, old: str, new: str) -> None:
    before, now = read_answer(before_row, old), read_answer(now_row, new)
    if before.status == OK:
        changes.versions[before.version] += 1
    if before.status != OK or now.status != OK:
        changes.judged_now += now.status == OK
        changes.judged_before += before.status == OK
        return
    changes.both += 1
    changes.same += before.labels == now.labels
    changes.gained.update(now.labels - before.labels)
    changes.lost.update(before.labels - now.labels)
    if before.labels != now.labels:
        changes.moves[label_set(before.labels), label_set(now.labels)] += 1
