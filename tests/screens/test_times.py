from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.screens.times import resolve, shown_time

DAY = date(2024, 3, 14)  # a Thursday


@pytest.mark.parametrize(
    ("shown", "moment"),
    [
        ("昨天 下午3:45", "2024-03-13T15:45"),
        ("前天 凌晨12:05", "2024-03-12T00:05"),
        ("今天 10:24", "2024-03-14T10:24"),
        ("10:24", "2024-03-14T10:24"),
        ("3月12日 周二 09:41", "2024-03-12T09:41"),
        ("11月2日 23:16", "2023-11-02T23:16"),
        ("2月29日 08:00", "2024-02-29T08:00"),
        ("2023年11月2日 下午1:05", "2023-11-02T13:05"),
        ("2023/11/2 8:05:09", "2023-11-02T08:05:09"),
        ("星期四 上午 9:12", "2024-03-07T09:12"),
        ("周日 19:19", "2024-03-10T19:19"),
        ("星期天 中午12:30", "2024-03-10T12:30"),
        ("星期三 中午1:30", "2024-03-13T13:30"),
        ("昨天 晚上12:10", "2024-03-13T00:10"),
        ("8:43:38 PM", "2024-03-14T20:43:38"),
        ("3天前", "2024-03-11"),
        ("昨天", "2024-03-13"),
    ],
)
def test_shown_times_become_moments_by_the_day_of_the_shot(shown: str, moment: str) -> None:
    assert shown_time(shown) is not None
    assert resolve(shown, DAY) == moment


@pytest.mark.parametrize("shown", ["昨天 下午3:45", "10:24", "3月12日 09:41", "刚刚", "3分钟前", "2月30日 10:00", "无"])
def test_without_a_day_or_a_sense_a_time_stays_as_shown(shown: str) -> None:
    assert resolve(shown, None) == shown
    assert shown in ("昨天 下午3:45", "10:24", "3月12日 09:41") or resolve(shown, DAY) == shown


def test_a_full_date_needs_no_day() -> None:
    assert resolve("2023年11月2日 下午1:05", None) == "2023-11-02T13:05"


@pytest.mark.parametrize(
    "text",
    [
        "昨 天 下 午 3 : 45",
        "3 月 12 日 周 二 09:41",
        "3月12曰 1O：24",
        "信息 · 今天 10:24",
        "今天10:24 卡1",
        "昨天下午3∶45",
    ],
)
def test_ocr_noise_in_a_time_is_seen_through(text: str) -> None:
    found = shown_time(text)
    assert found is not None
    assert found.whole
    assert found.dated


@pytest.mark.parametrize(
    "text",
    ["昨天下午3:45打你电话", "3/12", "1.20", "还款日3月12日", "25:61", "", "下午", "周到", "10:24 5G", "12", "短信"],
)
def test_what_is_no_time_alone_is_none(text: str) -> None:
    assert shown_time(text) is None


@given(st.text(st.sampled_from("0123456789:/-.年月日周星期昨今天上下午 "), max_size=24), st.dates())
def test_no_line_raises(text: str, day: date) -> None:
    shown_time(text)
    assert isinstance(resolve(text, day), str)
