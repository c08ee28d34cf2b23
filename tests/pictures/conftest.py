import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from classifier.pictures.engines import Engine
from classifier.screens.boxes import Box, Line

CASES = Path(__file__).parent.parent / "cases" / "pictures"
Truth = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session")
def truth() -> Truth:
    """What stands in the pictures of `tests/cases/pictures`."""
    found: Truth = json.loads((CASES / "truth.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def cases() -> Path:
    return CASES


def lines_by_colour(picture: Image.Image) -> list[Line]:
    """Read a picture made of stripes: a line for each run of rows of one colour that is not white."""
    lines: list[Line] = []
    rows = [picture.getpixel((picture.width // 2, y)) for y in range(picture.height)]
    start = 0
    for y in range(1, len(rows) + 1):
        if y == len(rows) or rows[y] != rows[start]:
            if rows[start] != (255, 255, 255):
                text = "行" + bytes(rows[start]).hex()  # type: ignore[arg-type]
                lines.append(Line(text, Box(10, start, picture.width - 10, y), 0.99))
            start = y
    return lines


@pytest.fixture
def striped() -> Engine:
    """An engine that needs no library."""
    return Engine("Stripes", "1", 0.9, lines_by_colour)
