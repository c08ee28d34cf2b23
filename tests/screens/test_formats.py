import json
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from classifier.bulk.screens import Reading, open_input
from classifier.model.corpus import read_corpus
from classifier.screens.boxes import Item, Said, Screen, Unread, box_of
from classifier.screens.formats import FORMATS, UNREADABLE, Head, read_file
from classifier.screens.messages import read_screen

CASES = Path(__file__).parent.parent / "cases" / "screens"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CASES / "expected.json").read_text(encoding="utf-8"))
PICTURE = b"\x89PNG\r\n\x1a\n\0\0"


def items(path: Path) -> list[Item]:
    return list(read_file(path)[1])


def write(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize("name", EXPECTED)
def test_every_format_is_told_by_its_content_and_gives_its_messages(name: str) -> None:
    assert read_file(CASES / name)[0] == EXPECTED[name]["format"]
    source = open_input(CASES / name, as_="screens", reading=Reading())
    rows = [
        [row["screen"] or "", row["time"] or "", row["sender"] or "", row["side"] or "", row["text"], reason]
        for row, reason in source.judged()
    ]
    assert rows == EXPECTED[name]["rows"]


@pytest.mark.parametrize("suffix", [".dat", ".png", ".csv"])
@pytest.mark.parametrize(
    "name", [name for name in EXPECTED if EXPECTED[name]["format"] not in ("text", "copied chat") and name != "x"]
)
def test_a_wrong_extension_does_not_mislead(tmp_path: Path, name: str, suffix: str) -> None:
    copy = Path(shutil.copy(CASES / name, tmp_path / f"wrong{suffix}"))
    assert read_file(copy)[0] == EXPECTED[name]["format"]
    assert items(copy) == items(CASES / name)


def test_an_archive_of_sms_and_an_excel_file_are_told_apart_inside(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "sms.xlsx", "w") as archive:
        archive.write(CASES / "messages.ndjson", "messages.ndjson")
    assert read_file(tmp_path / "sms.xlsx")[0] == "SMS backup (ZIP)"
    assert [type(item) for item in items(tmp_path / "sms.xlsx")] == [Said, Said, Unread, Said]
    book = Workbook()
    book.active.append(["编号", "识别文本"])
    book.active.append([13800000000, "10:24 中国移动 4G 78%\n昨天 下午3:45\n再不还钱就上你家"])
    book.active.append([13800000001, None])
    book.save(tmp_path / "sms.zip")
    name, found = read_file(tmp_path / "sms.zip")
    screen, missing = found
    assert (name, type(missing)) == ("Excel", Unread)
    assert isinstance(screen, Screen)
    assert [message.text for message in read_screen(screen)] == ["再不还钱就上你家"]


@pytest.mark.parametrize(
    ("raw", "box"),
    [
        ([[1, 2], [9, 2], [9, 5], [1, 5]], (1, 2, 9, 5)),
        ([1, 2, 9, 5], (1, 2, 9, 5)),
        ([1, 2, 9, 2, 9, 5, 1, 5], (1, 2, 9, 5)),
        ([[1, 2], [9, 2], [9, 5], [1, None]], None),
        ([1, 2, 1, 2], None),
        ("1 2 9 5", None),
        ([float("nan"), 2, 9, 5], None),
        ([True, 2, 9, 5], None),
    ],
)
def test_boxes_come_as_corners_or_as_edges(raw: Any, box: tuple[float, ...] | None) -> None:
    found = box_of(raw)
    assert (found and (found.left, found.top, found.right, found.bottom)) == box


def test_an_umi_line_end_joins_what_the_engine_joined(tmp_path: Path) -> None:
    lines = [{"text": "今晚不还", "end": ""}, {"text": "我们就上门", "end": "\n"}]
    path = write(tmp_path / "a.json", json.dumps({"code": 100, "data": lines}))
    (screen,) = items(path)
    assert isinstance(screen, Screen)
    assert [message.text for message in read_screen(screen)] == ["今晚不还我们就上门"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    "name", ["status_bar.txt", "umi_merged.txt", "qq_export.txt", "sms_backup.xml", "paddle2.json"]
)
def test_every_encoding_reads_the_same(tmp_path: Path, name: str, encoding: str) -> None:
    text = (CASES / name).read_text(encoding="utf-8-sig").replace("\ufffd", "")
    assert items(write(tmp_path / name, text.encode(encoding))) == items(CASES / name)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.json", '{"rec_texts": ["还', "damaged JSON"),
        ("a.json", '{"rec_texts": [1, 2]}', "damaged"),
        ("a.json", b"", "empty file"),
        ("a.json", '{"a": 1}', "no kind"),
        ("a.jpg", PICTURE, "a picture"),
        ("a.txt", PICTURE, "a picture"),
        ("a.docx", b"PK\x03\x04 no archive", "no kind"),
        ("a.tsv", "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\nx\ty", ""),
        ("a.xml", "<smses><sms body='a'", "damaged XML"),
        ("a.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><smses><sms type='1' body='&a;'/></smses>", "entities"),
        ("a.zip", b"PK\x05\x06" + b"\0" * 18, "no kind"),
        ("a.csv", '甲,乙\n"没有结尾', "quotation mark"),
        ("a.csv", "file,text,status,label,labels,needs_review,model_version\na,b,ok,c,c,false,1\n", "output of this"),
        ("notes.md", "# 备注\n明天开会", "no kind"),
    ],
)
def test_what_cannot_be_read_is_said_without_a_word_of_it(
    tmp_path: Path, name: str, data: str | bytes, says: str
) -> None:
    found = items(write(tmp_path / name, data))
    reasons = [item.reason for item in found if isinstance(item, Unread)]
    assert reasons or not found
    assert all(says in reason for reason in reasons)
    assert not any(word in reason for reason in reasons for word in ("还", "备注", "没有结尾", str(tmp_path)))


@pytest.mark.parametrize("what", ["missing", "folder", "link", "pipe"])
def test_what_is_no_ordinary_file_is_said(tmp_path: Path, what: str) -> None:
    path = tmp_path / "a.txt"
    if what == "folder":
        path.mkdir()
    elif what == "link":
        path.symlink_to(tmp_path / "none")
    elif what == "pipe":
        os = pytest.importorskip("os")
        os.mkfifo(path)
    name, found = read_file(path)
    assert name == UNREADABLE
    assert [type(item) for item in found] == [Unread]


def test_a_large_backup_streams_across_its_chunks(tmp_path: Path) -> None:
    row = '<sms address="1069" date="1710208905000" type="1" body="第{n}条 &#55357;&#56496; 请按时还款" />\n'
    text = "<smses>" + "".join(row.format(n=n) for n in range(9000)) + "</smses>"
    texts = [item.text for item in items(write(tmp_path / "a.xml", text)) if isinstance(item, Said)]
    assert texts == [f"第{n}条 💰 请按时还款" for n in range(9000)]


def test_no_clean_message_is_taken_for_another_format() -> None:
    for example in read_corpus(CASES.parent.parent.parent / "datasets")[::5]:
        head = Head(Path("a.txt"), example.text.encode(), example.text, len(example.text.encode()))
        assert [one.name for one in FORMATS if one.recognise(head)] == ["text"], example.id


FUZZED = [path for path in sorted(CASES.iterdir()) if path.name in EXPECTED]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FUZZED), st.integers(0, 3000), st.binary(max_size=6), st.sampled_from([".json", ".txt", ".xml"]))
def test_damage_anywhere_never_raises(source: Path, at: int, data: bytes, suffix: str) -> None:
    raw = source.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        for damaged in (raw[:at] + data + raw[at + 3 :], raw[:at], data * 3):
            for item in items(write(Path(folder, f"a{suffix}"), damaged)):
                assert not isinstance(item, Screen) or isinstance(read_screen(item), tuple)
