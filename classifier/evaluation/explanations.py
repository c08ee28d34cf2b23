"""Whether explanations are true: evidence that carries its label, signals that fit what people named.

After ERASER (DeYoung et al., 2020): *comprehensiveness*, deleting the evidence lowers the score of
its label; *sufficiency*, the evidence alone keeps the label.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from classifier.classifier import Classifier, explaining
from classifier.evaluation import metrics
from classifier.evaluation.report import OUTCOMES
from classifier.finding import Evidence
from classifier.labels import ACTS, SIGNAL_ACTS, Label, Signal
from classifier.model.corpus import Example
from classifier.model.features import Reader
from classifier.text.tokens import words_with_spans

_JOINT = "\n"


def measure_evidence(classifier: Classifier, examples: Sequence[Example], policy: str) -> dict[str, Any]:
    """Return how true the evidence of flagged messages is; shares in [0, 1] with 95 % intervals.

    `label_kept`: flagged labels that the evidence alone still brings. `score_lowered`: flagged
    labels whose score falls when the evidence is deleted. `word_edges`: spans that start and end at
    an edge of a jieba word of the message as given.
    """
    kept: list[bool] = []
    lowered: list[bool] = []
    edges: list[bool] = []
    for example in examples:
        finding = classifier.classify(example.text, policy=policy)
        for label in finding.labels:
            if label not in ACTS:
                continue
            spans = [item for item in finding.evidence if item.label == label]
            edges += _at_word_edges(example.text, spans)
            alone = _JOINT.join(item.text for item in spans)
            rest = _without(example.text, spans)
            kept.append(bool(alone.strip()) and label in classifier.classify(alone, policy=policy).labels)
            left = classifier.classify(rest, policy=policy).scores[label] if rest.strip() else 0.0
            lowered.append(left < finding.scores[label])
    return {
        "flagged": len(kept),
        "label_kept": _share(kept),
        "score_lowered": _share(lowered),
        "word_edges": _share(edges),
    }


def _share(found: Sequence[bool]) -> metrics.Figure:
    hits = np.array(found, dtype=bool)
    return metrics.figure(metrics.ratio(metrics.resamples(len(hits)), hits, np.ones(len(hits), dtype=bool)))


def _without(text: str, spans: Sequence[Evidence]) -> str:
    for item in sorted(spans, key=lambda e: -e.start):
        text = text[: item.start] + text[item.end :]
    return text


def _at_word_edges(text: str, spans: Sequence[Evidence]) -> list[bool]:
    words = words_with_spans(text)
    inside = {i for _, start, end in words for i in range(start + 1, end)}
    return [item.start not in inside and item.end not in inside for item in spans]


def measure_signals(classifier: Classifier, examples: Sequence[Example], said: metrics.Mask) -> dict[str, Any]:
    """Return per signal how often it is right where it is shown, and how much of it is found.

    Args:
        classifier: whose lexicon is used.
        examples: labelled messages; the author named the signals of each.
        said: outcomes, bool (messages, 5): a signal is shown only beside a label that it explains.

    `precision`: of the messages that show the signal, those whose author named it. `coverage`: of the
    messages whose author named it, those that show it. `fits`: of those that show it, the share whose
    true labels are among what the signal points to (all, for marks of fraud): an author may leave a signal out.

    """
    read = Reader(classifier.model.lexicon)
    shown = []
    for example, row in zip(examples, said, strict=True):
        reading = read(example.text)
        labels = tuple(label for label, yes in zip(OUTCOMES, row, strict=True) if yes)
        spans = explaining(reading, labels)
        shown.append({span.signal for span in spans})
    weights = metrics.resamples(len(examples))
    about_debt = np.array([Label.UNRELATED not in example.labels for example in examples])
    table: dict[str, Any] = {}
    for signal in Signal:
        seen = np.array([signal in found for found in shown])
        named = np.array([signal in example.signals for example in examples])
        acts = set(SIGNAL_ACTS[signal])
        fits = np.array([not acts or bool(acts & example.labels) for example in examples])
        if named.any() or seen.any():
            table[signal.value] = {
                "named": int(named.sum()),
                "shown": int(seen.sum()),
                "precision": metrics.figure(metrics.ratio(weights, named, seen)),
                "coverage": metrics.figure(metrics.ratio(weights, seen, named)),
                "fits": metrics.figure(metrics.ratio(weights, about_debt & fits, seen)),
            }
    return table
