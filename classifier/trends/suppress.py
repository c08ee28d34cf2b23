"""Small counts hidden, and others with them where they could be worked out by subtraction.

A count from 1 to 9 may lead to persons. Where a sum and all its parts but one are shown, the hidden one can be
worked out; so in every such line a second count is hidden, the smallest that is left, until nothing changes
(Statistical Disclosure Control: Hundepool et al., 2012, chapter 4). The same where the hidden parts of a line
together stay below the limit. Then several lines are taken at once: where all of them together still fix a small
count, one more goes, until none is fixed. Zeros are shown. Bounds that follow from several lines are not worked out.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from classifier.extras import needs

LEAST = 10
"""The smallest count that is shown."""

_SEED = 0
_FIXED = 1e-6

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
    small = {name for name, count in counts.items() if 0 < count < least}
    gone = _hidden_in_lines(counts, lines, small, least)
    given_away = fixed(lines, gone)
    while more := _partners(counts, lines, gone, small & given_away):
        gone = _hidden_in_lines(counts, lines, gone | more, least)
        given_away = fixed(lines, gone)
    return gone


def _hidden_in_lines(counts: Mapping[Name, int], lines: Sequence[Line[Name]], gone: set[Name], least: int) -> set[Name]:
    """Return what must not be shown where each line is looked at alone."""
    while more := {name for line in lines if (name := _to_hide(counts, line, gone, least)) is not None}:
        gone = gone | more
    return gone


def fixed(lines: Sequence[Line[Name]], gone: set[Name]) -> set[Name]:
    """Return the hidden counts that all lines together give away.

    A count is fixed when no change of the hidden ones that leaves every sum as it is changes it: when it is zero in a
    random such change, a random vector less what the lines say of it (least squares).
    """
    with needs("trends"):
        from scipy.sparse import csr_array
        from scipy.sparse.linalg import lsqr

    places = {name: i for i, name in enumerate(sorted(gone, key=repr))}
    entries: list[tuple[int, int, float]] = []
    for number, line in enumerate(lines):
        signed = [(name, 1.0) for name in line.parts] + [(line.total, -1.0)]
        entries += [(number, places[name], sign) for name, sign in signed if name in places]
    if not entries:
        return set()
    rows, columns, signs = zip(*entries, strict=True)
    sums = csr_array((signs, (rows, columns)), shape=(len(lines), len(places)))
    change = np.random.default_rng(_SEED).standard_normal(len(places))
    said = lsqr(sums, sums @ change, atol=1e-13, btol=1e-13, iter_lim=20 * len(places))[0]
    return {name for name, i in places.items() if abs(change[i] - said[i]) < _FIXED}


def _partners(
    counts: Mapping[Name, int], lines: Sequence[Line[Name]], gone: set[Name], given_away: set[Name]
) -> set[Name]:
    """Return for each count that is given away the smallest that is still shown beside it.

    Where nothing is shown beside any of them, the smallest of a line with a hidden count; none where all is hidden.
    """
    if not given_away:
        return set()
    beside: dict[Name, set[Name]] = defaultdict(set)
    for line in lines:
        names = {*line.parts, line.total}
        for name in names & given_away:
            beside[name] |= names
    shown = [found for names in beside.values() if (found := _shown(counts, names, gone))]
    if not shown:
        touched = [names for line in lines if gone & (names := {*line.parts, line.total})]
        shown = [found for names in touched if (found := _shown(counts, names, gone))][:1]
    return {min(names, key=lambda name: (counts[name], repr(name))) for names in shown}


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
