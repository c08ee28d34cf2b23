import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from classifier.classifier import default_model_path, load
from classifier.errors import ModelError
from classifier.model.modelfile import read_model, write_model


def _rewritten(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Copy the shipped model with members changed or, for None, left out."""
    with zipfile.ZipFile(default_model_path()) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return path


def _manifest(**changes: object) -> Callable[[str, bytes], bytes]:
    def change(name: str, data: bytes) -> bytes:
        return json.dumps({**json.loads(data), **changes}).encode() if name == "manifest.json" else data

    return change


def test_writing_what_was_read_gives_the_same_bytes(tmp_path: Path) -> None:
    shipped = default_model_path()
    write_model(read_model(shipped), tmp_path / "copy.zip")
    assert (tmp_path / "copy.zip").read_bytes() == shipped.read_bytes()


def test_holds_no_pickle() -> None:
    with zipfile.ZipFile(default_model_path()) as archive:
        assert {Path(name).suffix for name in archive.namelist()} == {".json", ".npy"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_manifest(format=99), "newer than"),
        (_manifest(normaliser="0"), "another normaliser version"),
        (_manifest(heads=["threat"]), "another heads version"),
        (lambda name, data: None if name == "idf.npy" else data, "damaged"),
        (lambda name, data: None if name == "manifest.json" else data, "damaged"),
        (lambda name, data: data[:-1] + b"x" if name == "blocks.npy" else data, "does not match its hash"),
    ],
    ids=["newer-format", "other-normaliser", "other-heads", "missing-part", "no-manifest", "wrong-hash"],
)
def test_unfit_models_are_refused(tmp_path: Path, change: Callable[[str, bytes], bytes | None], reason: str) -> None:
    path = _rewritten(tmp_path / "model.zip", change)
    with pytest.raises(ModelError, match=reason):
        load(path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04garbage"])
def test_other_files_are_no_models(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.zip"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="damaged or no model"):
        load(path)


def test_missing_model_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cmc train"):
        load(tmp_path / "none.zip")


def test_unwritable_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "model.zip").mkdir()
    with pytest.raises(ModelError, match="cannot write"):
        write_model(read_model(default_model_path()), tmp_path / "model.zip")
    assert [p.name for p in tmp_path.iterdir()] == ["model.zip"]
