import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.model.corpus import Example, read_corpus
from classifier.screens.boxes import Box, Line, Screen, Side, screen_of_lines, screen_of_text
from classifier.screens.formats import read_file
from classifier.screens.messages import ScreenMessage, read_screen
from classifier.screens.plain import is_screen
from classifier.screens.steps import STEP_NAMES

ROOT = Path(__file__).parent.parent.parent
CASES = ROOT / "tests" / "cases" / "screens"
CORPUS = read_corpus(ROOT / "datasets")
AS_SCREENS = {"c-ocr-04", "c-ocr-05", "g-ocr-garbled-01", "g-ocr-garbled-02"}
"""With `p-ocr-…` and `p-long-ocr-…`, the messages of the corpus that were written as whole screens."""

STATUS = "10:24 中国移动 4G 78%"


def texts(screen: Screen, *off: str) -> list[str]:
    return [message.text for message in read_screen(screen, frozenset(off))]


def plain(*lines: str, off: str = "") -> list[str]:
    return texts(screen_of_text("\n".join(lines)), *([off] if off else []))


def screen_in(name: str) -> Screen:
    found = next(iter(read_file(CASES / name)[1]))
    assert isinstance(found, Screen)
    return found


def test_clean_messages_of_the_whole_corpus_stay_as_they_are() -> None:
    for example in CORPUS:
        if example.id not in AS_SCREENS and not example.id.startswith(("p-ocr-", "p-long-ocr-")):
            assert texts(screen_of_text(example.text)) == [example.text.strip("\r\n")], example.id


@given(st.sampled_from(CORPUS), st.sampled_from(["", "\n", "\r\n", "\n\n"]), st.sampled_from(["", "\n", "\r\n"]))
def test_a_clean_message_keeps_every_character_and_its_place(example: Example, before: str, after: str) -> None:
    screen = screen_of_text(before + example.text + after)
    if not is_screen(screen):
        (message,) = read_screen(screen)
        assert message.text == example.text.strip("\r\n")
        assert message.source.starts == tuple(range(len(before), len(before) + len(message.text)))


def test_even_where_told_that_all_are_screens_clean_lines_stay() -> None:
    changed = [
        example.id
        for example in CORPUS[::5]
        if "\n" not in example.text and "ocr" not in example.id
        and texts(replace(screen_of_text(example.text), ocr=True)) != [example.text.strip()]
    ]  # fmt: skip
    assert len(changed) < 0.002 * len(CORPUS)  # what a sender spaced out or wrote with look-alikes is joined


@pytest.mark.parametrize(
    "name", [path.name for path in sorted(CASES.iterdir()) if path.suffix in (".json", ".tsv", ".txt")]
)
def test_every_character_leads_back_to_its_source(name: str) -> None:
    for screen in read_file(CASES / name)[1]:
        if not isinstance(screen, Screen):
            continue
        for message in read_screen(screen):
            changed = 0
            for char, start, end in zip(message.text, message.source.starts, message.source.ends, strict=True):
                assert 0 <= start <= end <= len(screen.text)
                changed += end - start == 1 and screen.text[start] != char and not char.isspace()
            assert list(message.source.starts) == sorted(message.source.starts)
            assert changed <= 6  # 5OO, 2O24, 曰, 己, 末, 自已


BODY = ("【某某分期】您的账单已逾期三天，请今", "天内处理。")
WHOLE = "【某某分期】您的账单已逾期三天，请今天内处理。"


@pytest.mark.parametrize(
    ("step", "lines", "kept"),
    [
        ("status_bar", (STATUS, "昨天 下午3:45", *BODY), STATUS),
        ("title", (STATUS, "‹ 1069 0000 1234", "昨天 下午3:45", *BODY), "‹ 1069 0000 1234"),
        ("input_line", (STATUS, *BODY, "短信/彩信"), "短信/彩信"),
        ("times", (STATUS, "昨天 下午3:45", *BODY), "昨天 下午3:45"),
        ("senders", (STATUS, "发件人：10690000", *BODY), "发件人：10690000"),
        ("receipts", (STATUS, *BODY, "已读"), "已读"),
        ("notices", (STATUS, *BODY, "以下为新消息"), "以下为新消息"),
        ("pages", (STATUS, *BODY, "1/3 >"), "1/3 >"),
        ("downloads", (STATUS, *BODY, "下载App查看更多"), "下载App查看更多"),
        ("scraps", (STATUS, *BODY, "□"), "□"),
    ],
)
def test_each_step_takes_its_lines_and_can_be_switched_off(step: str, lines: tuple[str, ...], kept: str) -> None:
    assert plain(*lines) == [WHOLE]
    assert any(kept in text for text in plain(*lines, off=step))


@pytest.mark.parametrize(
    ("step", "lines", "on", "off"),
    [
        ("wrapped", (STATUS, *BODY), [WHOLE], ["\n".join(BODY)]),
        ("spaces", (STATUS, "您 已 逾 期 3 天 ， 请 还 款"), ["您已逾期3天，请还款"], ["您 已 逾 期 3 天 ， 请 还 款"]),
        ("confusions", (STATUS, "您己逾期3天，本金5OO元"), ["您已逾期3天，本金500元"], ["您己逾期3天，本金5OO元"]),
        ("split", (STATUS, "昨天 3:45", "在吗", "今天 10:24", "看到回话"), ["在吗", "看到回话"], ["在吗\n看到回话"]),
    ],
)  # fmt: skip
def test_each_step_on_text_can_be_switched_off(
    step: str, lines: tuple[str, ...], on: list[str], off: list[str]
) -> None:
    assert plain(*lines) == on
    assert plain(*lines, off=step) == off


def test_own_replies_are_kept_apart_unless_that_is_switched_off() -> None:
    screen = screen_in("rapidocr3.json")
    assert [m.side for m in read_screen(screen)] == [Side.INCOMING, Side.OUTGOING, Side.INCOMING, Side.INCOMING]
    assert {m.side for m in read_screen(screen, frozenset({"replies"}))} == {Side.INCOMING}


def test_all_steps_off_keep_every_line() -> None:
    for name in ("rapidocr3.json", "status_bar.txt"):
        screen = screen_in(name)
        (message,) = read_screen(screen, frozenset(STEP_NAMES))
        assert "".join(message.text.split()) == "".join(screen.text.split())


def at(x: float, y: float, text: str, size: float = 40, score: float = 0.99) -> Line:
    width = sum(size / 2 if char.isascii() else size for char in text)
    return Line(text, Box(x, y, x + width, y + 1.1 * size), score)


LONG = "您好请尽快处理账单谢谢配合了"


def shot(*lines: Line) -> tuple[ScreenMessage, ...]:
    return read_screen(screen_of_lines(lines, size=(1080, 2340)))


def test_gaps_tell_bubbles_and_edges_tell_sides() -> None:
    messages = shot(
        at(430, 300, "昨天 下午3:45", 30),
        at(80, 400, LONG), at(80, 460, "否则起诉"), at(80, 620, "看到回话"),
        at(700, 780, "我下周发工资"), at(240, 940, LONG + "还款立刻还"), at(240, 1000, "再说"),
    )  # fmt: skip
    assert [(m.text, m.side.value, m.time) for m in messages] == [
        (f"{LONG}否则起诉", "incoming", "昨天 下午3:45"),
        ("看到回话", "incoming", "昨天 下午3:45"),
        ("我下周发工资", "outgoing", "昨天 下午3:45"),
        (f"{LONG}还款立刻还再说", "outgoing", "昨天 下午3:45"),
    ]


def test_the_order_of_the_file_does_not_matter() -> None:
    lines = screen_in("rapidocr3.json").lines
    there = [m.text for m in read_screen(screen_of_lines(lines))]
    assert [m.text for m in read_screen(screen_of_lines(lines[::-1]))] == there


def test_names_times_below_and_receipts_find_their_bubble() -> None:
    messages = shot(
        at(150, 300, "王姐", 28), at(175, 352, LONG),
        at(150, 520, "老赵", 28), at(175, 572, "他欠钱不还"), at(175, 630, "10:24", 26),
        at(760, 800, "别发了"), at(640, 805, "已读", 26),
    )  # fmt: skip
    assert [(m.text, m.sender, m.time, m.side.value) for m in messages] == [
        (LONG, "王姐", "", "incoming"),
        ("他欠钱不还", "老赵", "10:24", "incoming"),
        ("别发了", "", "", "outgoing"),
    ]


def test_avatars_icons_and_doubtful_scraps_go() -> None:
    messages = shot(
        at(40, 395, "张", 60), at(160, 400, LONG), at(160, 460, "快点"), at(980, 30, "口", 30, 0.6), at(500, 900, "○"),
        at(160, 620, "好"),
    )  # fmt: skip
    assert [m.text for m in messages] == [f"{LONG}快点", "好"]


def test_a_line_that_goes_on_is_text_whatever_it_looks_like() -> None:
    (message,) = shot(at(80, 400, LONG + "联系电话是区号"), at(80, 460, "0755-00001111"))
    assert message.text == f"{LONG}联系电话是区号0755-00001111"
    lines = ("请联系我们的律师处理电话是区号", "0755-00001111")
    assert plain(STATUS, "昨天 下午3:45", *lines) == ["".join(lines)]


def test_a_line_above_two_characters_in_a_wide_box_is_no_name() -> None:
    """An engine's box of few characters may be a fifth too wide, so that the line above looks small beside it."""
    lines = [at(430, 300, "昨天 下午3:45", 30), at(80, 400, "今天不还钱就带人去你家打断你")]
    tail = Line("的腿", Box(80, 460, 184, 504), 1.0)
    (first, second) = shot(*lines, tail, at(80, 620, LONG))
    assert (first.text, first.sender) == ("今天不还钱就带人去你家打断你的腿", "")
    assert second.text == LONG


def test_a_short_line_in_a_bubble_is_a_real_break() -> None:
    (message,) = shot(at(80, 400, "在吗"), at(80, 460, LONG))
    assert message.text == f"在吗\n{LONG}"


def test_a_receipt_in_plain_text_does_not_hide_a_threat() -> None:
    for receipt in ("已读", "已送达"):
        (message,) = read_screen(screen_of_text(f"{STATUS}\n昨天 下午3:45\n今天不还就打断你的腿\n{receipt}"))
        assert (message.text, message.outgoing) == ("今天不还就打断你的腿", False)


def test_an_empty_screen_has_no_message() -> None:
    assert read_screen(screen_of_text("")) == ()
    assert read_screen(screen_of_lines([])) == ()
    assert read_screen(screen_of_text(f"{STATUS}\n短信/彩信")) == ()


@given(st.text(st.sampled_from("10:24 昨天下午已读短信4G%\n\r\f还款，。张三(8)<>‹"), max_size=200), st.booleans())
def test_no_text_raises_and_nothing_is_invented(text: str, ocr: bool) -> None:
    screen = screen_of_text(text, ocr=ocr)
    for message in read_screen(screen):
        assert message.text
        assert len(message.text) == len(message.source.starts) == len(message.source.ends)


BOXES = st.builds(
    at,
    st.integers(0, 1000),
    st.integers(0, 2000),
    st.sampled_from(["还款", LONG, "10:24", "已读", "张三", "短信", "1069 0000"]),
)


@given(st.lists(BOXES, max_size=14))
def test_no_layout_raises_or_doubles_a_line(lines: list[Line]) -> None:
    screen = screen_of_lines(lines, size=(1080, 2340))
    places = [
        start
        for message in read_screen(screen)
        for start, end in zip(message.source.starts, message.source.ends, strict=True)
        if end - start == 1
    ]
    assert len(places) == len(set(places))


def test_the_cases_are_well_formed() -> None:
    assert set(json.loads((CASES / "expected.json").read_text(encoding="utf-8"))) <= {p.name for p in CASES.iterdir()}
