"""What goes out to people: the sheet as Excel sees it, and the files for annotation tools, there and back."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.labels import CODEBOOK_VERSION
from classifier.review.choices import CHOICES, LABEL_SETS, choice
from classifier.review.forms import read_forms
from classifier.review.incoming import take_in
from classifier.review.refs import Ref, read_ref, short_check
from classifier.review.sheet import ANNOTATOR, ANSWER, NOTE, REF, TEXT, write_sheet
from classifier.review.table import open_labelled
from classifier.review.tools import said

from .conftest import CONTROL, FORMULA, Run, by_words, rows_of, texts


@pytest.fixture
def book(cmc: Run, labelled: Path, tmp_path: Path) -> Any:
    from openpyxl import load_workbook

    options = ("-n", 90, "--random", 20, "--raw", "--annotator", "甲")
    assert cmc("review", labelled, "-o", tmp_path / "r.xlsx", *options).exit_code == 0
    return load_workbook(tmp_path / "r.xlsx")


def test_the_answer_is_a_drop_down_of_every_valid_answer(book: Any) -> None:
    page, guide, lists = book.worksheets
    (rule,) = page.data_validations.dataValidation
    heading = {str(cell.value).split()[-1]: cell.column_letter for cell in page[1]}
    assert (rule.type, rule.formula1) == ("list", f"choices!$A$1:$A${len(CHOICES)}")
    assert str(rule.sqref) == f"{heading['answer']}2:{heading['answer']}{page.max_row}"
    assert rule.showErrorMessage
    assert rule.allow_blank
    assert tuple(cell.value for cell in lists["A"]) == CHOICES
    assert lists.sheet_state == "hidden"
    assert (page.sheet_state, guide.sheet_state) == ("visible", "visible")


def test_the_sheet_is_made_for_reading(book: Any) -> None:
    page, guide, _ = book.worksheets
    assert page.freeze_panes == "C2"
    assert page.auto_filter.ref.endswith(str(page.max_row))
    for row in page.iter_rows(min_row=2):
        assert row[1].alignment.wrap_text
        assert page.row_dimensions[row[0].row].height >= 20
        assert row[4].value == "甲"
    shown = {cell.value for row in guide.iter_rows() for cell in row}
    assert {choice(frozenset([label])) for label in by_words("领导") | by_words("老赖")} <= shown


def test_no_text_is_a_formula_or_becomes_one(book: Any) -> None:
    cells = {str(row[1].value): row[1] for row in book.worksheets[0].iter_rows(min_row=2)}
    assert cells[FORMULA].data_type == "s"
    assert cells[FORMULA].quotePrefix
    assert next(cell for text, cell in cells.items() if text.startswith("@所有人")).quotePrefix
    assert next(text for text in cells if "\ufffd" in text).replace("\ufffd", "\x07").split() == CONTROL.split()


def test_label_studio_shows_the_choices_and_no_prediction_for_random_messages(
    cmc: Run, labelled: Path, tmp_path: Path
) -> None:
    tasks_path = tmp_path / "tasks.json"
    result = cmc("review", labelled, "-o", tasks_path, "-n", 20, "--random", 8, "--for", "label-studio")
    assert result.exit_code == 0, result.stderr
    tasks = json.loads(tasks_path.read_text(encoding="utf-8"))
    config = ET.fromstring(tasks_path.with_suffix(".xml").read_text(encoding="utf-8"))
    choices = config.find("Choices")
    assert choices is not None
    assert choices.attrib["choice"] == "multiple"
    offered = {item.attrib["value"] for item in choices}
    for task in tasks:
        ref = read_ref(task["data"]["ext_id"])
        assert ref is not None
        assert "id" not in task
        assert bool(task["predictions"]) is (ref.weight is None)
        for prediction in task["predictions"]:
            (found,) = prediction["result"]
            assert (found["from_name"], found["to_name"]) == (choices.attrib["name"], choices.attrib["toName"])
            assert set(found["value"]["choices"]) <= offered
            assert prediction["model_version"]


def annotated(task: dict[str, Any]) -> dict[str, Any]:
    labels = [said(label) for label in by_words(task["data"]["text"])]
    result = {"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": labels}}
    return {**task, "id": 7, "annotations": [{"completed_by": 1, "was_cancelled": False, "result": [result]}]}


def test_a_round_through_label_studio_ends_in_corrections(cmc: Run, labelled: Path, tmp_path: Path) -> None:
    assert cmc("review", labelled, "-o", tmp_path / "t.json", "-n", 20, "--for", "label-studio").exit_code == 0
    tasks = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    exported = tmp_path / "exported.json"
    exported.write_text(json.dumps([annotated(task) for task in tasks]), encoding="utf-8")
    result = cmc("corrections", "add", exported, "-o", tmp_path / "c.jsonl", "--texts", labelled)
    assert result.exit_code == 0, result.stderr
    found = [json.loads(line) for line in (tmp_path / "c.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(found) == len(tasks)
    assert all(row["text"] in texts() and row["labels"] == sorted(by_words(row["text"])) for row in found)


def test_a_round_through_doccano_ends_in_corrections(cmc: Run, labelled: Path, tmp_path: Path) -> None:
    assert cmc("review", labelled, "-o", tmp_path / "d.jsonl", "-n", 20, "--for", "doccano").exit_code == 0
    rows = [json.loads(line) for line in (tmp_path / "d.jsonl").read_text(encoding="utf-8").splitlines()]
    assert all(row["label"] == [] for row in rows)
    exported = tmp_path / "admin.jsonl"
    done = [{**row, "id": n, "label": sorted(by_words(row["text"])), "Comments": []} for n, row in enumerate(rows)]
    exported.write_text("".join(json.dumps(row) + "\n" for row in done), encoding="utf-8")
    add = ("corrections", "add", exported, "-o", tmp_path / "c.jsonl", "--texts", labelled)
    unnamed = cmc(*add)
    assert unnamed.exit_code == 1
    assert "nobody is named as annotator" in unnamed.stderr
    assert cmc(*add, "--annotator", "乙").exit_code == 0
    assert len((tmp_path / "c.jsonl").read_text(encoding="utf-8").splitlines()) == len(rows)


def test_the_whole_table_can_be_had_with_its_clusters(cmc: Run, labelled: Path, tmp_path: Path) -> None:
    result = cmc("review", labelled, "-o", tmp_path / "r.xlsx", "-n", 9, "--table", tmp_path / "all.xlsx")
    assert result.exit_code == 0, result.stderr
    rows = rows_of(tmp_path / "all.xlsx")
    assert len(rows) == len(texts())
    sizes = {row["cluster_id"]: row["cluster_size"] for row in rows if row["cluster_id"]}
    assert sum(sizes.values()) == len([text for text in texts() if text])
    assert sorted(sizes) == list(range(1, len(sizes) + 1))


@given(st.lists(st.text(st.characters(), min_size=1, max_size=60).filter(str.strip), min_size=1, max_size=20))
@settings(max_examples=40)
def test_any_text_finds_its_way_back_to_the_row_it_came_from(
    tmp_path_factory: pytest.TempPathFactory, messages: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    answers = {"status": "ok", "labels": ["unrelated"], "model_version": "m"}
    table = "".join(json.dumps({"text": message, **answers}) + "\n" for message in messages)
    (folder / "t.jsonl").write_text(table, encoding="utf-8")
    rows = (
        {
            TEXT: message,
            ANSWER: choice(LABEL_SETS[number % 9]),
            ANNOTATOR: "甲",
            REF: str(Ref("a1b2c3", number, short_check(message), None, CODEBOOK_VERSION)),
        }
        for number, message in enumerate(messages, 1)
    )
    write_sheet(folder / "r.xlsx", (TEXT, ANSWER, NOTE, ANNOTATOR, REF), rows)
    source = open_labelled(folder / "t.jsonl", text_column="text")
    found = take_in(read_forms(folder / "r.xlsx"), source, date="2026-01-05")
    assert found.faults == []
    assert [one.text for one in found.corrections] == messages
