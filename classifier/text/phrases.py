"""Finding many fixed phrases in running text, without word boundaries.

One dictionary look-up for each phrase length that can start with the character at
hand: for texts of a message's length this beats a compiled alternation of thousands
of branches and needs no library.
"""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


def _is_latin(char: str) -> bool:
    return "a" <= char <= "z"


class PhraseTable(Generic[T]):
    """A fixed set of phrases, each with a value, that can be searched for in a text.

    Phrases are matched as plain substrings. A phrase that begins or ends with a Latin
    letter must not be continued by one there ("hk" is not found in "hkt").
    """

    def __init__(self, phrases: Mapping[str, T]) -> None:
        self._values = {phrase: value for phrase, value in phrases.items() if phrase}
        pairs = {(phrase[0], len(phrase)) for phrase in self._values}
        self._lengths: dict[str, tuple[int, ...]] = {}
        for first, size in sorted(pairs, key=lambda pair: -pair[1]):
            self._lengths[first] = (*self._lengths.get(first, ()), size)

    def __len__(self) -> int:
        """Return the number of phrases."""
        return len(self._values)

    def at(self, text: str, start: int) -> Iterator[tuple[int, T]]:
        """Yield (end, value) of every phrase that begins at `start`, longest first."""
        sizes = self._lengths.get(text[start])
        if sizes is None:
            return
        for size in sizes:
            end = start + size
            value = self._values.get(text[start:end])
            if value is None or end > len(text):
                continue
            if _is_latin(text[start]) and start and _is_latin(text[start - 1]):
                continue
            if _is_latin(text[end - 1]) and end < len(text) and _is_latin(text[end]):
                continue
            yield end, value

    def longest(self, text: str) -> Iterator[tuple[int, int, T]]:
        """Yield (start, end, value) of the longest phrases, left to right, without overlap."""
        start = 0
        while start < len(text):
            found = next(self.at(text, start), None)
            if found is None:
                start += 1
                continue
            end, value = found
            yield start, end, value
            start = end
