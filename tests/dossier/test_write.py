import csv
import io
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import Finding
from classifier.dossier import Dossier, write_dossier
from classifier.dossier.table import COLUMNS, guarded
from classifier.dossier.write import contents
from classifier.errors import OutputError

FILES = {
    "dossier.html",
    "messages.csv",
    "hashes.txt",
    "complaint-12378.txt",
    "complaint-12321.txt",
    "police-report.txt",
}
Contents = Callable[[Path], dict[str, bytes]]


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_folder_holds_all_files_and_its_hashes_hold(thread: Dossier, tmp_path: Path) -> None:
    folder = tmp_path / "档案"
    write_dossier(thread, folder)
    assert {path.name for path in folder.iterdir()} == {*FILES, "texts"}
    assert [path.name for path in tmp_path.iterdir()] == ["档案"]
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "command", [["sha256sum", "--strict", "-c"], ["shasum", "-a", "256", "-c"]], ids=["sha256sum", "shasum"]
)
def test_the_hashes_are_checked_by_other_programs(
    thread: Dossier, tmp_path: Path, thread_file: Path, command: list[str]
) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    write_dossier(thread, tmp_path / "d")
    checked = subprocess.run([*command, "hashes.txt"], cwd=tmp_path / "d", capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(": OK\n") == len(FILES) - 1 + 26
    (tmp_path / "d" / "messages.csv").write_bytes(b"x")
    changed = subprocess.run([*command, "hashes.txt"], cwd=tmp_path / "d", capture_output=True, text=True, check=False)
    assert changed.returncode != 0
    hashing = [part for part in command if part not in ("--strict", "-c")]
    source = subprocess.run([*hashing, str(thread_file)], capture_output=True, text=True, check=True)
    assert f"# {source.stdout.split()[0]}  " in (tmp_path / "d" / "hashes.txt").read_text(encoding="utf-8")


def test_the_hash_of_each_message_is_that_of_its_text_file(thread: Dossier, tmp_path: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed")
    write_dossier(thread, tmp_path / "d")
    for row in rows_of((tmp_path / "d" / "messages.csv").read_bytes()):
        path = tmp_path / "d" / "texts" / f"{int(row['number']):04}.txt"
        assert path.exists() is bool(row["text"])
        if row["text"]:
            hashed = subprocess.run(
                ["sha256sum", str(path)], capture_output=True, text=True, check=True
            ).stdout.split()[0]
            assert hashed == row["sha256"]


def test_the_table_holds_every_message_and_says_what_it_changed(thread: Dossier) -> None:
    rows = rows_of(contents(thread)["messages.csv"])
    assert tuple(rows[0]) == COLUMNS
    for entry, row in zip(thread.entries, rows, strict=True):
        text = row["text"].removeprefix("'") if "text" in row["guarded"].split("|") else row["text"]
        assert text == entry.message.text
        assert row["labels"] == "|".join(entry.labels)
        assert row["night"] == (
            "" if entry.message.time is None or entry.message.time.at_night is None else str(entry.at_night).lower()
        )
    assert [row["text"][:2] for row in rows if row["guarded"]] == ["'="]
    assert rows[24]["time"] == ""
    assert rows[22]["time"] == "2026-01-11"


@given(
    st.text(max_size=20) | st.sampled_from(["=1+1", "+86170", "-1", "@x", "\t=1", " =1", "\n=1", "＝1", "'x", "%0A"])
)
def test_no_cell_begins_like_a_formula_and_the_guard_comes_off_again(cell: str) -> None:
    safe = guarded(cell)
    assert not safe.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert safe in (cell, "'" + cell)
    assert (safe.removeprefix("'") if safe != cell else safe) == cell


def test_hostile_senders_and_texts_are_guarded_in_the_table(
    dossier_of: Callable[..., Dossier], found: Callable[..., Finding]
) -> None:
    made = dossier_of([{"text": "=HYPERLINK(1)还钱", "sender": "+86170", "time": "@now"}])
    (row,) = rows_of(contents(made)["messages.csv"])
    assert (row["text"], row["sender"], row["time_as_given"]) == ("'=HYPERLINK(1)还钱", "'+86170", "'@now")
    assert row["guarded"] == "time_as_given|sender|text"


def test_drafts_carry_a_mark_and_the_line_ends_of_windows(thread: Dossier) -> None:
    for name in FILES - {"dossier.html", "messages.csv", "hashes.txt"}:
        content = contents(thread)[name]
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.count(b"\n") == content.count(b"\r\n")


def test_a_folder_with_something_in_it_is_left_alone(thread: Dossier, tmp_path: Path, contents: Contents) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    write_dossier(thread, folder)  # empty is free
    before = contents(tmp_path)
    with pytest.raises(OutputError, match="is not empty; choose another folder, or replace"):
        write_dossier(thread, folder)
    assert contents(tmp_path) == before
    (folder / "stale.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="holds files that are no dossier"):
        write_dossier(thread, folder, force=True)
    (folder / "stale.txt").unlink()
    (folder / "texts" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="holds files that are no dossier"):
        write_dossier(thread, folder, force=True)


def test_force_replaces_an_earlier_dossier_whole(
    thread: Dossier, dossier_of: Callable[..., Dossier], tmp_path: Path
) -> None:
    folder = tmp_path / "d"
    write_dossier(thread, folder)
    write_dossier(dossier_of([{"text": "请还款"}]), folder, force=True)
    assert [path.name for path in (folder / "texts").iterdir()] == ["0001.txt"]
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".jsonl"] == ["d"]


@pytest.mark.parametrize("force", [False, True])
def test_a_failure_on_the_way_leaves_everything_as_it_was(
    thread: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contents: Contents, force: bool
) -> None:
    if force:
        write_dossier(thread, tmp_path / "d")
    before = contents(tmp_path)
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == "hashes.txt":
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left on device; choose another place"):
        write_dossier(thread, tmp_path / "d", force=force)
    assert contents(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == ({"d"} if force else set())


def test_the_earlier_dossier_comes_back_if_the_new_one_cannot_be_moved(
    thread: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contents: Contents
) -> None:
    write_dossier(thread, tmp_path / "d")
    before = contents(tmp_path)
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.suffix == ".tmp":
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OutputError, match="Input/output error"):
        write_dossier(thread, tmp_path / "d", force=True)
    assert contents(tmp_path) == before


def test_places_that_cannot_be_are_refused_with_a_sentence(thread: Dossier, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="there is no folder"):
        write_dossier(thread, tmp_path / "none" / "d")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="is no folder"):
        write_dossier(thread, tmp_path / "file")
    inside = tmp_path / "d" / "messages.csv"
    write_dossier(thread, tmp_path / "d")
    with pytest.raises(OutputError, match="would replace the input"):
        write_dossier(thread, tmp_path / "d", force=True, source=inside)
    if hasattr(os, "symlink"):
        (tmp_path / "link").symlink_to(tmp_path / "d", target_is_directory=True)
        with pytest.raises(OutputError, match="is no folder"):
            write_dossier(thread, tmp_path / "link", force=True)
