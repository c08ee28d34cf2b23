"""From counts to rates: which correction a cell gets, on which grounds, and when it gets none."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from classifier.errors import InputError
from classifier.trends.answers import ANY_ACT, OUTCOMES
from classifier.trends.prevalence import (
    FEWEST_AUDITED,
    ErrorRates,
    Estimate,
    Refusal,
    Stratum,
    audited,
    corrected,
    generator,
    rates_from_audit,
    rates_from_figures,
)
from classifier.trends.tables import Cell, Key


class Basis(StrEnum):
    """What a rate stands on."""

    AUDIT = "audit"
    BORROWED = "borrowed"
    INDICATIVE = "indicative"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rate:
    """An estimate and its grounds; without an estimate `reason` says why."""

    estimate: Estimate | None
    basis: Basis
    reason: Refusal | None = None


class Corrector:
    """Turns the counts of cells into rates.

    `rates` holds error rates by outcome, or why there are none. With `audit`, cells with enough audited messages
    of their own stand on them alone.
    """

    def __init__(self, rates: Mapping[str, ErrorRates | Refusal], *, audit: bool) -> None:
        self.rates = dict(rates)
        self.audit = audit
        for name, known in self.rates.items():
            if isinstance(known, ErrorRates) and (reason := known.refusal()) is not None:
                self.rates[name] = reason

    def rate(self, cell: Cell, outcome: str) -> Rate:
        """Return the rate of one of `OUTCOMES` in a cell."""
        i = OUTCOMES.index(outcome)
        rng = generator(cell.key, outcome, cell.every.messages)
        if self.audit and (cell.audited >= FEWEST_AUDITED or cell.key == Key()):
            return Rate(audited(cell.strata[i], rng, cell.effects[i]), Basis.AUDIT)
        known = self.rates[outcome]
        if isinstance(known, Refusal):
            return Rate(None, Basis.NONE, known)
        estimate = corrected(cell.said[i].messages, cell.every.messages, known, rng, cell.effects[i])
        return Rate(estimate, Basis.BORROWED if self.audit else Basis.INDICATIVE)


def audit_corrector(whole: Cell) -> Corrector:
    """Return a corrector from the audited messages of the whole table."""
    rates = {
        name: rates_from_audit(whole.strata[i], generator("audit", name), whole.effects[i])
        for i, name in enumerate(OUTCOMES)
    }
    return Corrector(rates, audit=True)


def indicative_corrector(figures: Mapping[str, Any], version: str, policy: str) -> Corrector:
    """Return a corrector from figures that `cmc evaluate` stored, or one that refuses where they do not fit.

    Errors of messages of one family go together, so each rate counts as measured on as many messages as the
    corpus has families of them, on average: rates are less certain than their number of messages suggests.

    Raises:
        InputError: the figures are not what `cmc evaluate` writes.

    """
    try:
        model, policy_of, held_out = figures["model"], figures["policy"], figures["held_out"]
        total = int(held_out["messages"])
        independent = model.get("families", total) / model.get("messages", total)
        known = {name: _known(held_out["labels"][name], total) for name in OUTCOMES if name != ANY_ACT}
        version_of = model["version"]
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise InputError("the stored figures lack what a correction needs; make them with: cmc evaluate -o") from error
    refusal = None
    if version_of != version:
        refusal = Refusal("other_version", (str(version_of), version))
    elif policy_of != policy:
        refusal = Refusal("other_policy", (str(policy_of), policy))
    if refusal is not None:
        return Corrector(dict.fromkeys(OUTCOMES, refusal), audit=False)
    rates: dict[str, ErrorRates | Refusal] = {
        name: rates_from_figures(
            se, positives * independent, sp, (total - positives) * independent, generator("figures", name)
        )
        for name, (se, sp, positives) in known.items()
    }
    rates[ANY_ACT] = Refusal("no_rates")
    return Corrector(rates, audit=False)


def _known(row: Mapping[str, Any], total: int) -> tuple[float, float, int]:
    """Return sensitivity, specificity and positives from precision and recall."""
    positives, recall, precision = (
        int(row["positives"]),
        float(row["recall"]["value"]),
        float(row["precision"]["value"]),
    )
    false = recall * positives * (1 / precision - 1)
    return recall, 1 - false / (total - positives), positives


def read_figures(path: Path) -> dict[str, Any]:
    """Read stored figures.

    Raises:
        InputError: no such file, or no JSON.

    """
    try:
        figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} holds no figures; make them with: cmc evaluate -o {path}") from error
    return figures


@dataclass(frozen=True, slots=True)
class Unequal:
    """An outcome on which the classifier errs unequally between the values of a dimension, by the audit."""

    dimension: str
    outcome: str
    p: float


def unequal_errors(cells: Sequence[Cell], outcome: str) -> float | None:
    """Test whether what the classifier says and what people say go apart alike in several cells.

    Returns the smaller p-value of two chi-squared tests (sensitivity, specificity) doubled, or None where the
    audit is too small for either: an expected count below 5.
    """
    from scipy.stats import chi2_contingency

    i = OUTCOMES.index(outcome)
    found: list[float] = []
    for among in (True, False):
        table = [row for cell in cells if sum(row := _right_and_wrong(cell.strata[i], among))]
        if len(table) < 2 or not all(map(sum, zip(*table, strict=True))):
            continue
        result = chi2_contingency(table, correction=False)
        if result.expected_freq.min() >= 5:
            found.append(float(result.pvalue))
    return min(1.0, min(found) * len(found)) if found else None


def _right_and_wrong(strata: Sequence[Stratum], among: bool) -> tuple[float, float]:
    counts = {
        said: sum(s.positive if among else s.negative for s in strata if s.said == said) for said in (True, False)
    }
    return counts[among], counts[not among]
