"""One pass over a table of any kind into a DuckDB file: what is counted of each row, never its text.

Formats and encodings that DuckDB cannot read are decoded by `classifier.bulk`; rows stream in batches, and DuckDB
sorts and groups on disk within a fixed limit of memory. Persons become keyed hashes whose key is forgotten.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from classifier.bulk.sources import Source
from classifier.errors import InputError, OutputError
from classifier.extras import needs
from classifier.model.modelfile import Policy
from classifier.text.blasts import BlastIndex
from classifier.trends.answers import OUTCOMES
from classifier.trends.periods import Clock
from classifier.trends.rows import COUNTED, Found, RowReader, Wanted
from classifier.trends.sample import MISSING_VALUE, OTHER_VALUE, Audit

MEMORY = "512MB"
NO_PERSON = "person missing"
SAME_PERSON = "same person again"

_BATCH = 4096


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what DuckDB raises into errors of this package, and its interruption into that of Ctrl-C.

    Raises:
        OutputError: no room on the disk or in memory.

    """
    with needs("trends"):
        import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise OutputError(f"the working file failed ({type(error).__name__}); is there room on the disk?") from error
    except RuntimeError as error:
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from error
        raise


class Stage:
    """The DuckDB file of one study, in a folder of its own that the caller removes.

    Raises:
        MissingExtraError: DuckDB is not installed.

    """

    def __init__(self, folder: Path, groups: int) -> None:
        with needs("trends"):
            import duckdb
            import pyarrow as pa
        self._pa = pa
        self.groups = tuple(f"g{i}" for i in range(groups))
        self.folder = folder
        offline: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        self.db: Any = duckdb.connect(str(folder / "stage.duckdb"), config=offline)
        self.db.execute(f"SET memory_limit = '{MEMORY}'")
        self.db.execute(f"SET temp_directory = '{str(folder / 'spill').replace(chr(39), chr(39) * 2)}'")
        self.db.execute("SET preserve_insertion_order = false")
        outcomes = ", ".join(f"o{i} BOOLEAN, t{i} BOOLEAN" for i in range(len(OUTCOMES)))
        named = "".join(f", {name} VARCHAR" for name in self.groups)
        self._columns = (
            f"row BIGINT, account VARCHAR, ts TIMESTAMP, clock BOOLEAN, {outcomes}, review BOOLEAN, signals VARCHAR, "
            f"person UBIGINT, key UBIGINT, stratum VARCHAR, chinese BOOLEAN, ocr DOUBLE{named}"
        )
        self.db.execute(f"CREATE TABLE staged ({self._columns})")
        self._names = [part.split()[0] for part in self._columns.split(", ")]

    def add(self, records: list[dict[str, Any]]) -> None:
        """Take in a batch of rows."""
        pa = self._pa
        kinds = {
            "row": pa.int64(),
            "ts": pa.timestamp("us"),
            "person": pa.uint64(),
            "key": pa.uint64(),
            "ocr": pa.float64(),
        }
        batch = pa.table({n: pa.array([r.get(n) for r in records], type=kinds.get(n)) for n in self._names})
        self.db.register("batch", batch)
        self.db.execute("INSERT INTO staged SELECT * FROM batch")
        self.db.unregister("batch")

    def finish(self, period_format: str, blasts: BlastIndex | None, once: bool) -> None:
        """Give every row its period and its blast, settle who is counted, and keep the counted rows apart."""
        period = f"strftime(ts, '{period_format}')"
        if once:
            self._count_each_person_once(period)
        keys, numbers = blasts.link() if blasts is not None else (np.zeros(0, np.uint64), np.zeros(0, np.int64))
        self.db.register("linked", self._pa.table({"key": keys, "blast": numbers}))
        kept = f"SELECT staged.* EXCLUDE (account, key), {period} AS period, linked.blast FROM staged"  # noqa: S608
        self.db.execute(f"CREATE TABLE counted AS {kept} LEFT JOIN linked USING (key) WHERE account = '{COUNTED}'")
        self.db.unregister("linked")

    def _count_each_person_once(self, period: str) -> None:
        """Keep one message a person and period, chosen by a hash of its row."""
        counted = f"account = '{COUNTED}'"
        self.db.execute(f"UPDATE staged SET account = '{NO_PERSON}' WHERE {counted} AND person IS NULL")  # noqa: S608
        kept = f"SELECT arg_min(row, hash(row)) FROM staged WHERE {counted} GROUP BY person, {period}"  # noqa: S608
        self.db.execute(f"UPDATE staged SET account = '{SAME_PERSON}' WHERE {counted} AND row NOT IN ({kept})")  # noqa: S608

    def pool(self, column: str, least: int) -> None:
        """Put `OTHER_VALUE` in place of values of a group with fewer than `least` persons, or messages if unknown."""
        behind = "CASE WHEN count(person) > 0 THEN count(DISTINCT person) ELSE count(*) END"
        rare = f"SELECT {column} FROM counted GROUP BY 1 HAVING {behind} < {least:d}"  # noqa: S608
        where = f"{column} IN ({rare}) AND {column} <> '{MISSING_VALUE}'"
        self.db.execute(f"UPDATE counted SET {column} = '{OTHER_VALUE}' WHERE {where}")  # noqa: S608

    def accounts(self) -> dict[str, int]:
        """Return how many rows were counted, and how many left out for which reason; together every row."""
        return dict(self.db.execute("SELECT account, count(*) FROM staged GROUP BY 1 ORDER BY 2 DESC, 1").fetchall())

    def close(self) -> None:
        """Close the file."""
        self.db.close()


def fill(
    stage: Stage,
    source: Source,
    wanted: Wanted,
    clock: Clock,
    audit: Audit | None = None,
    policies: dict[str, Policy] | None = None,
    blasts: BlastIndex | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Found:
    """Read the whole table into the stage.

    Raises:
        InputError: a column is missing, dates cannot be meant, or the audit is of another table.

    """
    found = Found()
    reader = RowReader(wanted, clock, audit, policies or {}, found)
    rows = source.rows()
    while batch := list(islice(rows, _BATCH)):
        records = [reader.record(row) for row in batch]
        if blasts is not None and wanted.text is not None:
            texts = [
                (record, str(row[wanted.text]))
                for record, row in zip(records, batch, strict=True)
                if record["account"] == COUNTED and row[wanted.text] is not None
            ]
            for (record, _), key in zip(texts, blasts.keys([text for _, text in texts]), strict=True):
                record["key"] = key
        stage.add(records)
        progress(found.rows, source.size)
    if audit is not None:
        reader.check_audit(audit, source)
    return found


def column_check(source: Source, names: Iterator[str | None]) -> None:
    """Object to columns that are not there.

    Raises:
        InputError: with the missing ones and all there are.

    """
    missing = [name for name in names if name is not None and name not in source.columns]
    if missing:
        raise InputError(
            f"there is no column {', '.join(map(repr, missing))}; the columns are: {', '.join(source.columns)}"
        )
