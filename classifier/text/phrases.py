"""Finding many fixed phrases in many texts at once, without word boundaries.

The hash of a phrase is that of Karp and Rabin (1987): the sum of its characters, each times a power of an odd number,
modulo 2**64. Prefix sums give the hash of every piece of a text in one subtraction, so the pieces of every length that
a phrase has are looked up together, as arrays, and a table of tens of thousands of phrases is made in milliseconds.
Another piece of a message has the hash of a phrase with a probability below one in a billion.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

import numpy as np

from classifier.keys import IndexArray, KeyArray, KeyTable

T = TypeVar("T")

Found = tuple[int, int, T]

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_LATIN = re.compile("[a-z]")


class PhraseTable(Generic[T]):
    """Phrases that can be searched for in texts, each with a value; a phrase may stand more than once.

    Phrases are matched as plain substrings. A phrase that begins or ends with a Latin
    letter must not be continued by one there ("hk" is not found in "hkt"). Holds no state that
    changes: safe to share between threads.
    """

    def __init__(self, phrases: Sequence[str], values: Sequence[T]) -> None:
        if len(phrases) != len(values):
            raise ValueError(f"{len(phrases)} phrases with {len(values)} values")
        if not all(phrases):
            raise ValueError("a phrase is empty")
        sizes = np.array([len(phrase) for phrase in phrases], dtype=np.intp)
        hashes = _hashes(_prefix_sums(_codes("".join(phrases))), np.cumsum(sizes) - sizes, sizes)
        order = np.argsort(hashes, kind="stable")
        keys, self._first, self._count = np.unique(hashes[order], return_index=True, return_counts=True)
        self._values = [values[place] for place in order.tolist()]
        self._sizes = np.unique(sizes)[::-1]
        self._table = KeyTable(keys) if len(keys) else None

    def found(self, texts: Sequence[str]) -> list[list[Found[T]]]:
        """Return for each text (start, end, value) of every phrase in it, by start, longest first."""
        found: list[list[Found[T]]] = [[] for _ in texts]
        whole = "".join(texts)
        if self._table is None or not whole:
            return found
        lengths = [len(text) for text in texts]
        of = np.arange(len(texts)).repeat(lengths)
        ends = np.cumsum(lengths)
        left = ends[of] - np.arange(len(whole))  # characters from here to the end of the text
        starts, size = (left[:, None] >= self._sizes).nonzero()
        sizes = self._sizes[size]
        codes = _codes(whole)
        known, rows = self._table.rows(_hashes(_prefix_sums(codes), starts, sizes))
        starts, sizes = starts[known], sizes[known]
        if _LATIN.search(whole):
            alone = _standing_alone(codes, of, starts, starts + sizes)
            starts, sizes, rows = starts[alone], sizes[alone], rows[alone]
        number = of[starts]
        begins = starts - (ends - lengths)[number]
        values = self._values
        for text, start, end, first, count in zip(
            number.tolist(),
            begins.tolist(),
            (begins + sizes).tolist(),
            self._first[rows].tolist(),
            self._count[rows].tolist(),
            strict=True,
        ):
            found[text] += [(start, end, value) for value in values[first : first + count]]
        return found


def longest(found: Sequence[Found[T]]) -> Iterator[Found[T]]:
    """Yield the longest of the phrases found in a text, left to right, without overlap."""
    done = 0
    for start, end, value in found:
        if start >= done:
            yield start, end, value
            done = end


def _codes(text: str) -> KeyArray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)


def _prefix_sums(codes: KeyArray) -> KeyArray:
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(codes * _powers(_BASE, len(codes).bit_length())[: len(codes)], out=sums[1:])
    return sums


def _hashes(sums: KeyArray, starts: IndexArray, sizes: IndexArray) -> KeyArray:
    """Return the hash of each piece of a text, of its prefix sums; arithmetic modulo 2**64."""
    hashes: KeyArray = (sums[starts + sizes] - sums[starts]) * _powers(_INVERSE, len(sums).bit_length())[starts]
    hashes ^= hashes >> _HALF
    hashes *= _MIX
    return hashes


@lru_cache(maxsize=64)
def _powers(base: int, bits: int) -> KeyArray:
    powers: KeyArray = np.full(1 << bits, base, dtype=np.uint64)
    powers[0] = 1
    np.cumprod(powers, out=powers)
    return powers


def _standing_alone(codes: KeyArray, of: IndexArray, starts: IndexArray, ends: IndexArray) -> IndexArray:
    """Return which pieces are not continued by a Latin letter where they begin or end with one."""
    latin = (codes >= ord("a")) & (codes <= ord("z"))
    joint = latin[:-1] & latin[1:] & (of[:-1] == of[1:])  # between a character and the next one
    joint = np.concatenate(([False], joint, [False]))
    return (~(joint[starts] | joint[ends])).nonzero()[0]
