"""Which rows of a table are copies of one message: a number, a size and whether they were judged alike, by row."""

import glob
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.bulk.encoding import same_file
from classifier.bulk.sinks import output_format, write_rows
from classifier.bulk.sources import Row, Source
from classifier.errors import OutputError
from classifier.labels import Label
from classifier.text.blasts import blast_numbers

CLUSTER_COLUMNS = {"cluster_id": int, "cluster_size": int, "cluster_mixed": bool}
"""Columns that say so, and their types: the number of the cluster, from 1 in the order of the table; how many rows it
has; and whether its rows carry different labels. A mixed cluster holds a twin that says another thing, or the
classifier wavered: a person should look."""


@dataclass(frozen=True)
class Clusters:
    """Clusters of a table.

    Attributes:
        of_row: the cluster of each row, from 1; 0 for a row without an answer. int64 (rows,)
        label_sets: the labels of each row, a bit a label. uint8 (rows,)
        sizes: rows of each cluster, by number. int64 (clusters + 1,)
        mixed: whether its rows carry different labels, by number. bool (clusters + 1,)

    """

    of_row: NDArray[np.int64]
    label_sets: NDArray[np.uint8]
    sizes: NDArray[np.int64]
    mixed: NDArray[np.bool_]

    @cached_property
    def groups(self) -> NDArray[np.int64]:
        """A number for each row, the same for rows of one cluster with the same labels; int64 (rows,)."""
        return self.of_row << len(Label) | self.label_sets

    def columns(self, row: int) -> Row:
        """Return the values of `CLUSTER_COLUMNS` for a row, counted from 0."""
        number = int(self.of_row[row])
        if not number:
            return dict.fromkeys(CLUSTER_COLUMNS)
        values = (number, int(self.sizes[number]), bool(self.mixed[number]))
        return dict(zip(CLUSTER_COLUMNS, values, strict=True))


def write_clusters(source: Source, prefix: str, clusters: Clusters, output: Path) -> None:
    """Write a table again, with `CLUSTER_COLUMNS` added under `prefix` in place of any it has.

    Raises:
        OutputError: the output cannot be written, or is the table itself.

    """
    if same_file(source.path, output):
        raise OutputError("the output is the input itself; give another name, the input is never overwritten")
    types = {prefix + name: kind for name, kind in CLUSTER_COLUMNS.items()}
    own = [name for name in source.columns if name not in types]
    rows = (
        {**row, **{prefix + name: value for name, value in clusters.columns(number).items()}}
        for number, row in enumerate(source.rows())
    )
    schema = source.schema
    if schema is not None:
        import pyarrow as pa

        schema = pa.schema([item for item in schema if item.name in own], metadata=schema.metadata)
    write_rows(output, output_format(output), [*own, *types], rows, schema, types)


def cluster_answers(rows: Iterable[Row], answers: Iterable[Row], column: str, output: Path) -> Clusters:
    """Group the rows of a table whose answers, as they stand in the journal, hold a finding; as `find_clusters`."""
    answered = zip(rows, answers, strict=False)  # who joins the two objects where one is longer
    return find_clusters(
        (
            (str(row[column]), map(Label, answer["finding"]["labels"])) if "finding" in answer else None
            for row, answer in answered
        ),
        output,
    )


def find_clusters(rows: Iterable[tuple[str, Iterable[Label]] | None], output: Path) -> Clusters:
    """Group rows, given as text and labels, or None where there is no answer.

    Working files lie beside `output` meanwhile and hold no text; memory grows by some tens of bytes a row.

    Raises:
        MissingExtraError: `rensa` is not installed.
        OutputError: the folder of `output` cannot be written.

    """
    label_sets = bytearray()  # a bit a label; 0 for a row without an answer

    def texts() -> Iterator[str]:
        for row in rows:
            label_sets.append(0 if row is None else sum(1 << _PLACE[label] for label in row[1]))
            if row is not None:
                yield row[0]

    with _working_folder(output) as folder:
        numbers = blast_numbers(texts(), folder)
    said = np.frombuffer(bytes(label_sets), dtype=np.uint8)
    of_row = np.zeros(len(said), dtype=np.int64)
    of_row[said > 0] = numbers + 1
    count = int(of_row.max(initial=0)) + 1
    kinds = np.unique(of_row << len(Label) | said) >> len(Label)  # once for each cluster and label set
    mixed = np.bincount(kinds, minlength=count) > 1
    return Clusters(of_row, said, np.bincount(of_row, minlength=count), mixed)


_PLACE = {label: place for place, label in enumerate(Label)}


@contextmanager
def _working_folder(output: Path) -> Iterator[Path]:
    name = f".{output.name}."
    for stale in output.parent.glob(f"{glob.escape(name)}*.clusters"):
        shutil.rmtree(stale, ignore_errors=True)  # left by a run that was killed
    try:
        with tempfile.TemporaryDirectory(prefix=name, suffix=".clusters", dir=output.parent) as folder:
            yield Path(folder)
    except OSError as error:
        raise OutputError(f"cannot write in {output.parent}: {error.strerror}; choose another place") from error
