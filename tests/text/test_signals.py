import json
from collections import Counter
from pathlib import Path

import pytest

from classifier.labels import Signal
from classifier.model.features import Reader
from classifier.text.lexicon import Concept, Lexicon
from classifier.text.placeholders import PLACEHOLDER_NAMES
from classifier.text.signals import RULES, find_signals

CASES = json.loads((Path(__file__).parents[1] / "cases" / "signals.json").read_text(encoding="utf-8"))
LEXICON = Lexicon.read(Path(__file__).parents[2] / "datasets" / "lexicon")
READ = Reader(LEXICON)


def _seen(*concepts: Concept) -> set[Signal]:
    return {span.signal for span in find_signals(concepts)}


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_signals_are_seen(case: dict[str, object]) -> None:
    reading = READ(str(case["text"]))
    seen = {span.signal.value for span in find_signals(reading.concepts, reading.signature_concepts)}
    expected = set(case["signals"])  # type: ignore[call-overload]
    barred = set(case.get("not", ()))  # type: ignore[call-overload]
    assert expected <= seen
    assert not barred & seen
    assert expected or barred or not seen


def test_every_signal_has_cases_for_and_against() -> None:
    shown = Counter(name for case in CASES for name in case["signals"])
    barred = Counter(name for case in CASES for name in case.get("not", ()))
    for signal in set(Signal) - {Signal.NIGHT_OR_FREQUENT}:
        assert barred[signal.value] >= 3
        assert shown[signal.value] + barred[signal.value] >= 8


def test_spans_lie_inside_the_text() -> None:
    for case in CASES:
        reading = READ(case["text"])
        for span in find_signals(reading.concepts):
            assert 0 <= span.start < span.end <= len(reading.body.text)


def test_spans_are_the_telling_words() -> None:
    reading = READ("天气转凉,今晚冻结你的支付宝和微信零钱,请知悉")
    spans = [s for s in find_signals(reading.concepts) if s.signal is Signal.FREEZE_ALL]
    assert min(span.start for span in spans) == reading.body.text.index("冻结")
    assert max(span.end for span in spans) == reading.body.text.index("零钱") + 2


def test_every_rule_names_classes_that_exist() -> None:
    known = {*LEXICON.classes, *(f"【{name}" for name in LEXICON.classes), *PLACEHOLDER_NAMES.values()}
    for rule in RULES:
        words = (*rule.steps, rule.beside)
        assert {name for each in words for name in each.any | each.but | each.long} | rule.unless <= known


def test_every_signal_but_the_timed_one_has_a_rule() -> None:
    assert {rule.signal for rule in RULES} == set(Signal) - {Signal.NIGHT_OR_FREQUENT}


def test_a_step_follows_within_its_gap() -> None:
    assert Signal.VISIT_MENACE in _seen(Concept("deadline", 0, 2), Concept("visit", 5, 7))
    assert Signal.VISIT_MENACE not in _seen(Concept("deadline", 0, 2), Concept("visit", 6, 8))
    assert Signal.VISIT_MENACE not in _seen(Concept("visit", 0, 2), Concept("deadline", 3, 5))


def test_a_word_of_a_barred_class_does_not_count() -> None:
    call, blow = Concept("contact_verb", 0, 2), Concept("violence", 0, 3)
    assert Signal.VIOLENCE in _seen(blow)
    assert Signal.VIOLENCE not in _seen(call, blow)
    assert Signal.VIOLENCE in _seen(call, blow, Concept("violence", 4, 6))


def test_short_words_of_a_broad_class_do_not_count() -> None:
    assert Signal.PAY_TO_PERSONAL in _seen(Concept("private_pay", 0, 3))
    assert Signal.PAY_TO_PERSONAL not in _seen(Concept("private_pay", 0, 2))


def test_a_word_right_before_voids_a_match() -> None:
    account = Concept("private_pay", 10, 14)
    assert Signal.PAY_TO_PERSONAL not in _seen(Concept("negation", 5, 6), account)
    assert Signal.PAY_TO_PERSONAL in _seen(Concept("negation", 4, 5), account)


def test_what_stands_beside_decides() -> None:
    family, men = Concept("family_collective", 0, 2), Concept("gang", 0, 2)
    assert Signal.FAMILY_CREDIT not in _seen(family)
    assert Signal.FAMILY_CREDIT in _seen(family, Concept("dishonest_list", 40, 42))
    assert Signal.VISIT_MENACE in _seen(men)
    assert Signal.VISIT_MENACE not in _seen(men, Concept("police", 60, 62))


def test_the_balance_tells_who_reads() -> None:
    announced = _seen(Concept("will_do", 0, 2), Concept("contact_verb", 2, 4), Concept("kin", 4, 6))
    told = _seen(Concept("third_person", 0, 1), Concept("debt", 2, 4), Concept("press_someone", 5, 7))
    assert Signal.CONTACTS_BLAST in announced
    assert Signal.TOLD_THIRD_PARTY not in announced
    assert Signal.TOLD_THIRD_PARTY in told
    assert Signal.CONTACTS_BLAST not in told


def test_a_class_of_the_signature_stands_at_the_start() -> None:
    assert Signal.IMPERSONATE_AUTHORITY in {span.signal for span in find_signals([], ["police"])}
