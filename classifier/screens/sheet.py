"""The lines of a boxed screen as rows of runs, and the measures by which everything else is told."""

from dataclasses import dataclass, field
from statistics import median

from classifier.screens import chrome
from classifier.screens.blocks import Block, Run, cells, glue_between, joined
from classifier.screens.boxes import Box
from classifier.screens.times import shown_time

LONG = 5
SMALL = 0.87
PITCH = 1.95  # from line to line within a bubble, in heights of a character; from bubble to bubble it is over 2.2
NEAR = 2.7
CENTRED = 0.07
_SAME_ROW = 0.5
_TOUCH = 1.3
_TIGHT = 0.95
_UNSURE = 0.75
_MARGIN = 0.16
_AVATAR = 2


@dataclass(slots=True)
class Sheet:
    """The runs of one screen in rows, and its measures in pixels.

    Attributes:
        rows: from top to bottom, each from left to right.
        width: of the image.
        unit: size of a character of the messages.
        pad: by how much the boxes of this OCR are wider than their text.
        blocks: the bubbles found so far.

    """

    rows: list[list[Run]]
    width: float
    unit: float
    pad: float
    blocks: list[Block] = field(default_factory=list)

    def size(self, run: Run) -> float:
        """Return the size of a run's characters: heights of boxes are too coarse, widths tell it well."""
        return max((box_of_run(run).width - self.pad) / max(cells(run.text.text), 1.0), 1.0)

    def is_small(self, run: Run) -> bool:
        """Whether a run is set smaller than the messages."""
        return self.size(run) < SMALL * self.unit

    def is_centred(self, run: Run) -> bool:
        """Whether a run stands in the middle of the screen."""
        return abs(box_of_run(run).middle - self.width / 2) < CENTRED * self.width

    def apart(self, above: Run, below: Run) -> float:
        """Return how far two lines are apart, from centre to centre, in characters."""
        one, two = box_of_run(above), box_of_run(below)
        return (two.top + two.bottom - one.top - one.bottom) / 2 / self.unit


def box_of_run(run: Run) -> Box:
    """Return where a run stands; in a layout every run does."""
    assert run.box is not None
    return run.box


def measures(runs: list[Run]) -> tuple[float, float]:
    """Return the size of a character, and by how much the boxes of this OCR are wider than their text."""
    long = [run for run in runs if len(run.text.text) > LONG] or runs
    unit = median(box_of_run(run).width / max(cells(run.text.text), 1.0) for run in long)
    pad = max(0.0, median(box_of_run(run).height for run in long) - _TIGHT * unit)
    return median((box_of_run(run).width - pad) / max(cells(run.text.text), 1.0) for run in long), pad


def is_scrap(run: Run) -> bool:
    """Whether a run is an icon: marks alone, or a character or two that the OCR doubted."""
    unsure = run.score is not None and run.score < _UNSURE and len(run.text.text) <= 2
    return unsure or chrome.is_scrap(run.text.text)


def rows_of(runs: list[Run]) -> list[list[Run]]:
    """Group runs into rows from top to bottom, each from left to right; pieces that nearly touch become one."""
    rows: list[list[Run]] = []
    bands: list[Box] = []
    for run in sorted(runs, key=lambda run: (box_of_run(run).top + box_of_run(run).bottom, box_of_run(run).left)):
        box = box_of_run(run)
        if rows:
            shared = min(bands[-1].bottom, box.bottom) - max(bands[-1].top, box.top)
            if shared > _SAME_ROW * min(bands[-1].height, box.height):
                rows[-1].append(run)
                continue
        rows.append([run])
        bands.append(box)
    return [_touching(sorted(row, key=lambda run: box_of_run(run).left)) for row in rows]


def _touching(row: list[Run]) -> list[Run]:
    merged = [row[0]]
    for run in row[1:]:
        before, box = box_of_run(merged[-1]), box_of_run(run)
        gap = box.left - before.right
        if gap < _TOUCH * min(before.height, box.height):
            glue = glue_between(merged[-1].text.text, run.text.text)
            text = joined([(merged[-1].text, glue), (run.text, "")])
            scores = [score for score in (merged[-1].score, run.score) if score is not None]
            merged[-1] = Run(text, before.around(box), min(scores, default=None), run.goes_on)
        else:
            merged.append(run)
    return merged


def guessed_width(runs: list[Run]) -> float:
    """Guess the width of the image: twice the centre of a line of time, else as far right as left of all text."""
    right = max(box_of_run(run).right for run in runs)
    left = min(box_of_run(run).left for run in runs)
    for run in runs:
        time = shown_time(run.text.text)
        if time and time.whole and time.dated and right <= 2 * box_of_run(run).middle <= right + left + 0.2 * right:
            return 2 * box_of_run(run).middle
    return right + left


def commonest(edges: list[float], unit: float) -> float:
    """Return the edge that most others agree with, the leftmost of equals; 0 where there is none."""
    return max(edges, key=lambda edge: (sum(abs(edge - x) < 0.7 * unit for x in edges), -edge), default=0.0)


def without_avatars(runs: list[Run], width: float, unit: float) -> list[Run]:
    """Drop a character or two outside the columns of text, beside a bubble or a name of the same height."""
    body = [box_of_run(run) for run in runs if len(run.text.text) > LONG and box_of_run(run).top > 0.2 * width]
    left_edge = commonest([box.left for box in body], unit)
    right_edge = max((box.right for box in body), default=width)

    def is_avatar(run: Run) -> bool:
        box = box_of_run(run)
        left = box.right < left_edge + 0.3 * unit and box.middle < _MARGIN * width
        right = box.left > right_edge - 0.3 * unit and box.middle > (1 - _MARGIN) * width
        short = sum(map(str.isalnum, run.text.text)) <= _AVATAR and len(run.text.text) <= 2 * _AVATAR
        if not short or not (left or right) or shown_time(run.text.text) or chrome.is_notice(run.text.text):
            return False
        for other in runs:
            beside = box_of_run(other)
            overlap = min(box.bottom, beside.bottom) - max(box.top, beside.top)
            inner = beside.left > box.right if left else beside.right < box.left
            if other is not run and inner and overlap > 0.1 * beside.height and not chrome.is_receipt(other.text.text):
                return True
        return False

    return [run for run in runs if not is_avatar(run)]
