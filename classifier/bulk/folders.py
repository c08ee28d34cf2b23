"""What a folder of screens holds: which of its files are read, and what tells their content."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from classifier.pictures.cache import TAG
from classifier.pictures.opening import SUFFIXES

_IGNORED = {"thumbs.db", "desktop.ini", "__macosx"}
_OCR_SUFFIXES = {".txt", ".json", ".jsonl", ".tsv", ".csv", ".hocr", ".html", ".xml"}


def listed(path: Path, outputs: set[str]) -> Iterator[str]:
    """Yield what a folder holds, below it too, in the order of names: files, and folders that are empty.

    Left out: what is hidden, caches, `outputs` (as `os.path.realpath` gives them), and a picture whose text some
    OCR has put beside it under the same name.
    """
    entries = sorted(path.rglob("*"))
    stems = {str(entry.with_suffix("")) for entry in entries if entry.suffix.lower() in _OCR_SUFFIXES}
    caches = {entry.parent for entry in entries if entry.name == TAG}
    for entry in entries:
        name = entry.relative_to(path)
        if any(part.startswith(".") or part.lower() in _IGNORED for part in name.parts):
            continue
        if caches and not caches.isdisjoint((entry, *entry.parents)):
            continue
        if entry.is_dir():
            with suppress(OSError):
                if not any(entry.iterdir()):
                    yield str(name)
            continue
        beside = entry.suffix.lower() in SUFFIXES and str(entry.with_suffix("")) in stems
        if not beside and os.path.realpath(entry) not in outputs:
            yield str(name)


def content_digest(path: Path) -> bytes:
    """Return the SHA-256 of a file's bytes, or one of the reason why it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        return hashlib.sha256(type(error).__name__.encode()).digest()
