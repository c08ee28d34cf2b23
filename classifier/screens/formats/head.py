"""The beginning of a file, by which its format is told, and the ways all readers share."""

import json
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.bulk.encoding import open_text
from classifier.errors import InputError
from classifier.screens.boxes import Item

_HEAD = 1 << 14
_LARGEST = 1 << 26
LARGEST_SHOWN = "64 MB"


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a file before it is read.

    Attributes:
        path: where it lies.
        raw: its first bytes.
        text: its first characters, None where it is no text.
        size: in bytes.

    """

    path: Path
    raw: bytes
    text: str | None
    size: int

    @property
    def suffix(self) -> str:
        """The suffix of its name in lower case."""
        return self.path.suffix.lower()

    @property
    def first_line(self) -> str:
        """Its first line that is not blank; "" where it is no text."""
        return (self.text or "").lstrip().split("\n", 1)[0]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is read: `recognise` looks at the head, `read` gives screens, messages and what failed."""

    name: str
    recognise: Callable[[Head], bool]
    read: Callable[[Path], Iterator[Item]]


def members_of(head: Head) -> list[str]:
    """Return the names inside a ZIP, none where the file is none or is damaged."""
    if not head.raw.startswith(b"PK\x03\x04"):
        return []
    try:
        with zipfile.ZipFile(head.path) as archive:
            return archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError):
        return []


def base_name(path: str) -> str:
    """Return the last part of a path as Windows or any other system writes it."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def head_of(path: Path) -> Head:
    """Look at the beginning of a file.

    Raises:
        InputError: it cannot be opened.

    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError("no ordinary file")
        with path.open("rb") as file:
            raw = file.read(_HEAD)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; check the name and your rights") from error
    text: str | None = None
    if not _is_binary(raw):
        with suppress(InputError), open_text(path) as file:
            text = file.read(_HEAD).removeprefix("\ufeff")
    return Head(path, raw, text, status.st_size)


def _is_binary(raw: bytes) -> bool:
    return b"\0" in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"))


def whole_text(path: Path) -> str:
    """Return the text of a file that has to be read at once.

    Raises:
        InputError: not text, unreadable, or too large.

    """
    if path.stat().st_size > _LARGEST:
        raise InputError(f"larger than {LARGEST_SHOWN}; split it")
    with open_text(path) as file:
        return file.read().removeprefix("\ufeff")


def lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of a text file without their ends."""
    with open_text(path) as file:
        for number, line in enumerate(file):
            yield (line.removeprefix("\ufeff") if not number else line).rstrip("\r\n")


_LONE = re.compile("[\ud800-\udfff]")


def parsed(text: str) -> Any:
    """Parse JSON; half a surrogate pair becomes U+FFFD.

    Raises:
        ValueError: it is none.

    """
    try:
        return json.loads(_LONE.sub("\ufffd", text))
    except RecursionError as error:
        raise ValueError("too deep") from error


def whole_surrogates(text: str) -> str:
    """Return `text` with surrogate pairs as characters and lone halves as U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _LONE.search(text) else text
