"""The bars of a screen: status bar and title at the top, input line at the bottom."""

from classifier.screens import chrome
from classifier.screens.blocks import Off, Run
from classifier.screens.sheet import CENTRED, PITCH, box_of_run
from classifier.screens.times import shown_time

_HEAD = 0.3  # of the width: status bar and title stand above; heights of shots vary, these bars follow the width
_LONGEST_TITLE = 24
_SUBTITLE = 10
_LONGEST_KEY = 8


def without_bars(rows: list[list[Run]], width: float, unit: float, off: Off) -> tuple[str, list[list[Run]]]:
    """Take the status bar, the title and the input line away; return whom the title names, and the rest."""
    peer = ""
    kept: list[list[Run]] = []
    barred = titled = started = False
    for number, row in enumerate(rows):
        text = " ".join(run.text.text for run in row)
        top = box_of_run(row[0]).top
        high = top < _HEAD * width
        if high and number < 3 and not started and chrome.is_status_bar(text):
            barred = True
            if "status_bar" in off:
                kept.append(row)
            continue
        if high and number < 5 and not started and _is_title(row, width, barred, titled):
            names = [chrome.title_of(run.text.text) for run in row]
            named = next((name for name in names if name), None)
            plain = max((run.text.text for run in row), key=len).strip("<>‹›〈〉く《》←…⋯:· ")
            group = any(name == "" for name in names)
            peer = peer or named or ("" if group or names[0] == "" else plain)
            titled = True
            if "title" in off:
                kept.append(row)
            continue
        if "input_line" not in off and chrome.is_input_line(text) and _is_low(rows, number, unit):
            break
        kept.append(row)
        started = True
    return ("" if "title" in off else peer), kept


def _is_title(row: list[Run], width: float, barred: bool, titled: bool) -> bool:
    """Whether a row near the top names the conversation: by its pattern, or by standing below the status bar."""
    text = " ".join(run.text.text for run in row)
    if any(shown_time(run.text.text) for run in row) or shown_time(text):
        return False
    if chrome.title_of(text) is not None or any(chrome.title_of(run.text.text) for run in row):
        return True
    centred = any(abs(box_of_run(run).middle - width / 2) < CENTRED * width for run in row)
    if titled:
        return centred and len(text) <= _SUBTITLE
    return barred and len(text) <= _LONGEST_TITLE and (centred or box_of_run(row[0]).top < 0.22 * width)


def _is_low(rows: list[list[Run]], number: int, unit: float) -> bool:
    """Whether a row of the lower half stands apart from the one above, with nothing but keys and buttons below."""
    if number < len(rows) / 2 or any(len(run.text.text) > _LONGEST_KEY for row in rows[number + 1 :] for run in row):
        return False
    return not number or box_of_run(rows[number][0]).top - box_of_run(rows[number - 1][0]).top > PITCH * unit
