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

Messages come in blasts: a thousand copies of one text tell little more than one. So every number of messages counts
as that number divided by its *design effect*, the variance of a share over blasts by what it were over as many
messages on their own (Kish, 1965; as effective numbers in an interval: Korn and Graubard, 1998).

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

FEWEST_ALONE = 10
"""Audited messages that a stratum needs to stand on them alone; strata with fewer are taken together."""

_JEFFREYS = 0.5


@dataclass(frozen=True, slots=True)
class Stratum:
    """Messages of one stratum of the sample of which the classifier says the same.

    `positive` and `negative` of the `rows` messages were audited, and are or are not what is counted (fractions where
    audited messages of unequal weight were taken together). `chance` is the share of the stratum of the sample that was
    audited, over the whole table and whatever the classifier says.
    """

    said: bool
    rows: int
    positive: float
    negative: float
    chance: float = 1.0

    @property
    def audited(self) -> float:
        """How many were audited."""
        return self.positive + self.negative


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


def design_effect(hits: float, rows: float, blasts: float, squares: tuple[float, float, float]) -> float:
    """Return the design effect, 1 or more, of the share `hits` / `rows` of messages that came in `blasts`.

    `squares` sums over blasts: its messages squared, its messages times its hits, its hits squared. Where all
    messages are alike nothing tells how far blasts differ; then each blast counts as one message.
    """
    share = hits / rows if rows else 0.0
    if not 0 < share < 1:
        return max(1.0, rows / blasts) if blasts else 1.0
    sizes, both, found = squares
    return max(1.0, (found - 2 * share * both + share**2 * sizes) / (rows * share * (1 - share)))


def audited(strata: Sequence[Stratum], rng: np.random.Generator, effect: float = 1.0) -> Estimate:
    """Return the share of positive messages in a pile of which some were audited; `effect` is its design effect.

    Raises:
        ValueError: no rows at all.

    """
    kept = collapsed(strata)
    weights, rates = _weights(kept, rng, effect), _rates(kept, rng, effect)
    rows = np.array([s.rows for s in kept], dtype=float)
    plain = np.array([_plain(s) for s in kept])
    return Estimate(float((rows * plain).sum() / rows.sum()), (weights * rates).sum(axis=0))


def rates_from_audit(strata: Sequence[Stratum], rng: np.random.Generator, effect: float = 1.0) -> ErrorRates:
    """Return the classifier's error rates on a pile of which some messages were audited."""
    kept = collapsed(strata)
    said = np.array([s.said for s in kept], dtype=bool)
    weights, rates = _weights(kept, rng, effect), _rates(kept, rng, effect)
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


def corrected(said: int, rows: int, rates: ErrorRates, rng: np.random.Generator, effect: float = 1.0) -> Estimate:
    """Return Rogan and Gladen's estimate of the share of positive messages, clipped to [0, 1].

    `effect` is the design effect of what was said.

    Raises:
        ValueError: no rows, or rates that `refusal` objects to.

    """
    if rows <= 0:
        raise ValueError("no messages, no share")
    if rates.refusal() is not None:
        raise ValueError("error rates that tell too little to correct with")
    value = (said / rows + rates.specificity - 1) / rates.youden
    drawn = rng.beta(said / effect + _JEFFREYS, (rows - said) / effect + _JEFFREYS, DRAWS)
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


def collapsed(strata: Sequence[Stratum]) -> list[Stratum]:
    """Take strata with few audited messages together with others of which the classifier says the same.

    With one or two messages from each of many strata, or none from some, each alone says nothing, and their priors
    would add up to an opinion. Taken together, each audited message stands for as many as its chance of being drawn
    says, and their number counts as that of equally weighted ones (Kish, 1965).
    """
    found: list[Stratum] = []
    for said in (True, False):
        side = sorted((s for s in strata if s.said == said and s.rows), key=lambda s: (s.audited, s.rows))
        few = [s for s in side if s.audited < FEWEST_ALONE]
        alone = side[len(few) :]
        while few and alone and sum(s.audited for s in few) < FEWEST_ALONE:
            few.append(alone.pop(0))
        found += alone + ([_together(few)] if few else [])
    return found


def _together(strata: Sequence[Stratum]) -> Stratum:
    looked = [s for s in strata if s.audited]
    weight = sum(s.audited / s.chance for s in looked)
    effective = weight**2 / sum(s.audited / s.chance**2 for s in looked) if looked else 0.0
    share = sum(s.positive / s.chance for s in looked) / weight if looked else 0.0
    return Stratum(strata[0].said, sum(s.rows for s in strata), share * effective, (1 - share) * effective)


def _plain(stratum: Stratum) -> float:
    """Return the audited share, or what the classifier says where nobody looked."""
    return stratum.positive / stratum.audited if stratum.audited else float(stratum.said)


def _priors(strata: Sequence[Stratum]) -> list[float]:
    """Share Jeffreys' prior out by rows among the strata with one answer; whole for each it would bias rare labels."""
    rows = {said: sum(s.rows for s in strata if s.said == said) for said in (True, False)}
    return [_JEFFREYS * stratum.rows / rows[stratum.said] for stratum in strata]


def _weights(strata: Sequence[Stratum], rng: np.random.Generator, effect: float) -> FloatArray:
    """Return draws (strata, DRAWS) of the share of each stratum in what the pile was drawn from."""
    if not strata:
        raise ValueError("no messages, no share")
    rows = [stratum.rows / effect + prior for stratum, prior in zip(strata, _priors(strata), strict=True)]
    return rng.dirichlet(rows, DRAWS).T


def _rates(strata: Sequence[Stratum], rng: np.random.Generator, effect: float) -> FloatArray:
    """Return draws (strata, DRAWS) of the share of positive messages in each stratum.

    Audited messages were drawn one by one, so of a small part of a stratum they are of blasts of their own; the larger
    the part, the more it weighs that the stratum itself is but a draw of blasts.
    """
    draws = []
    for stratum, prior in zip(strata, _priors(strata), strict=True):
        counts = 1 / (1 + (effect - 1) * stratum.audited / stratum.rows)
        draws.append(rng.beta(stratum.positive * counts + prior, stratum.negative * counts + prior, DRAWS))
    return np.stack(draws)


def _error_rates(weights: FloatArray, rates: FloatArray, said: np.ndarray) -> tuple[FloatArray, FloatArray]:
    """Return sensitivity and specificity per column; NaN where there is nothing positive, or nothing negative."""
    positive, negative = weights * rates, weights * (1 - rates)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (
            positive[said].sum(axis=0) / positive.sum(axis=0),
            negative[~said].sum(axis=0) / negative.sum(axis=0),
        )
