from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from classifier.pictures.bands import bands_of, merged
from classifier.pictures.engines import Engine
from classifier.pictures.reading import upright
from classifier.screens.boxes import Box, Line


@given(st.integers(16, 3000), st.integers(16, 60_000))
def test_bands_cover_every_row_and_overlap(width: int, height: int) -> None:
    bands = bands_of(width, height)
    assert (bands[0][0], bands[-1][1]) == (0, height)
    for (top, bottom), (start, _) in pairwise(bands):
        assert top < start < bottom
        assert bottom - start >= min(0.29 * width, 100)
    if len(bands) > 1:
        assert len({bottom - top for top, bottom in bands}) == 1


def test_a_screenshot_of_ordinary_shape_is_one_band() -> None:
    assert [bands_of(*size) for size in ((1080, 2400), (1170, 2532), (480, 800), (1920, 1080))] == [
        [(0, 2400)],
        [(0, 2532)],
        [(0, 800)],
        [(0, 1080)],
    ]


@given(st.data())
def test_every_line_comes_once_and_in_its_place(data: st.DataObject) -> None:
    """Lines that stand apart, seen by each band as far as it reaches: cut ones too."""
    width = 1000
    height = data.draw(st.integers(3_000, 12_000))
    tops = range(data.draw(st.integers(5, 60)), height - 80, data.draw(st.integers(60, 200)))
    wanted = [Line(f"行{top}", Box(50, top, 600, top + 45), 0.9) for top in tops]
    bands = bands_of(width, height)
    found = []
    for top, bottom in bands:
        seen = []
        for line in wanted:
            box = line.box
            assert box is not None
            if box.bottom > top and box.top < bottom:
                shown = Box(50, max(box.top - top, 0), 600, min(box.bottom, bottom) - top)
                cut = box.top < top or box.bottom > bottom
                seen.append(Line("残" if cut else line.text, shown, 0.9))
        found.append(seen)
    assert [(line.text, line.box) for line in merged(bands, found, height)] == [
        (line.text, line.box) for line in wanted
    ]


def test_two_boxes_side_by_side_in_the_overlap_are_two() -> None:
    bands = [(0, 2200), (1900, 4100)]
    pair = [Line("左", Box(10, 2000, 100, 2040)), Line("右", Box(500, 2000, 900, 2040))]
    below = [Line("左右", Box(12, 99, 890, 141))]
    assert [line.text for line in merged(bands, [pair, below], 4100)] == ["左", "右"]


@pytest.mark.parametrize("height", [2_000, 9_000])
def test_a_long_picture_is_read_in_bands(striped: Engine, height: int) -> None:
    picture = Image.new("RGB", (600, height), "white")
    wanted = []
    for number, top in enumerate(range(50, height - 50, 90)):
        picture.paste((number, 1, 1), (0, top, 600, top + 30))
        wanted.append((f"行{number:02x}0101", float(top)))
    lines, size = upright(picture, striped)
    assert size == (600, height)
    assert [(line.text, line.box and line.box.top) for line in lines] == wanted
