"""From a message to its features: the one way for training and for scoring.

Three blocks, each weighted by TF-IDF on its own:

- `word`: jieba words, one and two in a row; words of the signature apart
- `char`: characters, one to four in a row
- `concept`: word classes of the lexicon and placeholders, alone and as ordered pairs that stand
  near each other, those of the signature, alone and with each of the text, and a few marks of layout

A feature is a 64-bit key, so that messages are looked up as arrays: characters are packed, 16 bits each;
words and classes are hashed (BLAKE2b), and the key of a pair is mixed from those of its parts. In the end the keys of
each block are mixed in a way of its own: all blocks share one table. Among the
few hundred thousand features of a model two share a key with a probability below one in a million.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate
from operator import itemgetter

import numpy as np

from classifier.keys import IndexArray, KeyArray
from classifier.text.lexicon import Concept, Lexicon
from classifier.text.normalise import Normalised, Normaliser
from classifier.text.placeholders import PLACEHOLDER, PLACEHOLDER_NAMES, Masked, mask
from classifier.text.tokens import words, words_with_spans

BLOCKS: tuple[str, ...] = ("word", "char", "concept")
FEATURES_VERSION = "3"

_CHAR_LONGEST = 4
_CHAR_BITS = 16
_OTHER_CHAR = 0xFFFF  # stands for every character outside the basic plane
_PAIR_GAP = 30
_PAIR_MOST = 2000
_MIX = {
    "word": np.uint64(0x9E3779B97F4A7C15),
    "char": np.uint64(0xD6E8FEB86659FD93),
    "concept": np.uint64(0xC2B2AE3D27D4EB4F),
}  # odd, so that multiplication by it, modulo 2**64, loses nothing
_KEYS_KEPT = 1 << 16
_SPAN = itemgetter(1, 2)


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
        """Read one message."""
        return self.many((text,))[0]

    def many(self, texts: Sequence[str]) -> list[Reading]:
        """Normalise, mask, tokenise and look up the concepts of some messages."""
        masked = [mask(normalised) for normalised in self.normaliser.many(texts)]
        bodies, signatures = [each.body.text for each in masked], [each.signature for each in masked]
        concepts = self.lexicon.concepts([*bodies, *signatures])
        return [_reading(*parts) for parts in zip(masked, concepts, concepts[len(masked) :], strict=False)]


def _reading(masked: Masked, concepts: list[Concept], signed: list[Concept]) -> Reading:
    text = masked.body.text
    signs = [Concept(PLACEHOLDER_NAMES[m[0]], m.start(), m.end()) for m in PLACEHOLDER.finditer(text)]
    return Reading(
        body=masked.body,
        words=tuple(words_with_spans(text)),
        concepts=tuple(sorted((*concepts, *signs), key=_SPAN)),
        signature_words=tuple(words(masked.signature)),
        signature_concepts=tuple(dict.fromkeys(concept.name for concept in signed)),
    )


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every occurrence of a feature in one block of some messages.

    Attributes:
        keys: uint64 (occurrences,).
        of: which message it is in, (occurrences,); in no order.
        starts, ends: spans [start, end) in the masked text, (occurrences,); empty for the signature and layout.

    """

    keys: KeyArray
    of: IndexArray
    starts: IndexArray
    ends: IndexArray


def occurrences(block: str, readings: Sequence[Reading]) -> Occurrences:
    """Return the features of one block of some messages, with repetition."""
    found = _FUNCTIONS[block](readings)
    return replace(found, keys=found.keys * _MIX[block])


def _words(readings: Sequence[Reading]) -> Occurrences:
    of = _numbers([len(reading.words) for reading in readings])
    keys, starts, ends = _placed([word for reading in readings for word in reading.words])
    signed = _numbers([len(reading.signature_words) for reading in readings])
    signature = _keys("【" + word for reading in readings for word in reading.signature_words)
    (left,) = np.nonzero(of[:-1] == of[1:])
    nowhere = np.zeros(len(signature), dtype=np.intp)
    return Occurrences(
        np.concatenate((keys, _pair("word", keys[left], keys[left + 1]), signature)),
        np.concatenate((of, of[left], signed)),
        np.concatenate((starts, starts[left], nowhere)),
        np.concatenate((ends, ends[left + 1], nowhere)),
    )


def _characters(readings: Sequence[Reading]) -> Occurrences:
    text = "".join(f"^{reading.body.text}$" for reading in readings)
    sizes = np.array([len(reading.body.text) for reading in readings], dtype=np.intp)
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32), _OTHER_CHAR).astype(np.uint64)
    of = _numbers(sizes + 2)
    last = sizes[of]
    places = np.arange(len(codes)) - ((sizes + 2).cumsum() - sizes - 1)[of]  # the two marks stand outside the text
    low, high = np.maximum(places, 0), np.minimum(places + 1, last)
    found: list[tuple[KeyArray, IndexArray, IndexArray, IndexArray]] = [
        (codes << np.uint64(_CHAR_BITS * (_CHAR_LONGEST - 1)), of, low, high)
    ]
    packed = found[0][0]
    for size in range(2, _CHAR_LONGEST + 1):
        shift = np.uint64(_CHAR_BITS * (_CHAR_LONGEST - size))
        packed = packed[:-1] | (codes[size - 1 :] << shift)
        (whole,) = np.nonzero(of[: len(packed)] == of[size - 1 :])  # not across the end of a message
        found.append((packed[whole], of[whole], low[whole], high[whole + size - 1]))
    return Occurrences(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _concepts(readings: Sequence[Reading]) -> Occurrences:
    counts = [len(reading.concepts) for reading in readings]
    of = _numbers(counts)
    keys, starts, ends = _placed([concept for reading in readings for concept in reading.concepts])
    left, right = _neighbours(starts, ends, of, [len(reading.body.text) for reading in readings])
    unplaced = [
        _unplaced(r, keys[stop - n : stop]) for r, n, stop in zip(readings, counts, accumulate(counts), strict=True)
    ]
    nowhere = np.zeros(sum(map(len, unplaced)), dtype=np.intp)
    return Occurrences(
        np.concatenate((keys, _pair("concept", keys[left], keys[right]), *unplaced)),
        np.concatenate((of, of[left], _numbers([len(each) for each in unplaced]))),
        np.concatenate((starts, starts[left], nowhere)),
        np.concatenate((ends, ends[right], nowhere)),
    )


def _unplaced(reading: Reading, keys: KeyArray) -> KeyArray:
    """Return what has no place: marks of layout; classes of the signature, alone and with each of the text."""
    layout = _keys(_layout(reading))
    if not reading.signature_concepts:
        return layout
    signature = _keys("【" + name for name in reading.signature_concepts)
    return np.concatenate((layout, signature, _pair("concept", signature[:, None], np.unique(keys)).ravel()))


def _neighbours(
    starts: IndexArray, ends: IndexArray, of: IndexArray, sizes: Sequence[int]
) -> tuple[IndexArray, IndexArray]:
    """Return the places (left, right) of spans that stand at most `_PAIR_GAP` apart, one after the other.

    Within a message, in order, at most `_PAIR_MOST` of each; `of` must rise, and `starts` within a message. Takes time
    and memory in proportion to the pairs.
    """
    apart = np.cumsum([0, *sizes])[of] + of * (_PAIR_GAP + 1)  # laid end to end, too far apart for a pair across
    starts, ends = starts + apart, ends + apart
    first = starts.searchsorted(ends)
    counts = starts.searchsorted(ends + _PAIR_GAP, side="right") - first
    earlier = counts.cumsum() - counts
    earlier -= earlier[of.searchsorted(of)]  # in the same message
    counts = np.minimum(counts, np.maximum(_PAIR_MOST - earlier, 0))
    left = np.arange(len(counts)).repeat(counts)
    within = np.arange(len(left)) - (counts.cumsum() - counts).repeat(counts)
    return left, within + first.repeat(counts)


def _numbers(counts: Sequence[int] | IndexArray) -> IndexArray:
    """Return the number of the message, from 0, for each of its items."""
    return np.arange(len(counts)).repeat(counts)


def _placed(items: Sequence[tuple[str, int, int]]) -> tuple[KeyArray, IndexArray, IndexArray]:
    """Return keys, starts and ends of words or classes with their spans."""
    names, starts, ends = zip(*items, strict=True) if items else ((), (), ())
    return _keys(names), np.array(starts, dtype=np.intp), np.array(ends, dtype=np.intp)


def _keys(names: Iterable[str]) -> KeyArray:
    return np.fromiter(map(_key, names), dtype=np.uint64)


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
