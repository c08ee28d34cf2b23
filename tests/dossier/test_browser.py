"""The page in a real browser: Debian's Chromium, driven by Playwright (`./setup --browser` installs it)."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from classifier import Classifier, Finding
from classifier.bulk.sources import open_source
from classifier.dossier import Dossier, build, write_dossier

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
SCRIPT = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\">还钱"
HOSTILE = [
    SCRIPT,
    "\u202e倒过来\u2066",
    "长" * 20_000,
    "a" * 3_000,
    "一\r\n二\r三",
    "\x01\x1b[31m\x85",
    "a\u0301" * 400,
    "=1+1",
]
NO_FONTS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{}</dir></fontconfig>'


def chromium() -> dict[str, Any]:
    """How to start the browser."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not installed; run ./setup --browser")
    return {"executable_path": path, "args": ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []}


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    start = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(**start)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(thread: Dossier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "zh"
    write_dossier(thread, path)
    write_dossier(thread, path.with_name("en"), lang="en")
    return path.parent


@pytest.fixture(scope="module")
def hostile(
    found: Callable[..., Finding], stand_in: Callable[..., Classifier], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    import json

    path = tmp_path_factory.mktemp("hostile")
    rows = [{"text": text, "time": "2026-02-01 23:00", "sender": text[:400]} for text in HOSTILE]
    (path / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    findings = {text: found(text, ["threat"], {"violence": text[:12]}) for text in HOSTILE}
    write_dossier(build(stand_in(findings), open_source(path / "t.jsonl")), path / "d")
    return path / "d"


def opened(browser: "Browser", folder: Path, **options: Any) -> tuple["Page", list[str]]:
    """Open the page of a folder offline; gives it with every other request and every word of the console."""
    page = browser.new_context(offline=True, **options).new_page()
    address, seen = (folder / "dossier.html").as_uri(), []
    page.on("request", lambda request: seen.append(request.url) if request.url != address else None)
    page.on("console", lambda message: seen.append(message.text))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.goto(address)
    return page, seen


@pytest.mark.parametrize("which", ["zh", "en"])
def test_the_page_asks_for_nothing_and_shows_every_message(
    browser: "Browser", folder: Path, thread: Dossier, which: str
) -> None:
    page, seen = opened(browser, folder / which)
    texts = page.eval_on_selector_all(".text", "all => all.map(one => one.textContent)")
    assert texts == [entry.message.text for entry in thread.entries if entry.message.text]
    assert page.locator(".text").first.is_visible()
    assert page.locator("svg.timeline.wide").is_visible()
    assert page.locator("svg.timeline.narrow").is_hidden()
    mark = "getComputedStyle(document.querySelector('mark'), '::after').content"
    assert "［" in page.evaluate(mark)
    assert seen == []


def test_hostile_texts_do_nothing_but_stand_there(browser: "Browser", hostile: Path) -> None:
    page, seen = opened(browser, hostile)
    assert page.title() == "催收信息档案"
    assert page.locator("script, img, iframe, object").count() == 0
    texts = page.eval_on_selector_all(".text", "all => all.map(one => one.textContent)")
    assert texts == HOSTILE
    assert "<script>" in page.locator("#m1").inner_text()
    shown = page.locator("#m2 .unseen").first
    assert shown.bounding_box() is not None
    assert shown.get_attribute("data-code") == "U+202E"
    assert seen == []


@pytest.mark.parametrize("width", [320, 390, 768, 1200])
def test_nothing_is_wider_than_the_screen(browser: "Browser", folder: Path, hostile: Path, width: int) -> None:
    for place in (folder / "zh", folder / "en", hostile):
        page, _ = opened(browser, place, viewport={"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        beyond = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.tagName)"
        assert page.eval_on_selector_all("main *:not(svg *)", beyond) == []
        picture = "svg.timeline.narrow" if width <= 600 else "svg.timeline.wide"
        assert page.locator(picture).is_visible()


def test_it_prints_on_a4_with_every_message(browser: "Browser", folder: Path, thread: Dossier, tmp_path: Path) -> None:
    page, _ = opened(browser, folder / "zh", color_scheme="dark")
    printed = page.pdf(path=str(tmp_path / "d.pdf"), prefer_css_page_size=True)
    sizes = {tuple(round(float(n)) for n in box.split()) for box in re.findall(rb"/MediaBox \[([0-9. ]+)\]", printed)}
    assert sizes == {(0, 0, 595, 842)}
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed; run ./setup --browser")
    text = subprocess.run(["pdftotext", "-raw", "d.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True)
    words = "".join(text.stdout.split())
    for entry in thread.entries:  # the hashes are set in a font that every machine has
        assert entry.message.sha256 in words
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_the_timeline_looks_the_same_without_any_font(browser: "Browser", folder: Path, tmp_path: Path) -> None:
    page = (folder / "zh" / "dossier.html").read_text(encoding="utf-8")
    (style,) = re.findall("<style>.*?</style>", page, re.DOTALL)
    (picture,) = re.findall('<svg [^>]*class="timeline wide".*?</svg>', page, re.DOTALL)
    contents = [style + picture, "<p>催收</p>", "<p>威胁</p>"]
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts.conf").write_text(NO_FONTS.format(tmp_path / "fonts"), encoding="utf-8")
    bare = browser.browser_type.launch(
        **chromium(), env={**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    )
    usual, without = [[pictured(one, content) for content in contents] for one in (browser, bare)]
    bare.close()
    assert without[1] == without[2]  # no Chinese in letters: both are boxes
    assert without[0] == usual[0]


def pictured(browser: "Browser", content: str) -> bytes:
    page = browser.new_page()
    page.set_content(content)
    return page.screenshot()
