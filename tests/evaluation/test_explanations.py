import pytest

from classifier import Label, load
from classifier.evaluation.explanations import measure_evidence, measure_signals
from classifier.evaluation.report import outcome_matrix, predict
from classifier.labels import Signal
from classifier.model.corpus import Example

EXAMPLES = [
    Example("1", "再不还钱今晚带人去你家砍死你", frozenset({Label.THREAT}), "1", (Signal.VIOLENCE,)),
    Example("2", "您的欠款已逾期,请尽快还款", frozenset({Label.LAWFUL_REMINDER}), "2"),
    Example("3", "你这个老赖,不要脸的骗子,还钱!", frozenset({Label.DEFAMATION}), "3", (Signal.INSULT,)),
]


def test_evidence_of_plain_threats_carries_its_label() -> None:
    figures = measure_evidence(load(), EXAMPLES, "balanced")
    assert figures["flagged"] >= 2
    assert figures["label_kept"]["value"] == 1
    assert figures["score_lowered"]["value"] == 1


def test_signals_are_held_against_what_the_author_named() -> None:
    classifier = load()
    said = predict(classifier, EXAMPLES, "balanced").said
    table = measure_signals(classifier, EXAMPLES, said)
    assert table["violence"]["precision"]["value"] == 1
    assert table["insult"]["coverage"]["value"] == 1


def test_a_signal_is_not_shown_beside_a_label_that_it_does_not_explain() -> None:
    said = outcome_matrix([frozenset({Label.UNRELATED})] * len(EXAMPLES))
    table = measure_signals(load(), EXAMPLES, said)
    assert table["violence"]["shown"] == 0
    assert table["violence"]["coverage"]["value"] == pytest.approx(0)
