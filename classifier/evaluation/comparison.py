"""The results table: the model beside the baselines, on held-out families and on a file.

Both halves use nothing that the other was fitted on: held-out figures come from grouped
cross-validation on the corpus, figures on a file from models trained on the whole corpus.
"""

from pathlib import Path
from typing import Any

from classifier.classifier import Classifier
from classifier.evaluation.baselines import BASELINES, out_of_fold
from classifier.evaluation.report import apply_policy, measure, predict, sure_of
from classifier.labels import ACTS, SCORES
from classifier.model.corpus import read_corpus, read_examples
from classifier.model.modelfile import Policy
from classifier.model.training import train
from classifier.text.lexicon import Lexicon

_PLAIN = Policy(0.5, {act.value: 0.5 for act in ACTS}, dict.fromkeys(SCORES, (2.0, 2.0)))


def compare_on(file: Path, datasets: Path, classifier: Classifier, policy: str) -> dict[str, dict[str, Any]]:
    """Measure the model and every baseline; return figures by split ("held-out families", the file) and system.

    Raises:
        InputError, CorpusError: the file or the corpus cannot be read.

    """
    sure = sure_of(read_examples(file), file)
    examples = read_corpus(datasets)
    run = train(examples, Lexicon.read(datasets / "lexicon"))
    held_out = {"model": measure(apply_policy(run.probabilities, run.model.policies[policy]), examples)}
    on_file = {"model": measure(predict(classifier, sure, policy), sure)}
    for name, fit in BASELINES.items():
        held_out[name] = measure(apply_policy(out_of_fold(fit, examples), _PLAIN), examples)
        on_file[name] = measure(apply_policy(fit(examples)([e.text for e in sure]), _PLAIN), sure)
    return {"held-out families": held_out, file.name: on_file}
