"""What a reader of files hands on: lines of text, with their places on the image where the OCR kept them.

Offsets count characters of `Screen.text`: the text of the file where it is text, else the lines of the
OCR in its own order, one below the other.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

_CORNERS = 4


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels from left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """The x of the centre."""
        return (self.left + self.right) / 2

    def around(self, other: "Box") -> "Box":
        """Return the smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def mean_score(pieces: Iterable[tuple[str, float | None]]) -> float | None:
    """Return the mean score of an OCR over texts with their scores, longer ones counting more; None without any."""
    scored = [(score, len(text)) for text, score in pieces if score is not None]
    total = sum(length for _, length in scored)
    return sum(score * length for score, length in scored) / total if total else None


def box_of(raw: Any) -> Box | None:
    """Return the box behind four corner points, or behind x0, y0, x1, y1; None for anything else.

    >>> box_of([[1, 2], [9, 2], [9, 5], [1, 5]]) == box_of([1, 2, 9, 5])
    True
    """
    if not isinstance(raw, (list, tuple)):
        return None
    flat: list[Any] = []
    for item in raw:
        flat += item if isinstance(item, (list, tuple)) else [item]
    if len(flat) < _CORNERS or len(flat) % 2:
        return None
    if not all(isinstance(n, (int, float)) and not isinstance(n, bool) and math.isfinite(n) for n in flat):
        return None
    xs, ys = flat[::2], flat[1::2]
    box = Box(float(min(xs)), float(min(ys)), float(max(xs)), float(max(ys)))
    return box if box.width > 0 and box.height > 0 else None


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the OCR gave it.

    Attributes:
        text: its characters.
        box: where it stands on the image, if known.
        score: how sure the OCR was, 0 to 1, if known.
        end: what the OCR says comes after it: a line break, a blank, or nothing where the line goes on.
        start: offset of its first character in `Screen.text`.

    """

    text: str
    box: Box | None = None
    score: float | None = None
    end: str = "\n"
    start: int = 0


@dataclass(frozen=True, slots=True)
class Screen:
    """One screenshot.

    Attributes:
        name: of the screenshot within its file; empty where the file is the screenshot.
        text: all of it, to which offsets refer.
        lines: in the order of the file.
        width: of the image in pixels, if known.
        height: of the image in pixels, if known.
        ocr: whether an OCR engine certainly wrote it; else its text may be a clean message.
        picture: SHA-256 of the picture's bytes, where it was read off one here.
        engine: name and version of the OCR engine that read it here.

    """

    name: str
    text: str
    lines: tuple[Line, ...]
    width: float | None = None
    height: float | None = None
    ocr: bool = False
    picture: str = ""
    engine: str = ""

    @property
    def boxed(self) -> bool:
        """Whether every line that holds text has its place."""
        return bool(self.lines) and all(line.box is not None for line in self.lines if line.text.strip())


@dataclass(frozen=True, slots=True)
class Unread:
    """A file, or a part of one, that could not be read.

    Attributes:
        reason: why, in words that hold nothing of the content.
        name: of the screenshot within its file.

    """

    reason: str
    name: str = ""


class Side(StrEnum):
    """Whose bubble a message stands in; unknown where nothing shows it (it is then read as incoming)."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A message that its file already keeps apart from others: nothing to split or clean."""

    text: str
    time: str = ""
    sender: str = ""
    side: Side = Side.UNKNOWN
    name: str = ""


Item = Screen | Said | Unread


def screen_of_text(text: str, name: str = "", *, ocr: bool = False) -> Screen:
    """Make a screen of plain text, a line a visual line."""
    lines = []
    at = 0
    for raw in text.split("\n"):
        shown = raw.removesuffix("\r")
        lines.append(Line(shown, start=at))
        at += len(raw) + 1
    return Screen(name, text, tuple(lines), ocr=ocr)


def screen_of_lines(
    lines: Iterable[Line], name: str = "", size: Sequence[float | None] = (None, None), *, ocr: bool = True
) -> Screen:
    """Make a screen of lines with their places; its text is the lines with their ends."""
    placed: list[Line] = []
    pieces: list[str] = []
    at = 0
    for line in lines:
        placed.append(replace(line, start=at))
        pieces += (line.text, line.end)
        at += len(line.text) + len(line.end)
    return Screen(name, "".join(pieces), tuple(placed), size[0], size[1], ocr=ocr)
