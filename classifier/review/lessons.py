"""Corrections as training messages and as a measure, never the same ones as both.

What was drawn at random measures; a model that learned from it, or from a copy of it, would flatter itself. So those
messages and their clusters are kept out of training.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from classifier.classifier import Classifier
from classifier.errors import InputError
from classifier.evaluation.report import measure, outcome_matrix, predict
from classifier.model.corpus import Example
from classifier.review.corrections import Adjudication, Settled, adjudicate, read_corrections
from classifier.review.refs import Part
from classifier.text.blasts import blast_numbers


@dataclass(frozen=True, slots=True)
class Lessons:
    """Messages to train on beside the corpus, and what to say of them in the facts of the model."""

    examples: list[Example]
    facts: dict[str, Any]


def read_lessons(path: Path, corpus: Sequence[Example]) -> Lessons:
    """Return corrected messages as examples whose family is their cluster, or that of the corpus where it is a copy.

    Raises:
        InputError: the file cannot be read, or leaves nothing to learn from.
        MissingExtraError: `rensa` is not installed.

    """
    found = adjudicate(read_corrections(path))
    with tempfile.TemporaryDirectory() as folder:
        texts = [*(example.text for example in corpus), *(one.text for one in found.settled)]
        blasts = blast_numbers(texts, Path(folder)).tolist()
    families: dict[int, str] = {}
    for blast, example in zip(blasts, corpus, strict=False):
        families.setdefault(blast, example.family)
    corrected = list(zip(blasts[len(corpus) :], found.settled, strict=True))
    measuring = {blast for blast, one in corrected if one.part is Part.RANDOM}
    examples = [
        Example(f"correction-{number}", one.text, one.labels, families.get(blast, f"correction-cluster-{blast}"))
        for number, (blast, one) in enumerate(corrected, 1)
        if blast not in measuring
    ]
    if not examples:
        raise InputError(
            f"{path} leaves nothing to learn from: {_left_out(found, len(corrected))}; "
            "what was drawn at random is kept for measuring"
        )
    return Lessons(
        examples,
        {
            "file_sha256": sha256(path.read_bytes()).hexdigest(),
            "messages": len(examples),
            "families": len({example.family for example in examples}),
            "kept_for_measuring": len(corrected) - len(examples),
            "ties": found.ties,
            "outdated": found.outdated,
        },
    )


def _left_out(found: Adjudication, settled: int) -> str:
    return f"{settled} messages are settled, {found.ties} tied, {found.outdated} judged by another codebook"


def evaluate_corrections(classifier: Classifier, path: Path, policy: str) -> dict[str, Any]:
    """Measure a classifier on corrections: every figure on the random part, weighted by the rows each stands for.

    `chosen` counts the messages that were not drawn at random, and of how many the classifier says what people said:
    they were chosen for being hard, so no rate follows from them.

    Raises:
        InputError: the file cannot be read, or holds nothing that was drawn at random.

    """
    found = adjudicate(read_corrections(path))
    drawn = [one for one in found.settled if one.part is Part.RANDOM]
    others = [one for one in found.settled if one.part is not Part.RANDOM]
    if not drawn:
        raise InputError(
            f"{path} holds no settled message that was drawn at random, and only those tell error rates: "
            f"{_left_out(found, len(found.settled))}; draw some with `cmc review --random`"
        )
    examples = _examples(drawn)
    weights = np.array([one.weight for one in drawn])
    return {
        "file": path.name,
        "policy": policy,
        "model": classifier.info.to_dict(),
        "ties": found.ties,
        "ties_drawn": found.ties_drawn,
        "outdated": found.outdated,
        "stands_for": round(float(weights.sum()), 1),
        **measure(predict(classifier, examples, policy), examples, drawn=weights / weights.mean()),
        "chosen": {"messages": len(others), "same": _same(classifier, _examples(others), policy)},
    }


def _examples(settled: Sequence[Settled]) -> list[Example]:
    return [Example(str(number), one.text, one.labels, str(number)) for number, one in enumerate(settled)]


def _same(classifier: Classifier, examples: Sequence[Example], policy: str) -> int:
    truth = outcome_matrix([example.labels for example in examples])
    return int((predict(classifier, examples, policy).said == truth).all(axis=1).sum()) if len(truth) else 0
