"""From a message to its features: the one way for training and for scoring.

Three blocks, each weighted by TF-IDF on its own:

- `word`: jieba words, one and two in a row; words of the signature apart
- `char`: characters, one to four in a row
- `concept`: word classes of the lexicon and placeholders, alone and as ordered pairs that stand
  near each other, those of the signature, alone and with each of the text, and a few marks of layout

A feature is a 64-bit key, so that a message is looked up as arrays: characters are packed, 16 bits each;
words and classes are hashed (BLAKE2b), and the key of a pair is mixed from those of its parts. Among the
few hundred thousand features of a model two share a key with a probability below one in a million.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from classifier.text.lexicon import Concept, Lexicon
from classifier.text.normalise import Normalised, Normaliser
from classifier.text.placeholders import PLACEHOLDER_NAMES, mask
from classifier.text.tokens import words_with_spans

BLOCKS: tuple[str, ...] = ("word", "char", "concept")
FEATURES_VERSION = "2"

KeyArray = NDArray[np.uint64]
IndexArray = NDArray[np.intp]

_CHAR_LONGEST = 4
_CHAR_BITS = 16
_OTHER_CHAR = 0xFFFF  # stands for every character outside the basic plane
_PAIR_GAP = 30
_PAIR_MOST = 2000
_MIX = {"word": np.uint64(0x9E3779B97F4A7C15), "concept": np.uint64(0xC2B2AE3D27D4EB4F)}
_KEYS_KEPT = 1 << 16


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as the model sees it.

    `body` is the masked text with its map to the original; `words` and `concepts` carry
    spans into `body.text`; `signature_*` hold what the 【signature】 says.
    """

    body: Normalised
    words: tuple[tuple[str, int, int], ...]
    concepts: tuple[Concept, ...]
    signature_words: tuple[str, ...]
    signature_concepts: tuple[str, ...]


class Reader:
    """Reads messages with one lexicon. Safe to share between threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.normaliser = Normaliser(lexicon.disguises)

    def __call__(self, text: str) -> Reading:
        """Normalise, mask, tokenise and look up the concepts of one message."""
        masked = mask(self.normaliser(text))
        body = masked.body
        signs = [Concept(PLACEHOLDER_NAMES[c], i, i + 1) for i, c in enumerate(body.text) if c in PLACEHOLDER_NAMES]
        concepts = sorted([*self.lexicon.concepts(body.text), *signs], key=lambda c: (c.start, c.end))
        return Reading(
            body=body,
            words=tuple(words_with_spans(body.text)),
            concepts=tuple(concepts),
            signature_words=tuple(word for word, _, _ in words_with_spans(masked.signature)),
            signature_concepts=tuple(dict.fromkeys(c.name for c in self.lexicon.concepts(masked.signature))),
        )


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every occurrence of a feature in one block of a message.

    Attributes:
        keys: uint64 (occurrences,).
        starts, ends: spans [start, end) in the masked text, (occurrences,); empty for the signature and layout.

    """

    keys: KeyArray
    starts: IndexArray
    ends: IndexArray


def occurrences(block: str, reading: Reading) -> Occurrences:
    """Return the features of one block of a message, with repetition."""
    return _FUNCTIONS[block](reading)


def _words(reading: Reading) -> Occurrences:
    keys = np.array([_key(word) for word, _, _ in reading.words], dtype=np.uint64)
    starts = np.array([start for _, start, _ in reading.words], dtype=np.intp)
    ends = np.array([end for _, _, end in reading.words], dtype=np.intp)
    signature = np.array([_key("【" + word) for word in reading.signature_words], dtype=np.uint64)
    nowhere = np.zeros(len(signature), dtype=np.intp)
    return Occurrences(
        np.concatenate((keys, _pair("word", keys[:-1], keys[1:]), signature)),
        np.concatenate((starts, starts[:-1], nowhere)),
        np.concatenate((ends, ends[1:], nowhere)),
    )


def _characters(reading: Reading) -> Occurrences:
    text = f"^{reading.body.text}$"
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32), _OTHER_CHAR).astype(np.uint64)
    last = len(reading.body.text)
    keys: list[KeyArray] = []
    starts: list[IndexArray] = []
    ends: list[IndexArray] = []
    places = np.arange(-1, last + 1, dtype=np.intp)  # of each code in the text: the two marks stand outside
    packed = np.zeros(len(codes), dtype=np.uint64)
    for size in range(1, min(_CHAR_LONGEST, len(codes)) + 1):
        count = len(codes) - size + 1
        shift = np.uint64(_CHAR_BITS * (_CHAR_LONGEST - size))
        packed = packed[:count] | (codes[size - 1 :] << shift)
        keys.append(packed)
        starts.append(np.maximum(places[:count], 0))
        ends.append(np.minimum(places[:count] + size, last))
    return Occurrences(np.concatenate(keys), np.concatenate(starts), np.concatenate(ends))


def _concepts(reading: Reading) -> Occurrences:
    found = reading.concepts
    keys = np.array([_key(concept.name) for concept in found], dtype=np.uint64)
    starts = np.array([concept.start for concept in found], dtype=np.intp)
    ends = np.array([concept.end for concept in found], dtype=np.intp)
    left, right = _neighbours(starts, ends)
    present = keys[np.sort(np.unique(keys, return_index=True)[1])]
    signature = np.array([_key("【" + name) for name in reading.signature_concepts], dtype=np.uint64)
    beside = _pair("concept", np.repeat(signature, len(present)), np.tile(present, len(signature)))
    layout = np.array([_key(name) for name in _layout(reading)], dtype=np.uint64)
    nowhere = np.zeros(len(signature) + len(beside) + len(layout), dtype=np.intp)
    return Occurrences(
        np.concatenate((keys, _pair("concept", keys[left], keys[right]), signature, beside, layout)),
        np.concatenate((starts, starts[left], nowhere)),
        np.concatenate((ends, ends[right], nowhere)),
    )


def _neighbours(starts: IndexArray, ends: IndexArray) -> tuple[IndexArray, IndexArray]:
    """Return the places (left, right) of spans that stand at most `_PAIR_GAP` apart, one after the other.

    In order, at most `_PAIR_MOST`; `starts` must rise. Takes time and memory in proportion to the pairs.
    """
    first = np.searchsorted(starts, ends, side="left")
    counts = np.searchsorted(starts, ends + _PAIR_GAP, side="right") - first
    kept = np.searchsorted(np.cumsum(counts), _PAIR_MOST) + 1
    first, counts = first[:kept], counts[:kept]
    left = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(left)) - np.repeat(np.cumsum(counts) - counts, counts)
    return left[:_PAIR_MOST], (within + np.repeat(first, counts))[:_PAIR_MOST]


_FUNCTIONS = {"word": _words, "char": _characters, "concept": _concepts}


@lru_cache(maxsize=_KEYS_KEPT)
def _key(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


def _pair(block: str, left: KeyArray, right: KeyArray) -> KeyArray:
    """Return the keys of ordered pairs; arithmetic modulo 2**64."""
    return left * _MIX[block] + (right ^ (right >> np.uint64(29)))


def _layout(reading: Reading) -> list[str]:
    size = len(reading.body.text)
    marks = [
        "=length " + next(name for most, name in _LENGTHS if size <= most),
        "=lines " + ("many" if reading.body.text.count("\n") > 2 else "few"),
    ]
    return marks if reading.concepts else [*marks, "=no concept"]


_LENGTHS = ((6, "6"), (12, "12"), (20, "20"), (40, "40"), (80, "80"), (160, "160"), (10**9, "more"))
