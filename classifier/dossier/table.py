"""`messages.csv`: every message with what is said of it, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable

from classifier.dossier.entries import Entry
from classifier.labels import SCORES

COLUMNS = (
    *("number", "row", "time", "time_as_given", "hour_known", "sender", "text", "guarded", "sha256", "status"),
    *("label", "labels", "needs_review", "review_reasons", "night", "copy_of", "signals", "evidence"),
    *(f"score_{name}" for name in SCORES),
    "model_version",
)
"""Columns in order. `guarded` names the columns of the row whose cell got a `'` in front; take it off to compare."""

_FORMULA = tuple("=+-@\t\r\n|%＝＋－＠'")


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: with a `'` in front where it might."""
    return "'" + cell if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell


def csv_bytes(entries: Iterable[Entry]) -> bytes:
    """Return the table in UTF-8 with a mark, as Excel likes it; lone surrogates, which UTF-8 has not, become `?`."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for entry in entries:
        row = _row(entry)
        given = ("time_as_given", "sender", "text", "evidence")
        changed = [name for name in given if guarded(row[name]) != row[name]]
        writer.writerow({**row, **{name: guarded(row[name]) for name in changed}, "guarded": "|".join(changed)})
    return file.getvalue().encode("utf-8-sig", "replace")


def _row(entry: Entry) -> dict[str, str]:
    message, finding = entry.message, entry.finding
    time = message.time
    row = {
        "number": str(entry.number),
        "row": str(message.row),
        "time": "" if time is None else time.at.isoformat(" ") if time.clock_known else time.day.isoformat(),
        "time_as_given": message.time_given,
        "hour_known": "" if time is None else _yes(time.clock_known),
        "sender": message.sender,
        "text": message.text,
        "sha256": message.sha256,
        "status": message.fault.value if message.fault else "ok",
        "night": "" if time is None or time.at_night is None else _yes(time.at_night),
        "copy_of": str(entry.copy_of or ""),
        "evidence": "",
    }
    if finding is None:
        return row
    return row | {
        "label": finding.label.value,
        "labels": "|".join(finding.labels),
        "needs_review": _yes(finding.needs_review),
        "review_reasons": "|".join(finding.review_reasons),
        "signals": "|".join(finding.signals),
        "evidence": "|".join(" ".join(item.text.replace("|", "/").split()) for item in finding.evidence),
        **{f"score_{name}": f"{finding.scores[name]:.6f}" for name in SCORES if name in finding.scores},
        "model_version": finding.model.version,
    }


def _yes(value: bool) -> str:
    return "true" if value else "false"
