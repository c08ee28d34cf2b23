import json
import os
from datetime import date
from pathlib import Path

import pytest

from classifier import Classifier
from classifier.bulk.label import FAILED, Job, label_table
from classifier.bulk.screens import COLUMNS, OWN_REPLY, Reading, ScreenSource, open_input
from classifier.bulk.sources import Row, open_source
from classifier.errors import InputError

CASES = Path(__file__).parent.parent / "cases" / "screens"
CLEAN = "您好，您本期账单326.50元将于明日到期，请登录官方App还款"
LONG = "第一段：请还款。\n\n  第二段：谢谢，10:24 前联系\n（完）"
SCREEN = "10:24 中国移动 4G 78%\n昨天 下午3:45\n再不还钱就上你家\n短信/彩信\n"


def folder(tmp_path: Path, **files: str | bytes) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    for name, data in files.items():
        place = path / name.replace("__", ".")
        place.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def statuses(source: ScreenSource) -> list[tuple[str, str | None]]:
    return [(row["file"], reason) for row, reason in source.judged()]


def opened(path: Path, **options: object) -> ScreenSource:
    source = open_input(path, **options)  # type: ignore[arg-type]
    assert isinstance(source, ScreenSource)
    assert source.size == len(list(source.rows()))
    assert all(tuple(row) == COLUMNS for row in source.rows())
    return source


def test_a_folder_of_clean_texts_is_the_table_it_always_was(tmp_path: Path) -> None:
    path = folder(tmp_path, a__txt=CLEAN, b__txt=LONG.encode("gb18030"), c__txt=f"{CLEAN}\r\n", d__txt="")
    source = open_input(path)
    assert source == open_source(path)
    assert list(source.rows()) == [
        {"file": "a.txt", "text": CLEAN},
        {"file": "b.txt", "text": LONG},
        {"file": "c.txt", "text": CLEAN},
        {"file": "d.txt", "text": ""},
    ]


def test_a_mixed_folder_gives_a_row_a_message_and_a_reason_for_the_rest(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        a__txt=CLEAN, b__txt=SCREEN, c__json=b'{"rec_texts": [', d__jpg=b"\xff\xd8\xff\0", e__txt=b"\0\1\2", f__csv=b"",
        g__txt="", h__tsv=(CASES / "tesseract.tsv").read_bytes(), i__dat=(CASES / "rapidocr3.json").read_bytes(),
    )  # fmt: skip
    (path / "j").mkdir()
    (path / "k").mkdir()
    (path / "k" / "a.txt").write_text(LONG, encoding="utf-8")
    (path / ".hidden").write_text("x", encoding="utf-8")
    source = opened(path)
    found = statuses(source)
    assert [(name, (reason or "")[: len(FAILED)]) for name, reason in found] == [
        ("a.txt", ""), ("b.txt", ""), ("c.json", FAILED), ("d.jpg", FAILED), ("e.txt", FAILED), ("f.csv", FAILED),
        ("g.txt", "empty text"), *[("h.tsv", "")], ("h.tsv", OWN_REPLY), *[("h.tsv", "")] * 2,
        *[("i.dat", "")], ("i.dat", OWN_REPLY), *[("i.dat", "")] * 2, ("j", FAILED), ("k/a.txt", ""),
    ]  # fmt: skip
    texts = {row["file"]: row["text"] for row in source.rows()}
    assert (texts["a.txt"], texts["b.txt"], texts["k/a.txt"]) == (CLEAN, "再不还钱就上你家", LONG)
    assert dict(source.kinds) == {
        "text": 4,
        "PaddleOCR 3 JSON": 1,
        "not readable": 3,
        "CSV": 1,
        "Tesseract TSV": 1,
        "RapidOCR JSON": 1,
    }


def test_a_picture_whose_text_lies_beside_it_is_no_failure(tmp_path: Path) -> None:
    path = folder(tmp_path, a__txt=SCREEN, a__png=b"\x89PNG\0", b__png=b"\x89PNG\0")
    assert [name for name, _ in statuses(opened(path))] == ["a.txt", "b.png"]


def test_what_the_run_itself_writes_is_not_read(tmp_path: Path) -> None:
    path = folder(tmp_path, a__txt=SCREEN, out__csv="file,text\nx,y\n")
    assert [row["file"] for row in opened(path, outputs=[path / "out.csv"]).rows()] == ["a.txt"]


def test_a_single_file_is_lines_unless_it_is_a_screen(tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_text(f"{CLEAN}\n{CLEAN}\n", encoding="utf-8")
    assert open_input(lines) == open_source(lines)
    screen = tmp_path / "screen.txt"
    screen.write_text(SCREEN, encoding="utf-8")
    assert [row["text"] for row in opened(screen).rows()] == ["再不还钱就上你家"]
    assert open_input(screen, as_="text") == open_source(screen)
    assert [row["text"] for row in opened(lines, as_="screens", reading=Reading(forced=True)).rows()] == [CLEAN * 2]


def test_a_column_of_screens_keeps_its_table(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    two = SCREEN.replace("短信/彩信\n", "今天 8:01\n看到回话\n")
    rows: list[Row] = [{"id": 1, "time": "x", "ocr": two}, {"id": 2, "time": "y", "ocr": None}, {"id": 3, "ocr": CLEAN}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    source = open_input(path)
    assert source.columns == (
        "id", "time", "ocr",
        "screen_message", "screen_time", "screen_sender", "screen_side", "screen_message_text",
    )  # fmt: skip
    assert [(row["id"], row["time"], row["screen_time"], row["screen_message_text"]) for row in source.rows()] == [
        (1, "x", "昨天 下午3:45", "再不还钱就上你家"),
        (1, "x", "今天 8:01", "看到回话"),
        (2, "y", None, None),
        (3, None, "", CLEAN),
    ]  # fmt: skip
    assert (source.size, source.text_column) == (4, "screen_message_text")
    assert open_input(path, as_="text") == open_source(path)


def test_a_table_of_clean_texts_is_the_table_it_always_was(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"id,text\n1,{CLEAN}\n2,10:24 见\n", encoding="utf-8")
    assert open_input(path) == open_source(path)


def test_steps_and_the_day_of_the_shot_are_options(tmp_path: Path) -> None:
    path = folder(tmp_path, a__txt=SCREEN)
    day = Reading(frozenset({"input_line"}), date(2024, 3, 14))
    assert [(row["time"], row["text"]) for row in opened(path, reading=day).rows()] == [
        ("2024-03-13T15:45", "再不还钱就上你家"),
        ("2024-03-13T15:45", "短信/彩信"),
    ]


def test_the_digest_follows_content_names_and_reading(tmp_path: Path) -> None:
    path = folder(tmp_path, a__txt=SCREEN, b__json=b"{")
    digests = [opened(path).digest(), opened(path).digest(), opened(path, reading=Reading(forced=True)).digest()]
    (path / "b.json").write_bytes(b"[")
    digests.append(opened(path).digest())
    (path / "b.json").rename(path / "c.json")
    digests.append(opened(path).digest())
    assert digests[0] == digests[1]
    assert len(set(digests)) == 4


@pytest.mark.parametrize("name", ["none", "x" * 300, "nul\0"])
def test_what_is_not_there_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no file"):
        open_input(tmp_path / name)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no files"):
        open_input(tmp_path)


def test_a_damaged_single_file_is_refused_with_its_format(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"rec_texts": [', encoding="utf-8")
    with pytest.raises(InputError, match="PaddleOCR 3 JSON"):
        open_input(path)


def test_a_folder_that_grows_meanwhile_is_said(classifier: Classifier, tmp_path: Path) -> None:
    path = folder(tmp_path, a__txt=SCREEN, b__txt=SCREEN)
    job = Job(opened(path), tmp_path / "out.csv")

    def grow(rows: int) -> None:
        if rows:
            (path / "a.txt").write_text(SCREEN.replace("短信/彩信", "今天 8:01\n看到回话"), encoding="utf-8")

    with pytest.raises(InputError, match="changed while"):
        label_table(classifier, job, grow)
    assert not job.output.exists()


@pytest.mark.skipif(os.name != "posix", reason="names of POSIX")
def test_a_name_that_is_no_text_is_a_row_all_the_same(tmp_path: Path) -> None:
    path = folder(tmp_path, a__txt=SCREEN)
    (path / "a.txt").rename(os.fsdecode(os.fsencode(path) + b"/\xff.txt"))
    (row,) = opened(path).rows()
    assert row["file"] == "\ufffd.txt"


def test_a_picture_beside_a_file_of_another_kind_is_no_less_a_picture(tmp_path: Path) -> None:
    path = folder(tmp_path, a__png=b"\x89PNG\0", a__docx=b"PK", b__txt=SCREEN, b__PNG=b"\x89PNG\0")
    assert [name for name, _ in statuses(opened(path))] == ["a.docx", "a.png", "b.txt"]


def test_what_is_marked_as_a_cache_is_not_read(tmp_path: Path) -> None:
    path = folder(tmp_path, a__txt=SCREEN)
    (path / "old.csv.ocr" / "deep").mkdir(parents=True)
    (path / "old.csv.ocr" / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")
    (path / "old.csv.ocr" / "b.json").write_text("{}")
    (path / "old.csv.ocr" / "deep" / "c.txt").write_text(SCREEN, encoding="utf-8")
    assert [name for name, _ in statuses(opened(path))] == ["a.txt"]
