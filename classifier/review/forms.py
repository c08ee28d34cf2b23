"""Filled forms as they come back: review sheets, exports of Label Studio and doccano, all as the same few facts.

| form | answer | annotator |
|---|---|---|
| review sheet (.xlsx .csv .tsv) | column `answer` | column `annotator` |
| Label Studio JSON | `annotations` (once `completions`), each a choice or several | `completed_by` |
| Label Studio JSON_MIN, CSV | `label`: a name, or `{"choices": [...]}` | `annotator` |
| doccano JSONL | `label` or `labels`: names, or objects with `label` or `text` | `user`, if any |
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.bulk.encoding import open_text
from classifier.bulk.sources import Row, open_source
from classifier.errors import InputError
from classifier.review.choices import LabelSet, read_choice
from classifier.review.refs import Ref, read_ref
from classifier.review.tools import EXT_ID
from classifier.trends.answers import answer_prefix

_ANSWERS = ("answer", "label", "labels", "human_labels")
_REFS = ("ref", EXT_ID)
_NO_FORM = "not a filled form: give a review sheet, or an export of Label Studio or doccano"


@dataclass(frozen=True, slots=True)
class Form:
    """One answer, or none: `labels` is None where nobody answered; `fault` says why an answer cannot be taken.

    `where` names file and row; `text` is the text that the form shows, maybe redacted.
    """

    where: str
    text: str
    ref: Ref | None = None
    labels: LabelSet | None = None
    annotator: str = ""
    note: str = ""
    model: str = ""
    fault: str = ""


def read_forms(path: Path) -> list[Form]:
    """Read a filled form of any kind.

    Raises:
        InputError: it cannot be read, or is none of them.

    """
    suffix = path.suffix.lower()
    if suffix == ".json":
        rows = _json_list(path)
    elif suffix in (".jsonl", ".ndjson", ".xlsx", ".xlsm", ".csv", ".tsv"):
        source = open_source(path)
        if answer_prefix(source.columns) is not None:
            raise InputError(f"{path} is a table that the classifier labelled, {_NO_FORM}")
        rows = list(enumerate(source.rows(), 1))
        if suffix not in (".jsonl", ".ndjson"):
            rows = [(number + 1, row) for number, row in rows]  # as the spreadsheet counts, with the headings
    else:
        raise InputError(f"{path} is {_NO_FORM}")
    forms = [form for number, row in rows for form in _forms(row, f"{path.name} row {number}")]
    if not any(form.text for form in forms):
        raise InputError(f"{path} is {_NO_FORM}")
    return forms


def _json_list(path: Path) -> list[tuple[int, Row]]:
    try:
        with open_text(path) as file:
            tasks = json.load(file)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no JSON; export it anew") from error
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise InputError(f"{path} is {_NO_FORM}")
    return list(enumerate(tasks, 1))


def _forms(row: Row, where: str) -> Iterator[Form]:
    done = row.get("annotations", row.get("completions"))
    if isinstance(row.get("data"), dict) and isinstance(done, list):
        for annotation in done:
            if isinstance(annotation, dict) and not annotation.get("was_cancelled"):
                yield _form({**row["data"], **_annotation(annotation)}, where)
        if not done:
            yield _form(row["data"] | {"label": None}, where)
    elif not row.get("was_cancelled"):
        meta = row.get("meta", row.get("metadata"))
        yield _form({**(meta if isinstance(meta, dict) else {}), **row}, where)


def _annotation(annotation: Row) -> Row:
    """Return what a person said in Label Studio: every choice of an annotation, and who."""
    values = [item.get("value", {}) for item in annotation.get("result", []) if isinstance(item, dict)]
    choices = [choice for value in values for choice in value.get("choices", [])]
    notes = [text for value in values for text in _listed(value.get("text"))]
    by = annotation.get("completed_by", "")
    by = by.get("email") or by.get("id", "") if isinstance(by, dict) else by
    return {"label": choices, "annotator": by, "note": " ".join(notes), "labels": None, "answer": None}


def _form(raw: Row, where: str) -> Form:
    row = {str(name).split()[-1].lower() if str(name).split() else "": value for name, value in raw.items()}
    labels: LabelSet | None = None
    fault = ""
    try:
        labels = _labels(_first(row, _ANSWERS))
    except ValueError as error:
        fault = f"{error}; choose one state alone, or acts"
    return Form(
        where=where,
        text=_cell(_first(row, ("text", "data", "content"))),
        ref=read_ref(_first(row, _REFS)),
        labels=labels,
        annotator=_cell(_first(row, ("annotator", "user", "username"))),
        note=_cell(_first(row, ("note", "comment", "comments"))),
        model=_cell(row.get("model")),
        fault=fault,
    )


def _first(row: Row, names: Iterable[str]) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "", [])), None)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(_cell, value))
    return "" if value is None or value != value else str(value).strip()


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)] if value else []


def _labels(value: Any) -> LabelSet | None:
    """Return the label set behind a cell, a list of names, or what the tools make of either.

    Raises:
        ValueError: an unknown label, a number in place of a name, or a state beside another label.

    """
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, dict):
        value = value.get("choices", value.get("label", value.get("text")))
    if isinstance(value, list):
        value = " ".join(str(_name(item)) for item in value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value:
        raise ValueError("a number stands for the label; export the names of the labels")
    return read_choice(value)


def _name(item: Any) -> Any:
    name = item.get("label", item.get("text")) if isinstance(item, dict) else item
    if not isinstance(name, str):
        raise ValueError("a number stands for the label; export the names of the labels")
    return name
