"""Closed-form 95 % intervals for a share: the plain one, and the rivals that `prevalence` was measured against."""

import math
from dataclasses import dataclass

Z = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share in [0, 1] with its 95 % interval."""

    value: float
    low: float
    high: float

    def covers(self, truth: float) -> bool:
        """Whether the interval holds `truth`."""
        return self.low <= truth <= self.high


def share_of(value: float, low: float, high: float) -> Share:
    """Return a share with everything clipped to [0, 1] and the value inside its interval."""
    value, low, high = (min(1.0, max(0.0, x)) for x in (value, low, high))
    return Share(value, min(low, value), max(high, value))


def wilson(hits: int, total: int, effect: float = 1.0) -> Share:
    """Return the plain share of `hits` among `total` with Wilson's interval (Wilson, 1927).

    It knows of sampling only: of what a classifier says, it tells how often it was said, not how often it is so.
    With a design effect (see `prevalence`) the interval is that of `total / effect` messages.

    Raises:
        ValueError: `total` is not positive.

    """
    if total <= 0:
        raise ValueError("no messages, no share")
    share, size = hits / total, total / effect
    scale = 1 + Z * Z / size
    centre = (share + Z * Z / (2 * size)) / scale
    half = Z / scale * math.sqrt(share * (1 - share) / size + Z * Z / (4 * size * size))
    return share_of(share, centre - half, centre + half)


def lang_reiczigel(hits: int, total: int, sensitivity: tuple[float, float], specificity: tuple[float, float]) -> Share:
    """Return Rogan and Gladen's estimate (1978) with the interval of Lang and Reiczigel (2014).

    `sensitivity` and `specificity` are (right answers, messages checked) among those that are positive
    and those that are not. Nothing known of either gives the interval [0, 1].
    """
    if not sensitivity[1] or not specificity[1]:
        return Share(0.5, 0.0, 1.0)
    plain_se, plain_sp = sensitivity[0] / sensitivity[1], specificity[0] / specificity[1]
    size = total + Z * Z
    said = (hits + Z * Z / 2) / size
    n_se, n_sp = sensitivity[1] + 2, specificity[1] + 2
    se, sp = (sensitivity[0] + 1) / n_se, (specificity[0] + 1) / n_sp
    youden = se + sp - 1
    if youden <= 0 or plain_se + plain_sp <= 1:
        return Share(0.5, 0.0, 1.0)
    share = (said + sp - 1) / youden
    shift = 2 * Z * Z * (share * se * (1 - se) / n_se - (1 - share) * sp * (1 - sp) / n_sp)
    variance = said * (1 - said) / size + share**2 * se * (1 - se) / n_se + (1 - share) ** 2 * sp * (1 - sp) / n_sp
    half = Z * math.sqrt(variance) / youden
    value = (hits / total + plain_sp - 1) / (plain_se + plain_sp - 1)
    return share_of(value, share + shift - half, share + shift + half)


def prediction_powered(hits: int, total: int, false: tuple[float, float], audited: int) -> Share:
    """Return the prediction-powered estimate of a share (Angelopoulos et al., 2023, Science 382, algorithm 1).

    `hits` of `total` messages were said to be positive; of `audited` ones checked by a person, `false` gives
    how many were (said but not so, so but not said).
    """
    said = hits / total
    mended = (false[1] - false[0]) / audited
    spread = (sum(false) / audited - mended**2) / max(audited - 1, 1)
    half = Z * math.sqrt(spread + said * (1 - said) / total)
    return share_of(said + mended, said + mended - half, said + mended + half)
