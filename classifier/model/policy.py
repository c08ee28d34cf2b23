"""Thresholds and review bands, chosen on out-of-fold probabilities under a stated bound.

| policy | bound on held-out messages |
|---|---|
| cautious | at most 0.5 % of lawful reminders accused |
| balanced | at most 2 % of lawful reminders accused |
| sensitive | at least 97 % of abusive messages flagged |

Each act starts from the threshold with its best F1; one common shift in log-odds then moves all
acts together until the bound is met with the least cost. Held-out messages count by
`validation_weights`: the corpus crowds the border on purpose, far more than life does. A message
with a twin counts `TWIN_WEIGHT`, another one from a family that holds both abusive and other
messages `NEIGHBOUR_WEIGHT`, and one from a family of its kind alone 1.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.labels import ACTS, COLLECTION, SCORES, STATES, Label
from classifier.model.corpus import Example
from classifier.model.modelfile import FloatArray, Policy

TWIN_WEIGHT = 0.1
NEIGHBOUR_WEIGHT = 0.3
LAWFUL_ACCUSED = {"cautious": 0.005, "balanced": 0.02}
ABUSIVE_FLAGGED = 0.97
REVIEW_SHARE = 0.10

_SHIFTS = np.linspace(-6.0, 6.0, 481)
_GRID = np.linspace(0.05, 0.95, 91)


def validation_weights(examples: Sequence[Example]) -> FloatArray:
    """Return the weight of each held-out message, float64 (messages,)."""
    kinds: dict[str, set[bool]] = {}
    for example in examples:
        kinds.setdefault(example.family, set()).add(bool(example.labels & set(ACTS)))

    def weight(example: Example) -> float:
        if example.twin is not None:
            return TWIN_WEIGHT
        return NEIGHBOUR_WEIGHT if len(kinds[example.family]) > 1 else 1.0

    return np.array([weight(example) for example in examples])


def choose_policies(probabilities: FloatArray, examples: Sequence[Example]) -> dict[str, Policy]:
    """Choose thresholds and bands from held-out probabilities (messages, heads in the order of `SCORES`)."""
    acts = probabilities[:, 1:]
    truth = np.array([[act in e.labels for act in ACTS] for e in examples])
    lawful = np.array([Label.LAWFUL_REMINDER in e.labels for e in examples])
    abusive: NDArray[np.bool_] = np.asarray(truth.any(axis=1))
    weights = validation_weights(examples)
    best = np.array([_best_threshold(acts[:, k], truth[:, k], weights) for k in range(len(ACTS))])

    def flagged(shift: float, among: NDArray[np.bool_]) -> float:
        return float(np.average((acts[among] >= _moved(best, shift)).any(axis=1), weights=weights[among]))

    chosen = {
        "cautious": _first(_SHIFTS, lambda s: flagged(s, lawful) <= LAWFUL_ACCUSED["cautious"]),
        "balanced": max(0.0, _first(_SHIFTS, lambda s: flagged(s, lawful) <= LAWFUL_ACCUSED["balanced"])),
        "sensitive": _first(_SHIFTS[::-1], lambda s: flagged(s, abusive) >= ABUSIVE_FLAGGED),
    }
    collection = _state_threshold(
        probabilities, truth, np.array([Label.UNRELATED in e.labels for e in examples]), weights
    )
    return {name: _with_band(collection, _moved(best, shift), probabilities, weights) for name, shift in chosen.items()}


def _state_threshold(
    probabilities: FloatArray, truth: NDArray[np.bool_], unrelated: NDArray[np.bool_], weights: FloatArray
) -> float:
    """Return the threshold on `collection` with the best mean F1 of the two states among unflagged messages."""
    state = ~truth.any(axis=1)
    about = probabilities[state, 0]
    weight, apart = weights[state], unrelated[state]

    def mean_f1(threshold: float) -> float:
        said = about < threshold
        return sum(
            2 * float(weight[s & t].sum()) / max(float(weight[s].sum() + weight[t].sum()), 1e-12)
            for s, t in ((said, apart), (~said, ~apart))
        )

    return float(max(_GRID, key=mean_f1))


def _first(shifts: FloatArray, holds: Callable[[float], bool]) -> float:
    return float(next((shift for shift in shifts if holds(float(shift))), shifts[-1]))


def _best_threshold(scores: FloatArray, truth: NDArray[np.bool_], weights: FloatArray) -> float:
    def f1(threshold: float) -> float:
        said = scores >= threshold
        hit = weights[said & truth].sum()
        return float(2 * hit / max(weights[said].sum() + weights[truth].sum(), 1e-12))

    return float(max(_GRID, key=f1))


def _logit(p: FloatArray) -> FloatArray:
    clipped = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _moved(thresholds: FloatArray, shift: float) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-(_logit(thresholds) + shift))))


def _with_band(collection: float, acts: FloatArray, probabilities: FloatArray, weights: FloatArray) -> Policy:
    """Widen one band in log-odds around every threshold until it holds `REVIEW_SHARE` of the messages."""
    thresholds = np.array([collection, *acts])
    distance = np.abs(_logit(probabilities) - _logit(thresholds)).min(axis=1)
    order = np.argsort(distance, kind="stable")
    within = np.cumsum(weights[order]) <= REVIEW_SHARE * weights.sum()
    width = float(distance[order][within].max(initial=0.0))
    bands = zip(_moved(thresholds, -width).tolist(), _moved(thresholds, width).tolist(), strict=True)
    return Policy(
        round(collection, 6),
        {act.value: round(float(t), 6) for act, t in zip(ACTS, acts, strict=True)},
        {name: (round(low, 6), round(high, 6)) for name, (low, high) in zip(SCORES, bands, strict=True)},
    )


def outcomes(probabilities: FloatArray, policy: Policy) -> NDArray[np.bool_]:
    """Apply a policy to many messages; bool (messages, 5), columns in the order of `Label`."""
    acts = probabilities[:, 1:] >= np.array([policy.acts[act] for act in ACTS])
    none = ~acts.any(axis=1)
    about = probabilities[:, SCORES.index(COLLECTION)] >= policy.collection
    columns = {
        Label.UNRELATED: none & ~about,
        Label.LAWFUL_REMINDER: none & about,
        **{act: acts[:, k] for k, act in enumerate(ACTS)},
    }
    return np.stack([columns[label] for label in (*STATES, *ACTS)], axis=1)
