"""The splitter on screenshots that two OCR engines read: `benchmarks/screens.py` measures the same in full."""

import pytest

from benchmarks.screens import Tally, read_shots, split_figures

Figures = dict[tuple[str, str], Tally]


@pytest.fixture(scope="module")
def figures() -> Figures:
    return split_figures(read_shots())


@pytest.mark.parametrize(("condition", "least"), [("boxes", 0.95), ("lines", 0.85), ("tesseract", 0.7)])
def test_screenshots_split_into_their_messages(figures: Figures, condition: str, least: float) -> None:
    assert figures[condition, "all"].wanted >= 150
    assert figures[condition, "all"].f1 >= least


def test_own_replies_are_told_by_their_side_and_hide_no_message(figures: Figures) -> None:
    found = figures["boxes", "all"]
    assert found.sides >= 0.97 * found.found
    assert found.hidden == 0
