"""The engines themselves, on pictures with known text; `./setup --ocr` and `./setup --tesseract` install them."""

import difflib
import io
import re
import shutil
import socket
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from classifier.errors import MissingExtraError
from classifier.pictures import engines
from classifier.pictures.engines import Engine, find_engine
from classifier.pictures.reading import read_picture
from classifier.screens.messages import read_screen

Truth = dict[str, list[dict[str, Any]]]

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="no Tesseract; ./setup --tesseract")


@pytest.fixture(autouse=True)
def _forget() -> None:
    engines._find_tesseract.cache_clear()


@pytest.fixture(params=["rapidocr", pytest.param("tesseract", marks=needs_tesseract)])
def engine(request: pytest.FixtureRequest) -> Engine:
    return find_engine(request.param)


def plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def alike(found: str, wanted: str) -> bool:
    return difflib.SequenceMatcher(None, plain(found), plain(wanted), autojunk=False).ratio() > 0.9


def read(data: bytes, engine: Engine) -> list[tuple[str, str]]:
    return [(message.text, message.side.value) for message in read_screen(read_picture(data, engine))]


def saved(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    held = io.BytesIO()
    picture.save(held, kind, **options)
    return held.getvalue()


def incoming(truth: Truth, name: str) -> list[str]:
    return [said["text"] for said in truth[name] if said["side"] == "incoming"]


def assert_read(data: bytes, engine: Engine, wanted: list[str]) -> None:
    found = [text for text, side in read(data, engine) if side != "outgoing"]
    assert len(found) == len(wanted), found
    assert all(map(alike, found, wanted)), found


def test_rapidocr_is_taken_before_tesseract_and_each_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_find_tesseract", lambda: Engine("Tesseract", "0", 0, lambda picture: []))
    monkeypatch.setattr(engines, "_FINDERS", {**engines._FINDERS, "tesseract": engines._find_tesseract})
    assert find_engine().name == "RapidOCR"
    assert find_engine("tesseract").name == "Tesseract"
    monkeypatch.setattr(engines, "_LIBRARIES", ("no_such_library",))
    monkeypatch.setattr(engines, "_FINDERS", {**engines._FINDERS, "rapidocr": engines._find_rapidocr})
    assert find_engine().name == "Tesseract"
    with pytest.raises(MissingExtraError, match=r"\./setup --ocr"):
        find_engine("rapidocr")


def test_without_models_in_the_wheel_rapidocr_is_not_there_rather_than_fetching_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engines, "_MODELS", ("another_model.onnx", "and_another.onnx"))
    assert engines._find_rapidocr() is None


@pytest.mark.parametrize("languages", ["eng\nosd\n", ""])
def test_tesseract_without_chinese_is_not_there(monkeypatch: pytest.MonkeyPatch, languages: str) -> None:
    def told(command: list[str], **_: Any) -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess(command, 0, languages if "langs" in command[1] else "tesseract 5.3.0\n", "")

    monkeypatch.setattr(shutil, "which", lambda name: "/bin/tesseract")
    monkeypatch.setattr(subprocess, "run", told)
    assert engines._find_tesseract() is None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sms.png", "photo.heic"])
def test_screenshots_are_read_into_their_messages(cases: Path, truth: Truth, engine: Engine, name: str) -> None:
    assert_read((cases / name).read_bytes(), engine, incoming(truth, name))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dark.webp", "long.png"])
def test_dark_and_long_ones_are_read_by_rapidocr(cases: Path, truth: Truth, name: str) -> None:
    """Tesseract often merges bubbles of such; `benchmarks/pictures.md` says how often."""
    assert_read((cases / name).read_bytes(), find_engine("rapidocr"), incoming(truth, name))


@pytest.mark.slow
def test_own_replies_are_told(cases: Path) -> None:
    found = read((cases / "sms.png").read_bytes(), find_engine("rapidocr"))
    assert [text for text, side in found if side == "outgoing"] == ["我会还的，再给我几天"]


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_picture_is_read_as_if_it_were_upright(
    cases: Path, truth: Truth, engine: Engine, degrees: int
) -> None:
    turned = Image.open(cases / "sms.png").convert("RGB").rotate(degrees, expand=True)
    assert_read(saved(turned), engine, incoming(truth, "sms.png"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["JPEG", "BMP", "GIF", "TIFF", "WEBP"])
def test_kinds_of_pictures_give_the_same_messages(cases: Path, truth: Truth, kind: str) -> None:
    picture = Image.open(cases / "sms.png").convert("RGB")
    assert_read(saved(picture, kind), find_engine("rapidocr"), incoming(truth, "sms.png"))


@pytest.mark.slow
@pytest.mark.parametrize("size", [(16, 16), (40, 900), (900, 40), (300, 300)])
def test_an_empty_picture_holds_nothing(engine: Engine, size: tuple[int, int]) -> None:
    assert read(saved(Image.new("RGB", size, "white")), engine) == []


@pytest.mark.slow
def test_no_connection_is_opened(cases: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a connection was tried")

    engines._rapidocr.cache_clear()
    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert read((cases / "sms.png").read_bytes(), engine)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare shuts the network off; it is part of util-linux")
def test_nothing_is_fetched(cases: Path, tmp_path: Path, cmc_command: tuple[list[str], dict[str, str]]) -> None:
    """In a space of names without any network, and without a folder to keep downloads in."""
    if subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody shut the network off (unshare -rn)")
    command, environment = cmc_command
    asked = ["unshare", "-rn", *command, "label", str(cases / "sms.png"), "-o", str(tmp_path / "out.csv")]
    done = subprocess.run(
        asked, env=environment | {"HOME": "/nonexistent"}, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "今天不还钱就带人去你家打断你的腿" in (tmp_path / "out.csv").read_text("utf-8")
