"""Small counts hidden, and others with them where they could be worked out by subtraction.

A count from 1 to 9 may lead to persons. Where a sum and all its parts but one are shown, the hidden one can be
worked out; so in every such line a second count is hidden, the smallest that is left, until nothing changes
(Statistical Disclosure Control: Hundepool et al., 2012, chapter 4). The same where the hidden parts of a line
together stay below the limit. Zeros are shown. Bounds that follow from several lines at once are not worked out.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

LEAST = 10
"""The smallest count that is shown."""

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Line(Generic[Name]):
    """Counts that add up: `parts` to `total`."""

    parts: tuple[Name, ...]
    total: Name


def hidden(counts: Mapping[Name, int], lines: Sequence[Line[Name]], least: int = LEAST) -> set[Name]:
    """Return the names of the counts that must not be shown.

    `counts` holds how many persons stand behind each number (or messages, if persons are not known). Names in
    `lines` that are not in `counts` are zero.
    """
    gone = {name for name, count in counts.items() if 0 < count < least}
    changed = True
    while changed and gone:
        more = {name for line in lines if (name := _to_hide(counts, line, gone, least)) is not None}
        gone |= more
        changed = bool(more)
    return gone


def _to_hide(counts: Mapping[Name, int], line: Line[Name], gone: set[Name], least: int) -> Name | None:
    """Return a further count of a line to hide, or None where the line gives nothing away."""
    away = [name for name in line.parts if name in gone]
    if not away and line.total not in gone:
        return None
    if away if line.total in gone else len(away) > 1 and sum(counts[name] for name in away) >= least:
        return None
    rest = sorted((counts[name], repr(name), name) for name in _shown(counts, line.parts, gone))
    if rest:
        return rest[0][2]
    return None if line.total in gone or not counts.get(line.total) else line.total


def _shown(counts: Mapping[Name, int], names: Iterable[Name], gone: set[Name]) -> list[Name]:
    return [name for name in names if name not in gone and counts.get(name, 0) > 0]
