"""Evaluation: the metrics table of a model on labelled messages, every figure with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifier.classifier import Classifier
from classifier.errors import InputError
from classifier.evaluation import metrics
from classifier.evaluation.metrics import Mask
from classifier.labels import ACTS, SCORES, STATES, Label
from classifier.model.corpus import Example, read_examples
from classifier.model.modelfile import FloatArray, Policy
from classifier.model.policy import outcomes

OUTCOMES: tuple[Label, ...] = (*STATES, *ACTS)


@dataclass(frozen=True)
class Predictions:
    """What a model says of a set of messages, in the order of the messages.

    Attributes:
        scores: probabilities, float64 (messages, heads) in the order of `SCORES`.
        said: outcomes, bool (messages, 5) in the order of `OUTCOMES`.
        review: which messages go to a person, bool (messages,).

    """

    scores: FloatArray
    said: Mask
    review: Mask


def outcome_matrix(labels: Sequence[frozenset[Label]]) -> Mask:
    """Return label sets as bool (messages, 5) in the order of `OUTCOMES`."""
    return np.array([[outcome in found for outcome in OUTCOMES] for found in labels], dtype=bool).reshape(-1, 5)


def with_act(outcomes: Mask) -> Mask:
    """Return of which messages an act is among the outcomes (messages, 5), bool (messages,)."""
    return np.asarray(outcomes[:, len(STATES) :].any(axis=1))


def predict(classifier: Classifier, examples: Sequence[Example], policy: str) -> Predictions:
    """Classify every example."""
    findings = list(classifier.classify_many((e.text for e in examples), policy=policy))
    return Predictions(
        np.array([[f.scores[name] for name in SCORES] for f in findings]).reshape(-1, len(SCORES)),
        outcome_matrix([frozenset(f.labels) for f in findings]),
        np.array([f.needs_review for f in findings], dtype=bool),
    )


def measure(
    predictions: Predictions,
    examples: Sequence[Example],
    weighting: FloatArray | None = None,
    drawn: FloatArray | None = None,
) -> dict[str, Any]:
    """Return every figure of a set of predictions, with 95 % bootstrap intervals.

    Rates are shares in [0, 1]. `lawful_accused` and `unrelated_accused` are the shares of lawful
    reminders and of unrelated messages to which any act was ascribed; with `weighting` (messages,)
    they are also given as `…_weighted`. With `drawn` (messages,), how much each stands for in a sample,
    every figure is weighted.
    """
    truth = outcome_matrix([e.labels for e in examples])
    said, scores = predictions.said, predictions.scores
    weights = metrics.resamples(len(examples)) * (1.0 if drawn is None else drawn)
    everything = np.ones(len(examples), dtype=bool)
    accused = with_act(said)
    wrong: Mask = np.asarray((truth != said).any(axis=1))
    f1s = [metrics.f1(weights, said[:, k], truth[:, k]) for k in range(len(OUTCOMES))]
    heads_truth = np.column_stack([~truth[:, 0], truth[:, len(STATES) :]])
    calibration = [metrics.calibration_error(weights, scores[:, k], heads_truth[:, k]) for k in range(len(SCORES))]
    ranks = _outcome_scores(scores)
    fields = {"": weights} if weighting is None else {"": weights, "_weighted": weights * weighting}
    rates = {
        f"{state}_accused{suffix}": metrics.figure(metrics.ratio(field, accused, truth[:, k]))
        for suffix, field in fields.items()
        for k, state in ((1, "lawful"), (0, "unrelated"))
    }
    return {
        "messages": len(examples),
        "macro_f1": metrics.figure(metrics.mean_over(f1s)),
        **rates,
        "calibration_error": metrics.figure(metrics.mean_over(calibration)),
        "needs_review": metrics.figure(metrics.ratio(weights, predictions.review, everything)),
        "errors_in_review": metrics.figure(metrics.ratio(weights, predictions.review, wrong)),
        "labels": {
            outcome.value: {
                "positives": int(truth[:, k].sum()),
                "precision": metrics.figure(metrics.ratio(weights, truth[:, k], said[:, k])),
                "recall": metrics.figure(metrics.ratio(weights, said[:, k], truth[:, k])),
                "f1": metrics.figure(f1s[k]),
                "average_precision": metrics.figure(metrics.average_precision(weights, ranks[:, k], truth[:, k])),
            }
            for k, outcome in enumerate(OUTCOMES)
        },
    }


def _outcome_scores(scores: FloatArray) -> FloatArray:
    """Return a score per outcome, float64 (messages, 5): for the states what the heads imply of them."""
    about = scores[:, :1]
    given = scores[:, 1:] / np.maximum(about, 1e-12)
    lawful = about * np.prod(1 - np.minimum(given, 1), axis=1, keepdims=True)
    return np.column_stack([1 - about, lawful, scores[:, 1:]])


def apply_policy(scores: FloatArray, policy: Policy) -> Predictions:
    """Turn scores (messages, heads) into predictions under a policy, without reading the texts."""
    bands = np.array([policy.review[name] for name in SCORES])
    review: Mask = np.asarray(((scores >= bands[:, 0]) & (scores <= bands[:, 1])).any(axis=1))
    return Predictions(scores, outcomes(scores, policy), review)


def evaluate_file(classifier: Classifier, path: Path, policy: str) -> dict[str, Any]:
    """Measure a classifier on a labelled JSONL file.

    Rows marked `"sure": false` are left out of the figures and counted apart. With an `origin`
    column the macro-F1 of each origin is given too.

    Raises:
        InputError: the file cannot be read or holds no labelled message.
        CorpusError: a line breaks the format.

    """
    examples = read_examples(path)
    sure = sure_of(examples, path)
    predictions = predict(classifier, sure, policy)
    report = {
        "file": path.name,
        "policy": policy,
        "model": classifier.info.to_dict(),
        "left_out_unsure": len(examples) - len(sure),
        **measure(predictions, sure),
    }
    origins = sorted({e.facet("origin") for e in sure} - {"unknown"})
    report["origins"] = {origin: _slice(predictions, sure, origin) for origin in origins}
    return report


def sure_of(examples: Sequence[Example], path: Path) -> list[Example]:
    """Return the examples that are not marked `"sure": false`.

    Raises:
        InputError: there are none.

    """
    sure = [e for e in examples if e.facet("sure") != "false"]
    if not sure:
        raise InputError(f"{path} holds no labelled message; each line needs text and labels")
    return sure


def _slice(predictions: Predictions, examples: Sequence[Example], origin: str) -> dict[str, Any]:
    kept = np.array([e.facet("origin") == origin for e in examples])
    part = Predictions(predictions.scores[kept], predictions.said[kept], predictions.review[kept])
    figures = measure(part, [e for e, keep in zip(examples, kept, strict=True) if keep])
    return {name: figures[name] for name in ("messages", "macro_f1", "lawful_accused", "unrelated_accused")}
