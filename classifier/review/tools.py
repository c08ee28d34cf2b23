"""Files for annotation tools: tasks for Label Studio with their configuration, lines for doccano."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from classifier.bulk.sinks import write_text
from classifier.labels import ACTS, LABEL_EN, LABEL_ZH, Label
from classifier.review.pick import Item, Why

EXT_ID = "ext_id"
"""Key under which a reference goes out and comes back; the tools use `id` for themselves."""


def said(label: Label) -> str:
    """Return a label as the tools show it, Chinese first."""
    return f"{LABEL_ZH[label]} {label.value}"


def label_studio_config() -> str:
    """Return the labelling configuration: the text above five choices, several of which may be taken."""
    choices = "".join(
        f"    <Choice value={quoteattr(said(label))} hint={quoteattr(LABEL_EN[label])}/>\n" for label in Label
    )
    return (
        "<View>\n"
        '  <Header value="有哪些行为选哪些;没有任何行为只选一项:合法提醒或非催收信息。'
        ' Choose every act; if there is none, one of the first two alone."/>\n'
        '  <Text name="text" value="$text"/>\n'
        '  <Choices name="label" toName="text" choice="multiple" showInline="false">\n'
        f"{choices}"
        "  </Choices>\n"
        "</View>\n"
    )


def write_label_studio(path: Path, items: Sequence[tuple[Item, str]]) -> Path:
    """Write tasks, each an item with the text to show, and beside them the configuration; return its path.

    The classifier's answer is a prediction, but for items drawn at random.

    Raises:
        OutputError: the place cannot be written.

    """
    tasks = [{"data": {"text": text, EXT_ID: str(item.ref)}, "predictions": _predictions(item)} for item, text in items]
    config = path.with_suffix(".xml")
    write_text(config, label_studio_config())
    write_text(path, json.dumps(tasks, ensure_ascii=False, indent=1) + "\n")
    return config


def _predictions(item: Item) -> list[dict[str, Any]]:
    if item.why is Why.RANDOM:
        return []
    answer = item.judged.answer
    labels = [label for label in Label if label in answer.labels]
    acts = [item.judged.scores[label] for label in labels if label in ACTS]
    choices = {"choices": [said(label) for label in labels]}
    result = {"from_name": "label", "to_name": "text", "type": "choices", "value": choices}
    scored = {"score": round(max(acts), 4)} if acts and max(acts) == max(acts) else {}
    return [{"model_version": answer.version, **scored, "result": [result]}]


def write_doccano(path: Path, items: Sequence[tuple[Item, str]]) -> None:
    """Write a JSON line an item, without labels: doccano cannot tell one that was given from one that was confirmed.

    Raises:
        OutputError: the place cannot be written.

    """
    lines = (json.dumps({"text": text, "label": [], EXT_ID: str(item.ref)}, ensure_ascii=False) for item, text in items)
    write_text(path, "".join(line + "\n" for line in lines))
