"""Where rows go: CSV, TSV, JSONL, Excel, Parquet; written beside the output and moved into place."""

import csv
import json
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from classifier.bulk.sources import FORMATS, Row
from classifier.errors import MissingExtraError, OutputError

OUTPUT_FORMATS = ("csv", "tsv", "jsonl", "xlsx", "parquet")
_BATCH = 2048
_EXCEL_MOST_ROWS = 1_048_576
_EXCEL_MOST_CHARACTERS = 32_767
_EXCEL_EXACT = 10**15  # Excel keeps 15 digits of a number
_ILLEGAL_IN_EXCEL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def output_format(path: Path, format: str | None = None) -> str:
    """Return the format to write.

    Raises:
        OutputError: the suffix names none that can be written.

    """
    kind = format or FORMATS.get(path.suffix.lower())
    if kind not in OUTPUT_FORMATS or path.suffix.lower() == ".xlsm":
        raise OutputError(f"cannot write {path.name}: end its name in .csv .tsv .jsonl .xlsx or .parquet")
    return str(kind)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a temporary path next to `path`; on success it replaces `path`, on any failure it is removed.

    Raises:
        OutputError: the place cannot be written.

    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}; choose another place") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_rows(
    path: Path,
    kind: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    schema: Any = None,
    types: Mapping[str, type] | None = None,
) -> None:
    """Write all rows to `path` in the format `kind`.

    For Parquet, `schema` is the Arrow schema of the columns that come from a Parquet file and
    `types` gives str, bool, float or int for columns of our own; others get the type of their first values.

    Raises:
        OutputError: the place cannot be written, or a value does not fit the format.

    """
    with beside(path) as temporary:
        if kind == "parquet":
            _write_parquet(temporary, columns, rows, schema, types or {})
        else:
            _WRITERS[kind](temporary, columns, rows)


def _flat(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return _plain(value) if isinstance(value, (datetime, date, time, bytes)) else value


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _delimited(path: Path, columns: Sequence[str], rows: Iterable[Row], delimiter: str) -> None:
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([_flat(row.get(name)) for name in columns] for row in rows)


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    _delimited(path, columns, rows, ",")


def _write_tsv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    _delimited(path, columns, rows, "\t")


def _write_jsonl(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="\n", errors="replace") as file:
        for row in rows:
            file.write(_json_line(row) + "\n")


def _json_line(row: Row) -> str:
    try:
        return json.dumps(row, ensure_ascii=False, default=_plain, allow_nan=False)
    except ValueError:
        return json.dumps(_without_nan(row), ensure_ascii=False, default=_plain, allow_nan=False)


def _without_nan(value: Any) -> Any:
    """Put null for numbers that JSON does not know."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {name: _without_nan(item) for name, item in value.items()}
    return [_without_nan(item) for item in value] if isinstance(value, (list, tuple)) else value


def _write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ImportError as error:
        raise MissingExtraError("Excel files need openpyxl; install the extra [tables]") from error
    book = Workbook(write_only=True)
    sheet = book.create_sheet("messages")

    def cell(value: Any) -> Any:
        value = excel_value(value)
        made = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            made.data_type = "s"  # a message that begins with "=" must never become a formula
        return made

    try:
        sheet.append([cell(name) for name in columns])
        for number, row in enumerate(rows, 2):
            if number > _EXCEL_MOST_ROWS:
                raise OutputError(f"an Excel sheet holds {_EXCEL_MOST_ROWS} rows at most; write .csv or .parquet")
            sheet.append([cell(row.get(name)) for name in columns])
    finally:
        sheet.close()
    book.save(path)


def excel_value(value: Any) -> Any:
    """Return a value as an Excel cell can hold it; characters that it cannot hold become U+FFFD.

    Raises:
        OutputError: a text that is too long for a cell.

    """
    if isinstance(value, (dict, list, bytes)):
        value = _flat(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.isoformat()
    if isinstance(value, int) and abs(value) >= _EXCEL_EXACT:
        value = str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if not isinstance(value, str):
        return value
    if len(value) > _EXCEL_MOST_CHARACTERS:
        raise OutputError(f"a cell exceeds the {_EXCEL_MOST_CHARACTERS} characters that Excel can hold; write .csv")
    return _ILLEGAL_IN_EXCEL.sub("\ufffd", value)


def _write_parquet(
    path: Path, columns: Sequence[str], rows: Iterable[Row], schema: Any, types: Mapping[str, type]
) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("Parquet files need pyarrow; install the extra [tables]") from error
    stream = iter(rows)
    batch = list(islice(stream, _BATCH))
    try:
        full = _full_schema(pa, columns, batch, schema, types)
        with pq.ParquetWriter(path, full) as writer:
            while batch:
                writer.write_table(pa.Table.from_pylist(batch, schema=full))
                batch = list(islice(stream, _BATCH))
    except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
        raise OutputError(
            f"a column holds values that Parquet cannot hold together ({type(error).__name__}); write .jsonl"
        ) from error


def _full_schema(pa: Any, columns: Sequence[str], batch: list[Row], schema: Any, types: Mapping[str, type]) -> Any:
    arrow = {str: pa.string(), bool: pa.bool_(), float: pa.float64(), int: pa.int64()}
    given = {name: pa.field(name, arrow[kind]) for name, kind in types.items()}
    given |= {field.name: field for field in schema} if schema is not None else {}
    fields = []
    for name in columns:
        if name in given:
            fields.append(given[name])
            continue
        kind = pa.array([row.get(name) for row in batch]).type
        fields.append(pa.field(name, pa.string() if pa.types.is_null(kind) else kind))
    return pa.schema(fields, metadata=schema.metadata if schema is not None else None)


_WRITERS: dict[str, Callable[[Path, Sequence[str], Iterable[Row]], None]] = {
    "csv": _write_csv,
    "tsv": _write_tsv,
    "jsonl": _write_jsonl,
    "xlsx": _write_xlsx,
}


def write_text(path: Path, text: str) -> None:
    """Write a text file beside `path` and move it into place.

    Raises:
        OutputError: the place cannot be written.

    """
    with beside(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
