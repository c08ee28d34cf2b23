"""Does a rate change: trend tests, change points, and what many tests at once demand.

All tests work on what the classifier says, period by period: if it errs alike in all periods, a change of what it
says is a change of what is so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.extras import needs

FEWEST_PERIODS = 6
"""Periods below which nothing is tested: the smallest p-value of four is 0.08."""

SIMULATIONS = 1999
LEVEL = 0.05
_EDGE = 2
_SEED = 0

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trend:
    """A steady rise or fall.

    Attributes:
        tau: Kendall's rank correlation of share and time, -1 to 1.
        p: two-sided, of the Mann-Kendall test.
        slope: Theil and Sen's median change of the share a period.

    """

    tau: float
    p: float
    slope: float


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The likeliest step: between periods `at` - 1 and `at`, from a share of `before` to one of `after`."""

    at: int
    before: float
    after: float
    p: float


def trend_test(hits: Sequence[int], totals: Sequence[int]) -> Trend | None:
    """Test shares over time for a steady trend; None for too few periods or shares that are all the same.

    Mann (1945), Kendall (1975); slope after Theil (1950) and Sen (1968).
    """
    with needs("trends"):
        from scipy.stats import kendalltau, theilslopes

    shares = np.array(hits, dtype=float) / np.array(totals, dtype=float)
    if len(shares) < FEWEST_PERIODS or np.ptp(shares) == 0:
        return None
    when = np.arange(len(shares))
    result = kendalltau(when, shares)
    return Trend(float(result.statistic), float(result.pvalue), float(theilslopes(shares, when).slope))


def change_point(hits: Sequence[int], totals: Sequence[int]) -> ChangePoint | None:
    """Find the step that splits the periods best, and how often chance does as well; None for too few periods.

    The statistic is the largest gain of two shares over one, in Pearson's chi-squared, over all splits with two
    periods on either side, each divided by how much the periods still scatter around the two shares (never less
    than binomially). So periods that scatter more, as they do where messages come in blasts, do not pass for
    steps. Its distribution without a step is simulated (a parametric bootstrap of a sup-F test, Andrews, 1993).
    A season or a slow trend still passes for a step.
    """
    k, n = np.array(hits, dtype=float), np.array(totals, dtype=float)
    if len(k) < FEWEST_PERIODS or k.sum() in (0, n.sum()):
        return None
    share = k.sum() / n.sum()
    error = np.sqrt(share * (1 - share) / n)
    scatter = max(1.0, float(((k / n - share) ** 2 / error**2).sum() / (len(k) - 1)))
    noise = np.random.default_rng(_SEED).standard_normal((SIMULATIONS, len(k)))
    gains = _gains(np.vstack([k / n, share + noise * error * np.sqrt(scatter)]), n, share)
    at = int(gains[0].argmax()) + _EDGE
    beaten = int((gains[1:].max(axis=1) >= gains[0].max()).sum())
    return ChangePoint(
        at,
        float(k[:at].sum() / n[:at].sum()),
        float(k[at:].sum() / n[at:].sum()),
        (beaten + 1) / (SIMULATIONS + 1),
    )


def _gains(shares: Numbers, n: Numbers, share: float) -> Numbers:
    """Return the statistic (series, splits) of `change_point` for splits after 2, 3, … periods."""
    weights = n / (share * (1 - share))
    left_w, left = weights.cumsum()[_EDGE - 1 : -_EDGE], (shares * weights).cumsum(axis=1)[:, _EDGE - 1 : -_EDGE]
    all_w, everything = weights.sum(), (shares * weights).sum(axis=1, keepdims=True)
    right_w, right = all_w - left_w, everything - left
    gain = left**2 / left_w + right**2 / right_w - everything**2 / all_w
    around_one = (shares**2 * weights).sum(axis=1, keepdims=True) - everything**2 / all_w
    return np.asarray(gain / np.maximum(1.0, (around_one - gain) / (shares.shape[1] - 2)))


def adjusted(values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for how many there are (Benjamini and Hochberg, 1995: false discovery rate)."""
    with needs("trends"):
        from scipy.stats import false_discovery_control

    return [float(p) for p in false_discovery_control(values)] if values else []
