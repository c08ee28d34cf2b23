import json
from pathlib import Path

import pytest

from classifier.labels import Signal
from classifier.model.features import Reader
from classifier.text.lexicon import Lexicon
from classifier.text.signals import RULES, find_signals

CASES = json.loads((Path(__file__).parents[1] / "cases" / "signals.json").read_text(encoding="utf-8"))
LEXICON = Lexicon.read(Path(__file__).parents[2] / "datasets" / "lexicon")
READ = Reader(LEXICON)


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_signals_are_seen(case: dict[str, object]) -> None:
    reading = READ(str(case["text"]))
    seen = {span.signal.value for span in find_signals(reading.concepts, reading.signature_concepts)}
    expected = set(case["signals"])  # type: ignore[call-overload]
    assert expected <= seen
    assert expected or not seen


def test_spans_lie_inside_the_text() -> None:
    for case in CASES:
        reading = READ(case["text"])
        for span in find_signals(reading.concepts):
            assert 0 <= span.start < span.end <= len(reading.body.text)


def test_every_rule_names_classes_that_exist() -> None:
    known = {*LEXICON.classes, *(f"【{name}" for name in LEXICON.classes), "<link>"}
    assert {name for rule in RULES for step in rule.steps for name in step} <= known


def test_every_signal_but_the_timed_one_has_a_rule() -> None:
    assert {rule.signal for rule in RULES} == set(Signal) - {Signal.NIGHT_OR_FREQUENT}
