"""Where rows come from: CSV, TSV, Excel, JSONL, Parquet, plain lines, a folder of text files.

Every source streams: memory does not grow with the file. Values keep the type they have in
the file; in CSV and TSV every value is text, so a phone number keeps its leading zeros.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from classifier.bulk.encoding import file_sha256, json_objects, open_text
from classifier.errors import InputError, MissingExtraError

Row = dict[str, Any]

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".txt": "lines",
}
"""File suffix to the name of a format."""

TEXT_NAMES = [
    "text",
    "message",
    "content",
    "body",
    "msg",
    "sms",
    "内容",
    "短信内容",
    "消息内容",
    "消息",
    "短信",
    "信息内容",
    "正文",
    "文本",
    "原文",
    "message_text",
    "sms_text",
    "ocr",
    "ocr_text",
    "识别文本",
    "识别结果",
    "聊天内容",
    "messagebody",
]

_SAMPLE = 50
_DECISIVE = 3.0
_SHOWN = 20
csv.field_size_limit(1 << 28)


@dataclass(frozen=True)
class Source:
    """A table that can be read as often as needed.

    Attributes:
        path: the file or folder.
        format: a value of `FORMATS`, or "folder".
        columns: every column, in order.
        size: number of rows.
        schema: the Arrow schema of a Parquet file, else None.
        text_column: the column with the message, where it is known.

    """

    path: Path
    format: str
    columns: tuple[str, ...]
    size: int
    schema: Any = field(default=None, compare=False)
    text_column: str | None = None

    def rows(self) -> Iterator[Row]:
        """Yield every row, with all columns."""
        for raw in _READERS[self.format](self.path):
            yield {name: raw.get(name) for name in self.columns}

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """Formats of screens that were recognised, and how many files of each; none for a plain table."""
        return []

    def judged(self) -> Iterator[tuple[Row, str | None]]:
        """Yield every row, with the reason why it is not to be labelled, or None."""
        return ((row, None) for row in self.rows())

    def doubts(self, row: Row) -> tuple[str, ...]:
        """Return why a person should look at a row whatever its text says, as review reasons."""
        return ()

    def digest(self) -> str:
        """Return what changes when the content changes.

        Raises:
            InputError: it cannot be read.

        """
        if not self.path.is_dir():
            return file_sha256(self.path)
        digest = sha256()
        for row in self.rows():
            digest.update(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def open_source(path: Path, format: str | None = None) -> Source:
    """Look through a table once: its format, columns and size.

    Raises:
        InputError: missing, unreadable, of an unknown kind, or damaged.

    """
    kind = format or detect_format(path)
    if kind == "parquet":
        return _open_parquet(path)
    columns: dict[str, None] = {}
    size = 0
    for row in _READERS[kind](path):
        columns.update(dict.fromkeys(row))
        size += 1
    if not size or not columns:
        raise InputError(f"{path} holds no rows or no columns; check that it is the file you mean")
    return Source(path, kind, tuple(columns), size)


def detect_format(path: Path) -> str:
    """Return the format that a path's kind and suffix name.

    Raises:
        InputError: no such file, or a suffix that is not known.

    """
    try:
        path.stat()
    except FileNotFoundError:
        raise InputError(f"there is no file {path}; check the name") from None
    except (OSError, ValueError) as error:
        shown = str(path)[:40].encode("unicode_escape").decode()
        raise InputError(f"there is no file {shown}… ({type(error).__name__}); check the name") from None
    if path.is_dir():
        return "folder"
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        known = " ".join(FORMATS)
        raise InputError(f"cannot tell the format of {path}; rename it ({known}) or give --format") from None


def find_text_column(source: Source, wanted: str | None) -> str:
    """Return the column that holds the message: the one asked for, or the one obvious choice.

    Raises:
        InputError: no such column, or no single obvious choice; the message lists the columns.

    """
    wanted = wanted if source.text_column is None else source.text_column
    listed = ", ".join(name if len(name) <= _SHOWN else name[:_SHOWN] + "…" for name in source.columns)
    if wanted is not None:
        if wanted not in source.columns:
            raise InputError(f"there is no column {wanted!r}; the columns are: {listed}")
        _refuse_cut_messages(source, wanted)
        return wanted
    guessed = _guess_text_column(source)
    if guessed is None:
        raise InputError(f"which column holds the message? give --text-column; the columns are: {listed}")
    if sum(map(_is_han, guessed)) > _SHOWN:
        raise InputError(
            f"the first row of {source.path} looks like a message; put column names above it or give --text-column"
        )
    _refuse_cut_messages(source, guessed)
    return guessed


def _refuse_cut_messages(source: Source, column: str) -> None:
    """Refuse a table whose messages hold commas without quotation marks: they would be judged by their first part.

    Then rows have more cells than the header has names, and the message stands in the last named column.
    """
    place = source.columns.index(column) + 1
    beyond = source.columns[place:]
    unnamed = [f"column_{place + number}" for number in range(1, len(beyond) + 1)]
    if source.format not in ("csv", "tsv") or not beyond or list(beyond) != unnamed:
        return
    for number, row in enumerate(source.rows(), 1):
        if any(row[name] for name in beyond):
            raise InputError(
                f"row {number} of {source.path} has more cells than there are column names, and the message is in the "
                "last named one: a comma seems to cut it; put messages in quotation marks, or save the table as .xlsx"
            )


def _guess_text_column(source: Source) -> str | None:
    if len(source.columns) == 1:
        return source.columns[0]
    for name in TEXT_NAMES:
        named = [c for c in source.columns if c.strip().lower() in (name, f"{name}_2")]
        if len(named) == 1:
            return named[0]
    counts = dict.fromkeys(source.columns, 0)
    for _, row in zip(range(_SAMPLE), source.rows(), strict=False):
        for column, value in row.items():
            if isinstance(value, str):
                counts[column] += sum(map(_is_han, value))
    first, second = sorted(counts, key=lambda c: -counts[c])[:2]
    return first if counts[first] and counts[first] >= _DECISIVE * counts[second] else None


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _read_delimited(path: Path, delimiter: str | None) -> Iterator[Row]:
    with open_text(path) as file:
        if delimiter is None:
            delimiter = max(",;\t", key=file.readline().count)
            file.seek(0)
        record_lines: list[str] = []
        reader = csv.reader(_remembered(file, record_lines), delimiter=delimiter)
        try:
            header = _unique(next(reader, []))
            record_lines.clear()
            start = reader.line_num + 1
            for record in reader:
                lines = "".join(record_lines)
                record_lines.clear()
                if _ends_inside_quotes(lines, delimiter):
                    raise InputError(f"{path} has a quotation mark from line {start} on that is never closed; mend it")
                start = reader.line_num + 1
                if record or len(header) == 1:
                    yield _record(header, record or [""])
        except csv.Error as error:
            raise InputError(f"{path} is damaged near line {reader.line_num}: {error}; mend or re-export it") from error


def _remembered(lines: Iterable[str], into: list[str]) -> Iterator[str]:
    for line in lines:
        into.append(line)
        yield line


def _ends_inside_quotes(lines: str, delimiter: str) -> bool:
    """Whether the lines of one record end before their last quotation mark is closed."""
    if '"' not in lines:
        return False
    try:
        list(csv.reader(lines.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _record(header: list[str], cells: Sequence[Any]) -> Row:
    """Name the cells of a row; cells beyond the header get columns of their own, missing ones are None."""
    extra = [f"column_{i + 1}" for i in range(len(header), len(cells))]
    names = _unique([*header, *extra]) if extra else header
    return {**dict.fromkeys(header), **dict(zip(names, cells, strict=False))}


def _unique(header: list[str]) -> list[str]:
    names: list[str] = []
    for i, raw in enumerate(header, 1):
        name = raw if raw.strip() else f"column_{i}"
        while name in names:
            name += "_2"
        names.append(name)
    return names


def _read_csv(path: Path) -> Iterator[Row]:
    return _read_delimited(path, None)


def _read_tsv(path: Path) -> Iterator[Row]:
    return _read_delimited(path, "\t")


def _read_lines(path: Path) -> Iterator[Row]:
    with open_text(path) as file:
        for number, line in enumerate(file, 1):
            yield {"line": number, "text": line.rstrip("\r\n")}


def _read_jsonl(path: Path) -> Iterator[Row]:
    with open_text(path) as file:
        for number, row in json_objects(file):
            if row is None:
                raise InputError(f"{path} line {number} is not a JSON object; mend or remove that line")
            yield row


def _read_folder(path: Path) -> Iterator[Row]:
    for file in sorted(path.rglob("*")):
        if file.suffix.lower() == ".txt" and file.is_file():
            text: str | None = None
            with suppress(InputError), open_text(file) as handle:
                text = handle.read().strip("\r\n")
            yield {"file": str(file.relative_to(path)), "text": text}  # a file that is no text is a missing value


def _read_xlsx(path: Path) -> Iterator[Row]:
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as error:
        raise MissingExtraError("Excel files need openpyxl; install the extra [tables]") from error
    import zipfile
    import zlib
    from xml.etree.ElementTree import ParseError

    broken_content = (EOFError, LookupError, ValueError, TypeError, AttributeError)
    broken_file = (OSError, zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException)
    try:
        with path.open("rb") as file:  # given a file, openpyxl does not judge by the name
            book = load_workbook(file, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True)
            header = _unique(["" if cell is None else str(cell) for cell in next(rows, ())])
            blank: list[Row] = []  # blank rows count only if a filled one follows
            for cells in rows:
                blank.append(_record(header, cells))
                if any(cell is not None for cell in cells):
                    yield from blank
                    blank.clear()
    except (*broken_content, *broken_file) as error:
        raise InputError(f"cannot read {path} as Excel ({type(error).__name__}); save it as .xlsx anew") from error


def _parquet_file(path: Path) -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("Parquet files need pyarrow; install the extra [tables]") from error
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"cannot read {path} as a Parquet file ({type(error).__name__}); export it anew") from error


def _open_parquet(path: Path) -> Source:
    file = _parquet_file(path)
    try:
        if not file.metadata.num_rows or not file.schema_arrow.names:
            raise InputError(f"{path} holds no rows or no columns; check that it is the file you mean")
        return Source(path, "parquet", tuple(file.schema_arrow.names), file.metadata.num_rows, file.schema_arrow)
    finally:
        file.close()


def _read_parquet(path: Path) -> Iterator[Row]:
    import pyarrow as pa

    file = _parquet_file(path)
    try:
        for batch in file.iter_batches(batch_size=1024):
            yield from batch.to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"cannot read {path} as Parquet: damaged ({type(error).__name__}); export it anew") from error
    finally:
        file.close()


_READERS = {
    "csv": _read_csv,
    "tsv": _read_tsv,
    "lines": _read_lines,
    "jsonl": _read_jsonl,
    "folder": _read_folder,
    "xlsx": _read_xlsx,
    "parquet": _read_parquet,
}
