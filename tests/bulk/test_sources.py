import csv
import io
import json
import string
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from classifier.bulk.encoding import decode_input, detect_encoding
from classifier.bulk.sources import Row, Source, detect_format, find_text_column, open_source
from classifier.errors import InputError

MESSAGE = "请于周五前还款，谢谢配合"
RARE = "𠮷先生，请还款"


def rows_of(path: Path, format: str | None = None) -> list[Row]:
    return list(open_source(path, format).rows())


def write_xlsx(path: Path, *rows: list[Any]) -> None:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


TABLES = {
    "table.csv": f'phone,text\n013800138000,"{MESSAGE}"\n0085212345678,{RARE}\n',
    "table.tsv": f"phone\ttext\n013800138000\t{MESSAGE}\n0085212345678\t{RARE}\n",
    "table.jsonl": "".join(
        json.dumps({"phone": phone, "text": text}, ensure_ascii=False) + "\n"
        for phone, text in [("013800138000", MESSAGE), ("0085212345678", RARE)]
    ),
}
EXPECTED = [{"phone": "013800138000", "text": MESSAGE}, {"phone": "0085212345678", "text": RARE}]
ENCODINGS = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with BOM": lambda text: text.encode("utf-8-sig"),
    "gb18030": lambda text: text.encode("gb18030"),
    "utf-16 little-endian with BOM": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "utf-16 big-endian with BOM": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", TABLES)
def test_a_text_table_reads_the_same_in_every_encoding(tmp_path: Path, name: str, encoding: str) -> None:
    path = tmp_path / name
    path.write_bytes(ENCODINGS[encoding](TABLES[name]))
    source = open_source(path)
    assert (source.columns, source.size) == (("phone", "text"), 2)
    assert list(source.rows()) == EXPECTED


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_plain_lines_are_numbered_and_blank_lines_stay_rows(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "lines.txt"
    path.write_bytes(ENCODINGS[encoding](f"{MESSAGE}\r\n\n  {RARE}"))
    assert rows_of(path) == [
        {"line": 1, "text": MESSAGE},
        {"line": 2, "text": ""},
        {"line": 3, "text": f"  {RARE}"},
    ]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_paste_decodes_by_the_same_rule_as_a_file(encoding: str) -> None:
    assert decode_input(ENCODINGS[encoding](MESSAGE)).removeprefix("\ufeff") == MESSAGE


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("shift", range(4))
def test_a_character_across_a_reading_chunk_does_not_mislead_the_encoding(
    tmp_path: Path, encoding: str, shift: int
) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"a" * ((1 << 20) - shift) + "还款".encode(encoding))
    assert detect_encoding(path) == encoding


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("semicolons.csv", f"id;text\n7;{MESSAGE}\n", [{"id": "7", "text": MESSAGE}]),
        ("tabs.csv", f"id\ttext\n7\t{MESSAGE}\n", [{"id": "7", "text": MESSAGE}]),
        ("quoted.csv", 'id,text\n7,"第一行\n第二行, ""引文"""\n', [{"id": "7", "text": '第一行\n第二行, "引文"'}]),
        ("windows.csv", f"id,text\r\n7,{MESSAGE}\r\n", [{"id": "7", "text": MESSAGE}]),
        ("short.csv", "id,text\n7\n8,好\n", [{"id": "7", "text": None}, {"id": "8", "text": "好"}]),
        pytest.param("all_short.csv", "id,text\n7\n", [{"id": "7", "text": None}]),
        ("wide.csv", f"id,text\n7,{MESSAGE},备注\n", [{"id": "7", "text": MESSAGE, "column_3": "备注"}]),
        ("unnamed.csv", f",text\n7,{MESSAGE}\n", [{"column_1": "7", "text": MESSAGE}]),
        ("twice.csv", f"id,id,text\n7,8,{MESSAGE}\n", [{"id": "7", "id_2": "8", "text": MESSAGE}]),
        ("empty_cell.csv", 'text\n""\n', [{"text": ""}]),
        ("table.tab", f"id\ttext\n7\t{MESSAGE},好\n", [{"id": "7", "text": f"{MESSAGE},好"}]),
        ("rows.ndjson", '{"text": "好", "n": 1}\n\n{"m": [1, null]}\n', [
            {"text": "好", "n": 1, "m": None},
            {"text": None, "n": None, "m": [1, None]},
        ]),
        ("numbers.jsonl", '{"text": "好", "i": 110101199003071234, "f": 0.1, "b": true, "s": "007"}\n', [
            {"text": "好", "i": 110101199003071234, "f": 0.1, "b": True, "s": "007"},
        ]),
    ],
)  # fmt: skip
def test_the_shapes_that_text_tables_come_in(tmp_path: Path, name: str, text: str, expected: list[Row]) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode())
    assert rows_of(path) == expected


def test_an_excel_sheet_keeps_the_type_of_every_cell(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    when = datetime(2024, 5, 6, 7, 8, 9)
    write_xlsx(
        path, ["phone", "n", "x", "b", "when", "text"], ["0138", 5, 1.5, True, when, MESSAGE], [None] * 5 + ["好"]
    )
    assert rows_of(path) == [
        {"phone": "0138", "n": 5, "x": 1.5, "b": True, "when": when, "text": MESSAGE},
        {"phone": None, "n": None, "x": None, "b": None, "when": None, "text": "好"},
    ]


def test_an_excel_sheet_names_what_its_header_leaves_open(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    write_xlsx(path, [2024, None, "text"], [1, 2, MESSAGE, "更多"])
    assert rows_of(path) == [{"2024": 1, "column_2": 2, "text": MESSAGE, "column_4": "更多"}]


def test_a_parquet_file_gives_its_schema_and_values(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    table = pa.table({"id": pa.array([1, None], pa.int16()), "text": ["好", None], "tags": [["a"], []]})
    pq.write_table(table, path)
    source = open_source(path)
    assert source.schema == table.schema
    assert list(source.rows()) == [{"id": 1, "text": "好", "tags": ["a"]}, {"id": None, "text": None, "tags": []}]


def test_a_folder_gives_one_row_per_text_file_in_order_of_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.txt").write_bytes(f"{MESSAGE}\n第二行\n".encode("gb18030"))
    (tmp_path / "sub" / "c.txt").write_text("好", encoding="utf-16")
    (tmp_path / "a.txt").write_text("", encoding="utf-8")
    (tmp_path / "notes.md").write_text("不读", encoding="utf-8")
    assert rows_of(tmp_path) == [
        {"file": "a.txt", "text": ""},
        {"file": "b.txt", "text": f"{MESSAGE}\n第二行"},
        {"file": str(Path("sub", "c.txt")), "text": "好"},
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("A.CSV", "csv"), ("a.tab", "tsv"), ("a.xlsm", "xlsx"), ("a.ndjson", "jsonl"), ("a.pq", "parquet"),
     ("a.txt", "lines")],
)  # fmt: skip
def test_the_suffix_names_the_format_in_either_case(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).touch()
    assert detect_format(tmp_path / name) == kind


def test_a_named_format_wins_over_the_suffix(tmp_path: Path) -> None:
    path = tmp_path / "export.dat"
    path.write_text(f"id,text\n1,{MESSAGE}\n", encoding="utf-8")
    assert rows_of(path, "csv") == [{"id": "1", "text": MESSAGE}]
    assert [row["text"] for row in rows_of(path, "lines")] == ["id,text", f"1,{MESSAGE}"]


def test_rows_can_be_read_as_often_as_needed(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(TABLES["table.csv"], encoding="utf-8")
    source = open_source(path)
    assert list(source.rows()) == list(source.rows()) == EXPECTED


def table_of(tmp_path: Path, *rows: Row) -> Source:
    path = tmp_path / "table.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return open_source(path)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"anything": 5}, "anything"),
        ({"id": "1", " Text ": "hello", "备注": MESSAGE}, " Text "),
        ({"id": "1", "短信内容": "hello"}, "短信内容"),
        ({"content": "hello", "text": "hello"}, "text"),
        ({"姓名": "张三", "记录": MESSAGE, "金额": 300}, "记录"),
    ],
)
def test_the_obvious_text_column_is_found(tmp_path: Path, row: Row, column: str) -> None:
    assert find_text_column(table_of(tmp_path, row), None) == column


def test_the_text_column_asked_for_wins_over_the_obvious_one(tmp_path: Path) -> None:
    assert find_text_column(table_of(tmp_path, {"text": MESSAGE, "备注": "好"}), "备注") == "备注"


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ({"甲": MESSAGE, "乙": MESSAGE}, None),
        ({"甲": "hello", "乙": "world"}, None),
        ({"甲": MESSAGE, "乙": 5}, "丙"),
        ({"甲": MESSAGE, "乙": 5}, ""),
    ],
)
def test_an_unclear_or_absent_text_column_is_refused_with_the_columns_listed(
    tmp_path: Path, row: Row, wanted: str | None
) -> None:
    with pytest.raises(InputError, match="甲, 乙"):
        find_text_column(table_of(tmp_path, row), wanted)


def broken_sheet(path: Path) -> None:
    write_xlsx(path, ["text"], [MESSAGE])
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = members["xl/worksheets/sheet1.xml"][:-40]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def zip_of_something_else(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme", "x")


def parquet_with_broken_page(path: Path) -> None:
    pq.write_table(pa.table({"text": [f"{i}{MESSAGE}" for i in range(300)]}), path)
    data = bytearray(path.read_bytes())
    data[4:400] = b"\xff" * 396
    path.write_bytes(bytes(data))


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("picture.csv", PNG, "not text"),
        ("picture.txt", PNG, "not text"),
        ("picture.jsonl", PNG, "not text"),
        ("latin.csv", b"text\ncaf\xe9 \xff\xff\n", "not text"),
        ("cut_inside_a_character.txt", "还款".encode()[:-1], "not text"),
        ("empty.csv", b"", "no rows"),
        ("only_header.csv", b"text,id\n", "no rows"),
        ("empty.txt", b"", "no rows"),
        ("blank.jsonl", b"\n \n", "no rows"),
        ("torn.jsonl", b'{"text": "a"}\n{"text": ', "line 2"),
        ("list.jsonl", b'{"text": "a"}\n\n["a"]\n', "line 3"),
        ("deep.jsonl", b"[" * 100_000 + b"\n", "line 1"),
        ("text.xlsx", b"text\nhello\n", "Excel"),
        ("other.xlsx", zip_of_something_else, "Excel"),
        ("text.parquet", b"text\nhello\n", "Parquet"),
        ("table.docx", b"hello", "--format"),
        ("noending", b"hello", "--format"),
        ("none.csv", None, "no file"),
        pytest.param("torn16.csv", b"\xff\xfe" + "text\n好\n".encode("utf-16-le") + b"\0", "not text"),
        pytest.param("torn8.jsonl", b'\xef\xbb\xbf{"text": "\xff"}\n', "not text"),
        pytest.param("broken.xlsx", broken_sheet, "Excel"),
        pytest.param("broken.parquet", parquet_with_broken_page, "Parquet"),
        pytest.param("empty.parquet", lambda p: pq.write_table(pa.table({"text": pa.array([], pa.string())}), p),
                     "no rows"),
        pytest.param("nameless.jsonl", b"{}\n{}\n", "column"),
        pytest.param("open_quote.csv", '甲,text\n1,"今天还款\n2,明天还款\n'.encode(), "quot"),
        pytest.param("open_quote.tsv", '甲\ttext\n1\t"今天还款\n2\t明天还款\n'.encode(), "quot"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_by_name(
    tmp_path: Path, name: str, data: bytes | Callable[[Path], None] | None, says: str
) -> None:
    path = tmp_path / name
    if isinstance(data, bytes):
        path.write_bytes(data)
    elif data is not None:
        data(path)
    with pytest.raises(InputError, match=says) as caught:
        read_through(path)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value) or says == "column"


def read_through(path: Path) -> None:
    source = open_source(path)
    find_text_column(source, None)
    for _ in source.rows():
        pass


def test_a_folder_without_text_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no rows"):
        open_source(tmp_path)


@pytest.mark.parametrize("format", ["csv", "tsv", "jsonl", "lines", "xlsx", "parquet"])
@pytest.mark.parametrize("there", [True, False], ids=["folder", "missing"])
def test_a_named_format_does_not_make_a_file_out_of_nothing(tmp_path: Path, format: str, there: bool) -> None:
    with pytest.raises(InputError, match="cannot read"):
        open_source(tmp_path if there else tmp_path / "none", format)


def test_a_cell_beyond_the_header_never_replaces_a_named_one(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"column_3,text\n第一,{MESSAGE},第三\n", encoding="utf-8")
    assert set(rows_of(path)[0].values()) == {"第一", MESSAGE, "第三"}


def test_a_blank_line_of_a_one_column_csv_is_an_empty_text(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"text\n{MESSAGE}\n\n{MESSAGE}\n", encoding="utf-8")
    assert [row["text"] for row in rows_of(path)] == [MESSAGE, "", MESSAGE]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), delimiter=st.sampled_from(",;\t"))
def test_every_cell_of_a_well_formed_csv_arrives_unchanged(rows: list[tuple[str, str]], delimiter: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("id", "text"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        path.write_bytes(buffer.getvalue().encode())
        assert [tuple(row.values()) for row in rows_of(path)] == rows


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.text(string.printable + "还款〔\u2028\u3000", max_size=8), min_size=1, max_size=5))
def test_every_text_of_a_jsonl_file_arrives_unchanged(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.jsonl")
        path.write_text("".join(json.dumps({"text": t}, ensure_ascii=False) + "\n" for t in texts), encoding="utf-8")
        assert [row["text"] for row in rows_of(path)] == texts


def peak(path: Path) -> int:
    tracemalloc.start()
    try:
        for _ in open_source(path).rows():
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["long.csv", "long.jsonl", "long.txt"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str) -> None:
    head = "text\n" if name.endswith("csv") else ""
    line = json.dumps({"text": "x" * 4000}) if name.endswith("jsonl") else "x" * 4000
    peaks = []
    for size in (300, 3000):
        path = tmp_path / f"{size}{name}"
        path.write_text(head + f"{line}\n" * size, encoding="utf-8")
        peaks.append(peak(path))
    assert peaks[1] < peaks[0] + 500_000


LONG_NAME = "请把您最近三个月收到的最让您感到不安的一条催收短信原文粘贴在这里"


def test_a_long_question_as_column_name_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(f"{LONG_NAME},编号\n{MESSAGE},1\n", encoding="utf-8")
    source = open_source(path)
    assert find_text_column(source, LONG_NAME) == LONG_NAME
    with pytest.raises(InputError, match="--text-column"):
        find_text_column(source, None)


def test_a_long_question_elsewhere_does_not_hinder_the_guess(tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(f"{LONG_NAME},短信内容\n是,{MESSAGE}\n", encoding="utf-8")
    assert find_text_column(open_source(path), None) == "短信内容"


@pytest.mark.parametrize("wanted", [None, "内容"])
def test_messages_cut_by_their_own_commas_are_refused(tmp_path: Path, wanted: str | None) -> None:
    path = tmp_path / "t.csv"
    path.write_text("时间,内容\n1,请还款\n2,今天不还,明天带人去你家\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 2 .* quotation marks"):
        find_text_column(open_source(path), wanted)


def test_empty_cells_beyond_the_header_cut_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("时间,内容\n1,请还款,\n", encoding="utf-8")
    assert find_text_column(open_source(path), None) == "内容"
