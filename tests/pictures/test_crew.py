import io
import json
import os
import stat
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from classifier.errors import MissingExtraError, OutputError
from classifier.pictures import crew
from classifier.pictures.cache import TAG, Cache
from classifier.pictures.crew import Pictures
from classifier.pictures.engines import Engine
from classifier.pictures.reading import read_picture
from classifier.screens.boxes import Box, Line, Screen, Unread
from classifier.screens.formats import read_file

Use = Callable[[Engine | None], None]


def stripe(number: int) -> bytes:
    picture = Image.new("RGB", (200, 300), "white")
    picture.paste((number, 1, 1), (0, 100, 200, 130))
    held = io.BytesIO()
    picture.save(held, "PNG")
    return held.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    for number in range(3):
        (path / f"{number}.png").write_bytes(stripe(number))
    (path / "again.jpg").write_bytes(stripe(1))
    (path / "cut.png").write_bytes(stripe(7)[:90])
    (path / "a.txt").write_text("还钱", encoding="utf-8")
    return path


def screens(pictures: Pictures, folder: Path) -> list[tuple[str, str, object]]:
    found: list[tuple[str, str, object]] = []
    for path in sorted(folder.iterdir()):
        name, items = read_file(path, [pictures.format()])
        (item,) = items
        found.append((path.name, name, item.text if isinstance(item, Screen) else item))
    return found


def test_pictures_are_a_format_among_others_and_read_once(
    folder: Path, tmp_path: Path, striped: Engine, without_processes: Use
) -> None:
    without_processes(striped)
    pictures = Pictures(tmp_path / "cache")
    pictures.prepare(folder.iterdir())
    assert (pictures.seen, pictures.read, pictures.known) == (True, 3, 0)
    damaged = Unread("a damaged picture, or one that is cut short; copy it again")
    assert screens(pictures, folder) == [
        ("0.png", "picture", "行000101\n"), ("1.png", "picture", "行010101\n"), ("2.png", "picture", "行020101\n"),
        ("a.txt", "text", "还钱"), ("again.jpg", "picture", "行010101\n"), ("cut.png", "picture", damaged),
    ]  # fmt: skip
    (item,) = read_file(folder / "1.png", [pictures.format()])[1]
    assert isinstance(item, Screen)
    assert (item.picture, item.engine) == (sha256(stripe(1)).hexdigest(), "Stripes 1")
    assert (item.width, item.height, item.ocr) == (200, 300, True)
    again = Pictures(tmp_path / "cache")
    again.prepare(folder.iterdir())
    assert (again.read, again.known) == (0, 3)
    assert screens(again, folder) == screens(pictures, folder)


def test_another_engine_or_a_changed_picture_is_read_anew(
    folder: Path, tmp_path: Path, striped: Engine, without_processes: Use
) -> None:
    without_processes(striped)
    Pictures(tmp_path / "cache").prepare([folder / "0.png"])
    without_processes(Engine("Stripes", "2", 0.9, striped.read))
    other = Pictures(tmp_path / "cache")
    other.prepare([folder / "0.png"])
    assert (other.read, other.known) == (1, 0)
    (folder / "0.png").write_bytes(stripe(9))
    assert screens(other, folder)[0][2] == "行090101\n"


def test_a_cache_is_for_its_owner_and_says_what_it_is(
    folder: Path, tmp_path: Path, striped: Engine, without_processes: Use
) -> None:
    without_processes(striped)
    Pictures(tmp_path / "cache").prepare(folder.iterdir())
    kept = sorted((tmp_path / "cache").iterdir())
    assert len(kept) == 4
    assert (tmp_path / "cache" / TAG).read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
        assert {stat.S_IMODE(p.stat().st_mode) for p in kept if p.suffix == ".json"} == {0o600}


def test_where_there_is_no_picture_no_engine_is_looked_for_and_no_folder_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "find_engine", lambda wanted: pytest.fail("looked for"))
    (tmp_path / "a.txt").write_text("还钱", encoding="utf-8")
    pictures = Pictures(tmp_path / "cache")
    pictures.prepare(tmp_path.iterdir())
    assert not pictures.seen
    assert not pictures.folder.exists()


def test_without_an_engine_each_picture_says_how_to_get_one(
    folder: Path, tmp_path: Path, without_processes: Use
) -> None:
    without_processes(None)
    pictures = Pictures(tmp_path / "cache")
    pictures.prepare(folder.iterdir())
    assert "./setup --ocr" in str(screens(pictures, folder)[0][2])
    assert not pictures.folder.exists()
    with pytest.raises(MissingExtraError, match="setup --ocr"):
        _ = Pictures(tmp_path / "cache", wanted="tesseract").engine


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"lines": [[1]]}', b"\xff"])
def test_a_damaged_reading_is_made_anew(
    folder: Path, tmp_path: Path, striped: Engine, without_processes: Use, damage: bytes
) -> None:
    without_processes(striped)
    Pictures(tmp_path / "cache").prepare([folder / "0.png"])
    (kept,) = (tmp_path / "cache").glob("*.json")
    kept.write_bytes(damage)
    again = Pictures(tmp_path / "cache")
    again.prepare([folder / "0.png"])
    assert again.read == 1


def test_what_is_kept_comes_back_as_it_was(tmp_path: Path, striped: Engine) -> None:
    cache = Cache(tmp_path, striped.label)
    cache.begin()
    screen = read_picture(stripe(3), striped)
    cache.put(screen)
    assert cache.get(screen.picture) == screen
    assert cache.get("0" * 64) is None
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_place_that_cannot_be_written_is_said(folder: Path, striped: Engine, without_processes: Use) -> None:
    without_processes(striped)
    with pytest.raises(OutputError, match="cannot make the folder"):
        Pictures(folder / "a.txt").prepare([folder / "0.png"])
    with pytest.raises(OutputError, match="holds other files"):
        Pictures(folder).prepare([folder / "0.png"])
    assert not (folder / TAG).exists()


def test_a_picture_that_breaks_the_engine_costs_itself_alone(
    folder: Path, tmp_path: Path, striped: Engine, without_processes: Use
) -> None:
    def read(picture: Image.Image) -> list[Line]:
        lines = striped.read(picture)
        if lines[0].text == "行010101":
            raise BrokenProcessPool  # as the pool says where a process died
        if lines[0].text == "行000101":
            raise ValueError("行000101")
        return lines

    without_processes(Engine("Stripes", "1", 0.9, read))
    work = crew._work

    def dying(path: Path, wanted: str, cache: Cache) -> tuple[str, str]:
        if path.read_bytes() == stripe(1):
            raise BrokenProcessPool
        return work(path, wanted, cache)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crew, "_work", dying)
        pictures = Pictures(tmp_path / "cache", workers=2)
        pictures.prepare(sorted(folder.iterdir()))
        found = {name: item for name, _, item in screens(pictures, folder)}
    assert found["0.png"] == Unread("the text recognition failed over it (ValueError)")
    assert found["1.png"] == Unread("the text recognition broke down over it")
    assert found["2.png"] == "行020101\n"


def test_progress_tells_the_pictures_that_are_to_be_read(
    folder: Path, tmp_path: Path, striped: Engine, without_processes: Use
) -> None:
    without_processes(striped)
    told: list[int] = []
    from contextlib import contextmanager

    @contextmanager
    def watch(length: int):  # type: ignore[no-untyped-def]
        told.append(length)
        yield told.append

    pictures = Pictures(tmp_path / "cache", watch=watch)
    pictures.prepare(folder.iterdir())
    assert told == [4, 1, 1, 1, 1]
    pictures.prepare([folder / "0.png"])
    assert len(told) == 5


def test_what_is_kept_is_plain_json(folder: Path, tmp_path: Path, striped: Engine, without_processes: Use) -> None:
    without_processes(striped)
    Pictures(tmp_path / "cache").prepare([folder / "0.png"])
    (kept,) = (tmp_path / "cache").glob("*.json")
    assert json.loads(kept.read_text(encoding="utf-8")) == {
        "width": 200.0,
        "height": 300.0,
        "lines": [["行000101", [10, 100, 190, 130], 0.99]],
    }
    assert Box(10, 100, 190, 130).height == 30
