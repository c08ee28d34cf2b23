"""How many messages really are what a classifier says, with intervals that know of its errors.

A classifier that errs on 3 % of the others finds at least 3 % of anything. Three ways out, by what is known:

- **Audited** (`audited`): people labelled a random or stratified sample of the very messages. The pile is split by
  what the classifier says (and by the strata of the sample), the audit tells the share of each part, the parts are
  added up. This is double sampling (Tenenbein, 1970, JASA 65, 1350-1361), or prediction-powered inference stratified
  by the prediction (Fisch et al., 2024). The share of each part has Jeffreys' Beta posterior, whose intervals keep
  their level for small counts (Brown, Cai and DasGupta, 2001). It holds whatever the classifier does.
- **Borrowed** (`corrected` with `rates_from_audit`): a cell with few audited messages of its own is corrected after
  Rogan and Gladen (1978) with the error rates of the whole audit. It holds if the classifier errs alike in all cells.
- **Indicative** (`corrected` with `rates_from_figures`): the same with error rates measured elsewhere, on the
  project's own corpus. It holds if the messages are as hard as the corpus, which nobody has checked.

`simulation` compares this with Rogan-Gladen under Lang and Reiczigel's interval and with prediction-powered
inference: all three keep their level with an audit, and this one is the narrowest.

Every estimate is held as draws from its posterior, so that differences take part in what two estimates share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from classifier.model.modelfile import FloatArray
from classifier.trends.intervals import Share, share_of

DRAWS = 4000
FEWEST_AUDITED = 50
"""Audited messages of its own that a cell needs to stand on them alone."""

LEAST_YOUDEN = 0.2
"""Sensitivity + specificity - 1 below which nothing is corrected: the division would blow up every error."""

_JEFFREYS = 0.5


@dataclass(frozen=True, slots=True)
class Stratum:
    """Messages of one stratum of the sample of which the classifier says the same.

    `positive` and `negative` of the `rows` messages were audited, and are or are not what is counted.
    """

    said: bool
    rows: int
    positive: int
    negative: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimated share and draws (DRAWS,) from what it may be."""

    value: float
    draws: FloatArray

    def share(self) -> Share:
        """Return the estimate with the 2.5 and 97.5 percentiles of the draws."""
        low, high = np.quantile(self.draws, [0.025, 0.975])
        return share_of(self.value, float(low), float(high))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a count is not corrected: a key of `words.WORDS`, and what fills its gaps."""

    code: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """How often the classifier finds what is there and leaves alone what is not; values and draws (DRAWS,)."""

    sensitivity: float
    specificity: float
    sensitivity_draws: FloatArray
    specificity_draws: FloatArray

    @property
    def youden(self) -> float:
        """Sensitivity + specificity - 1: 1 for a classifier without errors, 0 for one that guesses."""
        return self.sensitivity + self.specificity - 1

    def refusal(self) -> Refusal | None:
        """Say why nothing should be corrected with these rates, or None."""
        low = float(np.quantile(self.sensitivity_draws + self.specificity_draws - 1, 0.025))
        if self.youden < LEAST_YOUDEN:
            return Refusal("youden", (f"{self.youden:.2f}", str(LEAST_YOUDEN)))
        return Refusal("uncertain") if low <= 0 else None


def generator(*names: object) -> np.random.Generator:
    """Return a random generator that depends on nothing but the names: same names, same draws."""
    return np.random.default_rng(int.from_bytes(blake2b(repr(names).encode(), digest_size=8).digest(), "little"))


def audited(strata: Sequence[Stratum], rng: np.random.Generator) -> Estimate:
    """Return the share of positive messages in a pile of which some were audited.

    Raises:
        ValueError: no rows at all.

    """
    kept = [stratum for stratum in strata if stratum.rows]
    weights, rates = _weights(kept, rng), _rates(kept, rng)
    rows = np.array([s.rows for s in kept], dtype=float)
    plain = np.array([_plain(s) for s in kept])
    return Estimate(float((rows * plain).sum() / rows.sum()), (weights * rates).sum(axis=0))


def rates_from_audit(strata: Sequence[Stratum], rng: np.random.Generator) -> ErrorRates:
    """Return the classifier's error rates on a pile of which some messages were audited."""
    kept = [stratum for stratum in strata if stratum.rows]
    said = np.array([s.said for s in kept], dtype=bool)
    weights, rates = _weights(kept, rng), _rates(kept, rng)
    rows = np.array([[float(s.rows)] for s in kept])
    plain = np.array([[_plain(s)] for s in kept])
    se, sp = _error_rates(weights, rates, said)
    plain_se, plain_sp = _error_rates(rows, plain, said)
    return ErrorRates(
        float(plain_se[0]) if np.isfinite(plain_se[0]) else float(np.median(se)),
        float(plain_sp[0]) if np.isfinite(plain_sp[0]) else float(np.median(sp)),
        se,
        sp,
    )


def rates_from_figures(
    sensitivity: float, positives: float, specificity: float, negatives: float, rng: np.random.Generator
) -> ErrorRates:
    """Return error rates measured elsewhere on (effectively) so many positive and negative messages."""
    return ErrorRates(
        sensitivity,
        specificity,
        rng.beta(sensitivity * positives + _JEFFREYS, (1 - sensitivity) * positives + _JEFFREYS, DRAWS),
        rng.beta(specificity * negatives + _JEFFREYS, (1 - specificity) * negatives + _JEFFREYS, DRAWS),
    )


def corrected(said: int, rows: int, rates: ErrorRates, rng: np.random.Generator) -> Estimate:
    """Return Rogan and Gladen's estimate of the share of positive messages, clipped to [0, 1].

    Raises:
        ValueError: no rows, or rates that `refusal` objects to.

    """
    if rows <= 0:
        raise ValueError("no messages, no share")
    if rates.refusal() is not None:
        raise ValueError("error rates that tell too little to correct with")
    value = (said / rows + rates.specificity - 1) / rates.youden
    drawn = rng.beta(said + _JEFFREYS, rows - said + _JEFFREYS, DRAWS)
    youden = rates.sensitivity_draws + rates.specificity_draws - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        draws = (drawn + rates.specificity_draws - 1) / youden
    useless = youden <= 0  # a draw that tells nothing may as well be anything
    draws[useless] = rng.random(int(useless.sum()))
    return Estimate(min(1.0, max(0.0, value)), np.clip(draws, 0, 1))


def difference(first: Estimate, second: Estimate) -> Share:
    """Return `second` - `first`, in [-1, 1], with its 95 % interval."""
    low, high = np.quantile(second.draws - first.draws, [0.025, 0.975])
    value = second.value - first.value
    return Share(value, min(float(low), value), max(float(high), value))


def effect_size(first: float, second: float) -> float:
    """Return Cohen's h (1988) of two shares: about 0.2 is small, 0.5 medium, 0.8 large."""
    return float(2 * np.arcsin(np.sqrt(second)) - 2 * np.arcsin(np.sqrt(first)))


def _plain(stratum: Stratum) -> float:
    """Return the audited share, or what the classifier says where nobody looked."""
    looked = stratum.positive + stratum.negative
    return stratum.positive / looked if looked else float(stratum.said)


def _priors(strata: Sequence[Stratum]) -> list[float]:
    """Share Jeffreys' prior out by rows among the strata with one answer; whole for each it would bias rare labels."""
    rows = {said: sum(s.rows for s in strata if s.said == said) for said in (True, False)}
    return [_JEFFREYS * stratum.rows / rows[stratum.said] for stratum in strata]


def _weights(strata: Sequence[Stratum], rng: np.random.Generator) -> FloatArray:
    """Return draws (strata, DRAWS) of the share of each stratum in what the pile was drawn from."""
    if not strata:
        raise ValueError("no messages, no share")
    rows = [stratum.rows + prior for stratum, prior in zip(strata, _priors(strata), strict=True)]
    return rng.dirichlet(rows, DRAWS).T


def _rates(strata: Sequence[Stratum], rng: np.random.Generator) -> FloatArray:
    """Return draws (strata, DRAWS) of the share of positive messages in each stratum."""
    draws = [
        rng.beta(s.positive + prior, s.negative + prior, DRAWS)
        for s, prior in zip(strata, _priors(strata), strict=True)
    ]
    return np.stack(draws)


def _error_rates(weights: FloatArray, rates: FloatArray, said: np.ndarray) -> tuple[FloatArray, FloatArray]:
    """Return sensitivity and specificity per column; NaN where there is nothing positive, or nothing negative."""
    positive, negative = weights * rates, weights * (1 - rates)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (
            positive[said].sum(axis=0) / positive.sum(axis=0),
            negative[~said].sum(axis=0) / negative.sum(axis=0),
        )
