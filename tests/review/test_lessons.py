from dataclasses import replace
from pathlib import Path

import pytest

from classifier import Classifier
from classifier.errors import InputError
from classifier.labels import Label
from classifier.model.corpus import Example
from classifier.review.corrections import Correction, add_corrections
from classifier.review.lessons import evaluate_corrections, read_lessons
from classifier.review.refs import Part

THREAT, LAWFUL = frozenset([Label.THREAT]), frozenset([Label.LAWFUL_REMINDER])
BLAST = "{}，你欠的{}元今晚十点前不还，明天就带人去你家打断你的腿，自己看着办"
BILL = "【{}】{}您好，您本期账单{}元将于明日到期，请登录官方App按时还款，如已还款请忽略"
RELAY = "您好，请问您认识{}吗？麻烦您转告本人尽快回电{}，我们有要事与他联系"
CORPUS = [Example("one", BILL.format("晨星分期", "张伟", 300), LAWFUL, "bills")]


def said(text: str, part: Part, labels: frozenset[Label] = THREAT, weight: float = 0.0) -> Correction:
    drawn = f"r{weight:g}" if part is Part.RANDOM else "c"
    ref = f"a1b2c3-1-9f3a-{drawn}-1"
    return Correction(text, labels, "甲", part, weight, ref, "1", "m", "2026-01-05", False, "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "c.jsonl"


def test_a_blast_is_one_family_and_a_copy_of_the_corpus_joins_its_family(path: Path) -> None:
    texts = [BLAST.format("张三", 100), BLAST.format("李四", 2999), RELAY.format("王五", "13800000001")]
    add_corrections(path, [said(text, Part.CHOSEN) for text in texts])
    add_corrections(path, [said(BILL.format("云朵借条", "欧阳倩", 8000), Part.CHOSEN, LAWFUL)])
    lessons = read_lessons(path, CORPUS)
    first, second, relay, bill = (example.family for example in lessons.examples)
    assert first == second
    assert len({first, relay, bill}) == 3
    assert bill == "bills"
    assert lessons.facts["families"] == 3


def test_what_measures_is_never_learnt_from_nor_a_copy_of_it(path: Path) -> None:
    add_corrections(
        path,
        [
            said(BLAST.format("张三", 100), Part.RANDOM, weight=5.0),
            said(BLAST.format("李四", 2999), Part.CHOSEN),
            said(RELAY.format("王五", "13800000001"), Part.OTHER, LAWFUL),
        ],
    )
    lessons = read_lessons(path, CORPUS)
    assert [example.text for example in lessons.examples] == [RELAY.format("王五", "13800000001")]
    assert lessons.facts["kept_for_measuring"] == 2


def test_a_file_that_only_measures_teaches_nothing(path: Path) -> None:
    add_corrections(path, [said("今晚不还钱就打断你的腿", Part.RANDOM, weight=5.0)])
    with pytest.raises(InputError, match="nothing to learn from"):
        read_lessons(path, CORPUS)


def test_error_rates_are_weighted_by_the_rows_that_a_message_stands_for(path: Path, classifier: Classifier) -> None:
    right, wrong = BILL.format("晨星分期", "张伟", 300), "今天不还钱就带人去你家打断你的腿"
    add_corrections(path, [said(right, Part.RANDOM, LAWFUL, 9.0), said(wrong, Part.RANDOM, LAWFUL, 1.0)])
    assert evaluate_corrections(classifier, path, "balanced")["lawful_accused"]["value"] == 0.1
    add_corrections(path, [replace(said(BLAST.format("张三", 1), Part.CHOSEN), annotator="乙")])
    report = evaluate_corrections(classifier, path, "balanced")
    assert (report["messages"], report["stands_for"]) == (2, 10.0)
    assert report["lawful_accused"]["value"] == 0.1
    assert report["chosen"] == {"messages": 1, "same": 1}


def test_without_a_random_part_no_rate_is_told(path: Path, classifier: Classifier) -> None:
    add_corrections(path, [said(BLAST.format("张三", 1), Part.CHOSEN)])
    with pytest.raises(InputError, match="drawn at random"):
        evaluate_corrections(classifier, path, "balanced")
