"""Plain text: one screenshot or one message a file; form feeds, which Tesseract writes, part pages."""

from collections.abc import Iterator
from pathlib import Path

from classifier.screens.boxes import Item, screen_of_text
from classifier.screens.formats.head import Format, Head, whole_text
from classifier.screens.plain import is_screen

_SUFFIXES = (".txt", ".text", ".ocr", ".stdin", "")
_FEED = "\f"


def _recognise(head: Head) -> bool:
    if head.text is None:
        return False
    return head.suffix in _SUFFIXES or _FEED in head.text or is_screen(screen_of_text(head.text))


def _read(path: Path) -> Iterator[Item]:
    text = whole_text(path)
    if _FEED not in text:
        yield screen_of_text(text)
        return
    pages = text.removesuffix("\n").removesuffix(_FEED).split(_FEED)
    for number, page in enumerate(pages, 1):
        yield screen_of_text(page.strip("\n"), f"page {number}" if len(pages) > 1 else "", ocr=True)


PLAIN_TEXT = Format("text", _recognise, _read)
