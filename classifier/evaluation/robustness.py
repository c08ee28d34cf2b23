"""Robustness: what disguises and OCR noise cost, on abusive and lawful messages alike."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from classifier.classifier import Classifier
from classifier.evaluation import metrics
from classifier.evaluation.perturbations import PERTURBATIONS, perturbed
from classifier.evaluation.report import OUTCOMES, Predictions, outcome_matrix, predict, with_act
from classifier.model.corpus import Example
from classifier.model.modelfile import FloatArray
from classifier.model.policy import validation_weights


def measure_robustness(classifier: Classifier, examples: Sequence[Example], policy: str) -> dict[str, dict[str, Any]]:
    """Return per perturbation, and for the plain texts under "none", figures with 95 % intervals.

    `macro_f1` and `lost` (of the plain macro-F1, resampled in pairs) count every message once;
    `lawful_accused` and `unrelated_accused` weigh messages as the bounds of the policies do
    (`policy.validation_weights`). All are shares in [0, 1].
    """
    truth = outcome_matrix([example.labels for example in examples])
    weights = metrics.resamples(len(examples))
    field = weights * validation_weights(examples)

    def figures(texts: Sequence[str]) -> tuple[FloatArray, dict[str, Any]]:
        shown = [replace(example, text=text) for example, text in zip(examples, texts, strict=True)]
        said = predict(classifier, shown, policy)
        accused = with_act(said.said)
        return _macro_f1(weights, said, truth), {
            "lawful_accused": metrics.figure(metrics.ratio(field, accused, truth[:, 1])),
            "unrelated_accused": metrics.figure(metrics.ratio(field, accused, truth[:, 0])),
        }

    texts = [example.text for example in examples]
    plain, beside = figures(texts)
    table: dict[str, dict[str, Any]] = {"none": {"macro_f1": metrics.figure(plain), **beside}}
    for name in PERTURBATIONS:
        score, beside = figures(perturbed(name, texts))
        table[name] = {"macro_f1": metrics.figure(score), "lost": metrics.figure(plain - score), **beside}
    return table


def _macro_f1(weights: FloatArray, predictions: Predictions, truth: metrics.Mask) -> FloatArray:
    return metrics.mean_over([metrics.f1(weights, predictions.said[:, k], truth[:, k]) for k in range(len(OUTCOMES))])
