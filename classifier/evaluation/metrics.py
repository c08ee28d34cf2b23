"""Figures with bootstrap intervals.

Every figure is a function of per-message weights, so a bootstrap resample is just another
weighting (how often each message was drawn) and all resamples are computed together.
Intervals are the 2.5 and 97.5 percentiles over `RESAMPLES` resamples (Efron, 1979), seeded.
"""

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from classifier.model.modelfile import FloatArray

RESAMPLES = 1000
BINS = 10

Mask = NDArray[np.bool_]


class Figure(TypedDict):
    """A measured value with its 95 % interval; all None where nothing could be measured."""

    value: float | None
    low: float | None
    high: float | None


def resamples(size: int, seed: int = 0, count: int = RESAMPLES) -> FloatArray:
    """Return weights (count + 1, size): ones first, then how often each message is drawn."""
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(size, np.full(size, 1 / size), size=count) if size else np.zeros((count, 0))
    return np.vstack([np.ones((1, size)), drawn])


def figure(values: FloatArray) -> Figure:
    """Turn values over resamples, the plain one first, into a value with its interval."""
    rest = values[1:][np.isfinite(values[1:])]
    if not np.isfinite(values[0]):
        return {"value": None, "low": None, "high": None}
    low, high = np.percentile(rest, [2.5, 97.5]) if rest.size else (values[0], values[0])
    return {"value": round(float(values[0]), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def ratio(weights: FloatArray, hits: Mask, among: Mask) -> FloatArray:
    """Return the weighted share of `hits` among `among`, one value a resample; NaN where there are none."""
    total = weights @ among
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, (weights @ (hits & among)) / total, np.nan)


def f1(weights: FloatArray, said: Mask, truth: Mask) -> FloatArray:
    """Return F1 per resample; NaN where the label neither occurs nor is said."""
    total = weights @ said + weights @ truth
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, 2 * (weights @ (said & truth)) / total, np.nan)


def average_precision(weights: FloatArray, scores: FloatArray, truth: Mask) -> FloatArray:
    """Return average precision per resample: the precision at each true message, by falling score."""
    order = np.argsort(-scores, kind="stable")
    found = truth[order]
    values = np.empty(len(weights))
    for i, row in enumerate(weights):
        w = row[order]
        hits = np.cumsum(w * found)
        seen = np.cumsum(w)
        total = hits[-1] if hits.size else 0.0
        with np.errstate(invalid="ignore", divide="ignore"):
            precision = np.where(seen > 0, hits / seen, 0.0)
        values[i] = float((precision * w * found).sum() / total) if total > 0 else np.nan
    return values


def calibration_error(weights: FloatArray, scores: FloatArray, truth: Mask) -> FloatArray:
    """Return the expected calibration error per resample: mean gap of score and rate over ten equal bins."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    gap = np.zeros(len(weights))
    for b in range(BINS):
        inside = bins == b
        gap += np.abs(weights @ (inside * (scores - truth)))
    total = weights.sum(axis=1)
    return np.where(total > 0, gap / np.maximum(total, 1e-12), np.nan)


def mean_over(values: list[FloatArray]) -> FloatArray:
    """Average several figures resample by resample, leaving out those that could not be measured."""
    stacked = np.stack(values)
    kept = np.isfinite(stacked)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(kept.any(axis=0), np.where(kept, stacked, 0).sum(axis=0) / kept.sum(axis=0), np.nan)
