import json
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .conftest import Contents, OneLine, Process, Run, read_csv

TEXT = "尊敬的王建国先生，请联系13800131122还清1,200元"
REDACTED = "尊敬的〔姓名〕先生，请联系〔手机号〕还清1,200元"
TABLE = f'编号,电话,text\n1,138-0013-1122,"{TEXT}"\n2,,王建国欠债不还\n3,,\n'


def test_one_text_is_printed_redacted_with_a_warning_beside_it(cmc: Run) -> None:
    result = cmc("redact", TEXT)
    assert (result.exit_code, result.stdout) == (0, REDACTED + "\n")
    assert "a person must look before anything is published" in result.stderr
    assert "anonym" not in result.stderr + result.stdout


@pytest.mark.parametrize("data", [TEXT.encode(), TEXT.encode("gb18030"), TEXT.encode("utf-8-sig")])
def test_standard_input_is_one_text(cmc: Run, data: bytes) -> None:
    assert cmc("redact", "-", stdin=data + b"\r\n").stdout == REDACTED + "\n"
    assert cmc("redact", stdin=data).stdout == REDACTED + "\n"


@pytest.mark.parametrize(
    ("options", "redacted"),
    [
        (["--amounts"], "尊敬的〔姓名〕先生，请联系〔手机号〕还清〔金额〕"),
        (["--kinds", "phone"], "尊敬的王建国先生，请联系〔手机号〕还清1,200元"),
        (["--kinds", "phone, name", "--amounts"], "尊敬的〔姓名〕先生，请联系〔手机号〕还清〔金额〕"),
        (["--pseudonyms"], "尊敬的〔姓名1〕先生，请联系〔手机号1〕还清1,200元"),
    ],
)
def test_options_choose_what_goes(cmc: Run, options: list[str], redacted: str) -> None:
    assert cmc("redact", *options, TEXT).stdout == redacted + "\n"


def test_a_table_keeps_its_other_columns_and_says_so(cmc: Run, table: Path, tmp_path: Path) -> None:
    result = cmc("redact", table, "-o", tmp_path / "out.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    assert read_csv(tmp_path / "out.csv") == [
        {"编号": "1", "电话": "138-0013-1122", "text": REDACTED},
        {"编号": "2", "电话": "", "text": "〔姓名〕欠债不还"},
        {"编号": "3", "电话": "", "text": ""},
    ]
    assert "other columns are left as they are: 编号, 电话" in result.stderr
    assert "姓名 name: 2" in result.stderr
    assert "王建国" not in result.stderr
    assert table.read_text(encoding="utf-8") == TABLE


def test_several_columns_share_pseudonyms(cmc: Run, table: Path, tmp_path: Path) -> None:
    result = cmc("redact", table, "-o", tmp_path / "out.csv", "--columns", "电话, text", "--pseudonyms")
    assert result.exit_code == 0
    rows = read_csv(tmp_path / "out.csv")
    assert [(row["电话"], row["text"]) for row in rows[:2]] == [
        ("〔手机号1〕", "尊敬的〔姓名1〕先生，请联系〔手机号1〕还清1,200元"),
        ("", "〔姓名1〕欠债不还"),
    ]
    assert "left as they are: 编号" in result.stderr


def test_excel_jsonl_and_parquet_keep_their_types(cmc: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["手机", "text"])
    book.active.append([13800131122, TEXT])
    book.active.append([7, None])
    book.save(tmp_path / "in.xlsx")
    assert cmc("redact", tmp_path / "in.xlsx", "-o", tmp_path / "a.jsonl", "--columns", "手机,text").exit_code == 0
    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {"手机": "〔手机号〕", "text": REDACTED},
        {"手机": 7, "text": None},
    ]
    pq.write_table(pa.table({"text": [TEXT, None], "n": pa.array([1, 2], pa.int16())}), tmp_path / "in.parquet")
    assert cmc("redact", tmp_path / "in.parquet", "-o", tmp_path / "out.parquet").exit_code == 0
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.to_pydict() == {"text": [REDACTED, None], "n": [1, 2]}
    assert out.schema.field("n").type == pa.int16()


def test_lines_and_folders_are_tables_too(cmc: Run, tmp_path: Path) -> None:
    result = cmc("redact", "-", "-o", tmp_path / "lines.csv", stdin=f"{TEXT}\n好的\n".encode())
    assert result.exit_code == 0
    assert [row["text"] for row in read_csv(tmp_path / "lines.csv")] == [REDACTED, "好的"]
    assert "left as they are" not in result.stderr
    folder = tmp_path / "messages"
    folder.mkdir()
    (folder / "王建国.txt").write_text(TEXT, encoding="gb18030")
    result = cmc("redact", folder, "-o", tmp_path / "folder.csv")
    assert [row["text"] for row in read_csv(tmp_path / "folder.csv")] == [REDACTED]
    assert "left as they are: file" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{d}/none.csv", "-o", "{d}/out.csv"], "no file"),
        (["{d}/in.csv", "-o", "{d}/in.csv"], "never overwritten"),
        (["{d}/in.csv", "-o", "{d}/out.txt"], ".parquet"),
        (["{d}/in.csv", "-o", "{d}/none/out.csv"], "no folder"),
        (["{d}/in.csv", "-o", "{d}/out.csv", "--text-column", "短信"], "编号, 电话, text"),
        (["{d}/in.csv", "-o", "{d}/out.csv", "--columns", "text,短信"], "no column '短信'"),
        (["{d}/lists.jsonl", "-o", "{d}/out.csv"], "row 2 of column text"),
    ],
)
def test_failures_are_one_line_and_leave_nothing(
    cmc: Run, one_line: OneLine, contents: Contents, table: Path, tmp_path: Path, arguments: list[str], says: str
) -> None:
    (tmp_path / "lists.jsonl").write_text(f'{{"text": "{TEXT}"}}\n{{"text": ["{TEXT}"]}}\n', encoding="utf-8")
    before = contents(tmp_path)
    line = one_line(cmc("redact", *[argument.format(d=tmp_path) for argument in arguments]))
    assert says in line
    assert "王建国" not in line
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{d}/in.csv"], "give -o OUTPUT"),
        (["--text-column", "text", TEXT], "for tables"),
        (["--kinds", "faces", TEXT], "phone, landline"),
        (["{d}/in.csv", "-o", "{d}/out.csv", "--text-column", "text", "--columns", "text"], "not both"),
    ],
)
def test_wrong_usage_is_exit_code_2(cmc: Run, table: Path, tmp_path: Path, arguments: list[str], says: str) -> None:
    result = cmc("redact", *[argument.format(d=tmp_path) for argument in arguments])
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr


def test_the_real_command_redacts_and_refuses_what_is_no_text(cmc_process: Process) -> None:
    done = cmc_process("redact", TEXT)
    assert (done.returncode, done.stdout.decode().strip()) == (0, REDACTED)
    failed = cmc_process("redact", b"\xff\xfe\xff")
    assert failed.returncode == 1
    assert failed.stderr.decode().startswith("cmc: the message is not text")
