"""Rows of a table as messages: text, sender, time, row number. Every row is kept, whatever cannot be read of it."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from classifier.bulk.encoding import file_sha256
from classifier.bulk.sources import Row, Source, find_text_column
from classifier.classifier import LONGEST_TEXT
from classifier.errors import InputError
from classifier.times import CHINA, Moment, Unread, joined, read_moment

TIME_NAMES = [
    "发送时间",
    "接收时间",
    "收到时间",
    "短信时间",
    "消息时间",
    "日期时间",
    "datetime",
    "timestamp",
    "sent_at",
    "received_at",
    "send_time",
    "receive_time",
    "date_sent",
    "readable_date",
    "created_at",
]
"""Columns that hold day and clock, the surest first."""

DAY_NAMES = ["日期", "发送日期", "接收日期", "date", "day"]
CLOCK_NAMES = ["时间", "time"]
"""Where there is one of each, they are read together; else either alone."""

SENDER_NAMES = [
    "发送人",
    "发件人",
    "发送者",
    "发送方",
    "发送号码",
    "发件号码",
    "来电号码",
    "对方号码",
    "对方",
    "sender",
    "from",
    "address",
    "number",
    "phone",
    "号码",
    "手机号",
    "手机号码",
    "电话",
    "电话号码",
    "手机",
    "昵称",
    "contact_name",
    "联系人",
]
OWN_NAMES = frozenset({"我", "本人", "自己", "me", "myself"})
"""Senders that are the receiver: what they wrote is shown and never judged."""


class Fault(StrEnum):
    """Why a row has no text to judge."""

    MISSING = "missing value"
    NOT_TEXT = "not text"
    EMPTY = "empty text"
    TOO_LONG = f"over {LONGEST_TEXT} characters"
    OWN = "written by the receiver"


@dataclass(frozen=True, slots=True)
class Message:
    """One row of the table.

    Attributes:
        row: number of the row, 1 for the first below the column names.
        text: exactly what the cell holds, line breaks and blanks included; "" where it holds no text.
        sender: what the cell holds; "" where there is none.
        time: when it came, None where that cannot be read.
        time_given: what the cell of the time holds.
        unread: why the time cannot be read.
        fault: why the text is not judged.

    """

    row: int
    text: str
    sender: str = ""
    time: Moment | None = None
    time_given: str = ""
    unread: Unread | None = None
    fault: Fault | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 of the text: of its UTF-8 bytes, each line break as the cell holds it."""
        return sha256(utf8(self.text)).hexdigest()


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what: `times` is empty, one column of both, or a column of days and one of clocks."""

    text: str
    times: tuple[str, ...] = ()
    sender: str | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that messages came from: its name, the SHA-256 of its bytes, and how many there are."""

    name: str
    sha256: str
    size: int


def utf8(text: str) -> bytes:
    """Return the bytes that are hashed and kept; a lone surrogate, which UTF-8 has not, as its three bytes."""
    return text.encode("utf-8", "surrogatepass")


def find_columns(
    source: Source, text: str | None = None, times: Sequence[str] = (), sender: str | None = None
) -> Columns:
    """Return the columns asked for, or those whose names are plain; without one for times or senders, do without.

    Raises:
        InputError: no such column, more than two for times, or no obvious one for the text.

    """
    for name in (*times, *([sender] if sender is not None else [])):
        if name not in source.columns:
            listed = ", ".join(source.columns)
            raise InputError(f"there is no column {name!r}; the columns are: {listed[:400]}")
    if len(times) > 2:
        raise InputError("give --time-column once, or twice for a column of days and one of clocks")
    found = find_text_column(source, text)
    others = [name for name in source.columns if name != found]
    return Columns(found, tuple(times) or _guess_times(others), sender or _first_named(others, SENDER_NAMES))


def _guess_times(columns: Sequence[str]) -> tuple[str, ...]:
    whole = _first_named(columns, TIME_NAMES)
    if whole is not None:
        return (whole,)
    found = (_first_named(columns, DAY_NAMES), _first_named(columns, CLOCK_NAMES))
    return tuple(name for name in found if name is not None)


def _first_named(columns: Sequence[str], names: Sequence[str]) -> str | None:
    by_name = {column.strip().lower(): column for column in reversed(columns)}
    return next((by_name[name] for name in names if name in by_name), None)


def read_messages(source: Source, columns: Columns, zone: tzinfo = CHINA, year: int | None = None) -> Iterator[Message]:
    """Yield every row of a table as a message, in the order of the table.

    Args:
        source: the table.
        columns: which of its columns hold what.
        zone: where the receiver's clock hangs.
        year: the year of days that name none; without it their times count as unread.

    """
    for number, row in enumerate(source.rows(), 1):
        yield _message(number, row, columns, zone, year)


def _message(number: int, row: Row, columns: Columns, zone: tzinfo, year: int | None) -> Message:
    sender = "" if columns.sender is None else _said(row[columns.sender])
    text, fault = _text(row[columns.text])
    if fault is None and unicodedata.normalize("NFKC", sender).strip().lower() in OWN_NAMES:
        fault = Fault.OWN
    cells = [row[name] for name in columns.times]
    read = read_moment(joined(*cells) if len(cells) == 2 else cells[0] if cells else None, zone, year)
    return Message(
        row=number,
        text=text,
        sender=sender,
        time=read if isinstance(read, Moment) else None,
        time_given=" ".join(filter(None, map(_said, cells))),
        unread=read if isinstance(read, Unread) else None,
        fault=fault,
    )


def _text(value: Any) -> tuple[str, Fault | None]:
    if value is None or (isinstance(value, float) and value != value):
        return "", Fault.MISSING
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return "", Fault.NOT_TEXT
    text = str(value)
    if not text.strip():
        return text, Fault.EMPTY
    return text, Fault.TOO_LONG if len(text) > LONGEST_TEXT else None


def _said(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and value != value) else str(value).strip()


def source_files(path: Path, name: str | None = None) -> tuple[SourceFile, ...]:
    """Hash the file that a table is read from, or every `.txt` file of a folder.

    Args:
        path: the file or folder.
        name: what to call the file, by default its own name.

    Raises:
        InputError: a file cannot be read.

    """
    if path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.suffix.lower() == ".txt" and file.is_file())
        return tuple(_hashed(file, file.relative_to(path).as_posix()) for file in found)
    return (_hashed(path, name or path.name),)


def _hashed(path: Path, name: str) -> SourceFile:
    return SourceFile(name, file_sha256(path), path.stat().st_size)
