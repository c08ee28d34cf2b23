"""How far annotators agree, label by label, beyond what chance would give.

Cohen's kappa (1960) for two; Krippendorff's alpha (nominal; Krippendorff, 2011) for any number, with gaps. 1 is full
agreement, 0 what chance gives. Intervals are 95 % bootstrap intervals over messages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InputError
from classifier.evaluation import metrics
from classifier.evaluation.metrics import Figure
from classifier.labels import Label
from classifier.model.modelfile import FloatArray
from classifier.review.choices import LabelSet

Codes = NDArray[np.int64]
"""What each rater says of each unit, as a number from 0; -1 where a rater says nothing. (units, raters)"""


def krippendorff_alpha(codes: Codes, weights: FloatArray) -> FloatArray:
    """Return nominal alpha for each weighting of the units (weightings, units); NaN where only one value was said."""
    values = np.arange(max(2, int(codes.max(initial=0)) + 1))
    counts = (codes[:, :, None] == values).sum(axis=1)  # how many raters gave each value to each unit
    raters = counts.sum(axis=1)
    paired = raters > 1
    counts, raters, weights = counts[paired], raters[paired], weights[:, paired]
    unlike = weights @ ((raters**2 - (counts**2).sum(axis=1)) / (raters - 1))
    total = weights @ raters
    chance = total**2 - ((weights @ counts) ** 2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(chance > 0, 1 - (total - 1) * unlike / chance, np.nan))


def cohen_kappa(codes: Codes, weights: FloatArray) -> FloatArray:
    """Return kappa of two raters for each weighting of the units; NaN where both always said the same one value."""
    both = (codes >= 0).all(axis=1)
    codes, weights = codes[both], weights[:, both]
    values = np.arange(max(2, int(codes.max(initial=0)) + 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = weights / weights.sum(axis=1, keepdims=True)
        agreed = weights @ (codes[:, 0] == codes[:, 1])
        chance = ((weights @ (codes[:, :1] == values)) * (weights @ (codes[:, 1:] == values))).sum(axis=1)
        return np.asarray(np.where(chance < 1 - 1e-12, (agreed - chance) / (1 - chance), np.nan))


def share_agreed(codes: Codes, weights: FloatArray) -> FloatArray:
    """Return the share of pairs of raters, unit by unit, that say the same, for each weighting of the units."""
    pairs = [(i, j) for i in range(codes.shape[1]) for j in range(i)]
    both = np.array([(codes[:, i] >= 0) & (codes[:, j] >= 0) for i, j in pairs])
    same = np.array([codes[:, i] == codes[:, j] for i, j in pairs]) & both
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((weights @ same.sum(axis=0)) / (weights @ both.sum(axis=0)))


@dataclass(frozen=True, slots=True)
class Agreed:
    """Figures of one label, or of the whole answer; `said` is how often raters gave the label, kappa is for two."""

    said: int
    share: Figure
    alpha: Figure
    kappa: Figure | None


@dataclass(frozen=True)
class Agreement:
    """How far some raters agree.

    Attributes:
        raters: their names.
        messages: those that at least two of them judged; everything rests on these.
        whole: agreement on the whole answer, each label set a value of its own.
        labels: agreement on each label, given or not.
        macro_alpha: the mean of alpha over the labels; `macro_kappa` likewise, for two raters.
        disputed: keys of the messages on which they do not all agree.

    """

    raters: tuple[str, ...]
    messages: int
    whole: Agreed
    labels: dict[Label, Agreed]
    macro_alpha: Figure
    macro_kappa: Figure | None
    disputed: list[str]


def agreement(answers: Mapping[str, Mapping[str, LabelSet]]) -> Agreement:
    """Compare raters, given as what each says of each message by its key; at least two raters.

    Raises:
        InputError: no message was judged by two of them.

    """
    raters = tuple(answers)
    keys = list(dict.fromkeys(key for said in answers.values() for key in said))
    units = {key: [answers[rater].get(key) for rater in raters] for key in keys}
    units = {key: unit for key, unit in units.items() if len(raters) - unit.count(None) > 1}
    if not units:
        raise InputError("no message was judged by two of them; give sheets that were filled from one draw")
    weights = metrics.resamples(len(units))
    values = {labels: place for place, labels in enumerate({one for unit in units.values() for one in unit})}
    codes = {label: _codes(units, _given(label)) for label in Label}
    alphas = [krippendorff_alpha(code, weights) for code in codes.values()]
    kappas = [cohen_kappa(code, weights) for code in codes.values()] if len(raters) == 2 else []
    return Agreement(
        raters,
        len(units),
        _agreed(_codes(units, values.__getitem__), weights),
        {label: _agreed(code, weights) for label, code in codes.items()},
        metrics.figure(metrics.mean_over(alphas)),
        metrics.figure(metrics.mean_over(kappas)) if kappas else None,
        [key for key, unit in units.items() if len(set(unit) - {None}) > 1],
    )


def _given(label: Label) -> Callable[[LabelSet], int]:
    return lambda labels: label in labels


def _codes(units: Mapping[str, list[LabelSet | None]], code: Callable[[LabelSet], int]) -> Codes:
    return np.array([[-1 if one is None else code(one) for one in unit] for unit in units.values()], dtype=np.int64)


def _agreed(codes: Codes, weights: FloatArray) -> Agreed:
    return Agreed(
        int((codes > 0).sum()),
        metrics.figure(share_agreed(codes, weights)),
        metrics.figure(krippendorff_alpha(codes, weights)),
        metrics.figure(cohen_kappa(codes, weights)) if codes.shape[1] == 2 else None,
    )
