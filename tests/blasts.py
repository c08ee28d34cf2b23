"""Invented campaigns, copied with other names, amounts, dates and links: how well near-duplicates are grouped.

`python tests/blasts.py` prints recall and precision of pairs for texts as they are and with slips of the pen.
"""

import json
import random
import tempfile
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from classifier.text.blasts import blast_numbers, group

CASES = json.loads((Path(__file__).parent / "cases/blasts.json").read_text(encoding="utf-8"))
COPIES = 8


def copies(slips: int = 0, seed: int = 0) -> tuple[list[str], list[tuple[str, int]]]:
    """Return texts, and for each its family and wording; `slips` characters of each are misread."""
    rng = random.Random(seed)
    texts, truth = [], []
    for family in CASES["families"]:
        for number, wording in enumerate(family["wordings"]):
            for _ in range(COPIES):
                text = wording.format(**_slots(rng))
                for _ in range(slips):
                    at = rng.randrange(len(text))
                    text = text[:at] + rng.choice("口曰目日木己.") + text[at + 1 :]
                texts.append(text)
                truth.append((family["name"], number))
    return texts, truth


def _slots(rng: random.Random) -> dict[str, str]:
    day = f"{rng.randrange(1, 13)}月{rng.randrange(1, 29)}日"
    return {
        **{name: rng.choice(values) for name, values in CASES["slots"].items()},
        "amount": rng.choice([f"{rng.randrange(100, 99999)}", f"{rng.randrange(100, 99999) / 100:.2f}"]),
        "small": f"{rng.randrange(10, 900)}.{rng.randrange(100):02}",
        "date": rng.choice([day, f"2026-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}", "2026年" + day]),
        "time": f"{rng.randrange(9, 22)}:{rng.randrange(6)}0",
        "days": f"{rng.randrange(3, 400)}",
        "tail": f"{rng.randrange(10000):04}",
        "case": f"{rng.randrange(10**8):08}",
        "phone": f"1{rng.randrange(30, 99)}{rng.randrange(10**8):08}",
        "link": f"https://{''.join(rng.choices('abcdefgh', k=4))}.cn/{''.join(rng.choices('xyzw123', k=5))}",
    }


def pairs(found: Sequence[int], truth: Sequence[tuple[str, int]]) -> dict[str, float]:
    """Return recall and precision of pairs, and the share of unlike wordings of one family that are grouped."""
    every = list(combinations(range(len(found)), 2))
    same = {pair for pair in every if truth[pair[0]] == truth[pair[1]]}
    said = {pair for pair in every if found[pair[0]] == found[pair[1]]}
    near = {pair for pair in every if truth[pair[0]][0] == truth[pair[1]][0]} - same
    return {
        "recall": len(said & same) / len(same),
        "precision": len(said & same) / max(1, len(said)),
        "hard negatives grouped": len(said & near) / len(near),
    }


def main() -> None:
    """Print the figures."""
    for slips in (0, 1, 3):
        texts, truth = copies(slips)
        for name, find in (("index", in_folder), ("exact", group)):
            figures = pairs(find(texts), truth)
            print(f"{slips} slips, {name}: " + ", ".join(f"{key} {value:.3f}" for key, value in figures.items()))


def in_folder(texts: Sequence[str]) -> list[int]:
    """Group texts by the index on disk."""
    with tempfile.TemporaryDirectory() as folder:
        return [int(number) for number in blast_numbers(texts, Path(folder))]


if __name__ == "__main__":
    main()
