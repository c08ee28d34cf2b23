"""From a labelled table to what reviewers are given: a sheet, or a file for an annotation tool."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from classifier.labels import ACTS, COLLECTION, LABEL_ZH
from classifier.review.choices import LabelSet, choice
from classifier.review.pick import Item, Why
from classifier.review.refs import Ref
from classifier.review.sheet import (
    ANNOTATOR,
    ANSWER,
    CLUSTER,
    COPIES,
    MACHINE,
    NOTE,
    NUMBER,
    REF,
    SCORES,
    TEXT,
    VERSION,
    WHY,
    Column,
    write_sheet,
)
from classifier.review.tools import write_doccano, write_label_studio
from classifier.review.words import HIDDEN
from classifier.review.words import WHY as WHY_SAID
from classifier.text.redact import redact

Form = Literal["sheet", "label-studio", "doccano"]

SUFFIXES: dict[Form, str] = {"sheet": ".xlsx", "label-studio": ".json", "doccano": ".jsonl"}
"""How the name of each form's file ends."""

_COLUMNS = (NUMBER, TEXT, ANSWER, NOTE, ANNOTATOR, MACHINE, SCORES, WHY, COPIES, CLUSTER, VERSION, REF)
_SCORE_ZH = {COLLECTION: "催收", **{act.value: LABEL_ZH[act] for act in ACTS}}


def write_review(path: Path, items: Sequence[Item], form: Form, *, raw: bool, annotator: str = "") -> list[Path]:
    """Write the messages in a form, redacted unless `raw`; return what was written.

    What the classifier said of a message drawn at random is left out: it would sway the reviewer, and so the error
    rates.

    Raises:
        OutputError: the place cannot be written.
        MissingExtraError: openpyxl is not installed.

    """
    shown = [(item, item.judged.text if raw else redact(item.judged.text).text) for item in items]
    if form == "label-studio":
        return [path, write_label_studio(path, shown)]
    if form == "doccano":
        write_doccano(path, shown)
    else:
        write_sheet(path, _COLUMNS, (_row(number, *pair, annotator) for number, pair in enumerate(shown, 1)))
    return [path]


def _row(number: int, item: Item, text: str, annotator: str) -> dict[Column, Any]:
    answer = item.judged.answer
    blind = item.why is Why.RANDOM
    scores = " · ".join(f"{_SCORE_ZH[name]} {score:.2f}" for name, score in item.judged.scores.items())
    return {
        NUMBER: number,
        TEXT: text,
        ANNOTATOR: annotator or None,
        MACHINE: HIDDEN if blind else choice(answer.labels),
        SCORES: None if blind else scores,
        WHY: WHY_SAID[item.why],
        COPIES: item.cluster_size,
        CLUSTER: item.cluster,
        VERSION: answer.version,
        REF: str(item.ref),
    }


def write_disputes(
    path: Path, disputed: Sequence[tuple[Ref | None, str, Mapping[str, LabelSet]]], raters: Sequence[str]
) -> None:
    """Write messages on which people disagree as a sheet to settle them, with what each said.

    Raises:
        OutputError: the place cannot be written.
        MissingExtraError: openpyxl is not installed.

    """
    said = {name: Column(f"{name} 认为 said", 26) for name in raters}
    columns = (NUMBER, TEXT, ANSWER, NOTE, ANNOTATOR, *said.values(), REF)
    rows = (
        {NUMBER: number, TEXT: text, REF: str(ref or "")}
        | {said[name]: choice(labels) for name, labels in answers.items()}
        for number, (ref, text, answers) in enumerate(disputed, 1)
    )
    write_sheet(path, columns, rows)
