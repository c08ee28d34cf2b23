"""The runtime scorer: a linear model on plain arrays, without scikit-learn.

For a message with feature counts n_f in block B, the block vector is
v_f = (1 + ln n_f) · idf_f, divided by its Euclidean length (sublinear TF-IDF with L2 norm);
the margin of a head is its intercept plus the weighted sum over all blocks; a logistic
curve fitted on out-of-fold margins (Platt, 1999) turns it into a probability. The heads of
the acts are trained among collection messages, so their probabilities are multiplied by that
of `collection`: an act is never more probable than being a collection message at all.
"""

import math
from collections import Counter

import numpy as np

from classifier.labels import ACTS, COLLECTION, SCORES
from classifier.model.features import FEATURE_FUNCTIONS, Feature, Reading
from classifier.model.modelfile import FloatArray, Model

Contribution = tuple[Feature, FloatArray]
"""One occurrence of a feature, and what it adds to each head's margin, in the order of `SCORES`."""


class Scorer:
    """Scores readings with one model. Holds no state that changes: safe between threads."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._index = {
            name: dict(zip(block.names, range(len(block.names)), strict=True)) for name, block in model.blocks.items()
        }
        self._idf = {name: block.idf.tolist() for name, block in model.blocks.items()}

    def margins(self, reading: Reading) -> FloatArray:
        """Return the uncalibrated margin of each head, float64 (heads,)."""
        total = self._model.intercepts.copy()
        for block in self._model.blocks:
            rows, values = self._vector(block, Counter(name for name, _, _ in FEATURE_FUNCTIONS[block](reading)))
            if rows:
                total += np.asarray(values) @ self._model.blocks[block].weights[rows]
        return total

    def probabilities(self, reading: Reading) -> dict[str, float]:
        """Return the calibrated probability of each score, in [0, 1]."""
        return calibrated(self.margins(reading), self._model.calibration)

    def contributions(self, reading: Reading) -> list[Contribution]:
        """Return what each occurrence of a known feature adds to the margins; they sum to margin - intercept."""
        found: list[Contribution] = []
        for block, weights in self._model.blocks.items():
            occurrences = [f for f in FEATURE_FUNCTIONS[block](reading) if f[0] in self._index[block]]
            counts = Counter(f[0] for f in occurrences)
            rows, values = self._vector(block, counts)
            share = {row: value * weights.weights[row] for row, value in zip(rows, values, strict=True)}
            index = self._index[block]
            found += ((f, share[index[f[0]]] / counts[f[0]]) for f in occurrences)
        return found

    def _vector(self, block: str, counts: Counter[str]) -> tuple[list[int], list[float]]:
        index, idf = self._index[block], self._idf[block]
        rows: list[int] = []
        values: list[float] = []
        square = 0.0
        for name, count in counts.items():
            row = index.get(name)
            if row is not None:
                value = (1.0 + math.log(count)) * idf[row] if count > 1 else idf[row]
                rows.append(row)
                values.append(value)
                square += value * value
        norm = math.sqrt(square)
        return rows, [value / norm for value in values] if norm else values


def calibrated(margins: FloatArray, calibration: FloatArray) -> dict[str, float]:
    """Turn margins (heads,) into probabilities by score name; acts are bounded by `collection`."""
    raw = [
        _logistic(slope * margin + offset)
        for margin, (slope, offset) in zip(margins.tolist(), calibration.tolist(), strict=True)
    ]
    scores = dict(zip(SCORES, raw, strict=True))
    return {COLLECTION: scores[COLLECTION], **{act: scores[act] * scores[COLLECTION] for act in ACTS}}


def _logistic(value: float) -> float:
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    small = math.exp(value)
    return small / (1.0 + small)
