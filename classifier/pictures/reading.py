"""A picture in, a screen out: opened, turned upright, read band by band."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from classifier.pictures.bands import bands_of, merged
from classifier.pictures.engines import Engine
from classifier.pictures.opening import MOST_PIXELS, open_picture
from classifier.screens.boxes import Line, Screen, screen_of_lines

if TYPE_CHECKING:
    from PIL import Image

VERSION = 1
"""Raised when pictures come to be read in another way, so that nothing older is taken from a cache."""

LOW_CONFIDENCE = "low_ocr_confidence"
"""Review reason of a message that the engine was unsure of."""

_DOUBTFUL_SCORE = 0.75
_STANDING = 0.5
_BETTER = 1.2
_SHORT = 3


def read_picture(data: bytes, engine: Engine, most_pixels: int = MOST_PIXELS) -> Screen:
    """Read a picture; the screen says which it was (SHA-256 of `data`), and which engine read it.

    Raises:
        InputError: it cannot be opened or read; the words say why.
        MissingExtraError: a library for pictures is missing.

    """
    lines, (width, height) = upright(open_picture(data, most_pixels), engine)
    screen = screen_of_lines(lines, "", (float(width), float(height)))
    return replace(screen, picture=sha256(data).hexdigest(), engine=engine.label)


def upright(picture: "Image.Image", engine: Engine) -> tuple[list[Line], tuple[int, int]]:
    """Return the lines of a picture and its size, turned by quarters where it cannot be read as it is."""
    from PIL import Image

    best, size = _read(picture, engine), picture.size
    if not _is_doubtful(best):
        return best, size
    for quarter in (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180):
        turned = picture.transpose(quarter)
        found = _read(turned, engine)
        if _worth(found) > _BETTER * _worth(best):
            best, size = found, turned.size
    return best, size


def _read(picture: "Image.Image", engine: Engine) -> list[Line]:
    bands = bands_of(*picture.size)
    found = [engine.read(picture.crop((0, top, picture.width, bottom))) for top, bottom in bands]
    return merged(bands, found, picture.height)


def _is_doubtful(lines: Sequence[Line]) -> bool:
    """Whether lines stand on end, or were read so badly that the picture may lie on its side or its head."""
    total = sum(len(line.text) for line in lines)
    standing = sum(len(line.text) for line in lines if _stands(line))
    return standing > _STANDING * total or sum(_value(line) for line in lines) <= _DOUBTFUL_SCORE * total


def _stands(line: Line) -> bool:
    return line.box is not None and len(line.text) >= _SHORT and line.box.height > line.box.width


def _worth(lines: Sequence[Line]) -> float:
    """Return how much was read: characters, each as much as the engine was sure of it, in lines that lie."""
    return sum(_value(line) ** 2 / max(len(line.text), 1) for line in lines if not _stands(line))


def _value(line: Line) -> float:
    return len(line.text) * (1.0 if line.score is None else line.score)
