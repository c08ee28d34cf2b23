"""Looking up many 64-bit keys at once in a fixed table of them, as arrays."""

import numpy as np
from numpy.typing import NDArray

KeyArray = NDArray[np.uint64]
IndexArray = NDArray[np.intp]


class KeyTable:
    """Finds keys among those of a table, uint64 (keys,), which rise.

    Keys are hashes, so they are spread evenly, and the first bits of one say nearly where it stands. Holds no state
    that changes: safe to share between threads.
    """

    def __init__(self, keys: KeyArray) -> None:
        bits = max(1, len(keys).bit_length())
        self._shift = np.uint64(64 - bits)
        sizes = np.bincount((keys >> self._shift).astype(np.intp), minlength=1 << bits)
        self._begins = np.cumsum(sizes) - sizes
        self._keys = np.append(keys, np.iinfo(np.uint64).max)  # something to stop at
        self._count = len(keys)

    def rows(self, wanted: KeyArray) -> tuple[IndexArray, IndexArray]:
        """Return the places in `wanted` of those that are known, rising, and their rows in the table."""
        places = self._begins[(wanted >> self._shift).astype(np.intp)]
        (behind,) = (self._keys[places] < wanted).nonzero()
        while len(behind):
            places[behind] += 1
            behind = behind[self._keys[places[behind]] < wanted[behind]]
        (known,) = ((self._keys[places] == wanted) & (places < self._count)).nonzero()
        return known, places[known]
