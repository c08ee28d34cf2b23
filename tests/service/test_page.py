"""The page in a real browser: what a person does with it, on a desk and on a phone."""

import re
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; ./setup --browser installs it"),
]

THREAT = "今天不还钱就带人去你家打断你的腿"
REMINDER = "【某某分期】您的账单今日到期,请按时还款。"
FRAUD = "【某某贷】您已逾期,点 t.cn/abc 转到个人账户6222还款"
CHAT = f"王经理 2026-11-20 22:31\n{THREAT}\n我 2026-11-20 22:35\n我会想办法的\n王经理 2026-11-21 9:00\n{REMINDER}"
HOSTILE = f"<script>alert(1)</script><img src=x onerror=alert(2)>\u202e{THREAT}\u202c</div>&lt;"
KEY = "first-key-0123456789"
SECONDS = 30_000
PICTURES = Path(__file__).parent.parent / "cases" / "pictures"
WIDTHS = {"desk": 1280, "phone": 390}


class Visit:
    """A page under watch: every request, every word on the console."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.requests: list[str] = []
        self.said: list[str] = []
        page.set_default_timeout(SECONDS)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(f"dialog {dialog.type}"))
        page.goto(url)

    def look(self, text: str) -> str:
        self.page.fill("#text", text)
        self.page.click("#go")
        self.page.locator("#go:enabled").wait_for()
        return self.page.inner_text("#verdict") if self.page.is_visible("#verdict") else ""

    def copied(self, button: str) -> str:
        self.page.get_by_role("button", name=button, exact=True).click()
        self.page.locator(".made .notice", has_text=re.compile("已复制|Copied")).wait_for()
        text: str = self.page.evaluate("navigator.clipboard.readText()")
        assert text == self.page.locator(".made textarea").input_value()
        return text

    def violations(self) -> list[str]:
        found = Axe().run(self.page).response["violations"]
        return [f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:120]}" for each in found]


def drop(page: Page, data: bytes, name: str, media_type: str, event: str = "drop") -> None:
    """Drop or paste a file, as a browser tells a page of it."""
    page.evaluate(
        "([data, name, type, event]) => { const transfer = new DataTransfer();"
        "const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));"
        "transfer.items.add(new File([bytes], name, {type}));"
        "const told = {cancelable: true, bubbles: true};"
        "document.getElementById(event === 'drop' ? 'form' : 'text').dispatchEvent(event === 'drop'"
        "? new DragEvent('drop', {...told, dataTransfer: transfer})"
        ": new ClipboardEvent('paste', {...told, clipboardData: transfer})) }",
        [b64encode(data).decode(), name, media_type, event],
    )


@pytest.fixture(scope="module")
def server(serve: Callable[..., Any]) -> Iterator[Any]:
    with serve() as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, server: Any) -> Iterator[Callable[..., Visit]]:
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def make(width: int = WIDTHS["desk"], url: str = "", **options: Any) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 844}, **options)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        visits.append(Visit(context.new_page(), url or server.url + "/"))
        return visits[-1]

    yield make
    for made in visits:
        assert made.said == []
        assert [each for each in made.requests if not each.startswith((made.url, "blob:", "data:"))] == []
    for context in contexts:
        assert context.cookies() == []
        context.close()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_threat_is_read_and_what_to_do_comes_first(visit: Callable[..., Visit], width: int) -> None:
    seen = visit(width)
    assert seen.look(THREAT).endswith("涉嫌威胁恐吓")
    page = seen.page
    assert page.evaluate("document.activeElement.id") == "verdict"
    assert page.locator("#results h3").first.inner_text() == "先做什么"
    assert page.locator("#results a[href='tel:110']").first.is_visible()
    assert page.locator("#results a[href='tel:12378']").first.is_visible()
    assert "打断你的腿" in page.inner_text("#results mark")
    assert "人身威胁" in page.inner_text("#results .named")
    page.get_by_text("机器有多大把握").click()
    assert page.locator(".bars li", has_text="威胁恐吓").locator(".percent").inner_text() == ">99.9%"
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_reminder_and_a_fraud_and_no_collection_are_told_apart(visit: Callable[..., Visit]) -> None:
    seen = visit()
    assert seen.look(REMINDER).endswith("从文字看，是合法提醒")
    assert seen.page.locator("#results a[href='tel:110']").count() == 0
    assert seen.look(FRAUD).endswith("当心诈骗：先核实，别付款")
    assert "核实前不要付款" in seen.page.inner_text(".review")
    assert seen.look("周末一起吃饭吗").endswith("看起来不是催收信息")
    assert seen.look("hello how are you my friend today").endswith("看不出来")


def test_the_day_that_is_given_chooses_the_law(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.page.get_by_text("谁发的、什么时候").click()
    seen.page.fill("#time", "2025-12-31T12:00")
    seen.look(THREAT)
    assert "第四十二条" in seen.page.inner_text(".cites")
    seen.page.fill("#time", "2026-01-01T12:00")
    seen.look(THREAT)
    assert "第五十条" in seen.page.inner_text(".cites")


def test_the_record_holds_the_text_untouched_and_everything_to_check_it(visit: Callable[..., Visit]) -> None:
    seen = visit()
    text = f"  {HOSTILE}\n\n【第 2 条】\t"
    seen.page.get_by_text("谁发的、什么时候").click()
    seen.page.fill("#sender", "106900001234")
    seen.page.fill("#time", "2026-11-20T22:31")
    seen.look(text)
    record = seen.copied("复制证据记录")
    assert f"\n{text}\n原文完\n" in record
    assert sha256(text.encode()).hexdigest() in record
    model = seen.page.evaluate("fetch('/v1/info').then((answer) => answer.json())")["model"]
    for told in ("106900001234", "2026-11-20T22:31", model["version"], model["sha256"], "涉嫌威胁恐吓", "U+202E×1"):
        assert told in record
    for told in ("打断你的腿", "codebook）版本：1", "分析时间：20", "不是法律意见", "威胁恐吓 >99.9%"):
        assert told in record


def test_a_phone_without_a_clipboard_for_pages_can_copy_too(visit: Callable[..., Visit]) -> None:
    seen = visit(WIDTHS["phone"])
    seen.look(THREAT)
    seen.page.evaluate("() => Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})")
    seen.page.get_by_role("button", name="复制证据记录").click()
    seen.page.locator(".made .notice", has_text="已复制").wait_for()
    seen.page.evaluate("() => delete navigator.clipboard")
    assert THREAT in seen.page.evaluate("navigator.clipboard.readText()")


def test_a_complaint_is_drafted_with_blanks(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.look(THREAT)
    draft = seen.copied("复制投诉草稿")
    for told in (THREAT, "涉嫌威胁恐吓", "可能不符合", "＿＿＿", "12378"):
        assert told in draft
    seen.page.get_by_role("button", name="报案材料").click()
    seen.page.get_by_label("报案材料").wait_for()
    assert "治安管理处罚法" in seen.page.locator(".made textarea").input_value()


def test_a_dossier_is_downloaded_and_opens_without_the_service(visit: Callable[..., Visit], tmp_path: Path) -> None:
    seen = visit()
    seen.look(CHAT)
    for button, name in (("下载档案", "dossier.html"), ("下载档案和附件", "dossier.zip")):
        with seen.page.expect_download() as waiting:
            seen.page.get_by_role("button", name=button, exact=True).click()
        assert waiting.value.suggested_filename == name
        waiting.value.save_as(tmp_path / name)
    assert THREAT in (tmp_path / "dossier.html").read_text("utf-8")
    assert (tmp_path / "dossier.zip").read_bytes().startswith(b"PK")


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_chat_is_taken_apart(visit: Callable[..., Visit], width: int) -> None:
    seen = visit(width)
    assert seen.look(CHAT).endswith("3 条信息，1 条涉嫌不当催收")
    rows = seen.page.locator(".thread > li")
    assert [rows.nth(place).locator(".label").inner_text() for place in range(rows.count())] == [
        "⚠涉嫌威胁恐吓",
        "○您自己发的，没有判断",
        "✓从文字看，是合法提醒",
    ]
    rows.first.locator("summary").first.click()
    assert "打断你的腿" in rows.first.locator("mark").inner_text()
    assert seen.page.evaluate("document.documentElement.scrollWidth") == width


def test_lines_are_taken_apart_when_asked(visit: Callable[..., Visit]) -> None:
    seen = visit()
    assert "3 条" not in seen.look(f"{THREAT}\n{REMINDER}\n\n{FRAUD}")
    seen.page.get_by_role("button", name="分开看").click()
    seen.page.locator(".thread > li").nth(2).wait_for()
    assert seen.page.locator(".thread > li").count() == 3
    assert seen.page.is_checked("input[value=lines]")


def test_hundreds_of_lines_are_judged_in_batches(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.page.get_by_text("是一条还是多条").click()
    seen.page.check("input[value=lines]")
    assert seen.look("\n".join(f"{THREAT}{number}" for number in range(250))).endswith("250 条信息，250 条涉嫌不当催收")
    assert len([url for url in seen.requests if url.endswith("/v1/advise/batch")]) == 3


def test_english_is_one_press_away_and_back(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.look(THREAT)
    seen.page.click("#language")
    assert seen.page.inner_text("#verdict").endswith("Suspected: threat")
    assert seen.page.get_attribute("html", "lang") == "en"
    kept = seen.page.locator("body *:not(script):not(style)").evaluate_all(
        "parts => parts.filter(p => !p.closest('[lang=zh], [lang=zh-CN], textarea, noscript'))"
        ".flatMap(p => [...p.childNodes])"
        ".filter(n => n.nodeType === 3).map(n => n.data).filter(t => /[\\u4e00-\\u9fff]/.test(t))"
    )
    assert kept == []
    assert "Time of analysis" in seen.copied("Copy evidence record")
    seen.page.click("#language")
    assert seen.page.inner_text("#verdict").endswith("涉嫌威胁恐吓")


def test_hostile_text_is_text(visit: Callable[..., Visit]) -> None:
    seen = visit(WIDTHS["phone"])
    seen.look(HOSTILE)
    shown = seen.page.inner_text("#results .message")
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>" in shown
    assert "U+202E" in shown
    assert "\u202e" not in shown
    assert seen.page.locator("#results script, #results img").count() == 0


@pytest.mark.parametrize("text", ["还钱" * 50_000, "\u202e" * 100_000, "<b>" * 33_334], ids=["long", "turned", "tags"])
def test_a_hundred_thousand_characters_are_shown_as_text(visit: Callable[..., Visit], text: str) -> None:
    seen = visit(WIDTHS["phone"])
    assert seen.look(text).endswith("没有判断")
    assert "4000" in seen.page.inner_text("#results")
    shown = seen.page.locator("#results .message").evaluate("part => part.textContent")
    assert shown == ("U+202E×100000" if "\u202e" in text else text)
    assert seen.page.evaluate("document.documentElement.scrollWidth") == WIDTHS["phone"]


def test_everything_can_be_reached_by_keyboard(visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = seen.page
    page.focus("#text")
    page.keyboard.insert_text(THREAT)
    page.keyboard.press("Control+Enter")
    page.locator("#verdict").wait_for()
    page.locator("#verdict:focus").wait_for()
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim().slice(0, 20)"))
    for name in ("110", "还有 2 步", "12378", "机器有多大把握", "复制证据记录", "复制投诉草稿", "下载档案"):
        assert name in reached


def test_an_empty_field_and_a_picture_are_answered_in_words(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.look("  ")
    assert "没有文字" in seen.page.inner_text("#problem")
    drop(seen.page, b"x", "notes.pdf", "application/pdf")
    seen.page.locator("#problem", has_text="不是能读的图片").wait_for()
    drop(seen.page, b"x", "a.png", "image/png")
    seen.page.locator("#problem", has_text="这张图片读不了").wait_for()
    seen.said = [line for line in seen.said if "422" not in line]


def test_a_service_without_text_recognition_says_how_to_get_it(
    visit: Callable[..., Visit], serve: Callable[..., Any]
) -> None:
    with serve(pictures="false") as without:
        seen = visit(url=without.url + "/")
        drop(seen.page, (PICTURES / "sms.png").read_bytes(), "a.png", "image/png")
        seen.page.locator("#problem", has_text="没有安装文字识别").wait_for()
        assert "./setup --ocr" in seen.page.inner_text("#pictures")
        assert not [url for url in seen.requests if url.endswith("/v1/read")]
        seen.page.click("#language")
        assert "./setup --ocr" in seen.page.inner_text("#pictures")
        assert "No text recognition" in seen.page.inner_text("#problem")
        assert seen.violations() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_dropped_picture_is_read_corrected_and_then_judged(
    visit: Callable[..., Visit], width: int, scheme: str
) -> None:
    seen = visit(width, color_scheme=scheme, reduced_motion="reduce")
    page, data = seen.page, (PICTURES / "sms.png").read_bytes()
    drop(page, data, "屏幕截图.png", "image/png")
    page.locator("#read textarea").nth(3).wait_for()
    assert page.evaluate("document.activeElement.id") == "read-title"
    assert page.locator("#read textarea").nth(2).input_value() == THREAT
    assert not [url for url in seen.requests if "/v1/advise" in url]
    assert page.locator("#results").is_hidden()
    page.get_by_text("对照第 1 张原图").click()
    assert page.locator("#read img").evaluate("shown => shown.naturalWidth") == 540
    assert seen.violations() == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    own = page.locator("#read input[type=checkbox]")
    assert [own.nth(place).is_checked() for place in range(4)] == [False, True, False, False]
    page.get_by_role("button", name="去掉第 1 条", exact=True).click()
    page.locator("#read textarea").nth(2).fill("看到回话")
    page.click("#go")
    page.locator("#verdict", has_text="3 条信息，1 条涉嫌不当催收").wait_for()
    assert "您自己发的 1 条" in page.inner_text(".counts")
    record = seen.copied("复制证据记录")
    assert record.count(f"图片 SHA-256：{sha256(data).hexdigest()}") == 3
    assert record.count("文字照识别结果") == 2
    assert record.count("文字经人改过") == 1
    assert "看到回话" in record
    assert seen.violations() == []
    page.click("#language")
    assert "Read off the screenshots" in page.inner_text("#read-title")
    assert page.locator("#read textarea").nth(1).input_value() == THREAT
    page.click("#clear")
    assert page.locator("#read").is_hidden()
    assert THREAT not in page.content()


def test_a_picture_can_be_chosen_and_pasted(visit: Callable[..., Visit]) -> None:
    seen = visit()
    with seen.page.expect_file_chooser() as choosing:
        seen.page.get_by_role("button", name="加截图").click()
    choosing.value.set_files([PICTURES / "sms.png", PICTURES / "dark.webp"])
    seen.page.locator("#read textarea").nth(6).wait_for()
    seen.page.locator("#notice", has_text="认出 7 条").wait_for()
    seen.page.click("#clear")
    drop(seen.page, (PICTURES / "sms.png").read_bytes(), "image.png", "image/png", event="paste")
    seen.page.locator("#read textarea").nth(3).wait_for()
    seen.page.locator("#read input[type=checkbox]").nth(1).uncheck()
    seen.page.get_by_role("button", name="改好了，看一看").click()
    seen.page.locator("#verdict", has_text="4 条信息").wait_for()
    assert "您自己发的" not in seen.page.inner_text(".counts")


def test_clearing_leaves_nothing(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.look(THREAT)
    seen.page.click("#clear")
    assert seen.page.input_value("#text") == ""
    assert THREAT not in seen.page.content()
    assert seen.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_without_the_service_the_page_says_so(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.look(REMINDER)
    seen.page.context.set_offline(True)
    seen.page.click("#go")
    seen.page.locator("#problem", has_text="连不上").wait_for()
    seen.said = [line for line in seen.said if "ERR_INTERNET_DISCONNECTED" not in line]


def test_a_key_is_asked_for_and_kept_in_memory_only(visit: Callable[..., Visit], serve: Callable[..., Any]) -> None:
    with serve(api_keys=KEY) as guarded:
        seen = visit(url=guarded.url + "/")
        seen.page.fill("#text", THREAT)
        seen.page.click("#go")
        seen.page.locator("#key").wait_for()
        assert seen.violations() == []
        seen.page.fill("#key", KEY)
        seen.page.keyboard.press("Enter")
        seen.page.locator("#verdict", has_text="涉嫌威胁恐吓").wait_for()
        assert KEY not in seen.page.content()
        assert seen.page.input_value("#key") == ""
        assert seen.page.evaluate("localStorage.length + sessionStorage.length") == 0
        seen.said = [line for line in seen.said if "401" not in line]
        seen.page.reload()
        seen.page.fill("#text", THREAT)
        seen.page.click("#go")
        seen.page.locator("#key").wait_for()
        seen.said = [line for line in seen.said if "401" not in line]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_axe_finds_nothing(visit: Callable[..., Visit], width: int, scheme: str) -> None:
    seen = visit(width, color_scheme=scheme, reduced_motion="reduce")
    assert seen.violations() == []
    for text in (THREAT, REMINDER, FRAUD, HOSTILE, CHAT):
        seen.look(text)
        while (closed := seen.page.locator("details:not([open]) > summary:visible")).count():
            closed.first.click()
        assert seen.violations() == []
    seen.copied("复制投诉草稿")
    seen.page.click("#language")
    assert seen.violations() == []


def test_axe_finds_what_is_wrong(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.page.evaluate("document.querySelector('label[for=text]').remove()")
    assert any(line.startswith("label ") for line in seen.violations())


def test_the_policy_stops_what_the_page_does_not_do(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.page.evaluate(
        "() => { const s = document.createElement('script'); s.text = 'window.bad = 1'; document.body.append(s) }"
    )
    assert seen.page.evaluate("window.bad") is None
    assert seen.said
    seen.said.clear()
