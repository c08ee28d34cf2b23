"""Long screenshots: cut into bands that overlap, read one by one, put together without doubled lines.

An engine shrinks what is too long until its text can no longer be read. The overlap is several lines high, so
every line is whole in at least one band; where both hold it, that of the upper band is taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from classifier.screens.boxes import Box, Line

_LONG = 2.6  # times as high as wide; phones reach 2.3
_BAND = 2.2
_OVERLAP = 0.3
_LEAST_BAND = 960
_EDGE = 3
_SAME = 0.5

Band = tuple[int, int]
"""First row of pixels, and the one after the last."""


def bands_of(width: int, height: int) -> list[Band]:
    """Cut a height into bands; a picture of ordinary shape is one.

    >>> bands_of(1000, 2300), bands_of(1000, 5000)
    ([(0, 2300)], [(0, 2200), (1900, 4100), (2800, 5000)])
    """
    high = max(round(_BAND * width), _LEAST_BAND)
    if height <= max(_LONG * width, _LEAST_BAND):
        return [(0, height)]
    step = high - max(round(_OVERLAP * width), _LEAST_BAND // 8)
    starts = [*range(0, height - high, step), height - high]
    return [(start, start + high) for start in starts]


def merged(bands: Sequence[Band], found: Sequence[Sequence[Line]], height: int) -> list[Line]:
    """Return the lines of a whole picture from those of its bands; boxes count from the top of the picture."""
    kept: list[Line] = []
    for (top, bottom), lines in zip(bands, found, strict=True):
        before = [line.box for line in kept if line.box is not None and line.box.bottom > top]
        whole = _whole(lines, top, bottom, height)
        kept += [line for line in whole if line.box is None or not any(_is_same(line.box, box) for box in before)]
    return kept


def _whole(lines: Sequence[Line], top: int, bottom: int, height: int) -> Iterator[Line]:
    """Yield the lines of a band but those that its lower edge has cut; what the upper one cut, the band above holds."""
    for line in lines:
        box = line.box
        if box is None:
            yield line
        elif box.bottom < bottom - top - _EDGE or bottom == height:
            yield replace(line, box=Box(box.left, box.top + top, box.right, box.bottom + top))


def _is_same(one: Box, two: Box) -> bool:
    """Whether two boxes share most of the smaller one."""
    wide = min(one.right, two.right) - max(one.left, two.left)
    high = min(one.bottom, two.bottom) - max(one.top, two.top)
    return wide > 0 and high > 0 and wide * high > _SAME * min(one.width * one.height, two.width * two.height)
