import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from classifier.errors import CorpusError, InputError
from classifier.labels import ACTS, SIGNAL_ACTS, Label
from classifier.model.corpus import RECEIVERS, Example, read_corpus, read_examples
from classifier.text.normalise import Normaliser
from classifier.text.placeholders import mask

DATASETS = Path(__file__).parents[2] / "datasets"


@pytest.fixture(scope="module")
def corpus() -> list[Example]:
    return read_corpus(DATASETS)


def test_size_and_twins_are_what_the_data_card_promises(corpus: list[Example]) -> None:
    assert len(corpus) >= 1800
    assert sum(example.twin is not None for example in corpus) >= 300


def test_every_label_has_many_messages(corpus: list[Example]) -> None:
    counts = Counter(label for example in corpus for label in example.labels)
    assert min(counts[label] for label in Label) >= 200


def test_a_twin_stands_in_the_same_family_with_another_label(corpus: list[Example]) -> None:
    by_id = {example.id: example for example in corpus}
    for example in corpus:
        if example.twin is not None:
            twin = by_id[example.twin]
            assert twin.family == example.family, example.id
    pairs = [(e, by_id[e.twin]) for e in corpus if e.twin is not None and by_id[e.twin].twin == e.id]
    assert all(left.labels != right.labels for left, right in pairs)


def test_no_text_stands_twice(corpus: list[Example]) -> None:
    counts = Counter("".join(example.text.split()) for example in corpus)
    assert [text for text, count in counts.items() if count > 1] == []


@pytest.mark.slow
def test_no_message_comes_near_to_one_of_another_family(corpus: list[Example]) -> None:
    plain, holders = Normaliser(), defaultdict[str, list[int]](list)
    seen: list[set[str]] = []
    near: list[tuple[str, str]] = []
    for example in corpus:
        text = "".join(c for c in mask(plain(example.text)).body.text if c.isalnum())
        shingles = {text[i : i + 3] for i in range(max(1, len(text) - 2))}
        shared = Counter(number for shingle in shingles for number in holders[shingle])
        near += (
            (example.id, corpus[number].id)
            for number, count in shared.most_common(5)
            if len(text) > 5
            and count / len(shingles | seen[number]) >= 0.75
            and corpus[number].family != example.family
        )
        for shingle in shingles:
            holders[shingle].append(len(seen))
        seen.append(shingles)
    assert near == []


def test_signals_agree_with_labels(corpus: list[Example]) -> None:
    for example in corpus:
        if Label.UNRELATED in example.labels:
            assert not example.signals, example.id
        if Label.LAWFUL_REMINDER in example.labels:
            assert not any(SIGNAL_ACTS[signal] for signal in example.signals), example.id
        for signal in example.signals:
            acts = SIGNAL_ACTS[signal]
            assert not acts or set(acts) & (example.labels & set(ACTS)), (example.id, signal)


def test_receivers_come_from_the_format(corpus: list[Example]) -> None:
    assert {example.facet("receiver") for example in corpus} <= set(RECEIVERS)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "see datasets/README.md"),
        ('{"id": "a", "labels": ["threat"]}', "missing 'text'"),
        ('{"id": "a", "text": "还钱", "labels": []}', "no label"),
        ('{"id": "a", "text": "还钱", "labels": ["angry"]}', "'angry'"),
        ('{"id": "a", "text": "还钱", "labels": ["unrelated", "threat"]}', "unrelated excludes"),
        ('{"id": "a", "text": "还钱", "labels": ["threat"], "signals": ["shouting"]}', "'shouting'"),
    ],
)
def test_broken_rows_are_named_by_line_without_their_text(tmp_path: Path, row: str, reason: str) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text('{"id": "0", "text": "x", "labels": ["unrelated"]}\n' + row + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"m\.jsonl line 2") as caught:
        read_examples(path)
    assert reason in str(caught.value)
    assert "还钱" not in str(caught.value)


def test_missing_file_and_missing_corpus(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="UTF-8 JSONL"):
        read_examples(tmp_path / "none.jsonl")
    with pytest.raises(CorpusError, match="--datasets"):
        read_corpus(tmp_path)


def test_doubled_ids_and_lost_twins_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "messages"
    folder.mkdir()
    row = {"id": "a", "text": "还钱", "labels": ["lawful_reminder"]}
    path = folder / "m.jsonl"
    path.write_text(json.dumps(row) + "\n" + json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="same id"):
        read_corpus(tmp_path)
    path.write_text(json.dumps({**row, "twin": "b"}) + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="names a twin"):
        read_corpus(tmp_path)


def test_a_labelled_file_needs_text_and_labels_only(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text('{"text": "还钱", "labels": "lawful_reminder"}\n', encoding="utf-8")
    (example,) = read_examples(path)
    assert example.labels == {Label.LAWFUL_REMINDER}
