"""Which messages repeat each other: the same text, or the same blast with another name, amount or link in it."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from classifier.dossier.entries import Entry

SAME = 0.7
"""Least share of three-character pieces that two texts have in common (Jaccard) to count as one blast."""

SHORTEST = 10
"""Characters below which only equal texts count: short ones are alike by chance."""

MOST_COMPARED = 1000
"""Different texts that are compared with each other; beyond them only equal ones are found."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Messages that repeat each other: their numbers, by time, and whether their texts are equal."""

    numbers: tuple[int, ...]
    exact: bool


def find_repeats(entries: Sequence[Entry]) -> tuple[Repeat, ...]:
    """Group collection messages that repeat each other; copies made by an export do not count.

    Digits, blanks and punctuation are left out of the comparison. A text joins the first group whose first text
    is near enough, so that a chain of small changes does not join what differs.
    """
    groups: list[tuple[str, frozenset[str], list[Entry]]] = []
    by_core: dict[str, list[Entry]] = {}
    for entry in (entry for entry in entries if entry.collects):
        core = _core(entry.message.text)
        home = by_core.get(core)
        if home is None:
            pieces = _pieces(core)
            home = _near(groups, pieces) if len(core) >= SHORTEST and len(groups) < MOST_COMPARED else None
            if home is None:
                home = []
                groups.append((core, pieces, home))
            by_core[core] = home
        home.append(entry)
    return tuple(
        Repeat(tuple(entry.number for entry in home), len({entry.message.text for entry in home}) == 1)
        for _, _, home in groups
        if len(home) > 1
    )


def _core(text: str) -> str:
    kept = (c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum() and not c.isdigit())
    return "".join(kept) or text


def _pieces(core: str) -> frozenset[str]:
    return frozenset(core[i : i + 3] for i in range(len(core) - 2))


def _near(groups: Iterable[tuple[str, frozenset[str], list[Entry]]], pieces: frozenset[str]) -> list[Entry] | None:
    for core, others, home in groups:
        if len(core) < SHORTEST or min(len(others), len(pieces)) < SAME * max(len(others), len(pieces)):
            continue
        shared = len(others & pieces)
        if shared >= SAME * (len(others) + len(pieces) - shared):
            return home
    return None
