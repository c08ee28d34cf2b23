import csv
import json
from collections.abc import Callable
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path

import pytest
from openpyxl import Workbook

from classifier.bulk.sources import open_source
from classifier.dossier import Columns, Dossier, Message, Unread, find_columns, read_messages
from classifier.dossier.messages import Fault, source_files
from classifier.errors import InputError

TEXT = "请于周五前还款，谢谢配合"


def table(path: Path, head: str, *rows: str) -> Path:
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def messages(path: Path, **chosen: object) -> list[Message]:
    source = open_source(path)
    return list(read_messages(source, find_columns(source, **chosen)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("head", "times", "sender"),
    [
        ("短信内容,发送时间,发件人", ("发送时间",), "发件人"),
        ("内容,时间,号码", ("时间",), "号码"),
        ("内容,日期,时间,手机号", ("日期", "时间"), "手机号"),
        ("text,Date,Address", ("Date",), "Address"),
        ("text,date,readable_date,contact_name,address", ("readable_date",), "address"),
        ("text,other", (), None),
    ],
)
def test_columns_are_guessed_by_plain_names(
    tmp_path: Path, head: str, times: tuple[str, ...], sender: str | None
) -> None:
    path = table(tmp_path / "t.csv", head, ",".join([TEXT, *["x"] * head.count(",")]))
    assert find_columns(open_source(path)) == Columns(head.split(",")[0], times, sender)


def test_columns_can_be_named_and_must_exist(tmp_path: Path) -> None:
    source = open_source(table(tmp_path / "t.csv", "a,b,c,d", f"{TEXT},2026-03-01,9:05,170"))
    assert find_columns(source, "a", ["b", "c"], "d") == Columns("a", ("b", "c"), "d")
    for times, sender in ((["nowhere"], None), ([], "nowhere")):
        with pytest.raises(InputError, match="no column 'nowhere'; the columns are: a, b, c, d"):
            find_columns(source, "a", times, sender)
    with pytest.raises(InputError, match="once, or twice"):
        find_columns(source, "a", ["b", "c", "d"])


def test_every_row_is_kept_with_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    rows = [TEXT, "  ", None, True, 12345, "长" * 20_001, ["x"]]
    path.write_text("".join(json.dumps({"text": text, "sender": "170"}) + "\n" for text in rows), encoding="utf-8")
    read = messages(path)
    assert [message.row for message in read] == [1, 2, 3, 4, 5, 6, 7]
    assert [message.fault for message in read] == [
        *(None, Fault.EMPTY, Fault.MISSING, Fault.NOT_TEXT, None, Fault.TOO_LONG, Fault.NOT_TEXT)
    ]
    assert [read[4].text, read[5].text] == ["12345", "长" * 20_001]


@pytest.mark.parametrize("own", ["我", " 本人 ", "Me"])
def test_what_the_receiver_wrote_is_not_judged(tmp_path: Path, own: str) -> None:
    (message,) = messages(table(tmp_path / "t.csv", "text,sender", f"{TEXT},{own}"))
    assert message.fault is Fault.OWN


def test_excel_cells_are_read_by_their_kind(tmp_path: Path) -> None:
    book = Workbook()
    cells = [datetime(2026, 3, 1, 22, 5), date(2026, 3, 1), 46082.9, "2026年3月1日 晚上10:05", time(22, 5), None]
    for row in [["内容", "时间"], *([TEXT, cell] for cell in cells)]:
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    read = messages(tmp_path / "t.xlsx")
    night = [message.time and message.time.at_night for message in read]
    assert night == [True, None, False, True, None, None]
    assert [message.unread for message in read][4:] == [Unread.NO_DAY, Unread.MISSING]


@pytest.mark.parametrize("text", ["一\r\n二", "一\n二", " 前后有空格 ", "表情😀", "‮反‬", "e\u0301"])
def test_the_hash_is_that_of_the_cell_byte_for_byte(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text", "备注"], [text, "x"]])
    (message,) = messages(path, text="text")
    assert message.text == text
    assert message.sha256 == sha256(text.encode()).hexdigest()


def test_sources_are_hashed_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.txt", "sub/a.txt", "other.doc"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    found = source_files(tmp_path)
    assert [(file.name, file.size) for file in found] == [("b.txt", 5), ("sub/a.txt", 9)]
    assert found[0] == source_files(tmp_path / "b.txt")[0]
    assert found[0].sha256 == sha256(b"b.txt").hexdigest()
    assert source_files(tmp_path / "b.txt", "stdin")[0].name == "stdin"


def test_days_wanted_leave_out_what_lies_outside_and_keep_what_has_no_day(
    dossier_of: Callable[..., Dossier],
) -> None:
    rows = [
        {"text": f"{TEXT}{n}", "time": day} for n, day in enumerate(["2026-01-01", "2026-01-02", "2026-01-03", "?"])
    ]
    made = dossier_of(rows, start=date(2026, 1, 2), end=date(2026, 1, 2))
    assert [entry.message.row for entry in made.entries] == [2, 4]
    assert (made.rows, made.left_out) == (4, 2)
    with pytest.raises(InputError, match="swap --from and --to"):
        dossier_of(rows, start=date(2026, 1, 3), end=date(2026, 1, 2))
    with pytest.raises(InputError, match="no message lies between"):
        dossier_of(rows[:3], start=date(2027, 1, 1))
