"""Piles whose truth is known, to see whether 95 % intervals hold it 95 times in 100.

A pile is `rows` messages drawn with a true share; a classifier of known sensitivity and specificity answers;
`sample` of them are audited at random. What is to be covered is the true share behind the pile.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from classifier.trends.intervals import Share, lang_reiczigel, prediction_powered, wilson
from classifier.trends.prevalence import (
    Stratum,
    audited,
    corrected,
    design_effect,
    rates_from_audit,
    rates_from_figures,
)

METHODS = ("audited", "rogan_gladen", "prediction_powered", "indicative", "plain")
"""The method in use first; then its rivals; then a correction by rates from elsewhere, and the plain count."""


@dataclass(frozen=True, slots=True)
class Pile:
    """One setting of the simulation.

    `believed` is what error rates from elsewhere say of sensitivity and specificity; where it differs from the
    pile's own, the messages have shifted away from those that the figures come from.
    """

    prevalence: float
    rows: int
    sample: int
    sensitivity: float
    specificity: float
    believed: tuple[float, float]

    @property
    def shifted(self) -> bool:
        """Whether figures from elsewhere are wrong here."""
        return self.believed != (self.sensitivity, self.specificity)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often a method's interval held the truth, in [0, 1], and its mean width."""

    held: float
    width: float


def coverage(pile: Pile, repeats: int, seed: int = 0) -> dict[str, Coverage]:
    """Return what each of `METHODS` makes of `repeats` piles of one kind."""
    rng = np.random.default_rng([seed, round(pile.prevalence * 1e6), pile.rows, pile.sample])
    held = dict.fromkeys(METHODS, 0)
    width = dict.fromkeys(METHODS, 0.0)
    for _ in range(repeats):
        for name, share in zip(METHODS, _shares(pile, rng), strict=True):
            held[name] += share.covers(pile.prevalence)
            width[name] += share.high - share.low
    return {name: Coverage(held[name] / repeats, width[name] / repeats) for name in METHODS}


def _shares(pile: Pile, rng: np.random.Generator) -> Iterator[Share]:
    strata = _strata(rng, pile.rows, pile.prevalence, pile.sensitivity, pile.specificity, pile.sample)
    said, (a, b), (c, d) = strata[0].rows, *((s.positive, s.negative) for s in strata)
    believed = rates_from_figures(pile.believed[0], 1000, pile.believed[1], 4000, rng)
    yield audited(strata, rng).share()
    yield lang_reiczigel(said, pile.rows, (a, a + c), (d, b + d))
    yield prediction_powered(said, pile.rows, (b, c), pile.sample)
    yield corrected(said, pile.rows, believed, rng).share()
    yield wilson(said, pile.rows)


def cell_coverage(
    prevalences: Sequence[float],
    sensitivities: Sequence[float],
    specificity: float,
    rows: int,
    sample: int,
    repeats: int,
) -> dict[str, float]:
    """Return how often intervals of cells hold the truth, over all cells.

    `audited` stands on the cell's own sample, `borrowed` on the error rates of all samples together. Each cell has
    `rows` messages, `sample` of them audited, and a share and a sensitivity of its own.
    """
    rng = np.random.default_rng([rows, sample, repeats])
    held = {"audited": 0, "borrowed": 0}
    for _ in range(repeats):
        cells = [
            _strata(rng, rows, p, se, specificity, sample) for p, se in zip(prevalences, sensitivities, strict=True)
        ]
        rates = rates_from_audit([stratum for cell in cells for stratum in cell], rng)
        for truth, cell in zip(prevalences, cells, strict=True):
            held["audited"] += audited(cell, rng).share().covers(truth)
            if rates.refusal() is None:
                held["borrowed"] += corrected(cell[0].rows, rows, rates, rng).share().covers(truth)
    return {name: count / repeats / len(prevalences) for name, count in held.items()}


def _strata(
    rng: np.random.Generator, rows: int, prevalence: float, sensitivity: float, specificity: float, sample: int
) -> list[Stratum]:
    positive = int(rng.binomial(rows, prevalence))
    found = int(rng.binomial(positive, sensitivity))
    false = int(rng.binomial(rows - positive, 1 - specificity))
    return _drawn(rng, (found, false, positive - found, rows - positive - false), sample)


def _drawn(rng: np.random.Generator, kinds: Sequence[int], sample: int) -> list[Stratum]:
    """Audit some of a pile at random, given as messages rightly and wrongly said to be, wrongly and rightly not."""
    a, b, c, d = (int(count) for count in rng.multivariate_hypergeometric(list(kinds), sample))
    return [Stratum(True, kinds[0] + kinds[1], a, b), Stratum(False, kinds[2] + kinds[3], c, d)]


def blast_coverage(pile: Pile, copies: float, repeats: int) -> dict[str, Coverage]:
    """Return how often intervals hold the truth where messages come in blasts of `copies` messages on average.

    A blast is positive or not, and found or not, as a whole; sizes are geometric. `audited` and `indicative` know of
    the blasts by their design effect, `…_alone` take each message for itself.
    """
    rng = np.random.default_rng([pile.rows, pile.sample, round(pile.prevalence * 1e6), round(copies * 100)])
    names = ("audited", "indicative", "audited_alone", "indicative_alone")
    held, width = dict.fromkeys(names, 0), dict.fromkeys(names, 0.0)
    for _ in range(repeats):
        sizes = rng.geometric(1 / copies, round(pile.rows / copies))
        true = rng.random(len(sizes)) < pile.prevalence
        said = rng.random(len(sizes)) < np.where(true, pile.sensitivity, 1 - pile.specificity)
        kinds = [int(sizes[kind].sum()) for kind in (true & said, ~true & said, true & ~said, ~true & ~said)]
        strata, rows, hits = _drawn(rng, kinds, pile.sample), sum(kinds), kinds[0] + kinds[1]
        squares = (float((sizes**2).sum()), float((sizes[said] ** 2).sum()), float((sizes[said] ** 2).sum()))
        effect = design_effect(hits, rows, len(sizes), squares)
        rates = rates_from_figures(pile.believed[0], 1000, pile.believed[1], 4000, rng)
        for knows, end in ((effect, ""), (1.0, "_alone")):
            shares = (audited(strata, rng, knows).share(), corrected(hits, rows, rates, rng, knows).share())
            for name, share in zip(("audited", "indicative"), shares, strict=True):
                held[name + end] += share.covers(pile.prevalence)
                width[name + end] += share.high - share.low
    return {name: Coverage(held[name] / repeats, width[name] / repeats) for name in names}
