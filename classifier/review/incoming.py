"""From filled forms to corrections: each tied to the message as it was received."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from classifier.bulk.sinks import excel_value
from classifier.classifier import LONGEST_TEXT
from classifier.labels import CODEBOOK_VERSION
from classifier.review.corrections import Correction
from classifier.review.forms import Form
from classifier.review.refs import Part, short_check
from classifier.review.table import Judged, Labelled
from classifier.text.redact import redact


@dataclass(frozen=True, slots=True)
class Incoming:
    """What forms hold: corrections, rows that nobody answered, and a sentence for every answer that cannot be taken."""

    corrections: list[Correction]
    unanswered: int
    faults: list[str]


def take_in(
    forms: Sequence[Form], table: Labelled | None, *, annotator: str = "", final: bool = False, date: str
) -> Incoming:
    """Turn answers into corrections.

    Args:
        forms: what the sheets hold.
        table: the table that the messages were drawn from, with texts as received; needed for redacted sheets.
        annotator: who answered, where a form does not say.
        final: whether these answers settle what others disagree on.
        date: today, as YYYY-MM-DD.

    """
    answered = [form for form in forms if form.labels is not None or form.fault]
    originals = {} if table is None else _originals(table, answered)
    found: list[Correction] = []
    faults: list[str] = []
    for form in answered:
        original = originals.get(form.ref.row) if form.ref else None
        reason = form.fault or _objection(form, original, table is not None, form.annotator or annotator)
        if reason:
            faults.append(f"{form.where}: {reason}")
            continue
        assert form.labels is not None
        found.append(
            Correction(
                text=original.text if original else form.text,
                labels=form.labels,
                annotator=form.annotator or annotator,
                part=form.ref.part if form.ref else Part.OTHER,
                weight=(form.ref.weight or 0.0) if form.ref else 0.0,
                ref=str(form.ref or ""),
                codebook=form.ref.codebook if form.ref else CODEBOOK_VERSION,
                model=original.answer.version if original else form.model,
                date=date,
                final=final,
                note=form.note,
            )
        )
    return Incoming(found, len(forms) - len(answered), faults)


def _originals(table: Labelled, forms: Iterable[Form]) -> dict[int, Judged]:
    wanted = {form.ref.row for form in forms if form.ref}
    return {row.row: row for row in table.rows() if row is not None and row.row in wanted}


def _objection(form: Form, original: Judged | None, with_table: bool, annotator: str) -> str:
    """Return why an answer cannot be taken, "" if it can."""
    if not annotator:
        return "nobody is named as annotator; fill the column or give --annotator"
    if form.ref is None:
        return "" if form.text and len(form.text) <= LONGEST_TEXT else "there is no text, or one that is too long"
    if not with_table:
        whole = short_check(form.text) == form.ref.check
        return "" if whole else "the text was redacted or changed; give the table it was drawn from with --texts"
    if original is None or short_check(original.text) != form.ref.check:
        return "the table given with --texts is not the one this message was drawn from"
    shown = _plain(form.text)
    if shown not in (_plain(original.text), _plain(redact(original.text).text)):
        return "the text is not that of its ref; was a column sorted or edited alone? sort whole rows"
    return ""


def _plain(text: str) -> str:
    """Return what a text keeps on its way through a spreadsheet or a tool."""
    return "".join(str(excel_value(text)).split())
