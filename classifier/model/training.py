"""Training: from the corpus and the lexicon to a model, with scikit-learn.

1. Every message is read once (`Reader`), the same way as in scoring.
2. Families are dealt into folds; a family is never split.
3. Out-of-fold margins of each head give the calibration (Platt) and the thresholds of the
   policies, so nothing is judged on what it was fitted on.
4. The heads are fitted anew on everything and written as plain arrays.

Everything is seeded; the same corpus on the same library versions gives the same bytes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import FeatureUnion

from classifier.errors import CorpusError
from classifier.labels import ACTS, COLLECTION, SCORES, Label
from classifier.model.corpus import Example, corpus_hash
from classifier.model.features import BLOCKS, Reader, Reading, occurrences
from classifier.model.modelfile import Features, FloatArray, Model, Policy
from classifier.model.policy import choose_policies
from classifier.model.scorer import calibrated
from classifier.text.lexicon import Lexicon

Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class TrainingConfig:
    """How a model is trained. Chosen by grouped cross-validation on the corpus alone."""

    block_weights: dict[str, float] = field(default_factory=lambda: {"word": 1.0, "char": 1.75, "concept": 0.9})
    min_df: dict[str, int] = field(default_factory=lambda: {"word": 3, "char": 4, "concept": 4})
    regularisation: float = 16.0
    folds: int = 5
    seed: int = 20261122


class BlockAnalyzer:
    """Gives scikit-learn's vectoriser the feature keys of one block of a reading."""

    def __init__(self, block: str) -> None:
        self.block = block

    def __call__(self, reading: Reading) -> list[int]:
        """Return the keys, with repetition."""
        keys: list[int] = occurrences(self.block, [reading]).keys.tolist()
        return keys


@dataclass
class Pipeline:
    """A fitted scikit-learn pipeline: three TF-IDF blocks under four logistic heads."""

    vectoriser: FeatureUnion
    heads: dict[str, LogisticRegression]

    def margins(self, readings: Sequence[Reading]) -> FloatArray:
        """Return uncalibrated margins, float64 (messages, heads)."""
        rows = self.vectoriser.transform(readings)
        return np.stack([self.heads[name].decision_function(rows) for name in SCORES], axis=1)


def truth_of(examples: Sequence[Example]) -> Truth:
    """Return which scores are true of each example, bool (messages, heads) in the order of `SCORES`."""
    return np.array([[Label.UNRELATED not in e.labels, *(act in e.labels for act in ACTS)] for e in examples])


def fit_pipeline(readings: Sequence[Reading], truth: Truth, config: TrainingConfig) -> Pipeline:
    """Fit vectorisers on all readings, `collection` on all, each act on the collection messages among them."""
    union = FeatureUnion(
        [
            (name, TfidfVectorizer(analyzer=BlockAnalyzer(name), sublinear_tf=True, min_df=config.min_df[name]))
            for name in config.block_weights
        ],
        transformer_weights=config.block_weights,
    )
    rows: csr_matrix = union.fit_transform(readings).tocsr()
    about_debt = truth[:, 0]
    heads: dict[str, LogisticRegression] = {}
    for column, name in enumerate(SCORES):
        among = np.ones(len(truth), dtype=bool) if name == COLLECTION else about_debt
        head = LogisticRegression(
            C=config.regularisation, class_weight="balanced", solver="liblinear", random_state=config.seed
        )
        heads[name] = head.fit(rows[among], truth[among, column])
    return Pipeline(union, heads)


def folds_of(
    examples: Sequence[Example], config: TrainingConfig | None = None
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Deal families into folds with like shares of label sets; return (training, held-out) row numbers."""
    config = config or TrainingConfig()
    splitter = StratifiedGroupKFold(config.folds, shuffle=True, random_state=config.seed)
    strata = ["+".join(sorted(example.labels)) for example in examples]
    return list(splitter.split(np.zeros(len(examples)), strata, [example.family for example in examples]))


def out_of_fold_margins(readings: Sequence[Reading], examples: Sequence[Example], config: TrainingConfig) -> FloatArray:
    """Return margins (messages, heads), each from a pipeline that never saw the message's family."""
    truth = truth_of(examples)
    margins = np.zeros((len(examples), len(SCORES)))
    for train, held_out in folds_of(examples, config):
        pipeline = fit_pipeline([readings[i] for i in train], truth[train], config)
        margins[held_out] = pipeline.margins([readings[i] for i in held_out])
    return margins


def fit_calibration(margins: FloatArray, truth: Truth) -> FloatArray:
    """Fit Platt's logistic curve per head on out-of-fold margins; float64 (heads, 2), slope and offset."""
    curves = np.zeros((len(SCORES), 2))
    for column, name in enumerate(SCORES):
        among = np.ones(len(truth), dtype=bool) if name == COLLECTION else truth[:, 0]
        curve = LogisticRegression(C=1e6, solver="lbfgs").fit(margins[among, column : column + 1], truth[among, column])
        curves[column] = curve.coef_[0, 0], curve.intercept_[0]
    return curves


def probabilities(margins: FloatArray, calibration: FloatArray) -> FloatArray:
    """Return calibrated probabilities (messages, heads) in the order of `SCORES`."""
    return np.array([[scores[name] for name in SCORES] for scores in (calibrated(row, calibration) for row in margins)])


def held_out_scores(
    readings: Sequence[Reading], examples: Sequence[Example], config: TrainingConfig
) -> tuple[FloatArray, FloatArray]:
    """Return the calibration (heads, 2) and, by it, out-of-fold probabilities (messages, heads)."""
    margins = out_of_fold_margins(readings, examples, config)
    calibration = fit_calibration(margins, truth_of(examples)).astype(np.float32).astype(np.float64)
    return calibration, probabilities(margins, calibration)


@dataclass(frozen=True)
class TrainingRun:
    """A trained model with what it was judged on: out-of-fold probabilities (messages, heads)."""

    model: Model
    pipeline: Pipeline
    probabilities: FloatArray


def train(examples: Sequence[Example], lexicon: Lexicon, config: TrainingConfig | None = None) -> TrainingRun:
    """Train a model on labelled messages.

    Raises:
        CorpusError: a label of the codebook has too few families to be held out.

    """
    config = config or TrainingConfig()
    for label in Label:
        families = {example.family for example in examples if label in example.labels}
        if len(families) < 2 * config.folds:
            raise CorpusError(f"{label} occurs in {len(families)} families; {2 * config.folds} at least are needed")
    reader = Reader(lexicon)
    readings = [reader(example.text) for example in examples]
    calibration, held_out = held_out_scores(readings, examples, config)
    pipeline = fit_pipeline(readings, truth_of(examples), config)
    policies = choose_policies(held_out, examples)
    version = _version(examples, lexicon, config, policies)
    model = model_of(pipeline, lexicon, calibration, policies, version, _facts(examples, config))
    return TrainingRun(model, pipeline, held_out)


def model_of(
    pipeline: Pipeline,
    lexicon: Lexicon,
    calibration: FloatArray,
    policies: dict[str, Policy],
    version: str,
    facts: dict[str, Any],
) -> Model:
    """Return a fitted pipeline as plain arrays, with its calibration (heads, 2) and its policies."""
    return Model(
        lexicon=lexicon,
        features=_features(pipeline),
        intercepts=np.array([pipeline.heads[name].intercept_[0] for name in SCORES]),
        calibration=calibration,
        policies=policies,
        version=version,
        facts=facts,
    )


def _features(pipeline: Pipeline) -> Features:
    keys, blocks, idf, scales = [], [], [], []
    for name, vectoriser in pipeline.vectoriser.transformer_list:
        keys.append(vectoriser.get_feature_names_out().astype(np.uint64))
        blocks.append(np.full(len(keys[-1]), BLOCKS.index(name)))
        idf.append(vectoriser.idf_)
        scales.append(np.full(len(keys[-1]), pipeline.vectoriser.transformer_weights[name]))
    weights = np.stack([pipeline.heads[head].coef_[0] for head in SCORES], axis=1) * np.concatenate(scales)[:, None]
    order = np.argsort(np.concatenate(keys))
    return Features(
        np.concatenate(keys)[order], np.concatenate(blocks)[order], np.concatenate(idf)[order], weights[order]
    )


def _version(examples: Sequence[Example], lexicon: Lexicon, config: TrainingConfig, policies: dict[str, Policy]) -> str:
    chosen = {name: asdict(policy) for name, policy in policies.items()}
    content = [corpus_hash(examples), lexicon.classes, lexicon.disguises, asdict(config), chosen]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]


def _facts(examples: Sequence[Example], config: TrainingConfig) -> dict[str, Any]:
    return {
        "messages": len(examples),
        "families": len({example.family for example in examples}),
        "labels": {label.value: sum(label in e.labels for e in examples) for label in Label},
        "corpus_sha256": corpus_hash(examples),
        "config": asdict(config),
        "libraries": {name: version(name) for name in ("numpy", "scikit-learn", "scipy")},
    }
