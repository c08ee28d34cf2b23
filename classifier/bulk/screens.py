"""Screens as rows: one for each message of each screenshot, chat or backup in a file, a folder or a column.

`open_input` decides by content whether an input is read so, or as the plain table it always was. What cannot
be read is a row with a reason, and the run goes on.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Literal

from classifier.bulk.folders import content_digest, listed
from classifier.bulk.label import EMPTY, FAILED
from classifier.bulk.sources import Row, Source, detect_format, find_text_column, open_source
from classifier.errors import InputError
from classifier.pictures.crew import PICTURE, Pictures
from classifier.pictures.reading import LOW_CONFIDENCE
from classifier.screens.blocks import NOTHING_OFF, Off
from classifier.screens.boxes import Item, Screen, Unread, screen_of_text
from classifier.screens.formats import TABLE_NAMES, UNREADABLE, read_file
from classifier.screens.formats.tables import cell_text
from classifier.screens.messages import ScreenMessage, read_screen, said_message
from classifier.screens.plain import is_screen
from classifier.screens.times import resolve

As = Literal["auto", "text", "screens"]

OWN_REPLY = "own reply"
EMPTY_FOLDER = "empty folder"
COLUMNS = ("file", "screen", "message", "time", "sender", "side", "text")
PICTURE_COLUMNS = ("picture_sha256", "ocr_engine", "ocr_confidence")
"""Beside `COLUMNS`, where pictures are read; the confidence is the mean over the characters, 0 to 1."""
_BESIDE = ("message", "time", "sender", "side", "message_text")
_PREFIX = "screen_"
_TEXT = "text"
_SAMPLE = 50
_ENOUGH = 0.2

Judged = tuple[Row, str | None]


@dataclass(frozen=True)
class Reading:
    """How screens are read.

    Attributes:
        off: names of the cleaning steps that are left out.
        reference: the day on which the screenshots were taken; then shown times become moments.
        forced: whether every text is a screen, also one that shows no sign of it.
        pictures: reads pictures; without it they are files that cannot be read.

    """

    off: Off = NOTHING_OFF
    reference: date | None = None
    forced: bool = False
    pictures: Pictures | None = None

    def open(self, path: Path) -> tuple[str, Iterator[Item]]:
        """Return the name of a file's format, and what is in it."""
        return read_file(path, (self.pictures.format(),) if self.pictures else ())

    def messages(self, item: Item) -> tuple[ScreenMessage, ...]:
        """Return the messages of what a reader gave."""
        if isinstance(item, Screen):
            return read_screen(replace(item, ocr=True) if self.forced else item, self.off)
        return () if isinstance(item, Unread) else (said_message(item),)

    def time(self, shown: str) -> str:
        """Return a shown time as it goes into the table."""
        return resolve(shown, self.reference) if shown else ""

    def fingerprint(self) -> bytes:
        """Return what tells this reading from another one."""
        return "|".join((*sorted(self.off), str(self.reference), str(self.forced))).encode()


def _shown(message: ScreenMessage, reading: Reading) -> dict[str, str]:
    return {"time": reading.time(message.time), "sender": message.sender, "side": message.side.value}


@dataclass(frozen=True)
class ScreenSource(Source):
    """Files of screens as one table; `formats` counts the files by format."""

    files: tuple[str, ...] = ()
    reading: Reading = Reading()
    fingerprint: str = ""
    formats: Counter[str] = field(default_factory=Counter)

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """Formats that were recognised, and how many files of each."""
        return self.formats.most_common()

    def judged(self) -> Iterator[Judged]:
        """Yield every row, with the reason why it is not to be labelled, or None."""
        base = self.path if self.path.is_dir() else self.path.parent
        for name in self.files:
            for row, reason in _rows_of(name, _opened(base / name, self.reading)[1], self.reading):
                yield {column: row.get(column) for column in self.columns}, reason

    def rows(self) -> Iterator[Row]:
        """Yield every row, with all columns."""
        return (row for row, _ in self.judged())

    def doubts(self, row: Row) -> tuple[str, ...]:
        """Return that the engine was unsure, where it read the row off a picture and was."""
        engine = self.reading.pictures and self.reading.pictures.engine
        sure = row.get("ocr_confidence")
        unsure = engine and sure is not None and row["picture_sha256"] and sure < engine.unsure_below
        return (LOW_CONFIDENCE,) if unsure else ()

    def digest(self) -> str:
        """Return what changes when a file or the way of reading changes."""
        return self.fingerprint


def _opened(path: Path, reading: Reading) -> tuple[str, Iterator[Item]]:
    """Return the name of a file's format and what is in it; an empty folder is something unread."""
    return (UNREADABLE, iter((Unread(EMPTY_FOLDER),))) if path.is_dir() else reading.open(path)


def _rows_of(name: str, items: Iterator[Item], reading: Reading) -> Iterator[Judged]:
    """Yield the rows of one file: at least one."""
    file = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    number = rows = 0
    for item in items:
        rows += 1
        if isinstance(item, Unread):
            yield {"file": file, "screen": item.name}, FAILED + item.reason
            continue
        messages = reading.messages(item)
        origin = {"file": file, "screen": item.name, **_picture(item)}
        for message in messages:
            number += 1
            row = {**origin, "message": number, **_shown(message, reading)}
            sure = None if message.score is None else round(message.score, 4)
            yield {**row, "text": message.text, "ocr_confidence": sure}, OWN_REPLY if message.outgoing else None
        if not messages:
            yield origin, EMPTY
    if not rows:
        yield {"file": file}, EMPTY


def _picture(item: Item) -> Row:
    return {"picture_sha256": item.picture, "ocr_engine": item.engine} if isinstance(item, Screen) else {}


@dataclass(frozen=True)
class TableOfScreens(Source):
    """A table of which a column holds screens: its rows, once for each message."""

    table: Source = field(default_factory=lambda: Source(Path(), "csv", (), 0))
    cells: str = ""
    names: tuple[str, ...] = _BESIDE
    reading: Reading = Reading()

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """The table's format, as one of screens."""
        return [(f"{self.table.format} of screens", 1)]

    def judged(self) -> Iterator[Judged]:
        """Yield the rows of the table with each message, and the reason why one is not to be labelled."""
        for row in self.table.rows():
            text = cell_text(row[self.cells])
            messages = self.reading.messages(screen_of_text(text)) if text else ()
            for number, message in enumerate(messages, 1):
                shown = (number, *_shown(message, self.reading).values(), message.text)
                yield {**row, **dict(zip(self.names, shown, strict=True))}, OWN_REPLY if message.outgoing else None
            if not messages:
                yield {**row, **dict.fromkeys(self.names), self.names[-1]: row[self.cells]}, None

    def rows(self) -> Iterator[Row]:
        """Yield every row, with all columns."""
        return (row for row, _ in self.judged())

    def digest(self) -> str:
        """Return what changes when the table or the way of reading changes."""
        return sha256(self.table.digest().encode() + self.reading.fingerprint()).hexdigest()


def open_input(
    path: Path,
    format: str | None = None,
    text_column: str | None = None,
    as_: As = "auto",
    reading: Reading | None = None,
    outputs: Iterable[Path] = (),
) -> Source:
    """Look through an input once and decide how it is read.

    Args:
        path: a file or a folder.
        format: of a table, where it is stated.
        text_column: of a table, where it is stated.
        as_: `text` reads as tables and clean messages only, `screens` as screens only, `auto` decides by content.
        reading: how screens are read.
        outputs: files that the run writes; they are not read, should they lie in the folder.

    Raises:
        InputError: missing, of an unknown kind, damaged, or without a row.

    """
    reading = reading or Reading()
    if as_ == "text" or (as_ == "auto" and format is not None):
        return open_source(path, format)
    if not os.path.exists(path):  # noqa: PTH110 - it takes every name, too long ones as well
        detect_format(path)  # says what is wrong
    if format is None and path.is_dir():
        return _open_folder(path, as_, reading, outputs)
    name = format or _name_of(path, reading)
    if name is not None and (name in TABLE_NAMES or format is not None):
        table = open_source(path, format or name.lower().replace("excel", "xlsx"))
        return _open_table(table, text_column, as_, reading) or table
    if name is None or (as_ == "auto" and name == _TEXT and not _is_one_screen(path, reading)):
        return open_source(path)
    return _scan(path, (path.name,), reading)[0]


def _name_of(path: Path, reading: Reading) -> str | None:
    """Return the name of a file's format, None where it is of no kind that holds screens."""
    name, items = reading.open(path)
    if name in TABLE_NAMES or name == UNREADABLE:
        return None if name == UNREADABLE else name
    found = next(items, None)
    if not isinstance(found, Unread) or any(not isinstance(item, Unread) for item in items):
        return name
    if name == _TEXT:
        return None
    raise InputError(f"cannot read {path} ({name}): {found.reason}")


def _is_one_screen(path: Path, reading: Reading) -> bool:
    """Whether a text file is a screenshot rather than a list of messages, one a line."""
    _, items = reading.open(path)
    return any(isinstance(item, Screen) and is_screen(item) for item in islice(items, 1))


def _open_table(table: Source, wanted: str | None, as_: As, reading: Reading) -> Source | None:
    """Return a table of screens, None where its text is clean messages."""
    column = find_text_column(table, wanted) if as_ == "screens" or wanted or _is_guessable(table) else None
    if column is None:
        return None
    sample = [text for row in islice(table.rows(), _SAMPLE) if (text := cell_text(row[column]))]
    screens = sum(is_screen(screen_of_text(text)) for text in sample)
    if as_ == "auto" and (not screens or screens < _ENOUGH * len(sample)):
        return None
    names: tuple[str, ...] = _BESIDE
    while set(names) & set(table.columns):
        names = tuple(_PREFIX + name for name in names)
    opened = TableOfScreens(
        table.path, table.format, (*table.columns, *names), 0, table.schema, names[-1], table, column, names, reading
    )
    size = sum(1 for _ in opened.judged())
    return TableOfScreens(**{**vars(opened), "size": size})


def _is_guessable(table: Source) -> bool:
    try:
        find_text_column(table, None)
    except InputError:
        return False
    return True


def _open_folder(path: Path, as_: As, reading: Reading, outputs: Iterable[Path]) -> Source:
    files = tuple(listed(path, {os.path.realpath(output) for output in outputs}))
    if not files:
        raise InputError(f"{path} holds no files; check that it is the folder you mean")
    source, clean = _scan(path, files, reading)
    return open_source(path) if clean and as_ == "auto" else source


def _scan(path: Path, files: tuple[str, ...], reading: Reading) -> tuple[ScreenSource, bool]:
    """Read all files once: count rows and formats, take the digest, see whether all are clean messages."""
    base = path if path.is_dir() else path.parent
    digest = sha256(reading.fingerprint())
    formats: Counter[str] = Counter()
    size = 0
    clean = True
    if reading.pictures:
        reading.pictures.prepare(base / name for name in files)
    for name in files:
        file = base / name
        digest.update(name.encode("utf-8", "surrogateescape") + content_digest(file))
        kind, items = _opened(file, reading)
        formats[kind] += 1
        untouched = [clean and file.suffix.lower() == ".txt" and kind == _TEXT]
        size += sum(1 for _ in _rows_of(name, _watched(items, untouched), reading))
        clean = untouched[0]
    columns: tuple[str, ...] = COLUMNS
    if reading.pictures and formats[PICTURE]:
        columns += PICTURE_COLUMNS
        digest.update(reading.pictures.label.encode())
    source = ScreenSource(path, "screens", columns, size, None, "text", files, reading, digest.hexdigest(), formats)
    return source, clean


def _watched(items: Iterator[Item], untouched: list[bool]) -> Iterator[Item]:
    """Pass items on; note whether each is a text that shows no sign of a screen."""
    for item in items:
        untouched[0] = untouched[0] and isinstance(item, Screen) and not is_screen(item)
        yield item
