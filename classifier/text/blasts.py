"""Blasts: messages that are one text but for names, numbers and slips of the pen.

A message is normalised and its particulars are masked, a lender's 【signature】 among them, so one template sent by two
lenders is one blast. Two texts are one when the sets of their character trigrams agree by `LEAST_SIMILAR` (Jaccard).
A twin that differs in the words that matter agrees by less as a rule; what is left, labels tell apart.

`group` compares a few texts with each other. `BlastIndex` takes any number without comparing all pairs: trigrams become
a MinHash signature (Broder, 1997; 128 slots, by `rensa`); texts that agree on one of 32 bands of 4 slots are compared
with the first text of the band's bucket, and what hangs together is a blast. Slots that agree give the similarity where
it is plain; near `LEAST_SIMILAR` the trigrams themselves are counted. Both lie on disk, trigrams as hashes, and memory
grows by some tens of bytes for each distinct masked text. No text is written.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from classifier.extras import needs
from classifier.text.normalise import Normaliser
from classifier.text.placeholders import mask

LEAST_SIMILAR = 0.6
"""Jaccard similarity of trigram sets from which two texts are one."""

SHORTEST = 10
"""Characters below which only texts that are equal once masked are one: short ones are alike by chance."""

MOST_COMPARED = 1000
"""Different texts that `group` compares with each other; beyond them only equal ones are found."""

_SLOTS, _BANDS = 128, 32
_PER_BAND = _SLOTS // _BANDS
_SEED = 20250313
_GRAM = 3
_REMEMBERED = 50_000
_BATCH = 4096
_CHUNK = 1 << 14
_UNSURE = 0.15
"""How far the share of equal slots strays from the similarity at most, for practical purposes: 3.5 deviations."""
_MIX = np.uint64(0x9E3779B97F4A7C15)

Keys = NDArray[np.uint64]
Numbers = NDArray[np.int64]


def _grams(masked: str) -> frozenset[str]:
    if len(masked) < SHORTEST:
        return frozenset((masked,))
    return frozenset(masked[i : i + _GRAM] for i in range(len(masked) - _GRAM + 1))


def group(texts: Sequence[str]) -> list[int]:
    """Return the number of the blast of each text, from 0 in the order of appearance.

    A text joins the first blast whose first text is near enough, so that a chain of small changes does not join what
    differs. Needs no library; takes time with the square of the number of different texts.
    """
    normalise = Normaliser()
    heads: list[frozenset[str]] = []
    known: dict[str, int] = {}
    numbers = []
    for text in texts:
        masked = mask(normalise(text)).body.text
        if masked not in known:
            grams = _grams(masked)
            near = (number for number, head in enumerate(heads) if _alike(head, grams))
            found = next(near, None) if len(heads) < MOST_COMPARED else None
            known[masked] = len(heads) if found is None else found
            if found is None:
                heads.append(grams)
        numbers.append(known[masked])
    return numbers


def _alike(left: frozenset[str], right: frozenset[str]) -> bool:
    if min(len(left), len(right)) < LEAST_SIMILAR * max(len(left), len(right)):
        return False
    shared = len(left & right)
    return shared >= LEAST_SIMILAR * (len(left) + len(right) - shared)


def blast_numbers(texts: Iterable[str], folder: Path) -> Numbers:
    """Return the number of the blast of each text, from 0 in the order of appearance, int64 (texts,).

    Working files lie in `folder`, which the caller removes.

    Raises:
        MissingExtraError: `rensa` is not installed.

    """
    index = BlastIndex(folder)
    stream = iter(texts)
    try:
        keys = [np.array(index.keys(part), dtype=np.uint64) for part in iter(lambda: list(islice(stream, _BATCH)), [])]
        known, blasts = index.link()
    finally:
        index.close()
    found = blasts[np.searchsorted(known, np.concatenate(keys))] if keys else blasts
    _, first, numbers = np.unique(found, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first)).astype(np.int64)[numbers]


class BlastIndex:
    """Takes texts in batches, keeps their signatures in a folder, and links them when all are in.

    Raises:
        MissingExtraError: `rensa` is not installed.

    """

    def __init__(self, folder: Path) -> None:
        with needs("review"):
            import rensa
        self._digest: Any = rensa.RMinHash.digest_matrix_from_token_sets
        self._normalise = Normaliser()
        self._remembered: dict[str, int] = {}
        self._written: set[int] = set()
        self._folder = folder
        self._keys: IO[bytes] = (folder / "keys").open("wb")
        self._signatures: IO[bytes] = (folder / "signatures").open("wb")
        self._grams: IO[bytes] = (folder / "grams").open("wb")
        self._sizes: IO[bytes] = (folder / "sizes").open("wb")
        self._bands = [(folder / f"band{band}").open("wb") for band in range(_BANDS)]

    def keys(self, texts: Sequence[str]) -> list[int]:
        """Return a number for each text, the same for texts that are equal once masked."""
        if len(self._remembered) > _REMEMBERED:
            self._remembered.clear()
            self._written.clear()
        fresh: dict[int, str] = {}
        found = []
        for text in texts:
            key = self._remembered.get(text)
            if key is None:
                masked = mask(self._normalise(text)).body.text
                key = int.from_bytes(blake2b(masked.encode("utf-8", "replace"), digest_size=8).digest(), "little")
                self._remembered[text] = key
                if key not in self._written:
                    self._written.add(key)
                    fresh[key] = masked
            found.append(key)
        if fresh:
            self._write(fresh)
        return found

    def _write(self, fresh: dict[int, str]) -> None:
        grams = [sorted(_grams(text)) for text in fresh.values()]
        signatures = np.array(self._digest(grams, _SLOTS, _SEED).to_rows(), dtype=np.uint32)
        np.array(list(fresh), dtype=np.uint64).tofile(self._keys)
        signatures.tofile(self._signatures)
        hashes = [_hashed(text) for text in fresh.values()]
        np.array([len(found) for found in hashes], dtype=np.uint32).tofile(self._sizes)
        np.concatenate(hashes).tofile(self._grams)
        for band, file in enumerate(self._bands):
            _bucket(signatures[:, band * _PER_BAND : (band + 1) * _PER_BAND]).tofile(file)

    def close(self) -> None:
        """Close the files; they stay in the folder."""
        for file in (self._keys, self._signatures, self._grams, self._sizes, *self._bands):
            file.close()

    def link(self) -> tuple[Keys, Numbers]:
        """Return all keys, rising, and the number of the blast of each; after that the index takes nothing more."""
        self.close()
        keys, first = np.unique(np.fromfile(self._folder / "keys", dtype=np.uint64), return_index=True)
        blasts = np.arange(len(keys), dtype=np.int64)
        alike = _Likeness(self._folder, first)
        for band in range(_BANDS if len(keys) else 0):
            buckets = np.fromfile(self._folder / f"band{band}", dtype=np.uint64)[first]
            left, right = _fellows(blasts, buckets)
            similar = alike(left, right)
            blasts = _joined(blasts, left[similar], right[similar])
        return keys, blasts


def _hashed(masked: str) -> NDArray[np.uint32]:
    """Return a hash of each different trigram, rising; none for a text that is too short to be like another."""
    if len(masked) < SHORTEST:
        return np.zeros(0, dtype=np.uint32)
    codes = np.frombuffer(masked.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    packed = codes[:-2] << np.uint64(42) | codes[1:-1] << np.uint64(21) | codes[2:]
    return np.unique((packed * _MIX >> np.uint64(32)).astype(np.uint32))


def _bucket(slots: NDArray[np.uint32]) -> Keys:
    """Return one number for the slots of a band, arithmetic modulo 2**64."""
    mixed = np.zeros(len(slots), dtype=np.uint64)
    for column in range(slots.shape[1]):
        mixed = (mixed ^ slots[:, column]) * _MIX
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _fellows(blasts: Numbers, buckets: Keys) -> tuple[Numbers, Numbers]:
    """Return pairs of texts, each with the first of its bucket, that are not yet in one blast."""
    order = np.argsort(buckets, kind="stable")
    ordered = buckets[order]
    begins = np.r_[True, ordered[1:] != ordered[:-1]]
    heads = order[np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))]
    new = blasts[order] != blasts[heads]
    return order[new], heads[new]


class _Likeness:
    """Says of pairs of texts whether they are one, from what an index wrote of them in `places`."""

    def __init__(self, folder: Path, places: NDArray[np.intp]) -> None:
        self._folder = folder
        self._places = places
        self._ends = np.cumsum(np.fromfile(folder / "sizes", dtype=np.uint32), dtype=np.int64)

    def __call__(self, left: Numbers, right: Numbers) -> NDArray[np.bool_]:
        similar = np.zeros(len(left), dtype=bool)
        for start in range(0, len(left), _CHUNK):
            signatures = self._read("signatures").reshape(-1, _SLOTS)
            grams = self._read("grams")
            part = slice(start, start + _CHUNK)
            ones, others = self._places[left[part]], self._places[right[part]]
            share = (signatures[ones] == signatures[others]).mean(axis=1)
            similar[part] = share >= LEAST_SIMILAR + _UNSURE
            for pair in np.flatnonzero(np.abs(share - LEAST_SIMILAR) < _UNSURE):
                one, other = self._of(grams, ones[pair]), self._of(grams, others[pair])
                shared = len(np.intersect1d(one, other, assume_unique=True))
                similar[start + pair] = shared >= LEAST_SIMILAR * (len(one) + len(other) - shared)
        return similar

    def _read(self, name: str) -> NDArray[np.uint32]:
        return np.memmap(self._folder / name, dtype=np.uint32, mode="r")  # anew, to let go of what was read

    def _of(self, grams: NDArray[np.uint32], place: np.intp) -> NDArray[np.uint32]:
        return grams[self._ends[place - 1] if place else 0 : self._ends[place]]


def _joined(blasts: Numbers, left: Numbers, right: Numbers) -> Numbers:
    """Return the blasts with those of each pair made one: every blast takes the least number that it hangs with."""
    ends = blasts[left], blasts[right]
    parent = np.arange(len(blasts), dtype=np.int64)
    while (parent[ends[0]] != parent[ends[1]]).any():
        least = np.minimum(parent[ends[0]], parent[ends[1]])
        for end in ends:
            np.minimum.at(parent, parent[end], least)
        while (parent != parent[parent]).any():
            parent = parent[parent]
    return np.asarray(parent[blasts])
