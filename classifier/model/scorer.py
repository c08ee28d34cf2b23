"""The runtime scorer: a linear model on plain arrays, without scikit-learn.

For a message with feature counts n_f in block B, the block vector is
v_f = (1 + ln n_f) · idf_f, divided by its Euclidean length (sublinear TF-IDF with L2 norm);
the margin of a head is its intercept plus the weighted sum over all blocks; a logistic
curve fitted on out-of-fold margins (Platt, 1999) turns it into a probability. The heads of
the acts are trained among collection messages, so their probabilities are multiplied by that
of `collection`: an act is never more probable than being a collection message at all.
"""

import math
from dataclasses import dataclass

import numpy as np

from classifier.labels import ACTS, COLLECTION, SCORES
from classifier.model.features import IndexArray, Reading, occurrences
from classifier.model.modelfile import BlockWeights, FloatArray, Model


@dataclass(frozen=True, slots=True)
class _Weighed:
    """The known features of one block of a message and what they add to the margins."""

    shares: FloatArray  # (features, heads): of each distinct feature
    counts: IndexArray  # (features,): how often it occurs
    of: IndexArray  # (occurrences,): which feature an occurrence is of
    starts: IndexArray
    ends: IndexArray


@dataclass(frozen=True, slots=True)
class Scored:
    """A scored message: margins, probabilities by score name, and what they are made of."""

    margins: FloatArray
    probabilities: dict[str, float]
    _blocks: tuple[_Weighed, ...]

    def by_character(self, size: int) -> tuple[FloatArray, FloatArray]:
        """Share the margins out over the masked text's characters.

        An occurrence gives what it adds to the characters it covers, in equal parts. Returns float64
        (size, heads), and what no character carries (signature, layout), float64 (heads,); all of it sums to
        margin minus intercept.
        """
        steps = np.zeros((size + 1, len(SCORES)))
        rest = np.zeros(len(SCORES))
        for block in self._blocks:
            each = (block.shares / block.counts[:, None])[block.of]
            length = block.ends - block.starts
            spread = length > 0
            rest += each[~spread].sum(axis=0)
            part = each[spread] / length[spread, None]
            np.add.at(steps, block.starts[spread], part)
            np.subtract.at(steps, block.ends[spread], part)
        return np.cumsum(steps[:-1], axis=0), rest


class Scorer:
    """Scores readings with one model. Holds no state that changes: safe between threads."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def score(self, reading: Reading) -> Scored:
        """Return margins and calibrated probabilities of one message."""
        blocks = tuple(_weigh(weights, name, reading) for name, weights in self._model.blocks.items())
        margins = self._model.intercepts + sum(block.shares.sum(axis=0) for block in blocks)
        return Scored(margins, calibrated(margins, self._model.calibration), blocks)


def _weigh(weights: BlockWeights, name: str, reading: Reading) -> _Weighed:
    found = occurrences(name, reading)
    places = np.searchsorted(weights.keys, found.keys)
    places[places == len(weights.keys)] = 0
    known = weights.keys[places] == found.keys
    rows, of, counts = np.unique(places[known], return_inverse=True, return_counts=True)
    values = (1.0 + np.log(counts)) * weights.idf[rows]
    length = math.sqrt(values @ values)
    shares = (values / length if length else values)[:, None] * weights.weights[rows]
    return _Weighed(shares, counts, of, found.starts[known], found.ends[known])


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
