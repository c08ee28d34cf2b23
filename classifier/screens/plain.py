"""Messages on a screen of which only the lines are known: times, senders and short lines tell them apart.

Nothing is touched unless something on the screen shows that it is one (`is_screen`): a clean message, of one
line or many, stays as it is.
"""

import math
import re
from dataclasses import dataclass
from itertools import pairwise

from classifier.screens import chrome
from classifier.screens.blocks import NOTHING_OFF, Block, Off, Run, cells, run_of
from classifier.screens.boxes import Line, Screen
from classifier.screens.repair import is_spaced
from classifier.screens.times import shown_time
from classifier.text.normalise import Normalised

_WIDE = re.compile(r"\s{3,}")
_MARKS = " 、,，.。'\"‘’“”<>‹›《》〈〉く|_-—=:·…寺+"
_TOP = 4
_BOTTOM = 4
_SHORT_NAME = 12
_NARROWEST = 10
_ENOUGH = 3
_SHORTEST = 8
_ROOM = 1.5
_ROOM_SHARE = 0.15
_STOPS = "。！？!?…~～）)】；;"
_GOES_ON = "，,、：:（(【《“"


def is_screen(screen: Screen) -> bool:
    """Whether the lines hold what only a screen shows: a status bar, a line of time, an input line and the like."""
    if screen.ocr:
        return True
    lines = [line.text for line in screen.lines if line.text.strip()]
    if any(chrome.is_status_bar(text) for text in lines[:_TOP]):
        return True
    if len(lines) < 2:
        return False
    if cells(lines[0]) >= _NARROWEST and all(map(is_spaced, lines[:-1])):
        return True
    if any(shown.whole and shown.dated for shown in map(shown_time, lines) if shown):
        return True
    first = shown_time(lines[0])
    clock = first is not None and first.whole
    signs = (
        clock,
        any(chrome.title_of(text) is not None for text in lines[:_TOP]),
        any(map(chrome.is_input_line, lines[-_BOTTOM:])),
        any(map(chrome.is_receipt, lines)),
        any(map(chrome.is_notice, lines)),
        any(map(chrome.is_download, lines)),
        any(map(chrome.sender_of, lines)),
        any(map(chrome.name_and_time, lines)),
    )
    return sum(signs) > 1 or clock


@dataclass(slots=True)
class _State:
    time: str = ""
    sender: str = ""
    peer: str = ""
    group: bool = False
    widest: float = 0.0
    names: frozenset[str] = frozenset()
    broken: bool = True
    over: bool = False


def blocks_by_lines(screen: Screen, off: Off = NOTHING_OFF) -> list[Block]:
    """Return the messages of a screen in the order of its lines."""
    lines = list(screen.lines)
    filled = [i for i, line in enumerate(lines) if line.text.strip()]
    state = _State()
    blocks: list[Block] = []
    top = _head(lines, filled, state, off)
    body = [cells(lines[i].text.strip()) for i in filled if i not in top and not _is_chrome(lines[i].text)]
    widest = max(body, default=0.0)
    if widest < _NARROWEST and sum(width >= widest - _ROOM for width in body) < _ENOUGH:
        widest = math.inf  # short lines only: nothing shows where a bubble would wrap
    state.widest = widest
    state.group = any(chrome.is_group_title(lines[i].text) for i in top)
    if "senders" not in off and state.group:
        state.names = _names([lines[i].text.strip() for i in filled if i not in top])
    for place, i in enumerate(filled):
        if i in top:
            continue
        if i and not lines[i - 1].text.strip() and blocks and not _goes_on(blocks[-1].runs[-1], widest):
            state.broken = True
        text = lines[i].text
        following = lines[filled[place + 1]].text if place + 1 < len(filled) else ""
        if not _is_taken(text, following, place >= len(filled) - _BOTTOM, blocks, state, off):
            _add(_without_avatar(run_of(lines[i]), state, off), blocks, state, off)
        if state.over:
            break
    for block in blocks:
        block.sender = block.sender or state.peer
    return blocks


def _names(texts: list[str]) -> frozenset[str]:
    """Return the lines of a group that are names: short, and right below a time or there more than once."""
    short = [text for text in texts if len(text) <= _SHORT_NAME and chrome.is_name(text)]
    below = {text for above, text in pairwise(texts) if shown_time(above) and text in short}
    return frozenset(below & set(texts[:-1]) | {text for text in short if short.count(text) > 1})


def _is_chrome(text: str) -> bool:
    beside = chrome.name_and_time(text, closed=True) is not None or chrome.is_status_bar(text)
    return beside or shown_time(text) is not None or chrome.is_input_line(text) or chrome.is_notice(text)


def _is_full(text: str, widest: float) -> bool:
    """Whether a line reaches the edge of a bubble, give or take a character that did not fit."""
    return widest < math.inf and cells(text) >= widest - max(_ROOM, _ROOM_SHARE * widest)


def _head(lines: list[Line], filled: list[int], state: _State, off: Off) -> set[int]:
    """Find the status bar and the title among the first lines; return which lines they are."""
    taken: set[int] = set()
    barred = titled = False
    for place, i in enumerate(filled[:_TOP]):
        text = lines[i].text
        following = lines[filled[place + 1]].text if place + 1 < len(filled) else ""
        core = max(_WIDE.split(text.strip(_MARKS)), key=len).strip(_MARKS)
        title = chrome.title_of(text) if chrome.title_of(text) is not None else chrome.title_of(core)
        clock = shown_time(text)
        if chrome.is_status_bar(text) or (
            place == 0 and clock and clock.whole and not clock.dated and _is_head(following)
        ):
            barred = True
            if "status_bar" not in off:
                taken.add(i)
        elif title is not None or (
            barred and not titled and _is_lone_name(core, following, _WIDE.search(text) is not None)
        ):
            titled = True
            state.peer = state.peer or (core if title is None else title)
            if "title" not in off:
                taken.add(i)
        elif chrome.is_page(text) or chrome.is_scrap(text):
            continue
        else:
            break
    if "title" in off:
        state.peer = ""
    return taken


def _is_head(text: str) -> bool:
    return chrome.title_of(text) is not None or shown_time(text) is not None


def _is_lone_name(text: str, following: str, apart: bool) -> bool:
    """Whether a short line below the status bar is the title: a time follows, or it stands in the middle."""
    short = len(text) <= _SHORT_NAME and chrome.is_name(text)
    return short and (apart or shown_time(following) is not None or chrome.is_notice(following))


def _is_taken(text: str, following: str, low: bool, blocks: list[Block], state: _State, off: Off) -> bool:
    """Whether a line is no part of a message; note what it says in `state`."""
    shown = shown_time(text) if "times" not in off else None
    pair = chrome.name_and_time(text, closed=True) if following and {"times", "senders"}.isdisjoint(off) else None
    held = bool(blocks) and not state.broken and _holds(blocks[-1].runs[-1], text, state)
    named = chrome.name_beside_avatar(text) if state.group else None
    sender = None if "senders" in off or held else named or chrome.sender_of(text)
    if text.strip() in state.names and following and shown_time(following) is None:
        sender = text.strip()
    if shown and (shown.whole or (shown.dated and "月" in shown.shown)):
        state.time, state.sender, state.broken = shown.shown, "", True
    elif "times" not in off and chrome.is_label(text) and shown_time(following):
        state.broken = True
    elif pair:
        state.sender, state.time, state.broken = pair[0], pair[1].shown, True
    elif chrome.is_receipt(text) and "receipts" not in off:
        state.broken = True  # without boxes it is no proof of whose message stands above: none is hidden for it
    elif low and chrome.is_input_line(text) and "input_line" not in off:
        state.over = True
    elif sender is not None:
        state.sender, state.broken = sender, True
    elif not held and (
        chrome.is_clutter(text, off)
        or (chrome.is_scrap(text) and "scraps" not in off)
        or (chrome.is_status_bar(text) and "status_bar" not in off)
    ):
        state.broken = state.broken or not chrome.is_scrap(text)
    else:
        return False
    return True


def _without_avatar(run: Run, state: _State, off: Off) -> Run:
    """Drop the first character of the sender's name before a line: an avatar read along with it."""
    name = state.sender or state.peer
    text = run.text.text
    if "scraps" in off or not name or len(text) < _SHORTEST or text[0] != name[0] or not text[1:2].isspace():
        return run
    cut = len(text) - len(text[1:].lstrip())
    return Run(Normalised(text[cut:], run.text.starts[cut:], run.text.ends[cut:]), score=run.score, goes_on=run.goes_on)


def _holds(last: Run, text: str, state: _State) -> bool:
    """Whether a line goes on with the one above: it is text then, whatever it looks like."""
    return _goes_on(last, state.widest) or _is_cut(last.text.text, text)


def _is_cut(above: str, below: str) -> bool:
    """Whether a word or a number is cut at the end of a line."""
    one, two = above[-1:], below.lstrip()[:1]
    return (
        (one.isascii() and two.isascii() and one.isalnum() and two.isalnum())
        or one in "-/"
        or two in ",.，。、；：;:!?！？)）】"
    )


def _goes_on(run: Run, widest: float) -> bool:
    """Whether a line is full, so that what follows belongs to it."""
    text = run.text.text
    return run.goes_on or text[-1] in _GOES_ON or (_is_full(text, widest) and text[-1] not in _STOPS)


def _add(run: Run, blocks: list[Block], state: _State, off: Off) -> None:
    text = run.text.text
    last = blocks[-1].runs[-1] if blocks else None
    if last is None or ("split" not in off and (state.broken or _begins(last, text, state.widest))):
        blocks.append(Block([run], state.time, state.sender))
        state.sender = ""
    else:
        last.goes_on = last.goes_on or _is_full(last.text.text, state.widest) or _is_cut(last.text.text, text)
        blocks[-1].runs.append(run)
    state.broken = False


def _begins(last: Run, text: str, widest: float) -> bool:
    """Whether a line begins a message: the one above ended short, or this one opens with a 【signature】."""
    above = last.text.text
    full = _is_full(above, widest)
    if text.startswith("【") and (not full or above[-1] in _STOPS):
        return True
    if text[0] in "，。、；：,;:!?！？）)】":
        return False
    return not full and above[-1] not in _GOES_ON and not last.goes_on
