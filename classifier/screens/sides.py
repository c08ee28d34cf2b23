"""Whose a bubble is, and which of its lines go on in the next."""

from functools import reduce
from itertools import pairwise

from classifier.screens.blocks import Block, Run
from classifier.screens.boxes import Box, Side
from classifier.screens.sheet import NEAR, Sheet, box_of_run, commonest

_FULL = 1.6
_WIDE = 0.4
_OWN_EDGE = 0.2


def tell_sides(blocks: list[Block], width: float, unit: float) -> None:
    """Say of every bubble whose it is, by the edge that it shares with others of its side."""
    spans = [_span(block) for block in blocks]
    lefts = [box.left for box in spans if box.left < 0.25 * width and box.left <= width - box.right + unit]
    rights = [box.right for box in spans if box.right > 0.78 * width]
    left_edge = commonest(lefts, unit)
    right_edge = max(rights, default=width)
    for block, box in zip(blocks, spans, strict=True):
        near_left = abs(box.left - left_edge) < 0.7 * unit and bool(lefts)
        near_right = right_edge - box.right < _FULL * unit and box.right > 0.78 * width and box.left > 0.15 * width
        own = near_right and not near_left if near_left != near_right else box.left > width - box.right + unit
        block.side = Side.OUTGOING if own else Side.INCOMING


def tell_sent(sheet: Sheet, receipts: list[Run]) -> None:
    """Give each 已读 or 送达 to the bubble beside or above it: that one was sent by the owner."""
    for receipt in receipts:
        box = box_of_run(receipt)

        def away(block: Block, box: Box = box) -> float:
            span = _span(block)
            return max(span.top - box.bottom, box.top - span.bottom, 0.0) + (box.top < span.top) * sheet.unit

        nearest = min(sheet.blocks, key=away, default=None)
        far_left = nearest is not None and _span(nearest).left < _OWN_EDGE * sheet.width
        if nearest is not None and not far_left and away(nearest) < NEAR * sheet.unit:
            nearest.side = Side.OUTGOING


def _span(block: Block) -> Box:
    return reduce(Box.around, map(box_of_run, block.runs))


def tell_wraps(block: Block, width: float, unit: float) -> None:
    """Mark the runs that go on in the next one: they reach the right edge of a wide bubble."""
    span = _span(block)
    for run, below in pairwise(block.runs):
        room = span.right - box_of_run(run).right
        first = below.text.text.split(" ")[0]
        needed = unit * (_FULL if not first.isascii() else max(_FULL, 0.6 * len(first)))
        run.goes_on = run.goes_on or (room < needed and span.width > _WIDE * width)
