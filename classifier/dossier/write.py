"""Writing a dossier: all of its files, or none. It appears whole under its name or not at all."""

import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from classifier.dossier.build import Dossier
from classifier.dossier.complaint import drafts
from classifier.dossier.messages import utf8
from classifier.dossier.page import render
from classifier.dossier.table import csv_bytes
from classifier.dossier.verifying import HASHES, hash_lines
from classifier.errors import OutputError
from classifier.guidance.facts import Lang

PAGE = "dossier.html"
TABLE = "messages.csv"
TEXTS = "texts"
_OURS = re.compile(rf"{PAGE}|{TABLE}|{HASHES}|complaint-12378\.txt|complaint-12321\.txt|police-report\.txt|{TEXTS}")


def contents(dossier: Dossier, lang: Lang = "zh") -> dict[str, bytes]:
    """Return every file of a dossier by its name, `hashes.txt` with the hashes of the others among them."""
    written = drafts(dossier)
    files = {
        PAGE: render(dossier, written, lang).encode("utf-8"),
        TABLE: csv_bytes(dossier.entries),
        # with a mark and the line ends of Windows, where office programs take a bare file for GBK
        **{draft.file: draft.text.replace("\n", "\r\n").encode("utf-8-sig", "replace") for draft in written},
        **{
            f"{TEXTS}/{entry.number:04}.txt": utf8(entry.message.text)
            for entry in dossier.entries
            if entry.message.text
        },
    }
    return {**files, HASHES: hash_lines(files, dossier.sources).encode("utf-8")}


def check_place(folder: Path, source: Path | None = None, *, force: bool = False) -> None:
    """See that a dossier may be written to a folder; to be asked before the work.

    An existing folder must be empty, or, with `force`, hold nothing but an earlier dossier.

    Raises:
        OutputError: it must not.

    """
    if not folder.parent.is_dir():
        raise OutputError(f"there is no folder {folder.parent}; create it or choose another place")
    if source is not None and folder.exists() and folder.resolve() in (source.resolve(), *source.resolve().parents):
        raise OutputError("the output would replace the input; choose another folder")
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OutputError(f"{folder} is no folder; choose another name")
    held = _names(folder) if folder.exists() else []
    if held and not force:
        raise OutputError(f"{folder} is not empty; choose another folder, or replace an earlier dossier with --force")
    if any(not _OURS.fullmatch(name) for name in held):
        raise OutputError(
            f"{folder} holds files that are no dossier; --force does not remove them, choose another folder"
        )


def _names(folder: Path) -> list[str]:
    try:
        held = [entry.name for entry in folder.iterdir()]
        texts = folder / TEXTS
        inside = [entry.name for entry in texts.iterdir()] if texts.is_dir() else []
    except OSError as error:
        raise OutputError(f"cannot look into {folder}: {error.strerror}; choose another folder") from error
    return held + [f"{TEXTS}/{name}" for name in inside if not re.fullmatch(r"[0-9]{4,}\.txt", name)]


def write_dossier(
    dossier: Dossier, folder: Path, *, lang: Lang = "zh", force: bool = False, source: Path | None = None
) -> None:
    """Write a dossier into a folder of its own, readable by its owner only.

    Args:
        dossier: what to write.
        folder: where; it may exist if it is empty.
        lang: of the page.
        force: replace an earlier dossier.
        source: the input, which must not lie in the folder.

    Raises:
        OutputError: as `check_place`, or the place cannot be written. Then nothing has changed.

    """
    check_place(folder, source, force=force)
    files = contents(dossier, lang)
    try:
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".tmp", dir=folder.parent))
    except OSError as error:
        raise OutputError(f"cannot write in {folder.parent}: {error.strerror}; choose another place") from error
    try:
        (fresh / TEXTS).mkdir()
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        _move_into_place(fresh, folder)
    except OSError as error:
        raise OutputError(f"cannot write {folder}: {error.strerror}; choose another place") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _move_into_place(fresh: Path, folder: Path) -> None:
    """Put the new folder where the old one was; the old one goes only when the new one stands."""
    if not folder.exists():
        fresh.rename(folder)
        return
    old = fresh.with_name(fresh.name + ".old")
    folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        with suppress(OSError):
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
