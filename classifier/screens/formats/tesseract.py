"""What Tesseract writes: TSV (a word a row) and hOCR (HTML with a box for each line and word).

TSV is recognised by its header, hOCR by the class `ocr_page` or `ocr_line`. Words of one line keep the blank
between them, as Tesseract's plain text does; a line is cut where a gap is wider than `_GAP` heights, because
Tesseract runs together what stands at the left and the right of one row, an avatar and its bubble for one.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from statistics import median

from classifier.errors import InputError
from classifier.screens.boxes import Box, Item, Line, mean_score, screen_of_lines
from classifier.screens.formats.head import Format, Head, base_name, lines_of, whole_text

_HEADER = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
_PAGE, _WORD = 1, 5
_COLUMNS = 12
_GAP = 0.9
_FULL_SCORE = 100.0


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    box: Box
    score: float | None


def _lines(words: Iterable[_Word]) -> Iterator[Line]:
    """Make lines of the words of one line, cut at wide gaps."""
    held: list[_Word] = []
    words = list(words)
    height = median(word.box.height for word in words) if words else 0.0
    for word in words:
        if held and word.box.left - held[-1].box.right > _GAP * height:
            yield _line(held)
            held = []
        held.append(word)
    if held:
        yield _line(held)


def _line(words: list[_Word]) -> Line:
    box = reduce(Box.around, (word.box for word in words))
    return Line(" ".join(word.text for word in words), box, mean_score((word.text, word.score) for word in words))


def _recognise_tsv(head: Head) -> bool:
    return (head.text or "").lstrip().startswith(_HEADER[: _HEADER.index("left")])


def _read_tsv(path: Path) -> Iterator[Item]:
    return tsv_screens(lines_of(path))


def tsv_screens(table: Iterable[str]) -> Iterator[Item]:
    """Yield the screens in the lines of a TSV, one a page.

    Raises:
        InputError: a row is damaged.

    """
    rows = csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
    next(rows, None)
    pages = groupby((row for row in rows if len(row) >= _COLUMNS - 1), key=lambda row: row[1])
    several = False
    try:
        for number, (_, page) in enumerate(pages, 1):
            several = several or number > 1
            yield _tsv_page(list(page), f"page {number}" if several else "")
    except ValueError as error:
        raise InputError("damaged: a row of the table holds no numbers where boxes belong") from error


def _tsv_page(rows: list[list[str]], name: str) -> Item:
    size: tuple[float | None, float | None] = (None, None)
    lines: list[Line] = []
    words = [row for row in rows if int(row[0]) == _WORD and len(row) >= _COLUMNS and row[11].strip()]
    for row in rows:
        if int(row[0]) == _PAGE:
            size = (float(row[8]), float(row[9]))
    for _, group in groupby(words, key=lambda row: tuple(row[1:5])):
        lines += _lines(_tsv_word(row) for row in group)
    return screen_of_lines(lines, name, size)


def _tsv_word(row: list[str]) -> _Word:
    left, top, width, height = (float(cell) for cell in row[6:10])
    conf = float(row[10])
    score = conf / _FULL_SCORE if conf >= 0 else None
    return _Word(row[11].strip(), Box(left, top, left + max(width, 1), top + max(height, 1)), score)


_BBOX = re.compile(r"\bbbox (-?\d+) (-?\d+) (-?\d+) (-?\d+)")
_CONF = re.compile(r"\bx_wconf ([\d.]+)")
_LINE_CLASSES = {"ocr_line", "ocr_textfloat", "ocr_header", "ocr_caption"}
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}


@dataclass(slots=True)
class _Page:
    name: str
    size: tuple[float | None, float | None]
    lines: list[Line] = field(default_factory=list)


class _Hocr(HTMLParser):
    """Collects pages, lines and words; a line without words is one word."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pages: list[_Page] = []
        self._open: list[tuple[str, str]] = []
        self._words: list[_Word] = []
        self._line: Box | None = None
        self._word: tuple[Box, float | None] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a page, a line or a word."""
        if tag in _VOID:
            return
        given = dict(attrs)
        kind, title = (given.get("class") or "").split(" ")[0], given.get("title") or ""
        box = _bbox(title)
        if kind == "ocr_page":
            image = re.search(r'image "?([^";]+)', title)
            name = base_name(image[1]) if image else ""
            self.pages.append(_Page(name, (box.right, box.bottom) if box else (None, None)))
        elif kind in _LINE_CLASSES and box:
            self._line, self._words, self._text = box, [], []
        elif kind == "ocrx_word" and box:
            conf = _CONF.search(title)
            self._word, self._text = (box, float(conf[1]) / _FULL_SCORE if conf else None), []
        self._open.append((tag, kind))

    def handle_data(self, data: str) -> None:
        """Keep the characters of a word or a line."""
        if self._line is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Close a word or a line."""
        while self._open:
            opened, kind = self._open.pop()
            text = " ".join("".join(self._text).split())
            if kind == "ocrx_word" and self._word and text:
                self._words.append(_Word(text, *self._word))
                self._text = []
            elif kind in _LINE_CLASSES and self._line is not None:
                if not self._words and text:
                    self._words.append(_Word(text, self._line, None))
                if not self.pages:
                    self.pages.append(_Page("", (None, None)))
                self.pages[-1].lines += _lines(self._words)
                self._line, self._word = None, None
            if opened == tag:
                break


def _bbox(title: str) -> Box | None:
    found = _BBOX.search(title)
    if found is None:
        return None
    left, top, right, bottom = (float(n) for n in found.groups())
    return Box(left, top, max(right, left + 1), max(bottom, top + 1))


def _recognise_hocr(head: Head) -> bool:
    text = head.text or ""
    return text.lstrip().startswith("<") and ("ocr_page" in text or "ocr_line" in text)


def _read_hocr(path: Path) -> Iterator[Item]:
    parser = _Hocr()
    parser.feed(whole_text(path))
    parser.close()
    if not parser.pages:
        raise InputError("hOCR without a page")
    several = len(parser.pages) > 1
    for number, page in enumerate(parser.pages, 1):
        yield screen_of_lines(page.lines, page.name or (f"page {number}" if several else ""), page.size)


TESSERACT_TSV = Format("Tesseract TSV", _recognise_tsv, _read_tsv)
HOCR = Format("hOCR", _recognise_hocr, _read_hocr)
