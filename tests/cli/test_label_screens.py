import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import THREAT, Command, Run, read_csv

CASES = Path(__file__).parent.parent / "cases" / "screens"
SCREEN = f"10:24 中国移动 4G 78%\n‹ 1069 0000 1234\n昨天 下午3:45\n{THREAT}\n短信/彩信\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    (path / "a.txt").write_text(SCREEN, encoding="utf-8")
    (path / "b.json").write_bytes((CASES / "rapidocr3.json").read_bytes())
    return path


def test_screens_become_rows_with_time_sender_and_side_and_replies_get_no_label(
    cmc: Run, folder: Path, tmp_path: Path
) -> None:
    result = cmc("label", folder, "-o", tmp_path / "out.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    rows = read_csv(tmp_path / "out.csv")
    assert list(rows[0])[:8] == ["file", "screen", "message", "time", "sender", "side", "text", "status"]
    assert [(r["file"], r["message"], r["time"], r["sender"], r["side"], r["status"], r["label"]) for r in rows] == [
        ("a.txt", "1", "昨天 下午3:45", "1069 0000 1234", "", "ok", "threat"),
        ("b.json", "1", "昨天下午3:45", "1069 0000 4321", "incoming", "ok", "lawful_reminder"),
        ("b.json", "2", "昨天下午3:45", "", "outgoing", "own reply", ""),
        ("b.json", "3", "3月12日周二09:41", "1069 0000 4321", "incoming", "ok", "third_party_harassment"),
        ("b.json", "4", "3月12日周二09:41", "1069 0000 4321", "incoming", "ok", "lawful_reminder"),
    ]
    assert rows[0]["text"] == THREAT
    lines = [" ".join(line.split()) for line in result.stderr.splitlines()]
    assert lines[1] == "读作 read as: text (1), RapidOCR JSON (1)"
    assert "未判断 1 skipped: own reply" in lines


def test_what_cannot_be_read_is_a_row_and_an_exit_code_of_its_own(cmc: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "c.json").write_text('[{"txt": "还', encoding="utf-8")
    (folder / "d").mkdir()
    result = cmc("label", folder, "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 4
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["file"], row["status"], row["finding"]) for row in rows[5:]] == [
        ("c.json", "unreadable: damaged JSON; make it anew", None),
        ("d", "unreadable: empty folder", None),
    ]
    assert len(rows) == 7
    assert THREAT not in result.stderr


def test_options_leave_out_steps_take_all_as_text_and_date_the_times(cmc: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "b.json").unlink()
    out = tmp_path / "out.csv"
    assert cmc("label", folder, "-o", out, "--no-clean", "times", "--no-clean", "title").exit_code == 0
    assert [row["text"] for row in read_csv(out)] == ["‹ 1069 0000 1234", "昨天 下午3:45", THREAT]
    assert cmc("label", folder, "-o", out, "--taken", "2024-03-14").exit_code == 0
    assert read_csv(out)[0]["time"] == "2024-03-13T15:45"
    assert cmc("label", folder, "-o", out, "--as", "text").exit_code == 0
    assert list(read_csv(out)[0])[:3] == ["file", "text", "status"]
    assert read_csv(out)[0]["text"] == SCREEN.strip()
    result = cmc("label", folder, "-o", out, "--no-clean", "everything")
    assert (result.exit_code, "Usage: cmc label" in result.stderr) == (2, True)


def test_a_paste_of_a_screen_on_standard_input(cmc: Run, tmp_path: Path) -> None:
    result = cmc("label", "-", "-o", tmp_path / "out.csv", "--as", "screens", stdin=SCREEN.encode())
    assert result.exit_code == 0
    assert [row["text"] for row in read_csv(tmp_path / "out.csv")] == [THREAT]


def test_a_changed_cleaning_does_not_go_on_with_an_old_journal(cmc: Run, folder: Path, tmp_path: Path) -> None:
    output, journal = tmp_path / "out.csv", tmp_path / "out.csv.part"
    broken = cmc("label", folder, "-o", output, "--model", CASES / "expected.json")
    assert broken.exit_code == 1
    journal.write_text(
        '{"input_sha256": "x", "rows": 1, "text_column": "text", "policy": "balanced", "model_sha256": "y"}\n'
    )
    assert "start anew" in cmc("label", folder, "-o", output, "--resume").stderr


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ten_thousand_files_in_flat_memory_killed_and_resumed_lose_and_double_nothing(
    cmc_command: Command, tmp_path: Path
) -> None:
    box = (CASES / "rapidocr3.json").read_text(encoding="utf-8")
    few, many = tmp_path / "few", tmp_path / "many"
    for path, count in ((few, 500), (many, 10_000)):
        for n in range(count):
            place = path / f"{n // 500:02}"
            place.mkdir(parents=True, exist_ok=True)
            if n % 10 == 9:
                (place / f"{n:05}.json").write_text(box if n % 20 == 9 else box[: n % 400], encoding="utf-8")
            else:
                (place / f"{n:05}.txt").write_text(SCREEN.replace("今天", f"第{n}次了，今天"), encoding="utf-8")
    base, environment = cmc_command

    def start(path: Path, *more: str) -> subprocess.Popen[bytes]:
        arguments = [*base, "label", str(path), "-o", str(tmp_path / f"{path.name}.jsonl"), *more]
        return subprocess.Popen(arguments, env=environment, stderr=subprocess.DEVNULL)

    def peak(process: subprocess.Popen[bytes]) -> tuple[int, int]:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, usage.ru_maxrss // (1024 if sys.platform == "linux" else 1 << 20)

    code, little = peak(start(few))
    assert code == 4
    process, journal = start(many), tmp_path / "many.jsonl.part"
    end = time.monotonic() + 600
    while not journal.exists() or journal.stat().st_size < 2_000_000:
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "many.jsonl").exists()
    code, much = peak(start(many, "--resume"))
    assert code == 4
    assert much < little + 25, f"{little} MB for 500 files, {much} MB for 10,000"
    with (tmp_path / "many.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    texts = [row for row in rows if row["file"].endswith(".txt")]
    assert [row["text"] for row in texts] == [
        THREAT.replace("今天", f"第{n}次了，今天") for n in range(10_000) if n % 10 != 9
    ]
    assert {row["status"] for row in texts} == {"ok"}
    assert sum(row["status"].startswith("unreadable") for row in rows) == 500
    assert sum(row["status"] == "own reply" for row in rows) == 500
    assert len({(row["file"], row["message"]) for row in rows}) == len(rows) == 9_000 + 500 * 4 + 500
