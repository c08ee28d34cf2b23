"""A whole classifier that never saw some families: for measuring what needs texts, not only scores."""

from collections.abc import Sequence

from classifier.classifier import Classifier
from classifier.model.corpus import Example
from classifier.model.features import Reader
from classifier.model.modelfile import Model
from classifier.model.training import TrainingConfig, fit_pipeline, folds_of, model_of, truth_of


def held_out_classifier(examples: Sequence[Example], model: Model) -> tuple[Classifier, list[Example]]:
    """Return a classifier fitted without the first fold's families, and the messages of those families.

    It has the lexicon, the calibration and the policies of `model`, which were themselves chosen on
    out-of-fold scores.
    """
    config = TrainingConfig()
    train, held_out = folds_of(examples, config)[0]
    seen = [examples[i] for i in train]
    read = Reader(model.lexicon)
    readings = [read(example.text) for example in seen]
    pipeline = fit_pipeline(readings, truth_of(seen), config)
    fitted = model_of(pipeline, model.lexicon, model.calibration, model.policies, f"{model.version}-held-out", {})
    return Classifier(fitted), [examples[i] for i in held_out]
