"""What Umi-OCR writes besides JSON: one text for many screenshots, and a table.

The text is recognised by its `≦ file name ≧` lines, the table by its header `Name,OCR,Path`. Other programs
part the screenshots of one text by a line with the name of an image; that is read as well.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from classifier.errors import InputError
from classifier.screens.boxes import Item, screen_of_text
from classifier.screens.formats.head import Format, Head, lines_of

_PARTED = re.compile(r"\s*≦\s*(?P<name>[^≦≧]+?)\s*≧\s*")
_NAMED = re.compile(
    r"\s*(?:[=\-#*<>\[\]【】—~+]{2,}|(?:文件名?|图片|截图|file|image)\s*[::]|[#【\[<])\s*"
    r"(?P<name>[^\s=<>\[\]【】]{1,80}\.(?:png|jpe?g|webp|bmp|heic|gif))\s*[=\-#*<>\[\]【】—~+]*\s*",
    re.IGNORECASE,
)
_COLUMNS = ["Name", "OCR", "Path"]


def _divider(line: str) -> str | None:
    found = _PARTED.fullmatch(line) or _NAMED.fullmatch(line)
    return found["name"] if found else None


def _recognise_merged(head: Head) -> bool:
    lines = [line for line in (head.text or "").splitlines() if line.strip()]
    return any(map(_PARTED.fullmatch, lines)) or (bool(lines) and _divider(lines[0]) is not None)


def _read_merged(path: Path) -> Iterator[Item]:
    name: str | None = None
    held: list[str] = []
    for line in lines_of(path):
        found = _divider(line)
        if found is None:
            held.append(line)
            continue
        if name is not None:  # what stands before the first name is the time of the start
            yield screen_of_text("\n".join(held).strip("\n"), name, ocr=True)
        name, held = found, []
    if name is not None:
        yield screen_of_text("\n".join(held).strip("\n"), name, ocr=True)


def _recognise_table(head: Head) -> bool:
    first = (head.text or "").split("\n", 1)[0].strip().replace('"', "")
    return first.split(",") == _COLUMNS


def _read_table(path: Path) -> Iterator[Item]:
    rows = csv.reader(line + "\n" for line in lines_of(path))
    next(rows, None)
    try:
        for row in rows:
            if row:
                yield screen_of_text(row[1] if len(row) > 1 else "", row[0], ocr=True)
    except csv.Error as error:
        raise InputError("damaged: the table cannot be read to its end") from error


UMI_TEXT = Format("one text for many screenshots", _recognise_merged, _read_merged)
UMI_TABLE = Format("Umi-OCR CSV", _recognise_table, _read_table)
