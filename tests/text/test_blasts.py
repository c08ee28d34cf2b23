import importlib.util
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.text.blasts import SHORTEST, BlastIndex, blast_numbers, group

ROOT = Path(__file__).parents[2]
_SPEC = importlib.util.spec_from_file_location("blast_cases", ROOT / "tests" / "blasts.py")
assert _SPEC is not None
assert _SPEC.loader is not None
cases = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(cases)

WAYS: dict[str, Callable[[Sequence[str]], list[int]]] = {"index": cases.in_folder, "group": group}


def blasts_of(texts: list[str], folder: Path, batch: int = 64) -> list[int]:
    index = BlastIndex(folder)
    keys = [key for i in range(0, len(texts), batch) for key in index.keys(texts[i : i + batch])]
    known, blasts = index.link()
    return [int(b) for b in blasts[np.searchsorted(known, np.array(keys, dtype=np.uint64))]]


@pytest.mark.parametrize("way", WAYS)
def test_invented_campaigns_are_told_apart_from_those_that_say_another_thing(way: str) -> None:
    texts, truth = cases.copies()
    figures = cases.pairs(WAYS[way](texts), truth)
    assert figures["recall"] > 0.96
    assert figures["precision"] > 0.98
    assert figures["hard negatives grouped"] < 0.02


@pytest.mark.parametrize("way", WAYS)
def test_most_copies_with_a_slip_of_the_pen_are_found(way: str) -> None:
    texts, truth = cases.copies(slips=1)
    figures = cases.pairs(WAYS[way](texts), truth)
    assert figures["recall"] > {"index": 0.75, "group": 0.6}[way]
    assert figures["precision"] > 0.99


@given(st.lists(st.text(st.characters(), max_size=40), max_size=12))
def test_any_texts_are_grouped_and_equal_ones_together(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = [int(number) for number in blast_numbers(texts, Path(folder))]
    for numbers in (found, group(texts)):
        assert len(numbers) == len(texts)
        assert list(dict.fromkeys(numbers)) == list(range(len(set(numbers))))
        for (a, one), (b, other) in combinations(enumerate(texts), 2):
            assert one != other or numbers[a] == numbers[b]


@pytest.mark.parametrize("way", WAYS)
def test_short_texts_that_differ_are_two(way: str) -> None:
    assert WAYS[way](["快还钱不然打断腿", "快还钱不然打断手", "快还钱不然打断腿"]) == [0, 1, 0]
    assert len("快还钱不然打断腿") < SHORTEST


def test_a_chain_of_bands_joins_what_hangs_together() -> None:
    """A text of one bucket after another: numbers follow the order of appearance whatever is joined when."""
    text = "您的账单已经出来了请在还款日之前按时足额还款以免影响您的信用记录"
    texts = ["别的一条信息说的是完全不同的另一件事情", *(text[: len(text) - n] for n in range(6))]
    assert cases.in_folder(texts) == [0, *([1] * 6)]


def test_copies_that_differ_in_particulars_and_slips_are_one_blast(tmp_path: Path) -> None:
    rng = random.Random(0)
    lines = (ROOT / "datasets/messages/c-lawful-reminders.jsonl").read_text(encoding="utf-8").splitlines()
    families: dict[str, str] = {}
    for row in map(json.loads, lines):
        if len(row["text"]) > 40:
            families.setdefault(row["family"], row["text"])
    texts, campaign = [], []
    for number, text in enumerate(list(families.values())[:40]):
        for _ in range(6):
            copy = [str(rng.randrange(10)) if char.isdigit() else char for char in text]
            copy[rng.randrange(len(copy))] = rng.choice("口曰目日")
            texts.append("".join(copy))
            campaign.append(number)
    found = blasts_of(texts, tmp_path)
    pairs = list(combinations(range(len(texts)), 2))
    same = {pair for pair in pairs if campaign[pair[0]] == campaign[pair[1]]}
    said = {pair for pair in pairs if found[pair[0]] == found[pair[1]]}
    assert len(said & same) / len(same) > 0.95
    assert len(said & same) / len(said) > 0.95


def test_the_batches_in_which_texts_come_make_no_difference(tmp_path: Path) -> None:
    texts = [f"【甲{i % 3}】您好{'请尽快还款' * (i % 4)}第{i}次通知" for i in range(50)]
    for size in (1, 7, 50):
        (tmp_path / str(size)).mkdir()
    first, *others = [blasts_of(texts, tmp_path / str(size), size) for size in (1, 7, 50)]
    assert all(
        (a == b) == (c == d) for other in others for (a, c), (b, d) in combinations(zip(first, other, strict=True), 2)
    )


def test_no_text_is_written(tmp_path: Path) -> None:
    blasts_of(["再不还钱就爆你通讯录,张三"], tmp_path)
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert "通讯录".encode() not in written
    assert "通讯录".encode("utf-16-le") not in written


def test_nothing_in_nothing_out(tmp_path: Path) -> None:
    assert blasts_of([], tmp_path) == []
    (tmp_path / "other").mkdir()
    assert len(set(blasts_of(["", "。", "123"], tmp_path / "other"))) >= 1


def test_the_index_never_joins_two_texts_that_are_less_alike_than_they_must_be() -> None:
    rng = random.Random(1)
    for _ in range(40):
        words = [chr(rng.randrange(0x4E00, 0x9000)) for _ in range(60)]
        cut = rng.randrange(16, 20)
        other = words[: 60 - cut] + [chr(rng.randrange(0x4E00, 0x9000)) for _ in range(cut)]
        texts = ["".join(words), "".join(other)]
        assert cases.in_folder(texts) in (group(texts), [0, 1])
