import csv
import json
import tempfile
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from classifier import Classifier
from classifier.bulk.label import RESULT_COLUMNS, Job, label_table
from classifier.bulk.sinks import OUTPUT_FORMATS, output_format, write_rows
from classifier.bulk.sources import Row, open_source
from classifier.errors import OutputError

ABUSE = "再不还款就派人上门打断你的腿，还要打爆你全家通讯录，通知你单位和村委"
REMINDER = "您好，您本期账单326.50元将于明日到期，请登录官方App还款"
PHONE = "013800138000"


def read(path: Path) -> list[Row]:
    """Read an output by a library of its own format rather than by ours."""
    match path.suffix:
        case ".parquet":
            rows: list[Row] = pq.read_table(path).to_pylist()
            return rows
        case ".jsonl":
            return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        case ".xlsx":
            head, *body = load_workbook(path).active.iter_rows(values_only=True)
            return [dict(zip(head, cells, strict=True)) for cells in body]
        case suffix:
            with path.open(encoding="utf-8-sig", newline="") as file:
                return list(csv.DictReader(file, delimiter="\t" if suffix == ".tsv" else ","))


def write_input(path: Path, rows: list[Row]) -> None:
    names = list(rows[0])
    match path.suffix:
        case ".parquet":
            pq.write_table(pa.Table.from_pylist(rows), path)
        case ".jsonl" | ".txt":
            lines = [json.dumps(r, ensure_ascii=False) if path.suffix == ".jsonl" else str(r["text"]) for r in rows]
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        case ".xlsx":
            book = Workbook()
            for cells in [names, *(list(r.values()) for r in rows)]:
                book.active.append(cells)
            for cell in (cell for cells in book.active.iter_rows() for cell in cells if cell.data_type == "f"):
                cell.data_type = "s"
            book.save(path)
        case suffix:
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, names, delimiter="\t" if suffix == ".tsv" else ",")
                writer.writeheader()
                writer.writerows(rows)


@pytest.fixture
def labelled(classifier: Classifier, tmp_path: Path) -> Callable[[str, str, list[Row]], Path]:
    def run(given: str, wanted: str, rows: list[Row]) -> Path:
        write_input(tmp_path / given, rows)
        output = tmp_path / wanted
        label_table(classifier, Job(open_source(tmp_path / given), output, "text"))
        return output

    return run


@pytest.mark.parametrize("wanted", OUTPUT_FORMATS)
@pytest.mark.parametrize("given", ["in.csv", "in.tsv", "in.jsonl", "in.xlsx", "in.parquet", "in.txt"])
def test_every_format_goes_into_every_other_with_columns_in_order_and_text_as_text(
    labelled: Callable[[str, str, list[Row]], Path], given: str, wanted: str
) -> None:
    rows = [{"手机": PHONE, "text": ABUSE, "a": "1"}, {"手机": "00852123", "text": REMINDER, "a": "=1+1"}]
    out = read(labelled(given, f"out.{wanted}", rows))
    own = ["line", "text"] if given == "in.txt" else ["手机", "text", "a"]
    assert list(out[0]) == [*own, *RESULT_COLUMNS, *(["finding"] if wanted == "jsonl" else [])]
    assert [row["text"] for row in out] == [ABUSE, REMINDER]
    assert [row["status"] for row in out] == ["ok", "ok"]
    assert [row["label"] for row in out] == ["third_party_harassment", "lawful_reminder"]
    if given != "in.txt":
        assert [row["手机"] for row in out] == [PHONE, "00852123"]
        assert [row["a"] for row in out] == ["1", "=1+1"]


@pytest.mark.parametrize("wanted", ["csv", "tsv", "xlsx", "parquet"])
def test_a_flat_table_says_what_the_finding_says_and_joins_lists_by_a_bar(
    labelled: Callable[[str, str, list[Row]], Path], classifier: Classifier, wanted: str
) -> None:
    row = read(labelled("in.csv", f"out.{wanted}", [{"text": ABUSE}]))[0]
    finding = classifier.classify(ABUSE)
    assert len(finding.labels) > 1
    assert len(finding.signals) > 1
    assert row["label"] == finding.label
    assert row["labels"] == "|".join(finding.labels)
    assert row["signals"] == "|".join(finding.signals)
    assert row["evidence"] == "|".join(item.text for item in finding.evidence)
    assert row["model_version"] == finding.model.version
    assert str(row["needs_review"]).lower() == str(finding.needs_review).lower()
    for name, score in finding.scores.items():
        assert float(row[f"score_{name}"]) == pytest.approx(score, abs=1e-6)


def test_jsonl_keeps_lists_and_the_whole_finding(
    labelled: Callable[[str, str, list[Row]], Path], classifier: Classifier
) -> None:
    row = read(labelled("in.csv", "out.jsonl", [{"text": ABUSE}]))[0]
    finding = classifier.classify(ABUSE).to_dict()
    assert row["finding"] == finding
    assert {name: row[name] for name in ("labels", "signals", "evidence")} == {
        name: finding[name] for name in ("labels", "signals", "evidence")
    }
    assert row["needs_review"] is finding["needs_review"]


def test_a_bar_or_line_break_inside_evidence_does_not_split_its_cell(
    labelled: Callable[[str, str, list[Row]], Path], classifier: Classifier
) -> None:
    text = "今天不还钱就带人去你家打|断\n你的腿，马上通知你全家"
    evidence = classifier.classify(text).evidence
    assert any("|" in item.text or "\n" in item.text for item in evidence)
    cell = read(labelled("in.jsonl", "out.csv", [{"text": text}]))[0]["evidence"]
    assert "\n" not in cell
    assert len(cell.split("|")) == len(evidence)


TYPED = {
    "text": REMINDER,
    "phone": PHONE,
    "whole": 13800138000,
    "real": 0.1,
    "flag": True,
    "nothing": None,
    "list": ["甲", 1],
    "object": {"键": [1, None]},
}


@pytest.mark.parametrize(
    ("wanted", "changed"),
    [
        ("jsonl", {}),
        ("xlsx", {"list": '["甲", 1]', "object": '{"键": [1, null]}'}),
        (
            "csv",
            {
                "whole": "13800138000",
                "real": "0.1",
                "flag": "true",
                "nothing": "",
                "list": '["甲", 1]',
                "object": '{"键": [1, null]}',
            },
        ),
    ],
)
def test_values_of_json_keep_their_type_as_far_as_the_output_has_it(
    labelled: Callable[[str, str, list[Row]], Path], wanted: str, changed: Row
) -> None:
    row = read(labelled("in.jsonl", f"out.{wanted}", [TYPED]))[0]
    own = {name: row[name] for name in TYPED}
    assert own == TYPED | changed
    assert {n: type(v) for n, v in own.items()} == {n: type(v) for n, v in (TYPED | changed).items()}


def test_cells_of_excel_keep_their_type_in_excel(labelled: Callable[[str, str, list[Row]], Path]) -> None:
    cells = {
        "text": REMINDER,
        "phone": PHONE,
        "n": 7,
        "x": 2.5,
        "b": False,
        "when": datetime(2024, 5, 6, 7, 8, 9),
        "t": time(23, 30),
    }
    row = read(labelled("in.xlsx", "out.xlsx", [cells]))[0]
    own = {name: row[name] for name in cells}
    assert own == cells
    assert [type(v) for v in own.values()] == [type(v) for v in cells.values()]


def test_parquet_columns_keep_their_exact_type_in_parquet(tmp_path: Path, classifier: Classifier) -> None:
    table = pa.table(
        {
            "text": pa.array([REMINDER, None], pa.large_string()),
            "day": pa.array([date(2024, 5, 6), None]),
            "at": pa.array([datetime(2024, 5, 6, 7), None], pa.timestamp("us", tz="Asia/Shanghai")),
            "small": pa.array([1, None], pa.int8()),
            "money": pa.array([Decimal("1.10"), None], pa.decimal128(10, 2)),
            "category": pa.array(["a", "b"]).dictionary_encode(),
            "list": pa.array([[1, 2], []], pa.list_(pa.int16())),
            "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
            "bytes": pa.array([b"\xff", None]),
            "nothing": pa.nulls(2),
        }
    ).replace_schema_metadata({"owner": "研究组"})
    pq.write_table(table, tmp_path / "in.parquet")
    table = pq.read_table(tmp_path / "in.parquet")
    label_table(classifier, Job(open_source(tmp_path / "in.parquet"), tmp_path / "out.parquet"))
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.column_names == [*table.column_names, *RESULT_COLUMNS]
    assert out.select(table.column_names).equals(table)
    assert out.schema.metadata[b"owner"] == "研究组".encode()
    assert out["status"].to_pylist() == ["ok", "missing value"]
    assert pa.types.is_boolean(out.schema.field("needs_review").type)
    assert pa.types.is_floating(out.schema.field("score_threat").type)


def test_columns_of_a_parquet_file_read_well_in_a_csv(tmp_path: Path, classifier: Classifier) -> None:
    table = pa.table({"text": [REMINDER], "day": [date(2024, 5, 6)], "money": [Decimal("1.10")], "raw": [b"ab"]})
    pq.write_table(table, tmp_path / "in.parquet")
    label_table(classifier, Job(open_source(tmp_path / "in.parquet"), tmp_path / "out.csv"))
    row = read(tmp_path / "out.csv")[0]
    assert (row["day"], row["money"], row["raw"]) == ("2024-05-06", "1.10", "ab")


def test_no_cell_of_excel_is_a_formula_whatever_it_begins_with(
    labelled: Callable[[str, str, list[Row]], Path],
) -> None:
    row = {"=HYPERLINK(1)": '=HYPERLINK("http://a.example","x")', "text": "=1+1 请还款", "e": "#N/A", "n": "-1"}
    path = labelled("in.jsonl", "out.xlsx", [row])
    written = load_workbook(path).active.iter_rows(max_col=4)
    for cells, expected in zip(written, [list(row.keys()), list(row.values())], strict=True):
        assert [cell.value for cell in cells] == expected
        assert {cell.data_type for cell in cells} == {"s"}
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_characters_that_excel_cannot_hold_are_replaced(labelled: Callable[[str, str, list[Row]], Path]) -> None:
    row = read(labelled("in.jsonl", "out.xlsx", [{"text": "还\x01款\x1b请"}]))[0]
    assert row["text"] == "还\ufffd款\ufffd请"


def test_a_cell_that_excel_would_cut_is_refused(labelled: Callable[[str, str, list[Row]], Path]) -> None:
    with pytest.raises(OutputError, match=r"write \.csv"):
        labelled("in.jsonl", "out.xlsx", [{"text": "请还款", "long": "长" * 40_000}])


@pytest.mark.parametrize("wanted", ["csv", "tsv"])
def test_a_delimited_output_opens_in_excel(labelled: Callable[[str, str, list[Row]], Path], wanted: str) -> None:
    data = labelled("in.jsonl", f"out.{wanted}", [{"text": REMINDER}]).read_bytes()
    assert data.startswith(b"\xef\xbb\xbftext")
    assert data.endswith(b"\r\n")


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=10)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5), wanted=st.sampled_from(["csv", "tsv", "jsonl"]))
def test_any_text_can_be_written_and_read_back(rows: list[tuple[str, str]], wanted: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"out.{wanted}")
        write_rows(path, wanted, ["甲", "乙"], ({"甲": a, "乙": b} for a, b in rows))
        again = open_source(path)
        assert [tuple(row.values()) for row in again.rows()] == rows


def test_a_long_number_loses_no_digit_in_excel(labelled: Callable[[str, str, list[Row]], Path]) -> None:
    row = read(labelled("in.jsonl", "out.xlsx", [{"text": REMINDER, "id": 110101199003071234}]))[0]
    assert str(row["id"]) == "110101199003071234"


def test_a_carriage_return_inside_a_cell_does_not_tear_its_row(
    labelled: Callable[[str, str, list[Row]], Path],
) -> None:
    out = read(labelled("in.jsonl", "out.csv", [{"text": REMINDER, "note": "上\r下"}]))
    assert [row["note"] for row in out] == ["上\r下"]


def test_jsonl_is_strict_json_even_for_numbers_that_are_none(
    labelled: Callable[[str, str, list[Row]], Path],
) -> None:
    path = labelled("in.jsonl", "out.jsonl", [{"text": REMINDER, "x": float("nan")}])

    def refuse(constant: str) -> Any:
        raise AssertionError(constant)

    assert json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)["x"] is None


def test_parquet_takes_a_first_answer_that_comes_late(labelled: Callable[[str, str, list[Row]], Path]) -> None:
    out = pq.read_table(labelled("in.jsonl", "out.parquet", [{"text": " "}] * 2048 + [{"text": REMINDER}]))
    assert out["label"].to_pylist()[-2:] == [None, "lawful_reminder"]
    assert out["needs_review"].to_pylist()[-2:] == [None, False]


@pytest.mark.parametrize(
    "rows",
    [
        [{"text": REMINDER, "x": 1}, {"text": REMINDER, "x": "一"}],
        [{"text": " ", "x": 1}] * 2048 + [{"text": REMINDER, "x": "一"}],
        pytest.param([{"text": REMINDER, "x": 2**70}]),
        pytest.param([{"text": REMINDER, "x": "\ud800"}]),
    ],
    ids=["mixed types", "types that change late", "huge number", "half a character"],
)
def test_values_that_parquet_cannot_hold_are_refused_with_a_way_out(
    classifier: Classifier, tmp_path: Path, rows: list[Row]
) -> None:
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    job = Job(open_source(tmp_path / "in.jsonl"), tmp_path / "out.parquet", "text")
    with pytest.raises(OutputError, match=r"\.jsonl"):
        label_table(classifier, job)
    assert not job.output.exists()
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize(
    ("name", "format", "kind"),
    [("a.csv", None, "csv"), ("A.TSV", None, "tsv"), ("a.ndjson", None, "jsonl"), ("a.pq", None, "parquet"),
     ("a", "xlsx", "xlsx")],
)  # fmt: skip
def test_the_output_format_is_the_one_named_or_the_suffix(name: str, format: str | None, kind: str) -> None:
    assert output_format(Path(name), format) == kind


@pytest.mark.parametrize(
    "name",
    ["a.txt", "a.docx", "a", "-",
     pytest.param("a.xlsm")],
)  # fmt: skip
def test_an_output_that_cannot_be_written_names_those_that_can(name: str) -> None:
    with pytest.raises(OutputError, match=r"\.csv .*\.parquet"):
        output_format(Path(name))
