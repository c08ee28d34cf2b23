"""The review sheet: an Excel file with one row a message, a drop-down for the answer, and a guide."""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.bulk.sinks import beside, excel_value
from classifier.errors import MissingExtraError
from classifier.labels import Label
from classifier.review.choices import CHOICES, choice
from classifier.review.words import EDGES, LABELS_EN, LABELS_ZH, STEPS

SHEET = "复核 review"
GUIDE = "说明 guide"
_LISTS = "choices"
_LINE = 16.0
_MOST_HEIGHT = 400.0


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet: its heading, whose last word names it to the program, and its width in characters."""

    heading: str
    width: float

    @property
    def name(self) -> str:
        """The last word of the heading."""
        return self.heading.split()[-1]


NUMBER = Column("序号 no", 6)
TEXT = Column("信息 text", 70)
ANSWER = Column("您的判断 answer", 36)
NOTE = Column("备注 note", 24)
ANNOTATOR = Column("标注人 annotator", 14)
MACHINE = Column("机器判断 machine", 26)
SCORES = Column("机器概率 scores", 30)
WHY = Column("为何选出 why", 26)
COPIES = Column("同批条数 copies", 12)
CLUSTER = Column("批次 cluster", 12)
VERSION = Column("模型 model", 18)
REF = Column("勿改动 ref", 34)


def write_sheet(path: Path, columns: Sequence[Column], rows: Iterable[dict[Column, Any]]) -> None:
    """Write a review sheet; cells of `ANSWER` get the drop-down, texts can never become formulas.

    Raises:
        MissingExtraError: openpyxl is not installed.
        OutputError: the place cannot be written, or a text is too long for a cell.

    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise MissingExtraError("Excel files need openpyxl; install the extra [review]") from error
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    _fill(sheet, columns, list(rows))
    _guide(book.create_sheet(GUIDE))
    lists = book.create_sheet(_LISTS)
    for row, said in enumerate(CHOICES, 1):
        _put(lists, row, 1, said)
    lists.sheet_state = "hidden"
    with beside(path) as temporary:
        book.save(temporary)


def _fill(sheet: Any, columns: Sequence[Column], rows: Sequence[dict[Column, Any]]) -> None:
    from openpyxl.styles import Alignment, Border, PatternFill, Side
    from openpyxl.utils import get_column_letter

    wrapped, filled = Alignment(wrap_text=True, vertical="top"), PatternFill("solid", fgColor="FFF8DC")
    ruled = Border(bottom=Side("thin", color="CCCCCC"))
    sheet.row_dimensions[1].height = 2 * _LINE + 4
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
        _heading(_put(sheet, 1, place, column.heading))
    for number, row in enumerate(rows, 2):
        for place, column in enumerate(columns, 1):
            cell = _put(sheet, number, place, row.get(column))
            cell.alignment, cell.border = wrapped, ruled
            if column is ANSWER:
                cell.fill = filled
        sheet.row_dimensions[number].height = _height(row, columns)
    last = get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A1:{last}{len(rows) + 1}"
    sheet.freeze_panes = f"{get_column_letter(columns.index(TEXT) + 2)}2"
    _fit_width(sheet)
    if rows:
        letter = get_column_letter(columns.index(ANSWER) + 1)
        sheet.add_data_validation(_drop_down(f"{letter}2:{letter}{len(rows) + 1}"))


def _fit_width(sheet: Any) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _drop_down(cells: str) -> Any:
    from openpyxl.worksheet.datavalidation import DataValidation

    return DataValidation(
        type="list",
        formula1=f"{_LISTS}!$A$1:$A${len(CHOICES)}",
        allow_blank=True,
        showErrorMessage=True,
        showInputMessage=True,
        errorTitle="请从列表中选择",
        error="请从下拉列表中选一项；有几种行为，就选它们的组合。 Choose one from the list.",
        promptTitle="从列表中选择",
        prompt="不是催收：非催收信息；没有三种行为：合法提醒；有几种行为，选它们的组合。",
        sqref=cells,
    )


def _put(sheet: Any, row: int, column: int, value: Any) -> Any:
    cell = sheet.cell(row, column)
    cell.value = value = excel_value(value)
    if isinstance(value, str):
        cell.data_type = "s"  # a message that begins with "=" is no formula,
        cell.quotePrefix = value.lstrip().startswith(("=", "+", "-", "@"))  # nor becomes one when it is edited
    return cell


def _heading(cell: Any) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="DDE7F0")
    cell.alignment = Alignment(wrap_text=True, vertical="center")


def _height(row: dict[Column, Any], columns: Sequence[Column]) -> float:
    """Return the height that shows every line; Excel does not find it by itself in a file that it did not write."""
    lines = max(_lines(str(row.get(column) or ""), column.width) for column in columns)
    return min(_LINE * lines + 4, _MOST_HEIGHT)


def _lines(text: str, width: float) -> int:
    return sum(max(1, math.ceil(_width(line) / (0.9 * width))) for line in text.split("\n"))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _guide(sheet: Any) -> None:
    from openpyxl.styles import Alignment

    columns = (("label", 30), ("中文", 70), ("English", 70))
    labels = [(choice(frozenset((label,))), LABELS_ZH[label], LABELS_EN[label]) for label in Label]
    rows: list[tuple[str, str, str] | None] = [
        *((str(number), *step) for number, step in enumerate(STEPS, 1)),
        None,
        *labels,
        None,
        *(("易混情形 edge case", *edge) for edge in EDGES),
    ]
    for place, (name, width) in enumerate(columns, 1):
        sheet.column_dimensions["ABC"[place - 1]].width = width
        _heading(_put(sheet, 1, place, name if place > 1 else "怎么填 how to fill"))
    for number, row in enumerate(rows, 2):
        for place, said in enumerate(row or (), 1):
            _put(sheet, number, place, said).alignment = Alignment(wrap_text=True, vertical="top")
        if row:
            sheet.row_dimensions[number].height = 4 + _LINE * max(
                _lines(said, width) for said, (_, width) in zip(row, columns, strict=True)
            )
    sheet.freeze_panes = "A2"
    _fit_width(sheet)
