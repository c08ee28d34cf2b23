"""Which messages repeat each other: the same text, or the same blast with another name, amount or link in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from classifier.dossier.entries import Entry
from classifier.text.blasts import group


@dataclass(frozen=True, slots=True)
class Repeat:
    """Messages that repeat each other: their numbers, by time, and whether their texts are equal."""

    numbers: tuple[int, ...]
    exact: bool


def find_repeats(entries: Sequence[Entry]) -> tuple[Repeat, ...]:
    """Group collection messages that repeat each other; copies made by an export do not count."""
    blasts: dict[int, list[Entry]] = {}
    collecting = [entry for entry in entries if entry.collects]
    for entry, blast in zip(collecting, group([entry.message.text for entry in collecting]), strict=True):
        blasts.setdefault(blast, []).append(entry)
    return tuple(
        Repeat(tuple(entry.number for entry in home), len({entry.message.text for entry in home}) == 1)
        for home in blasts.values()
        if len(home) > 1
    )
