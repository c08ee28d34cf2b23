from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from classifier.classifier import default_model_path
from classifier.labels import SCORES
from classifier.model.corpus import Example, corpus_hash, read_corpus
from classifier.model.features import Reader
from classifier.model.modelfile import read_model, write_model
from classifier.model.policy import ABUSIVE_FLAGGED, LAWFUL_ACCUSED, outcomes, validation_weights
from classifier.model.scorer import Scorer
from classifier.model.training import TrainingConfig, TrainingRun, folds_of, probabilities, train
from classifier.text.lexicon import Lexicon

DATASETS = Path(__file__).parents[2] / "datasets"


@pytest.fixture(scope="module")
def sample() -> list[Example]:
    """A slice of whole families, small enough to train on in seconds."""
    examples = read_corpus(DATASETS)
    families = sorted({example.family for example in examples})[::9]
    kept = set(families)
    ids = {e.id for e in examples if e.family in kept}
    return [e for e in examples if e.family in kept and (e.twin is None or e.twin in ids)]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.read(DATASETS / "lexicon")


@pytest.fixture(scope="module")
def run(sample: list[Example], lexicon: Lexicon) -> TrainingRun:
    return train(sample, lexicon)


def test_runtime_scorer_agrees_with_the_pipeline(run: TrainingRun, sample: list[Example]) -> None:
    reader, scorer = Reader(run.model.lexicon), Scorer(run.model)
    readings = [reader(example.text) for example in sample]
    expected = probabilities(run.pipeline.margins(readings), run.model.calibration)
    got = np.array([[scores[name] for name in SCORES] for scores in scorer.score(readings).probabilities])
    assert np.abs(got - expected).max() < 1e-6


def test_what_characters_carry_sums_to_the_margins(run: TrainingRun, sample: list[Example]) -> None:
    reader, scorer = Reader(run.model.lexicon), Scorer(run.model)
    readings = [reader(example.text) for example in sample[:50]]
    scored = scorer.score(readings)
    for number, carried in scored.by_character(range(0, 50, 2)).items():
        assert carried.shape == (len(readings[number].body.text) + 1, len(SCORES))
        assert run.model.intercepts + carried.sum(axis=0) == pytest.approx(scored.margins[number], abs=1e-9)


def test_training_twice_gives_the_same_bytes(
    run: TrainingRun, sample: list[Example], lexicon: Lexicon, tmp_path: Path
) -> None:
    first = write_model(run.model, tmp_path / "first.zip")
    second = write_model(train(sample, lexicon).model, tmp_path / "second.zip")
    assert first == second


def test_families_are_never_split(sample: list[Example]) -> None:
    for train_rows, held_out in folds_of(sample, TrainingConfig()):
        assert not {sample[i].family for i in train_rows} & {sample[i].family for i in held_out}


def test_policies_keep_their_bounds_on_held_out_messages(run: TrainingRun, sample: list[Example]) -> None:
    weights = validation_weights(sample)
    lawful = np.array(["lawful_reminder" in e.labels for e in sample])
    abusive = np.array([not {"lawful_reminder", "unrelated"} & e.labels for e in sample])
    flagged = {
        name: np.asarray(outcomes(run.probabilities, policy)[:, 2:].any(axis=1))
        for name, policy in run.model.policies.items()
    }
    for name, bound in LAWFUL_ACCUSED.items():
        assert np.average(flagged[name][lawful], weights=weights[lawful]) <= bound
    assert np.average(flagged["sensitive"][abusive], weights=weights[abusive]) >= ABUSIVE_FLAGGED


def test_the_shipped_model_was_trained_from_the_corpus_and_lexicon_at_hand(lexicon: Lexicon) -> None:
    shipped = read_model(default_model_path())
    assert shipped.facts["corpus_sha256"] == corpus_hash(read_corpus(DATASETS))
    assert shipped.lexicon == lexicon
    assert shipped.facts["config"] == asdict(TrainingConfig())
