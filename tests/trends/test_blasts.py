import json
import random
from itertools import combinations
from pathlib import Path

import numpy as np

from classifier.trends.blasts import BlastIndex

ROOT = Path(__file__).parents[2]


def blasts_of(texts: list[str], folder: Path, batch: int = 64) -> list[int]:
    index = BlastIndex(folder)
    keys = [key for i in range(0, len(texts), batch) for key in index.keys(texts[i : i + batch])]
    known, blasts = index.link()
    return [int(b) for b in blasts[np.searchsorted(known, np.array(keys, dtype=np.uint64))]]


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
