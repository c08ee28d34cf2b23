"""Blasts: messages that are one text but for names, numbers and slips of the pen, found without comparing all pairs.

A message is normalised and its particulars are masked; its character trigrams become a MinHash signature
(Broder, 1997; 128 slots, by `rensa`). Texts that agree on one of 32 bands of 4 slots are compared with the first
text of the band's bucket, and belong together when their signatures agree on 60 % of the slots; what hangs
together is a blast. A lender's 【signature】 is masked too, so one template sent by two lenders is one blast.

Signatures lie on disk: memory grows by some tens of bytes for each distinct masked text. No text is written.
"""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from classifier.extras import needs
from classifier.text.normalise import Normaliser
from classifier.text.placeholders import mask

LEAST_SIMILAR = 0.6
"""Estimated Jaccard similarity of trigram sets from which two texts are one."""

_SLOTS, _BANDS = 128, 32
_PER_BAND = _SLOTS // _BANDS
_SEED = 20250313
_GRAM = 3
_REMEMBERED = 50_000
_CHUNK = 1 << 14
_MIX = np.uint64(0x9E3779B97F4A7C15)

Keys = NDArray[np.uint64]
Numbers = NDArray[np.int64]


class BlastIndex:
    """Takes texts in batches, keeps their signatures in a folder, and links them when all are in.

    Raises:
        MissingExtraError: `rensa` is not installed.

    """

    def __init__(self, folder: Path) -> None:
        with needs("trends"):
            import rensa
        self._digest: Any = rensa.RMinHash.digest_matrix_from_token_sets
        self._normalise = Normaliser()
        self._remembered: dict[str, int] = {}
        self._written: set[int] = set()
        self._folder = folder
        self._keys: IO[bytes] = (folder / "keys").open("wb")
        self._signatures: IO[bytes] = (folder / "signatures").open("wb")
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
        grams = [_grams(text) for text in fresh.values()]
        signatures = np.array(self._digest(grams, _SLOTS, _SEED).to_rows(), dtype=np.uint32)
        np.array(list(fresh), dtype=np.uint64).tofile(self._keys)
        signatures.tofile(self._signatures)
        for band, file in enumerate(self._bands):
            _bucket(signatures[:, band * _PER_BAND : (band + 1) * _PER_BAND]).tofile(file)

    def close(self) -> None:
        """Close the files; they stay in the folder."""
        for file in (self._keys, self._signatures, *self._bands):
            file.close()

    def link(self) -> tuple[Keys, Numbers]:
        """Return all keys, rising, and the number of the blast of each; after that the index takes nothing more."""
        self.close()
        keys, first = np.unique(np.fromfile(self._folder / "keys", dtype=np.uint64), return_index=True)
        if not len(keys):
            return keys, np.zeros(0, dtype=np.int64)
        blasts = np.arange(len(keys), dtype=np.int64)
        for band in range(_BANDS):
            buckets = np.fromfile(self._folder / f"band{band}", dtype=np.uint64)[first]
            blasts = _joined(blasts, *_similar(blasts, buckets, self._folder / "signatures", first))
        return keys, blasts


def _grams(text: str) -> list[str]:
    return list({text[i : i + _GRAM] for i in range(max(1, len(text) - _GRAM + 1))})


def _bucket(slots: NDArray[np.uint32]) -> Keys:
    """Return one number for the slots of a band, arithmetic modulo 2**64."""
    mixed = np.zeros(len(slots), dtype=np.uint64)
    for column in range(slots.shape[1]):
        mixed = (mixed ^ slots[:, column]) * _MIX
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _similar(blasts: Numbers, buckets: Keys, path: Path, places: NDArray[np.intp]) -> tuple[Numbers, Numbers]:
    """Return pairs of texts, each with the first of its bucket, that are similar and not yet in one blast."""
    order = np.argsort(buckets, kind="stable")
    ordered = buckets[order]
    begins = np.r_[True, ordered[1:] != ordered[:-1]]
    heads = order[np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))]
    new = blasts[order] != blasts[heads]
    left, right = order[new], heads[new]
    similar = np.zeros(len(left), dtype=bool)
    for start in range(0, len(left), _CHUNK):
        signatures = np.memmap(path, dtype=np.uint32, mode="r").reshape(-1, _SLOTS)  # anew, to let go of what was read
        part = slice(start, start + _CHUNK)
        agree = signatures[places[left[part]]] == signatures[places[right[part]]]
        similar[part] = agree.mean(axis=1) >= LEAST_SIMILAR
    return left[similar], right[similar]


def _joined(blasts: Numbers, left: Numbers, right: Numbers) -> Numbers:
    if not len(left):
        return blasts
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = int(blasts.max()) + 1
    links = coo_array((np.ones(len(left), dtype=np.int8), (blasts[left], blasts[right])), shape=(size, size))
    component: Numbers = connected_components(links, directed=False)[1].astype(np.int64)
    return component[blasts]
