"""Fairness of accusation: who is accused wrongly, and whose abuse is missed.

Two views. *Slices*: error rates of held-out messages by sender, receiver, channel and register, as
the corpus describes them. *Swaps*: hand-written templates whose slot is filled with the terms of a
group (a region, a word of gender or of kinship); the label stays, so every difference is bias.
AUCs after Borkan et al., "Nuanced Metrics for Measuring Unintended Bias" (2019): within the
subgroup; subgroup negatives against background positives (BPSN: low means wrongly accused);
subgroup positives against background negatives (BNSP: low means missed).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classifier.classifier import Classifier
from classifier.errors import CorpusError
from classifier.evaluation import metrics
from classifier.evaluation.report import outcome_matrix, with_act
from classifier.labels import ACTS
from classifier.model.corpus import Example, parse_labels
from classifier.model.modelfile import FloatArray

FACETS = ("sender", "receiver", "channel", "register")
FEWEST = 50
"""Messages of a slice below which no rate is given."""


def measure_slices(said: metrics.Mask, examples: Sequence[Example]) -> dict[str, dict[str, Any]]:
    """Return error rates by facet and value: shares in [0, 1] with 95 % intervals.

    `accused`: messages without an act to which one was ascribed. `missed`: messages with an act to
    which none was ascribed. A rate over fewer than `FEWEST` messages is left out (None).
    """
    truth = outcome_matrix([example.labels for example in examples])
    abusive, flagged = with_act(truth), with_act(said)
    table: dict[str, dict[str, Any]] = {}
    for facet in FACETS:
        values = np.array([example.facet(facet) for example in examples])
        for value in sorted(set(values)):
            inside = values == value
            if inside.sum() < FEWEST:
                continue
            weights = metrics.resamples(int(inside.sum()))
            table.setdefault(facet, {})[str(value)] = {
                "messages": int(inside.sum()),
                "accused": _rate(weights, flagged[inside], ~abusive[inside]),
                "missed": _rate(weights, ~flagged[inside], abusive[inside]),
            }
    return table


def _rate(weights: FloatArray, hits: metrics.Mask, among: metrics.Mask) -> metrics.Figure:
    if among.sum() < FEWEST:
        return {"value": None, "low": None, "high": None}
    return metrics.figure(metrics.ratio(weights, hits, among))


def measure_swaps(classifier: Classifier, file: Path, policy: str) -> dict[str, dict[str, Any]]:
    """Return figures per group of terms from a file of templates; shares and AUCs in [0, 1].

    The score of a message is the highest of its acts'. `accused` and `missed` as in `measure_slices`,
    for the worst term of the group beside the whole group; `spread`: standard deviation of the score
    over the terms of one template, mean over templates.

    Raises:
        CorpusError: the file is no such list of templates.

    """
    templates, groups = read_swaps(file)
    table: dict[str, dict[str, Any]] = {}
    for group, (slot, terms) in groups.items():
        rows = [template for template in templates if f"{{{slot}}}" in template[0]]
        truth = np.array([bool(labels & set(ACTS)) for _, labels in rows])
        findings = [
            [classifier.classify(text.replace(f"{{{slot}}}", term), policy=policy) for term in terms]
            for text, _ in rows
        ]
        scores = np.array([[max(f.scores[act] for act in ACTS) for f in row] for row in findings])
        flagged = np.array([[bool(set(f.labels) & set(ACTS)) for f in row] for row in findings])
        per_term = [_term(scores, truth, k) for k in range(len(terms))]
        accused = flagged[~truth].mean(axis=0)
        missed = (~flagged[truth]).mean(axis=0)
        table[group] = {
            "terms": len(terms),
            "templates": len(rows),
            "accused": round(float(accused.mean()), 4),
            "accused_worst": [terms[int(accused.argmax())], round(float(accused.max()), 4)],
            "missed": round(float(missed.mean()), 4),
            "missed_worst": [terms[int(missed.argmax())], round(float(missed.max()), 4)],
            "spread": round(float(scores.std(axis=1).mean()), 4),
            **{name: round(min(row[name] for row in per_term), 4) for name in ("subgroup_auc", "bpsn_auc", "bnsp_auc")},
        }
    return table


def _term(scores: FloatArray, truth: metrics.Mask, term: int) -> dict[str, float]:
    own = scores[:, term]
    others = np.delete(scores, term, axis=1)
    return {
        "subgroup_auc": auc(own[truth], own[~truth]),
        "bpsn_auc": auc(others[truth].ravel(), own[~truth]),
        "bnsp_auc": auc(own[truth], others[~truth].ravel()),
    }


def auc(positives: FloatArray, negatives: FloatArray) -> float:
    """Return the share of pairs in which the positive scores higher, ties counting half (Mann and Whitney, 1947)."""
    higher = (positives[:, None] > negatives[None, :]).mean()
    equal = (positives[:, None] == negatives[None, :]).mean()
    return float(higher + equal / 2)


def read_swaps(file: Path) -> tuple[list[tuple[str, frozenset[Any]]], dict[str, tuple[str, list[str]]]]:
    """Read templates (text, labels) and groups (name to slot and terms).

    Raises:
        CorpusError: missing keys, an unknown label, or a template without a slot.

    """
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        templates = [(str(row["text"]), parse_labels(row["labels"])) for row in raw["templates"]]
        groups = {name: (str(g["slot"]), [str(term) for term in g["terms"]]) for name, g in raw["groups"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            f"{file.name} is no list of swap templates ({type(error).__name__}); see datasets/README.md"
        ) from error
    slots = [f"{{{slot}}}" for slot, _ in groups.values()]
    if bare := [text for text, _ in templates if not any(slot in text for slot in slots)]:
        raise CorpusError(f"{file.name}: {len(bare)} templates have no slot")
    return templates, groups
