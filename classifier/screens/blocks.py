"""What a splitter hands on: the lines of one bubble, whose they are, and the time shown for them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from classifier.screens.boxes import Box, Line, Side
from classifier.screens.repair import BESIDE_CHINESE, PARTED
from classifier.text.normalise import Normalised

Off = frozenset[str]
"""Names of the steps that are switched off."""

NOTHING_OFF: Off = frozenset()


@dataclass(slots=True)
class Run:
    """Characters of one visual line of one bubble.

    Attributes:
        text: with the way back to the text of the screen.
        box: where it stands, if known.
        score: of the OCR, if known.
        goes_on: whether the next run of its bubble continues it without a break.

    """

    text: Normalised
    box: Box | None = None
    score: float | None = None
    goes_on: bool = False


@dataclass(slots=True)
class Block:
    """One bubble: what a screen holds of one message."""

    runs: list[Run] = field(default_factory=list)
    time: str = ""
    sender: str = ""
    side: Side = Side.UNKNOWN
    headed: bool = False  # the time stands beside the name of somebody, not for all below it


def run_of(line: Line) -> Run:
    """Return a line as a run, without the blanks around it."""
    shown = line.text.strip()
    start = line.start + (line.text.index(shown) if shown else 0)
    return Run(standing_at(start, shown), line.box, line.score, line.end == "")


def standing_at(start: int, text: str) -> Normalised:
    """Return a text that stands in its source from `start` on, as it is."""
    places = range(start, start + len(text))
    return Normalised(text, tuple(places), tuple(i + 1 for i in places))


def joined(pieces: Iterable[tuple[Normalised, str]]) -> Normalised:
    """Put pieces together, each followed by its glue, which stands for what lies between in the source."""
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    glue = ""
    for piece, following in pieces:
        if not piece.text:
            continue
        at = ends[-1] if ends else 0
        low, high = (at, piece.starts[0]) if piece.starts[0] >= at else (at, at)
        starts += [*([low] * len(glue)), *piece.starts]
        ends += [*([high] * len(glue)), *piece.ends]
        text += (glue, piece.text)
        glue = following
    return Normalised("".join(text), tuple(starts), tuple(ends))


def glue_between(before: str, after: str) -> str:
    """Return what belongs between two halves of a wrapped line: a blank only inside Latin writing.

    >>> glue_between("official", "App"), glue_between("还", "款")
    (' ', '')
    """
    return (
        " " if before[-1:].isascii() and after[:1].isascii() and before[-1:].isalnum() and after[:1].isalnum() else ""
    )


def cells(text: str) -> float:
    """Return the width of a line in Chinese characters; a Latin one takes half, a blank beside Chinese nothing.

    >>> cells("还 款App")
    3.5
    """
    close = PARTED.sub(lambda run: run[0][::2], BESIDE_CHINESE.sub("", text))
    return sum(0.5 if char.isascii() else 1.0 for char in close)
