"""Everything that is measured of the shipped model on the project's own data: what the model card shows.

Held-out figures come from out-of-fold scores of all families; what needs whole texts (disguises,
evidence) from a classifier that never saw the first fold's families; the swaps are no part of
the corpus, so the model itself is asked.
"""

import hashlib
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from classifier.classifier import Classifier
from classifier.evaluation.explanations import measure_evidence, measure_signals
from classifier.evaluation.fairness import measure_slices, measure_swaps
from classifier.evaluation.heldout import held_out_classifier
from classifier.evaluation.report import apply_policy, measure, predict
from classifier.evaluation.robustness import measure_robustness
from classifier.labels import ACTS
from classifier.model.corpus import read_corpus
from classifier.model.features import Reader
from classifier.model.modelfile import read_model
from classifier.model.policy import validation_weights
from classifier.model.training import TrainingConfig, held_out_scores

SWAPS = "swaps.json"
_LOADS = 5


def measure_model(
    path: Path, datasets: Path, policy: str, told: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Return every figure of a model file on `datasets`, as JSON can hold it.

    Fits the folds once more, to score every family with models that never saw it: minutes, not seconds.
    `told` is called with the name of each part before it begins.

    Raises:
        ModelError, CorpusError: the model, the corpus or the templates of `swaps.json` cannot be read.

    """
    model = read_model(path)
    classifier = Classifier(model)
    examples = read_corpus(datasets)
    told("held-out families")
    read = Reader(model.lexicon)
    _, scores = held_out_scores([read(example.text) for example in examples], examples, TrainingConfig())
    said = apply_policy(scores, model.policies[policy])
    told("explanations")
    fitted, unseen = held_out_classifier(examples, model)
    abusive = [example for example in unseen if example.labels & set(ACTS)]
    report: dict[str, Any] = {
        "model": {**classifier.info.to_dict(), **model.facts},
        "policy": policy,
        "thresholds": {name: {"collection": p.collection, **p.acts} for name, p in model.policies.items()},
        "file": {"bytes": path.stat().st_size, "load_ratio": load_ratio(path)},
        "held_out": measure(said, examples, validation_weights(examples)),
        "policies": {
            name: _brief(measure(apply_policy(scores, p), examples, validation_weights(examples)))
            for name, p in model.policies.items()
        },
        "evidence": measure_evidence(fitted, abusive, policy),
        "signals": measure_signals(classifier, examples, said.said),
        "slices": measure_slices(said.said, examples),
    }
    told("challenge")
    challenge = read_corpus(datasets, "challenge")
    report["challenge"] = measure(predict(classifier, challenge, policy), challenge)
    told("swaps")
    report["swaps"] = measure_swaps(classifier, datasets / SWAPS, policy)
    told("robustness")
    report["robustness"] = measure_robustness(fitted, unseen, policy)
    return report


def _brief(figures: dict[str, Any]) -> dict[str, Any]:
    rates = {name: values for name, values in figures.items() if "_accused" in name or name == "macro_f1"}
    return {**rates, "recall": {label: row["recall"] for label, row in figures["labels"].items()}}


def load_ratio(path: Path) -> float:
    """Return how many times longer loading takes than unpacking and hashing the same file (least of five each).

    A ratio taken in one run says the same on a fast machine and on a slow one.
    """

    def least(action: Callable[[], object]) -> float:
        times = []
        for _ in range(_LOADS):
            start = time.perf_counter()
            action()
            times.append(time.perf_counter() - start)
        return min(times)

    def unpack() -> None:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                hashlib.sha256(archive.read(name)).digest()

    return round(least(lambda: Classifier(read_model(path))) / least(unpack), 2)
