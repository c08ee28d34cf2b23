"""Writings that keep a message's meaning: eight disguises of senders, four kinds of OCR noise.

They are made apart from the normaliser that has to undo them: readings come from pypinyin, traditional
forms from OpenCC, and look-alikes, split characters and the words to hide from `tables/disguises.json`,
which serves nothing else. Every function is pure given its random generator.
"""

import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from classifier.extras import needs
from classifier.text.sounds import common_characters, sounds

Perturb = Callable[[str, random.Random], str]

_TABLES: dict[str, Any] = json.loads(
    Path(__file__).with_name("tables").joinpath("disguises.json").read_text(encoding="utf-8")
)
_HIDDEN: list[str] = _TABLES["hidden"].split()
_ORNAMENTS: list[str] = _TABLES["ornaments"].split()
_CONFUSED = str.maketrans(_TABLES["confused"])
_EMOJI_SHARE = 0.06
_LOOK_ALIKE_SHARE = 0.5
_CONFUSED_SHARE = 0.5
_DROPPED_SHARE = 0.03
_OCR_LINE = 16


def _hide(text: str, rng: random.Random, change: Callable[[str], str], share: float = 0.5) -> str:
    """Apply `change` to a share of the words to hide that stand in the text, at least one."""
    present = [word for word in _HIDDEN if word in text]
    rng.shuffle(present)
    for word in present[: max(1, round(len(present) * share))]:
        text = text.replace(word, change(word), 1)
    return text


def _one(word: str, rng: random.Random, change: Callable[[str], str]) -> str:
    at = rng.randrange(len(word))
    return word[:at] + change(word[at]) + word[at + 1 :]


def initials(text: str, rng: random.Random) -> str:
    """Write one character of a telling word as its pinyin initial: 欠款 as q款."""
    return _hide(text, rng, lambda word: _one(word, rng, lambda c: sounds().get(c, c)[0]))


def full_pinyin(text: str, rng: random.Random) -> str:
    """Write one character of a telling word as its pinyin: 还款 as 还kuan."""
    return _hide(text, rng, lambda word: _one(word, rng, lambda c: sounds().get(c, c)))


def homophones(text: str, rng: random.Random) -> str:
    """Write one character of a telling word as a common one of the same sound: 贷款 as 代款."""
    return _hide(text, rng, lambda word: _one(word, rng, lambda c: rng.choice(_same_sound(c))))


def _same_sound(char: str) -> list[str]:
    alike = common_characters().get(sounds().get(char, ""), ())
    return [other for other in alike if other != char] or [char]


def look_alikes(text: str, rng: random.Random) -> str:
    """Write half of some characters as ones of like shape: 贷款 as 货歀."""
    return "".join(_TABLES["look_alike"].get(c, c) if rng.random() < _LOOK_ALIKE_SHARE else c for c in text)


def split_characters(text: str, rng: random.Random) -> str:
    """Write characters as their parts: 骗 as 马扁."""
    return _hide(text, rng, lambda word: "".join(_TABLES["split"].get(c, c) for c in word), share=1)


def separators(text: str, rng: random.Random) -> str:
    """Put marks or zero-width characters inside telling words: 通*讯*录."""
    return _hide(text, rng, lambda word: rng.choice(_TABLES["separators"]).join(word), share=1)


def emoji(text: str, rng: random.Random) -> str:
    """Write words as emoji and strew ornaments."""
    for word, picture in _TABLES["emoji"].items():
        text = text.replace(word, picture)
    return "".join(c + (rng.choice(_ORNAMENTS) if rng.random() < _EMOJI_SHARE else "") for c in text)


def traditional(text: str, rng: random.Random) -> str:
    """Write the whole text in traditional characters."""
    return str(_opencc().convert(text))


@cache
def _opencc() -> Any:
    with needs("evaluate"):
        import opencc
    return opencc.OpenCC("s2t")


def ocr_spaces(text: str, rng: random.Random) -> str:
    """Put a blank between all characters."""
    return " ".join(text)


def ocr_lines(text: str, rng: random.Random) -> str:
    """Break lines every sixteen characters, as a phone's bubble does."""
    return "\n".join(text[i : i + _OCR_LINE] for i in range(0, len(text), _OCR_LINE))


def ocr_confused(text: str, rng: random.Random) -> str:
    """Read half of the characters that OCR confuses as their neighbours: 己 as 已, 0 as O."""
    return "".join(c.translate(_CONFUSED) if rng.random() < _CONFUSED_SHARE else c for c in text)


def ocr_dropped(text: str, rng: random.Random) -> str:
    """Lose three characters in a hundred."""
    return "".join(c for c in text if rng.random() >= _DROPPED_SHARE) or text


PERTURBATIONS: dict[str, Perturb] = {
    "pinyin initials": initials,
    "full pinyin": full_pinyin,
    "homophones": homophones,
    "look-alikes": look_alikes,
    "split characters": split_characters,
    "separators and zero-width": separators,
    "emoji": emoji,
    "traditional": traditional,
    "OCR: spaces between characters": ocr_spaces,
    "OCR: broken lines": ocr_lines,
    "OCR: confused characters": ocr_confused,
    "OCR: dropped characters": ocr_dropped,
}


def perturbed(name: str, texts: list[str], seed: int = 7) -> list[str]:
    """Return the texts under one perturbation of `PERTURBATIONS`, reproducibly."""
    rng = random.Random(seed)  # noqa: S311 - no secret is made of it
    return [PERTURBATIONS[name](text, rng) for text in texts]
