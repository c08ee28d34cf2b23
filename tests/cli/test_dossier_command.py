import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .conftest import CHAT, REMINDER, THREAT, Command, Contents, OneLine, Run, read_csv

TABLE = (
    f"内容,时间,号码\n{THREAT},2025-12-31 23:30,170\n{REMINDER},2026/1/2 9:05,10690\n"
    f"{CHAT},2026年1月3日 上午9:05,139\n{THREAT},1月4日,170\n"
)
THREAD = Path(__file__).parents[1] / "cases" / "dossier" / "thread.csv"


def rows(folder: Path) -> list[dict[str, str]]:
    return read_csv(folder / "messages.csv")


def test_a_table_becomes_a_dossier_and_stays_as_it_is(cmc: Run, table: Path, tmp_path: Path) -> None:
    result = cmc("dossier", table, "-o", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (0, "")
    made = rows(tmp_path / "out")
    assert [(row["row"], row["label"], row["night"], row["time"]) for row in made] == [
        ("1", "threat", "true", "2025-12-31 23:30:00"),
        ("2", "lawful_reminder", "false", "2026-01-02 09:05:00"),
        ("3", "unrelated", "false", "2026-01-03 09:05:00"),
        ("4", "threat", "", ""),
    ]
    assert "完成 Done: 4 行 rows → " in result.stderr
    assert "(列 columns: 内容、时间、号码)" in result.stderr
    assert "时间不明 without a time: 1" in result.stderr
    assert table.read_text(encoding="utf-8") == TABLE
    assert {path.name for path in tmp_path.iterdir()} == {"in.csv", "out"}


def test_options_choose_columns_year_zone_days_and_language(cmc: Run, tmp_path: Path) -> None:
    path = tmp_path / "export.dat"
    path.write_text(f"a\td\tc\tw\n{THREAT}\t1月1日\t23:30\t170\n{REMINDER}\t1月5日\t9:05\t170\n", encoding="gb18030")
    result = cmc(
        *("dossier", path, "-o", tmp_path / "out", "--format", "tsv", "--text-column", "a", "--sender-column", "w"),
        *("--time-column", "d", "--time-column", "c", "--year", "2026", "--from", "2026-01-01", "--to", "2026-01-02"),
        *("--tz", "+09:00", "--lang", "en", "--policy", "cautious"),
    )
    assert result.exit_code == 0, result.stderr
    (row,) = rows(tmp_path / "out")
    assert (row["time"], row["sender"]) == ("2026-01-01 23:30:00", "170")
    page = (tmp_path / "out" / "dossier.html").read_text(encoding="utf-8")
    assert "Dossier of collection messages" in page
    assert "Times without a year were read as of 2026" in page
    assert "Rows outside the days chosen, not shown: 1." in page
    assert "UTC+09:00" in page
    assert ">cautious<" in page


def test_a_table_without_times_and_senders_works(cmc: Run, tmp_path: Path) -> None:
    result = cmc("dossier", "-", "-o", tmp_path / "out", stdin=f"{THREAT}\n\n{REMINDER}\n".encode())
    assert result.exit_code == 0, result.stderr
    assert [row["status"] for row in rows(tmp_path / "out")] == ["ok", "empty text", "ok"]
    assert "没有时间列" in (tmp_path / "out" / "dossier.html").read_text(encoding="utf-8")
    assert "  stdin\n" in (tmp_path / "out" / "hashes.txt").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_text_files_is_a_table(cmc: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, text in (("1.txt", THREAT), ("2.txt", REMINDER)):
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    assert cmc("dossier", tmp_path / "in", "-o", tmp_path / "out").exit_code == 0
    hashes = (tmp_path / "out" / "hashes.txt").read_text(encoding="utf-8")
    assert re.findall(r"bytes  (.*)", hashes) == ["1.txt", "2.txt"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--time-column", "nowhere"], "there is no column 'nowhere'"),
        (["--text-column", "nowhere"], "there is no column 'nowhere'"),
        (["--tz", "Mars"], "there is no such time zone"),
        (["--from", "2026-02-01", "--to", "2026-01-01"], "swap --from and --to"),
        (["--format", "xlsx"], "as Excel"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line_and_leaves_nothing(
    cmc: Run, one_line: OneLine, table: Path, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    assert sentence in one_line(cmc("dossier", table, "-o", tmp_path / "out", *arguments))
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_folder_that_is_not_empty_is_refused_unless_it_is_an_earlier_dossier(
    cmc: Run, one_line: OneLine, table: Path, tmp_path: Path, contents: Contents
) -> None:
    out = tmp_path / "out"
    assert cmc("dossier", table, "-o", out).exit_code == 0
    before = contents(tmp_path)
    assert "is not empty" in one_line(cmc("dossier", table, "-o", out))
    assert contents(tmp_path) == before
    assert cmc("dossier", table, "-o", out, "--force", "--lang", "en").exit_code == 0
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    assert "holds files that are no dossier" in one_line(cmc("dossier", table, "-o", out, "--force"))
    assert "would replace the input" in one_line(cmc("dossier", out / "messages.csv", "-o", out, "--force"))


def test_no_text_of_a_message_reaches_the_terminal(cmc: Run, tmp_path: Path) -> None:
    result = cmc("dossier", THREAD, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    for row in read_csv(THREAD):
        assert not row["短信内容"] or row["短信内容"][:6] not in result.stderr


def test_the_authored_thread_with_the_shipped_model(cmc: Run, tmp_path: Path) -> None:
    assert cmc("dossier", THREAD, "-o", tmp_path / "out").exit_code == 0
    by_row = {int(row["row"]): row for row in rows(tmp_path / "out")}
    assert len(by_row) == 27
    for clear, label in ((1, "lawful_reminder"), (3, "unrelated"), (10, "defamation"), (19, "threat"), (24, "threat")):
        assert label in by_row[clear]["labels"].split("|"), clear
    for row in (1, 2, 4, 9, 23):
        assert by_row[row]["labels"] == "lawful_reminder", row
    page = (tmp_path / "out" / "dossier.html").read_text(encoding="utf-8")
    assert "2012年修正，2025年12月31日止）第四十二条" in page
    assert "2025年修订，2026年1月1日起施行）第五十条" in page


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_stopped_run_leaves_nothing_behind(cmc_command: Command, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id,text\n" + "".join(f"{n},第{n}次：{THREAT}\n" for n in range(20_000)), encoding="utf-8")
    command, environment = cmc_command
    run = subprocess.Popen([*command, "dossier", path, "-o", tmp_path / "out"], env=environment, stderr=subprocess.PIPE)
    time.sleep(4)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=60)
    assert run.returncode == 143
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
