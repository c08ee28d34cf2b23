"""Tables in a folder of screens: each row's text is a screen or a clean message.

CSV and TSV are recognised by their suffix, Excel and Parquet by their content, JSONL by its first line being
an object of no other kind (not in .txt or .json). What `cmc label` wrote is not read again.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from classifier.bulk.sources import find_text_column, open_source
from classifier.errors import InputError
from classifier.screens.boxes import Item, Unread, screen_of_text
from classifier.screens.formats.head import Format, Head, members_of

_OURS = {"status", "label", "labels", "needs_review", "model_version"}


def cell_text(value: Any) -> str | None:
    """Return the text of a cell, None where it holds none."""
    if value is None or isinstance(value, (bool, list, dict, bytes)) or (isinstance(value, float) and value != value):
        return None
    return str(value).replace("_x000D_", "")


def _reader(kind: str) -> Callable[[Path], Iterator[Item]]:
    def read(path: Path) -> Iterator[Item]:
        source = open_source(path, kind)
        if set(source.columns) >= _OURS:
            raise InputError("an output of this program")
        column = find_text_column(source, None)
        for number, row in enumerate(source.rows(), 1):
            text = cell_text(row[column])
            yield (
                Unread("no text in this row", f"row {number}")
                if text is None
                else screen_of_text(text, f"row {number}")
            )

    return read


def _is_excel(head: Head) -> bool:
    return any(name.startswith("xl/") for name in members_of(head))


def _is_jsonl(head: Head) -> bool:
    if head.suffix in (".txt", ".json"):
        return False
    try:
        return isinstance(json.loads(head.first_line), dict)
    except (ValueError, RecursionError):
        return False


def _has_suffix(*suffixes: str) -> Callable[[Head], bool]:
    return lambda head: head.text is not None and head.suffix in suffixes


TABLES = (
    Format("Excel", _is_excel, _reader("xlsx")),
    Format("Parquet", lambda head: head.raw.startswith(b"PAR1"), _reader("parquet")),
    Format("CSV", _has_suffix(".csv"), _reader("csv")),
    Format("TSV", _has_suffix(".tsv", ".tab"), _reader("tsv")),
    Format("JSONL", _is_jsonl, _reader("jsonl")),
)
