import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from classifier import Classifier
from classifier.bulk.label import Job, label_table
from classifier.bulk.sources import open_source

from .conftest import CHAT, REMINDER, THREAT, Command, Contents, OneLine, Process, Run, read_csv

TABLE = f"手机,text\n0138,{REMINDER}\n0139,{THREAT}\n0140,\n"

posix = pytest.mark.skipif(os.name != "posix", reason="signals, limits and terminals of POSIX")


def write_many(path: Path, rows: int, text: str = CHAT) -> Path:
    path.write_text("id,text\n" + "".join(f"{n},第{n}次：{text}\n" for n in range(rows)), encoding="utf-8")
    return path


def test_a_table_is_labelled_and_summed_up_on_standard_error(cmc: Run, table: Path, tmp_path: Path) -> None:
    result = cmc("label", table, "-o", tmp_path / "out.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    rows = read_csv(tmp_path / "out.csv")
    assert [(row["手机"], row["status"], row["label"]) for row in rows] == [
        ("0138", "ok", "lawful_reminder"),
        ("0139", "ok", "threat"),
        ("0140", "empty text", ""),
    ]
    lines = [" ".join(line.split()) for line in result.stderr.splitlines()]
    assert lines[0].startswith("完成 Done: 3 行 rows → ")
    assert lines[0].endswith("out.csv (信息列 text column: text)")
    assert {"合法提醒 1 lawful reminder", "威胁恐吓 1 threat", "侮辱诽谤 0 defamation"} <= set(lines)
    assert "未判断 1 skipped: empty text" in lines
    assert table.read_text(encoding="utf-8") == TABLE


def test_options_choose_the_column_the_format_and_the_policy(cmc: Run, classifier: Classifier, tmp_path: Path) -> None:
    path = tmp_path / "export.dat"
    path.write_text(f"text\t内容二\n备注\t{THREAT}\n", encoding="gb18030")
    result = cmc(
        "label", path, "-o", tmp_path / "o.jsonl", "--format", "tsv", "--text-column", "内容二", "--policy", "cautious"
    )
    assert result.exit_code == 0
    row = json.loads((tmp_path / "o.jsonl").read_text(encoding="utf-8"))
    assert (row["text"], row["内容二"]) == ("备注", THREAT)
    assert row["finding"] == classifier.classify(THREAT, policy="cautious").to_dict()


def test_a_folder_of_text_files_is_a_table(cmc: Run, tmp_path: Path) -> None:
    folder = tmp_path / "messages"
    folder.mkdir()
    (folder / "1.txt").write_text(REMINDER, encoding="utf-8")
    (folder / "2.txt").write_text(THREAT, encoding="gb18030")
    assert cmc("label", folder, "-o", tmp_path / "out.csv").exit_code == 0
    rows = read_csv(tmp_path / "out.csv")
    assert [(row["file"], row["label"]) for row in rows] == [("1.txt", "lawful_reminder"), ("2.txt", "threat")]


@pytest.mark.parametrize(
    ("format", "data"),
    [
        ([], f"{REMINDER}\n{THREAT}\n".encode()),
        (["--format", "csv"], f"text\n{REMINDER}\n{THREAT}\n".encode("gb18030")),
        (["--format", "jsonl"], f'{{"text": "{REMINDER}"}}\n{{"text": "{THREAT}"}}\n'.encode("utf-8-sig")),
    ],
    ids=["lines", "csv", "jsonl"],
)
def test_standard_input_is_a_table_too(cmc: Run, tmp_path: Path, format: list[str], data: bytes) -> None:
    result = cmc("label", "-", "-o", tmp_path / "out.csv", *format, stdin=data)
    assert result.exit_code == 0
    assert [row["label"] for row in read_csv(tmp_path / "out.csv")] == ["lawful_reminder", "threat"]
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{d}/none.csv", "-o", "{d}/out.csv"], "no file"),
        (["{d}/in.unknown", "-o", "{d}/out.csv"], "--format"),
        (["{d}/picture.csv", "-o", "{d}/out.csv"], "a damaged picture"),
        (["{d}/in.csv", "-o", "{d}/out.csv", "--format", "xlsx"], "Excel"),
        (["{d}/in.csv", "-o", "{d}/out.csv", "--format", "parquet"], "Parquet"),
        (["{d}/in.csv", "-o", "{d}/out.csv", "--format", "jsonl"], "line 1"),
        (["{d}/in.csv", "-o", "{d}/out.csv", "--text-column", "短信"], "手机, text"),
        (["{d}/unclear.csv", "-o", "{d}/out.csv"], "甲, 乙"),
        (["{d}/in.csv", "-o", "{d}/in.csv"], "never overwritten"),
        (["{d}/in.csv", "-o", "{d}/out.doc"], ".parquet"),
        (["{d}/in.csv", "-o", "-"], ".parquet"),
        (["{d}/in.csv", "-o", "{d}/none/out.csv"], "no folder"),
        (["{d}/in.csv", "-o", "{d}/in.csv/out.csv"], "no folder"),
        (["{d}/in.csv", "-o", "{d}/" + "x" * 300 + ".csv"], "cannot write"),
        (["{d}/in.csv", "-o", "{d}/out.csv", "--model", "{d}/picture.csv"], "damaged"),
        (["{d}/in.csv", "-o", "{d}/out.csv", "--model", "{d}/none"], "cannot read the model"),
        (["-", "-o", "{d}/out.csv"], "no rows"),
        (["-", "-o", "{d}/none/out.csv"], "cannot write in"),
        pytest.param([THREAT * 30, "-o", "{d}/out.csv"], "no file"),
        pytest.param(["{d}/in.csv", "-o", "{d}/" + "x" * 300 + ".csv", "--resume"], "cannot write"),
        pytest.param(["{d}/in.csv", "-o", "{d}/busy.csv", "--resume"], "cannot"),
        (["{d}/in.csv", "-o", "{d}/busy.csv"], "cannot write"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_leaves_nothing(
    cmc: Run, one_line: OneLine, contents: Contents, table: Path, tmp_path: Path, arguments: list[str], says: str
) -> None:
    (tmp_path / "in.unknown").write_text(TABLE, encoding="utf-8")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (tmp_path / "unclear.csv").write_text(f"甲,乙\n{THREAT},{THREAT}\n", encoding="utf-8")
    (tmp_path / "out.csv").write_bytes(b"older result")
    (tmp_path / "busy.csv.part").mkdir()
    before = contents(tmp_path)
    line = one_line(cmc("label", *(argument.replace("{d}", str(tmp_path)) for argument in arguments), stdin=b""))
    assert says in line
    assert THREAT not in line
    assert contents(tmp_path) == before


def test_a_parquet_file_damaged_inside_is_one_line_and_leaves_nothing(
    cmc: Run, one_line: OneLine, contents: Contents, tmp_path: Path
) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"text": [f"{n}{THREAT}" for n in range(300)]}), path)
    data = path.read_bytes()
    path.write_bytes(data[:4] + b"\xff" * 396 + data[400:])
    before = contents(tmp_path)
    assert "Parquet" in one_line(cmc("label", path, "-o", tmp_path / "out.csv"))
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["{d}/in.csv"],
        ["{d}/in.csv", "-o", "{d}"],
        ["{d}/in.csv", "-o", "{d}/out.csv", "--policy", "strict"],
        ["{d}/in.csv", "-o", "{d}/out.csv", "--format", "pdf"],
    ],
    ids=["nothing", "no output", "output is a folder", "unknown policy", "unknown format"],
)
def test_wrong_usage_has_its_own_exit_code(
    cmc: Run, contents: Contents, table: Path, tmp_path: Path, arguments: list[str]
) -> None:
    result = cmc("label", *(argument.replace("{d}", str(tmp_path)) for argument in arguments))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: cmc label" in result.stderr
    assert set(contents(tmp_path)) == {"in.csv"}


def start(command: Command, *arguments: object) -> subprocess.Popen[bytes]:
    base, environment = command
    return subprocess.Popen(
        [*base, *(str(a) for a in arguments)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def stop_in_the_middle(process: subprocess.Popen[bytes], journal: Path, how: int) -> tuple[int, bytes]:
    end = time.monotonic() + 30
    while not journal.exists() or journal.stat().st_size < 20_000:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.002)
    process.send_signal(how)
    _, errors = process.communicate(timeout=30)
    return process.returncode, errors


@posix
def test_a_killed_run_goes_on_with_resume_and_loses_or_doubles_no_row(
    cmc: Run, cmc_command: Command, classifier: Classifier, tmp_path: Path
) -> None:
    path = write_many(tmp_path / "in.csv", 2000)
    output, journal = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    code, _ = stop_in_the_middle(start(cmc_command, "label", path, "-o", output), journal, signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert not output.exists()
    result = cmc("label", path, "-o", output, "--resume")
    assert result.exit_code == 0
    found = re.search(r"resumed after (\d+) rows", result.stderr)
    assert found is not None
    assert 0 < int(found[1]) < 2000
    undisturbed = tmp_path / "undisturbed.jsonl"
    label_table(classifier, Job(open_source(path), undisturbed))
    assert output.read_bytes() == undisturbed.read_bytes()
    assert not journal.exists()


@posix
def test_an_interrupted_run_ends_with_130(cmc_command: Command, tmp_path: Path) -> None:
    path = write_many(tmp_path / "in.csv", 2000)
    process = start(cmc_command, "label", path, "-o", tmp_path / "out.csv")
    code, errors = stop_in_the_middle(process, tmp_path / "out.csv.part", signal.SIGINT)
    assert b"Traceback" not in errors
    assert code == 130


def test_an_own_process_labels_standard_input_quietly_in_a_pipe(cmc_process: Process, tmp_path: Path) -> None:
    done = cmc_process("label", "-", "-o", tmp_path / "out.csv", input=f"{REMINDER}\n{THREAT}\n".encode())
    assert (done.returncode, done.stdout) == (0, b"")
    errors = done.stderr.decode()
    assert errors.startswith("完成 Done: 2 行 rows")
    assert "labelling" not in errors
    assert "\r" not in errors.replace(os.linesep, "")
    assert [row["label"] for row in read_csv(tmp_path / "out.csv")] == ["lawful_reminder", "threat"]


def test_an_own_process_ends_with_one_for_bad_input(cmc_process: Process, tmp_path: Path) -> None:
    done = cmc_process("label", tmp_path / "none.csv", "-o", tmp_path / "out.csv")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"cmc: there is no file")
    assert not list(tmp_path.iterdir())


@posix
def test_a_terminal_shows_progress(cmc_command: Command, table: Path, tmp_path: Path) -> None:
    command, environment = cmc_command
    control, terminal = os.openpty()
    try:
        done = subprocess.run(
            [*command, "label", table, "-o", tmp_path / "out.csv"],
            env={**environment, "TERM": "xterm"}, stdin=subprocess.DEVNULL, stderr=terminal, check=False, timeout=60,
        )  # fmt: skip
        shown = os.read(control, 1 << 16).decode()
    finally:
        os.close(control)
        os.close(terminal)
    assert done.returncode == 0
    assert "标注 labelling" in shown
    assert "100%" in shown
    assert "完成 Done: 3 行 rows" in shown


@posix
@pytest.mark.parametrize(("rows", "limit"), [(3, 600), (60, 20_000)], ids=["at the end", "in the middle"])
def test_a_full_disk_is_one_line(cmc_process: Process, tmp_path: Path, rows: int, limit: int) -> None:
    import resource

    path = write_many(tmp_path / "in.csv", rows, THREAT)
    done = cmc_process(
        "label", path, "-o", tmp_path / "out.csv",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith(b"cmc: cannot write")
    assert done.stderr.count(b"\n") == 1
    assert not (tmp_path / "out.csv").exists()


def test_an_input_redirected_from_the_output_is_not_overwritten(cmc_process: Process, table: Path) -> None:
    with table.open("rb") as stdin:
        cmc_process("label", "-", "-o", table, "--format", "csv", stdin=stdin)
    assert table.read_text(encoding="utf-8") == TABLE
