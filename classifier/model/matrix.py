"""The matrix of the corpus: how many messages stand in each cell, as Markdown.

`python -m classifier.model.matrix datasets` writes `datasets/MATRIX.md`; a test keeps it in step.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from classifier.labels import Label, Signal
from classifier.model.corpus import Example, read_corpus

_FACETS = ("sender", "receiver", "role", "channel", "register", "disguise")
_LENGTHS = (8, 20, 40, 80, 160)


def matrix(examples: Sequence[Example]) -> str:
    """Return the tables of the corpus, one Markdown section each."""
    frame = pd.DataFrame(
        {
            **{facet: [example.facet(facet) for example in examples] for facet in _FACETS},
            "outcome": ["+".join(label for label in Label if label in example.labels) for example in examples],
            "length": [_length(example.text) for example in examples],
        }
    )
    by_label = {label.value: [label in example.labels for example in examples] for label in Label}
    by_signal = {signal.value: [signal in example.signals for example in examples] for signal in Signal}
    labels = pd.DataFrame(by_label).astype(int)
    sections = [
        ("Outcomes", frame["outcome"].value_counts().to_frame("messages")),
        ("Length in characters by label", labels.groupby(frame["length"]).sum()),
        *((f"{facet.capitalize()} by label", labels.groupby(frame[facet]).sum()) for facet in _FACETS),
        ("Sender by role of the receiver", pd.crosstab(frame["sender"], frame["role"])),
        ("Sender by register", pd.crosstab(frame["sender"], frame["register"])),
        ("Signals by sender", pd.DataFrame(by_signal).astype(int).groupby(frame["sender"]).sum().T),
        ("Signals by register", pd.DataFrame(by_signal).astype(int).groupby(frame["register"]).sum().T),
    ]
    twins = sum(example.twin is not None for example in examples)
    families = len({example.family for example in examples})
    head = [
        "# The matrix of the corpus",
        "",
        "Made by `python -m classifier.model.matrix datasets`; do not edit by hand.",
        "",
        f"{len(examples)} messages in {families} families; {twins} stand in a pair of twins.",
    ]
    return "\n".join([*head, *(line for title, table in sections for line in _section(title, table))]) + "\n"


def _length(text: str) -> str:
    """Return the band of a length, written so that bands sort by size."""
    most = next((most for most in _LENGTHS if len(text) <= most), None)
    return f"up to {most:>3}" if most else "up to any"


def _section(title: str, table: pd.DataFrame) -> list[str]:
    names = [str(name) for name in table.columns]
    cells = table.astype(str).to_numpy()
    rows = [f"| {index} | {' | '.join(row)} |" for index, row in zip(table.index, cells, strict=True)]
    return ["", f"## {title}", "", f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|", *rows]


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "MATRIX.md").write_text(matrix(read_corpus(folder)), encoding="utf-8")
