"""Examples that many people received, without what only some of their copies say.

Chosen from blasts of at least `least` messages. Each copy is redacted; then only runs of characters that at least
`least` copies share are kept, so what redaction overlooks goes too if it differs from copy to copy. A name that
every copy bears, as when a debtor's contacts are told of him, is left to redaction alone: a person must look.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

MEMBERS = 200
"""Copies of a blast that are looked at."""

GAP = "…"
_GRAM = 4
_LONGEST = 300
_LEAST_KEPT = 0.5


@dataclass(frozen=True, slots=True)
class Example:
    """A message as at least `copies` copies have it, and what was said of them."""

    outcome: str
    copies: int
    text: str


def common_text(texts: Sequence[str], least: int) -> str | None:
    """Return one of the texts with everything replaced by "…" that fewer than `least` of them share.

    None where nothing much is left.
    """
    grams = Counter(gram for text in texts for gram in {text[i : i + _GRAM] for i in range(len(text) - _GRAM + 1)})
    best = max(texts, key=lambda text: (sum(_kept(text, grams, least)), text), default="")
    kept = _kept(best, grams, least)
    if not best or sum(kept) < _LEAST_KEPT * len(best):
        return None
    shown = "".join(char if keep else GAP for char, keep in zip(best, kept, strict=True))
    while GAP * 2 in shown:
        shown = shown.replace(GAP * 2, GAP)
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + GAP


def _kept(text: str, grams: Mapping[str, int], least: int) -> list[bool]:
    kept = [False] * len(text)
    for i in range(len(text) - _GRAM + 1):
        if grams[text[i : i + _GRAM]] >= least:
            kept[i : i + _GRAM] = [True] * _GRAM
    return kept


def make_examples(
    blasts: Iterable[tuple[str, int, Sequence[int]]],
    texts: Mapping[int, str],
    redact: Callable[[str], str],
    least: int,
) -> list[Example]:
    """Return an example of each blast, given as outcome, size and row numbers of copies."""
    made: list[Example] = []
    seen: set[str] = set()
    for outcome, size, rows in blasts:
        text = common_text([redact(texts[row]) for row in rows if row in texts], least)
        if text is not None and text not in seen:
            seen.add(text)
            made.append(Example(outcome, size, text))
    return made
