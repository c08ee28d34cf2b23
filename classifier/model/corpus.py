"""Labelled messages: the authored corpus, and any file that carries texts with labels."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.errors import CorpusError, InputError
from classifier.labels import LABEL_ZH, STATES, Label, Signal

RECEIVERS = ("debtor", "third_party", "unknown")


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled message.

    `labels` is one exclusive state or a non-empty set of acts. `family` names the scenario
    it was written from; a family is never split between training and test. `facets` holds
    the other columns of the matrix (sender, role, channel, register, disguise, …).
    """

    id: str
    text: str
    labels: frozenset[Label]
    family: str
    signals: tuple[Signal, ...] = ()
    twin: str | None = None
    facets: tuple[tuple[str, str], ...] = ()

    def facet(self, name: str) -> str:
        """Return a column of the matrix, or "unknown"."""
        return dict(self.facets).get(name, "unknown")


def parse_labels(names: Iterable[str]) -> frozenset[Label]:
    """Return the labels of one message (a list, or joined by `|`), checked against the codebook.

    Raises:
        ValueError: an unknown label, none at all, or a state beside another label.

    """
    names = names.split("|") if isinstance(names, str) else names
    labels = frozenset(Label(name) for name in names)
    if not labels:
        raise ValueError("no label")
    if len(labels) > 1 and labels & set(STATES):
        raise ValueError(f"{' and '.join(sorted(labels & set(STATES)))} excludes every other label")
    return labels


_SEPARATORS = re.compile("[|,\uff0c、;\uff1b+\uff0b/\\s]+")  # with the full-width forms
_BY_NAME = {name: label for label in Label for name in (label.value, LABEL_ZH[label])}


def said_labels(value: Any) -> frozenset[Label] | None:
    """Return the labels that a person wrote into a cell, in Chinese or by their names, or None for an empty one.

    Raises:
        ValueError: an unknown label, or a state beside another label.

    """
    parts = [part for part in _SEPARATORS.split("" if value is None or value != value else str(value)) if part]
    try:
        return parse_labels(_BY_NAME[part.lower()].value for part in parts) if parts else None
    except KeyError:
        raise ValueError("unknown label") from None


def read_examples(path: Path) -> list[Example]:
    """Read labelled messages from a JSONL file.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line breaks the format; it is named by file and number, without its text.

    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {type(error).__name__}; give a UTF-8 JSONL file") from error
    return [_example(line, f"{path.name} line {n}") for n, line in enumerate(lines, 1) if line.strip()]


def _example(line: str, where: str) -> Example:
    try:
        row: dict[str, Any] = json.loads(line)
        facets = tuple(
            (k, v if isinstance(v, str) else json.dumps(v))
            for k, v in row.items()
            if k not in _OWN and isinstance(v, (str, bool, int))
        )
        return Example(
            id=str(row.get("id", where)),
            text=str(row["text"]),
            labels=parse_labels(row["labels"]),
            family=str(row.get("family") or row.get("id", where)),
            signals=tuple(Signal(name) for name in row.get("signals", ())),
            twin=row.get("twin"),
            facets=facets,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"missing {error}" if isinstance(error, KeyError) else str(error).partition(": line")[0]
        raise CorpusError(f"{where}: {reason}; see datasets/README.md for the format") from None


_OWN = frozenset({"id", "text", "labels", "family", "signals", "twin"})


def read_corpus(datasets: Path, part: str = "messages") -> list[Example]:
    """Read every file of `datasets/messages`, in name order, with ids checked to be unique.

    Args:
        datasets: the folder `datasets`.
        part: `messages`, or `challenge` for those that no model is trained on.

    Raises:
        CorpusError: no files, a broken line, a doubled id, a twin that does not exist.

    """
    paths = sorted((datasets / part).glob("*.jsonl"))
    if not paths:
        raise CorpusError(f"no messages in {datasets / part}; run from the project folder or give --datasets")
    examples = [example for path in paths for example in read_examples(path)]
    ids = {example.id for example in examples}
    if len(ids) != len(examples):
        raise CorpusError("two messages of the corpus have the same id; give each its own")
    for example in examples:
        if example.twin is not None and example.twin not in ids:
            raise CorpusError(f"message {example.id} names a twin that is not in the corpus")
    return examples


def corpus_hash(examples: Sequence[Example]) -> str:
    """Return a SHA-256 over texts and labels, in order: which corpus a model was trained from."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(json.dumps([example.id, example.text, sorted(example.labels)], ensure_ascii=False).encode())
    return digest.hexdigest()
