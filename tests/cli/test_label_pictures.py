import csv
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import load_workbook
from PIL import Image

from classifier.pictures.engines import NONE_HERE, Engine
from classifier.screens.boxes import Box, Line

Run = Callable[..., Result]
Use = Callable[[Engine | None], None]
Command = tuple[list[str], dict[str, str]]

CASES = Path(__file__).parent.parent / "cases"
THREAT = "今天不还钱就带人去你家打断你的腿"
REMINDER = "您好，您本期账单326.50元将于明日到期，请登录官方App还款"
SCREEN = f"10:24 中国移动 4G 78%\n‹ 1069 0000 1234\n昨天 下午3:45\n{THREAT}\n短信/彩信\n"
SURE, UNSURE = 0.99, 0.7


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def shot(path: Path, colour: str = "white") -> Path:
    Image.new("RGB", (400, 600), colour).save(path)
    return path


def two_messages(picture: Image.Image) -> list[Line]:
    """Red pictures are read well, others badly."""
    score = SURE if picture.getpixel((5, 5)) == (255, 0, 0) else UNSURE
    return [Line(THREAT, Box(20, 200, 340, 220), score), Line(REMINDER, Box(20, 300, 390, 314), SURE)]


@pytest.fixture
def engine(without_processes: Use) -> Engine:
    found = Engine("Known", "1", 0.9, two_messages)
    without_processes(found)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    shot(path / "a.png", "red")
    shot(path / "b.jpg", "blue")
    (path / "c.txt").write_text(SCREEN, encoding="utf-8")
    return path


@pytest.mark.usefixtures("engine")
def test_pictures_and_texts_of_one_folder_become_rows_of_one_table(cmc: Run, folder: Path, tmp_path: Path) -> None:
    result = cmc("label", folder, "-o", tmp_path / "out.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    rows = read_csv(tmp_path / "out.csv")
    assert list(rows[0])[6:11] == ["text", "picture_sha256", "ocr_engine", "ocr_confidence", "status"]
    told = [
        (r["file"], r["message"], r["label"], r["ocr_engine"], r["ocr_confidence"], r["needs_review"]) for r in rows
    ]
    assert told == [
        ("a.png", "1", "threat", "Known 1", "0.99", "false"),
        ("a.png", "2", "lawful_reminder", "Known 1", "0.99", "false"),
        ("b.jpg", "1", "threat", "Known 1", "0.7", "true"),
        ("b.jpg", "2", "lawful_reminder", "Known 1", "0.99", "false"),
        ("c.txt", "1", "threat", "", "", "false"),
    ]
    assert {len(row["picture_sha256"]) for row in rows[:4]} == {64}
    assert "picture (2)" in result.stderr
    assert "2 新读 read, 0 已读过 known before (Known 1)" in result.stderr
    assert "out.csv.ocr" in result.stderr
    assert THREAT not in result.stderr


@pytest.mark.usefixtures("engine")
def test_a_doubtful_reading_gives_its_reason_in_the_finding(cmc: Run, folder: Path, tmp_path: Path) -> None:
    assert cmc("label", folder, "-o", tmp_path / "out.jsonl").exit_code == 0
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["finding"]["review_reasons"] for row in rows] == [[], [], ["low_ocr_confidence"], [], []]
    assert [row["needs_review"] for row in rows] == [False, False, True, False, False]


@pytest.mark.usefixtures("engine")
def test_a_single_picture_gives_excel_and_a_second_run_reads_nothing(cmc: Run, folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.xlsx"
    assert cmc("label", folder / "a.png", "-o", output).exit_code == 0
    assert [row[6] for row in load_workbook(output).active.iter_rows(min_row=2, values_only=True)] == [THREAT, REMINDER]
    assert "0 新读 read, 1 已读过" in cmc("label", folder / "a.png", "-o", output).stderr
    shared = tmp_path / "kept"
    assert "1 新读 read, 0 已读过" in cmc("label", folder / "a.png", "-o", output, "--ocr-cache", shared).stderr
    assert (
        "0 新读 read, 1 已读过"
        in cmc("label", folder / "a.png", "-o", tmp_path / "o.csv", "--ocr-cache", shared).stderr
    )


@pytest.mark.usefixtures("engine")
def test_what_is_kept_beside_the_output_is_never_read_as_input(cmc: Run, folder: Path) -> None:
    assert cmc("label", folder, "-o", folder / "out.csv").exit_code == 0
    (folder / "out.csv").unlink()
    assert (folder / "out.csv.ocr").is_dir()
    cmc("label", folder, "-o", folder / "other.csv")
    assert {row["file"] for row in read_csv(folder / "other.csv")} == {"a.png", "b.jpg", "c.txt"}


@pytest.mark.usefixtures("engine")
def test_what_cannot_be_read_is_a_row_with_a_reason_and_the_run_goes_on(cmc: Run, folder: Path, tmp_path: Path) -> None:
    data = (folder / "a.png").read_bytes()
    (folder / "cut.png").write_bytes(data[:100])
    (folder / "named.webp").write_bytes(data)
    (folder / "sound.png").write_bytes(b"RIFF\0\0\0\0WAVEfmt ")
    (folder / "text.png").write_text(SCREEN, encoding="utf-8")
    (folder / "zero.png").write_bytes(b"")
    (folder / "empty").mkdir()
    (folder / "gone.png").symlink_to(folder / "nowhere.png")
    result = cmc("label", folder, "-o", tmp_path / "out.csv")
    assert result.exit_code == 4
    told = {(row["file"], row["status"]) for row in read_csv(tmp_path / "out.csv") if row["status"] != "ok"}
    reasons = dict(told)
    assert reasons.keys() == {"cut.png", "sound.png", "zero.png", "empty", "gone.png"}
    assert reasons["cut.png"] == "unreadable: a damaged picture, or one that is cut short; copy it again"
    assert reasons["zero.png"] == "unreadable: an empty file"
    assert all(status.startswith("unreadable: ") for status in reasons.values())
    assert len(read_csv(tmp_path / "out.csv")) == len(told) + 8


def test_without_an_engine_every_picture_is_a_row_and_the_summary_says_how_to_get_one(
    cmc: Run, folder: Path, tmp_path: Path, without_processes: Use
) -> None:
    without_processes(None)
    result = cmc("label", folder, "-o", tmp_path / "out.csv")
    assert result.exit_code == 4
    rows = read_csv(tmp_path / "out.csv")
    assert [row["status"] for row in rows] == [f"unreadable: {NONE_HERE}"] * 2 + ["ok"]
    assert "get it: ./setup --ocr" in result.stderr
    assert not (tmp_path / "out.csv.ocr").exists()
    named = cmc("label", folder, "-o", tmp_path / "out.csv", "--ocr", "tesseract")
    assert (named.exit_code, named.stderr.count("\n")) == (1, 1)
    alone = cmc("label", folder / "a.png", "-o", tmp_path / "out.csv")
    assert alone.exit_code == 1
    assert "./setup --ocr" in alone.stderr


@pytest.mark.usefixtures("engine")
def test_columns_of_pictures_are_there_only_where_pictures_are(cmc: Run, folder: Path, tmp_path: Path) -> None:
    for path in (folder / "a.png", folder / "b.jpg"):
        path.unlink()
    result = cmc("label", folder, "-o", tmp_path / "out.csv")
    assert "ocr_engine" not in read_csv(tmp_path / "out.csv")[0]
    assert "识图" not in result.stderr


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("stopped_by", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_stopped_while_it_reads_pictures_goes_on_and_loses_none(
    cmc_command: Command, tmp_path: Path, stopped_by: signal.Signals
) -> None:
    """With the real engine, in processes of its own, which end with the one that started them."""
    folder, output = tmp_path / "in", tmp_path / "out.jsonl"
    folder.mkdir()
    picture = Image.open(CASES / "pictures" / "sms.png").convert("RGB")
    for number in range(12):
        picture.putpixel((0, 0), (number, 0, 0))
        picture.save(folder / f"{number:02}.png")
    base, environment = cmc_command
    command = [*base, "label", str(folder), "-o", str(output)]
    process = subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=_heed_interrupts
    )
    kept = output.with_name("out.jsonl.ocr")
    until = time.monotonic() + 60
    while len(list(kept.glob("[0-9a-f]*.json"))) < 3:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    if stopped_by == signal.SIGINT:
        os.killpg(process.pid, stopped_by)  # as a terminal does
    else:
        process.kill()
    told = process.communicate(timeout=60)[1].decode()
    assert process.returncode == (130 if stopped_by == signal.SIGINT else -stopped_by)
    assert "Traceback" not in told
    assert not output.exists()
    until = time.monotonic() + 30
    while _alive(process.pid):
        assert time.monotonic() < until, "a process that reads pictures outlived the run"
        time.sleep(0.2)
    before = len(list(kept.glob("[0-9a-f]*.json")))
    assert 3 <= before < 12
    done = subprocess.run([*command, "--resume"], env=environment, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0
    assert f"{12 - before} 新读 read, {before} 已读过" in done.stderr.decode()
    rows = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len({(row["file"], row["message"]) for row in rows}) == 12 * 4
    assert sum(row["text"] == THREAT for row in rows) == 12


def _heed_interrupts() -> None:
    """A shell starts what runs in its background with interrupts ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("script") is None, reason="script gives a terminal; it is part of util-linux")
def test_a_terminal_is_told_how_far_the_reading_is(cmc_command: Command, tmp_path: Path) -> None:
    base, environment = cmc_command
    command = " ".join([*base, "label", str(CASES / "pictures" / "sms.png"), "-o", str(tmp_path / "out.csv")])
    done = subprocess.run(
        ["script", "-qec", command, "/dev/null"], env=environment, capture_output=True, check=True, timeout=120
    )
    assert "识图 reading pictures" in done.stdout.decode()
    assert "1/1" in done.stdout.decode() or "100%" in done.stdout.decode()
