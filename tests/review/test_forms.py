"""What annotation tools give back, in the shapes that they write."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from classifier.errors import InputError
from classifier.labels import Label
from classifier.review.choices import CHOICES, LABEL_SETS, UNSURE, LabelSet, choice, read_choice
from classifier.review.forms import Form, read_forms
from classifier.review.refs import Part, Ref, read_ref
from classifier.review.tools import said

REF = Ref("a1b2c3", 17, "9f3a", 25.5, "1")
TEXT = "再不还钱就爆你通讯录"
THREAT = frozenset([Label.THREAT])
TWO = frozenset([Label.THREAT, Label.DEFAMATION])
CODES, SHOWN = ["threat", "defamation"], [said(Label.THREAT), said(Label.DEFAMATION)]

Write = Callable[[str, Any], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to(name: str, content: Any) -> Path:
        path = tmp_path / name
        if name.endswith(".json"):
            path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        elif name.endswith(".jsonl"):
            path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in content), encoding="utf-8")
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(content[0]))
                writer.writeheader()
                writer.writerows(content)
        return path

    return to


def test_every_answer_of_the_codebook_is_one_choice_and_back() -> None:
    assert len(LABEL_SETS) == len(set(LABEL_SETS)) == 9
    assert [read_choice(choice(labels)) for labels in LABEL_SETS] == list(LABEL_SETS)
    assert read_choice(UNSURE) is read_choice("") is read_choice(None) is None
    assert max(map(len, CHOICES)) < 80


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("威胁恐吓", THREAT),
        ("threat、defamation", TWO),
        ("威胁恐吓，侮辱诽谤", TWO),
        ("Threat | DEFAMATION", TWO),
        (choice(TWO), TWO),
    ],
)
def test_answers_may_be_typed(cell: str, labels: LabelSet) -> None:
    assert read_choice(cell) == labels


@pytest.mark.parametrize("ref", [REF, Ref("000000", 1000000, "0000", None, "1"), Ref("ffffff", 1, "ab12", 1e7, "2")])
def test_a_reference_comes_back_as_it_went_out(ref: Ref) -> None:
    assert read_ref(str(ref)) == ref
    assert ref.part is (Part.CHOSEN if ref.weight is None else Part.RANDOM)


@pytest.mark.parametrize("junk", ["", None, 17, "17", "a1b2c3-17-9f3a-x-1", f"{REF} "[::-1]])
def test_what_is_no_reference_is_none(junk: object) -> None:
    assert read_ref(junk) is None


def annotation(choices: list[str], **more: Any) -> dict[str, Any]:
    value = {"choices": choices}
    result = {"from_name": "label", "to_name": "text", "type": "choices", "value": value}
    return {"id": 1, "completed_by": 3, "was_cancelled": False, "result": [result], **more}


def task(*annotations: dict[str, Any], key: str = "annotations") -> dict[str, Any]:
    return {"id": 5, "data": {"text": TEXT, "ext_id": str(REF)}, key: list(annotations), "predictions": [{"score": 1}]}


def minimal(label: Any) -> dict[str, Any]:
    return {"text": TEXT, "ext_id": str(REF), "id": 5, "label": label, "annotator": 3, "annotation_id": 9}


LABEL_STUDIO = [
    ("ls.json", [task(annotation(["threat"]))], THREAT),
    ("ls.json", [task(annotation(CODES))], TWO),
    ("ls.json", [task(annotation(SHOWN))], TWO),
    ("old.json", [task(annotation(["threat"]), key="completions")], THREAT),
    ("mini.json", [minimal("threat")], THREAT),
    ("mini.json", [minimal({"choices": CODES})], TWO),
    ("ls.csv", [minimal("威胁恐吓 threat")], THREAT),
    ("ls.csv", [minimal(json.dumps({"choices": SHOWN}, ensure_ascii=False))], TWO),
]


@pytest.mark.parametrize(("name", "content", "labels"), LABEL_STUDIO)
def test_exports_of_label_studio_are_read(write: Write, name: str, content: Any, labels: LabelSet) -> None:
    (form,) = read_forms(write(name, content))
    assert (form.text, form.ref, form.labels, form.annotator, form.fault) == (TEXT, REF, labels, "3", "")


def test_each_annotation_of_a_task_is_a_voice_of_its_own_and_cancelled_ones_are_none(write: Write) -> None:
    several = task(
        annotation(["threat"], completed_by={"id": 1, "email": "a@example.org"}),
        annotation(CODES, completed_by=2),
        annotation(["threat"], was_cancelled=True),
    )
    forms = read_forms(write("ls.json", [several, task(), task(annotation([]))]))
    assert [form.annotator for form in forms if form.labels] == ["a@example.org", "2"]
    assert [form.labels for form in forms] == [THREAT, TWO, None, None]


DOCCANO = [
    {"id": 1, "text": TEXT, "label": ["threat"], "ext_id": str(REF), "Comments": []},
    {"id": 1, "text": TEXT, "labels": ["threat"], "meta": {"ext_id": str(REF)}},
    {"id": 1, "data": TEXT, "label": [{"label": "threat"}], "metadata": {"ext_id": str(REF)}},
    {"id": 1, "text": TEXT, "labels": [{"text": "威胁恐吓"}], "meta": {"ext_id": str(REF)}},
]


@pytest.mark.parametrize("row", DOCCANO)
def test_lines_of_doccano_old_and_new_are_read(write: Write, row: dict[str, Any]) -> None:
    (form,) = read_forms(write("all.jsonl", [row]))
    assert (form.text, form.ref, form.labels, form.fault) == (TEXT, REF, THREAT, "")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"text": TEXT, "label": ["threat", "unrelated"]}, "unrelated excludes every other label"),
        ({"text": TEXT, "label": ["rude"]}, "unknown label"),
        ({"text": TEXT, "labels": [{"label": 4, "user": 1}]}, "a number stands for the label"),
        ({"text": TEXT, "label": 4}, "a number stands for the label"),
        ({"text": TEXT, "label": [[0, 3, "threat"]]}, "a number stands for the label"),
        ({"text": TEXT, "label": "{broken"}, "unknown"),
    ],
)
def test_answers_that_break_the_codebook_are_faults_with_a_place(
    write: Write, row: dict[str, Any], reason: str
) -> None:
    form, _ = read_forms(write("all.jsonl", [row, {"text": TEXT, "label": []}]))
    assert form.labels is None
    assert form.fault.startswith(reason)
    assert form.where == "all.jsonl row 1"


def test_an_empty_label_is_no_answer(write: Write) -> None:
    assert read_forms(write("all.jsonl", [{"text": TEXT, "label": []}])) == [Form("all.jsonl row 1", TEXT)]


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.json", {"a": 1}), ("x.json", [1, 2]), ("x.jsonl", [{"a": 1}]), ("x.csv", [{"a": 1}])],
)
def test_what_is_no_form_is_refused(write: Write, name: str, content: Any) -> None:
    with pytest.raises(InputError, match="not a filled form"):
        read_forms(write(name, content))


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="export it anew"):
        read_forms(tmp_path / "x.json")
