"""The runtime scorer: a linear model on plain arrays, without scikit-learn.

For a message with feature counts n_f in block B, the block vector is
v_f = (1 + ln n_f) · idf_f, divided by its Euclidean length (sublinear TF-IDF with L2 norm);
the margin of a head is its intercept plus the weighted sum over all blocks; a logistic
curve fitted on out-of-fold margins (Platt, 1999) turns it into a probability. The heads of
the acts are trained among collection messages, so their probabilities are multiplied by that
of `collection`: an act is never more probable than being a collection message at all.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifier.keys import IndexArray, KeyTable
from classifier.labels import ACTS, COLLECTION, SCORES
from classifier.model.features import BLOCKS, Reading, occurrences
from classifier.model.modelfile import FloatArray, Model

_ROW_BITS = 32


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the margins of some messages are made of: their known features, and where these occur."""

    shares: FloatArray  # (features, heads): what each distinct feature of each message adds to its margins
    counts: IndexArray  # (features,): how often it occurs there
    ids: IndexArray  # (features,), rising: message and feature in one number
    of: IndexArray  # (occurrences,): which message
    what: IndexArray  # (occurrences,): one of `ids`
    starts: IndexArray
    ends: IndexArray


@dataclass(frozen=True, slots=True)
class Scored:
    """Some scored messages: margins (messages, heads), probabilities by score name, and what they are made of."""

    margins: FloatArray
    probabilities: tuple[dict[str, float], ...]
    _parts: _Parts
    _sizes: tuple[int, ...]

    def by_character(self, messages: Sequence[int]) -> dict[int, FloatArray]:
        """Share the margins of some of the messages, given by number, out over the characters of their masked texts.

        An occurrence gives what it adds to the characters it covers, in equal parts. Returns for each message float64
        (characters + 1, heads); the last row is what no character carries (signature, layout). All rows sum to
        margin minus intercept.
        """
        parts, sizes = self._parts, np.array([self._sizes[number] for number in messages], dtype=np.intp)
        slot_of = np.full(len(self.margins), -1)
        slot_of[messages] = np.arange(len(messages))
        (own,) = np.nonzero(slot_of[parts.of] >= 0)
        at = parts.ids.searchsorted(parts.what[own])
        slots, starts, ends = slot_of[parts.of[own]], parts.starts[own], parts.ends[own]
        share = parts.shares[at] / (parts.counts[at] * np.maximum(ends - starts, 1))[:, None]
        bounds = np.cumsum([0, *(sizes + 1)])  # the messages one after the other
        first, last = bounds[slots], bounds[slots] + sizes[slots]
        placed = starts < ends
        begins, stops = np.where(placed, first + starts, last), np.where(placed, first + ends, last)
        steps = np.empty((int(bounds[-1]), len(SCORES)))
        for head in range(len(SCORES)):
            steps[:, head] = np.bincount(begins, share[:, head], bounds[-1])
            steps[:, head] -= np.bincount(stops[placed], share[placed, head], bounds[-1])
        return {
            message: steps[low:high].cumsum(axis=0)
            for message, low, high in zip(messages, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
        }


class Scorer:
    """Scores readings with one model. Holds no state that changes: safe between threads."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._table = KeyTable(model.features.keys)

    def score(self, readings: Sequence[Reading]) -> Scored:
        """Return margins and calibrated probabilities of some messages, in order."""
        parts = self._parts(readings)
        message = parts.ids >> _ROW_BITS
        added = [np.bincount(message, shares, len(readings)) for shares in parts.shares.T]
        margins = self._model.intercepts + np.stack(added, axis=1)
        sizes = tuple(len(reading.body.text) for reading in readings)
        return Scored(margins, tuple(calibrated(row, self._model.calibration) for row in margins), parts, sizes)

    def _parts(self, readings: Sequence[Reading]) -> _Parts:
        found = [occurrences(block, readings) for block in BLOCKS]
        known, rows = self._table.rows(np.concatenate([each.keys for each in found]))
        of = np.concatenate([each.of for each in found])[known]
        starts = np.concatenate([each.starts for each in found])[known]
        ends = np.concatenate([each.ends for each in found])[known]
        what = (of << _ROW_BITS) | rows
        ids, counts = _distinct(what)
        message, row = ids >> _ROW_BITS, ids & ((1 << _ROW_BITS) - 1)
        values = (1.0 + np.log(counts)) * self._model.features.idf[row]
        vector = message * len(BLOCKS) + self._model.features.blocks[row]
        lengths = np.sqrt(np.bincount(vector, values * values))
        shares = (values / lengths[vector])[:, None] * self._model.features.weights[row]
        return _Parts(shares, counts, ids, of, what, starts, ends)


def _distinct(numbers: IndexArray) -> tuple[IndexArray, IndexArray]:
    """Return the distinct numbers, rising, and how often each occurs: `np.unique` without what it costs on few."""
    ordered = np.sort(numbers)
    new = np.empty(len(ordered) + 1, dtype=bool)
    new[0] = new[-1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:-1])
    (bounds,) = new.nonzero()
    return ordered[bounds[:-1]], bounds[1:] - bounds[:-1]


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
