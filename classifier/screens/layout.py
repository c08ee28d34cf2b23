"""Messages on a screen whose lines have boxes: reading order, bubbles, sides, gaps.

1. Boxes of one row that nearly touch become one run; rows go from top to bottom.
2. Bars at the top and the bottom are told by pattern and place; what stands below the input line is dropped.
3. Times, names and receipts are told by pattern, size and place, and given to the bubble they belong to.
4. Runs become bubbles: same side, left edges agree, size agrees, lines less than `PITCH` characters apart.
5. A bubble at the left edge that all incoming ones share is incoming; one at the right edge is a reply.
"""

from itertools import pairwise

from classifier.screens import chrome
from classifier.screens.bars import without_bars
from classifier.screens.blocks import NOTHING_OFF, Block, Off, Run, run_of
from classifier.screens.boxes import Screen, Side
from classifier.screens.sheet import (
    LONG,
    NEAR,
    PITCH,
    SMALL,
    Sheet,
    box_of_run,
    guessed_width,
    is_scrap,
    measures,
    rows_of,
    without_avatars,
)
from classifier.screens.sides import tell_sent, tell_sides, tell_wraps
from classifier.screens.times import shown_time

_INSET = 0.45  # a bubble's text stands further in than the name above the bubble
_SIMILAR = (0.75, 1.34)


def blocks_by_layout(screen: Screen, off: Off = NOTHING_OFF) -> list[Block]:
    """Return the bubbles of a screen, from top to bottom; every line of `screen` has a box."""
    runs = [run_of(line) for line in screen.lines if line.text.strip()]
    if "scraps" not in off:
        runs = [run for run in runs if not is_scrap(run)]
    if not runs:
        return []
    unit, pad = measures(runs)
    unit = max(unit, 1.0)
    width = screen.width or guessed_width(runs)
    if "scraps" not in off:
        runs = without_avatars(runs, width, unit)
    receipts = [] if "receipts" in off else [run for run in runs if chrome.is_receipt(run.text.text)]
    peer, rows = without_bars(rows_of([run for run in runs if run not in receipts]), width, unit, off)
    sheet = Sheet(rows, width, unit, pad)
    _fill(sheet, off)
    tell_sides(sheet.blocks, width, unit)
    tell_sent(sheet, receipts)
    for block in sheet.blocks:
        if block.side is not Side.OUTGOING:
            block.sender = block.sender or peer
        else:
            block.sender, block.time = "", "" if block.headed else block.time
        tell_wraps(block, width, unit)
    return sheet.blocks


def _fill(sheet: Sheet, off: Off) -> None:
    """Go down the rows and put every run into its bubble."""
    time = sender = ""
    flat = [run for row in sheet.rows for run in row]
    rows = {id(run): row for row in sheet.rows for run in row}
    after = {id(a): b for a, b in pairwise(flat)}
    skipped: set[int] = set()
    broken, headed = True, False
    for run in flat:
        if id(run) in skipped:
            continue
        text, row = run.text.text, rows[id(run)]
        shown = shown_time(text) if "times" not in off else None
        pair = _header(row) if {"times", "senders"}.isdisjoint(off) and row is not sheet.rows[-1] else None
        held = None if broken and "split" not in off else _open_block(sheet, run, off)
        if held is not None and not (shown and sheet.is_small(run)) and "split" not in off:
            held.runs.append(run)  # what goes on in a bubble is text, whatever it looks like
        elif pair and (len(row) > 1 or sheet.is_small(run)):
            sender, time, broken, headed = *pair, True, True
            skipped |= {id(r) for r in row}
        elif shown and (shown.whole or sheet.is_small(run) or sheet.is_centred(run)):
            if not sheet.is_centred(run) and _is_foot(run, after.get(id(run)), sheet):
                sheet.blocks[-1].time = sheet.blocks[-1].time or shown.shown
            else:
                time, sender, broken, headed = shown.shown, "", True, False
        elif chrome.is_clutter(text, off) or (
            "times" not in off and chrome.is_label(text) and _is_above_time(run, after)
        ):
            broken = True
        elif "senders" not in off and (named := _sender(run, after.get(id(run)), sheet)) is not None:
            sender, broken = named, True
        else:
            if held is None:
                sheet.blocks.append(Block([run], time, sender, headed=headed))
                sender = ""
            else:
                held.runs.append(run)
            broken = False


def _is_above_time(run: Run, after: dict[int, Run]) -> bool:
    below = after.get(id(run))
    return below is not None and shown_time(below.text.text) is not None


def _header(row: list[Run]) -> tuple[str, str] | None:
    """Return name and time of a row that holds the two, as lists and some chats show them."""
    pair = chrome.name_and_time(" ".join(run.text.text for run in row), closed=True)
    if pair:
        return pair[0], pair[1].shown
    time = shown_time(row[-1].text.text)
    name = row[0].text.text
    named = len(row) == 2 and (chrome.is_name(name) or chrome.sender_of(name) is not None)
    return (chrome.sender_of(name) or name, time.shown) if named and time else None


def _is_foot(run: Run, below: Run | None, sheet: Sheet) -> bool:
    """Whether a small line stands right below the last bubble, as some apps show the time."""
    if not sheet.blocks or not sheet.is_small(run):
        return False
    gap = sheet.apart(sheet.blocks[-1].runs[-1], run)
    return gap < NEAR + 0.3 and (below is None or gap < sheet.apart(run, below))


def _sender(run: Run, below: Run | None, sheet: Sheet) -> str | None:
    """Return the name above a bubble: a line of a sender's number, or a small short line at its left."""
    stated = chrome.sender_of(run.text.text)
    if stated is not None:
        return stated
    if below is None or not chrome.is_name(run.text.text):
        return None
    box, under = box_of_run(run), box_of_run(below)
    inset = (under.left - box.left) / sheet.unit
    beside = -0.6 < inset < 2.5 and box.left < 0.4 * sheet.width
    if not beside and box.right > 0.7 * sheet.width and sheet.is_small(run):  # above one's own bubble
        inset = (box.right - under.right) / sheet.unit
        beside = -0.6 < inset < 2.5 and under.left > 0.15 * sheet.width
    measured = sheet.size(below) if len(below.text.text) >= LONG else sheet.unit  # a box of few characters is coarse
    unlike = sheet.size(run) < SMALL * measured or inset > _INSET
    return run.text.text if beside and unlike and 0 < sheet.apart(run, below) < NEAR else None


def _open_block(sheet: Sheet, run: Run, off: Off) -> Block | None:
    """Return the bubble that a run belongs to: the last one, if edge, size and distance agree."""
    if not sheet.blocks:
        return None
    block = sheet.blocks[-1]
    if "split" in off:
        return block
    low, high = _SIMILAR
    alike = (
        low < sheet.size(run) / sheet.size(block.runs[-1]) < high
        or min(len(run.text.text), len(block.runs[-1].text.text)) < 4
    )
    edge = min(box_of_run(r).left for r in block.runs)
    near = sheet.apart(block.runs[-1], run) < PITCH
    return block if near and alike and abs(box_of_run(run).left - edge) < 1.2 * sheet.unit else None
