from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError
from classifier.times import CHINA, Moment, Unread, joined, read_moment, read_zone

NINE = datetime(2026, 3, 1, 9, 5)
EVENING = datetime(2026, 3, 1, 21, 5)


@pytest.mark.parametrize(
    "given",
    [
        "2026-03-01T09:05:00+08:00",
        "2026-03-01T01:05:00Z",
        "2026-03-01 09:05",
        "2026-03-01 09:05:00.123",
        "2026/3/1 9:05",
        "2026.3.1 9:05",
        "2026年3月1日 上午9:05",
        "2026年3月1日上午9点5分",
        "2026年3月1日 星期日 09:05",
        "2026年3月1日(周日) 9:05",
        "20260301090500",
        "20260301T0905",
        "2026/3/1 9:05 AM",
        "２０２６年３月１日　９：０５",
        " 2026-03-01  09:05 ",
        "1772327100",
        "1772327100000",
        1772327100,
        1772327100.0,
        1772327100000,
        1772327100 * 10**6,
        NINE,
        NINE.replace(tzinfo=CHINA),
        datetime(2026, 3, 1, 1, 5, tzinfo=UTC),
        46082.378472222,
        "46082.378472222",
        "2026年03月01日 09时05分00秒",
        "2026 年 3 月 1 日 9 时 5 分",
        "2026-03-01 01:05 UTC",
        "2026-03-01 09:05 GMT+08:00",
        "2026-03-01 09:05 +08:00",
        20260301090500,
    ],
)
def test_every_way_to_write_nine_in_the_morning(given: Any) -> None:
    assert read_moment(given) == Moment(NINE, clock_known=True)


@pytest.mark.parametrize(
    "given", ["2026年3月1日 下午9:05", "2026/3/1 9:05 PM", "2026年3月1日晚上9:05", "2026-03-01 21:05"]
)
def test_every_way_to_write_nine_in_the_evening(given: str) -> None:
    assert read_moment(given) == Moment(EVENING, clock_known=True)


@pytest.mark.parametrize(
    ("given", "hour"),
    [
        ("凌晨1:20", 1),
        ("凌晨12:20", 0),
        ("上午12:20", 0),
        ("中午12:20", 12),
        ("中午1:20", 13),
        ("下午12:20", 12),
        ("下午15:20", 15),
        ("晚上11:20", 23),
        ("傍晚6:20", 18),
        ("深夜11:20", 23),
        ("12:20 AM", 0),
        ("12:20 PM", 12),
    ],
)
def test_parts_of_the_day(given: str, hour: int) -> None:
    assert read_moment(f"2026年3月1日 {given}") == Moment(datetime(2026, 3, 1, hour, 20), clock_known=True)


@pytest.mark.parametrize(
    "given",
    [
        "2026-03-01",
        "2026/3/1",
        "2026年3月1日",
        "20260301",
        "2026年3月1日 星期日",
        date(2026, 3, 1),
        datetime(2026, 3, 1),
        "2026/3/1 0:00",
        "2026-03-01 00:00:00",
        46082,
        "46082",
        20260301,
        20260301.0,
    ],
)
def test_a_day_alone_and_midnight_leave_the_hour_open(given: Any) -> None:
    moment = read_moment(given)
    assert moment == Moment(datetime(2026, 3, 1), clock_known=False)
    assert isinstance(moment, Moment)
    assert moment.at_night is None


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (None, Unread.MISSING),
        ("", Unread.MISSING),
        ("  ", Unread.MISSING),
        (float("nan"), Unread.MISSING),
        ("3月1日 21:40", Unread.NO_YEAR),
        ("3/1 21:40", Unread.NO_YEAR),
        ("03-01", Unread.NO_YEAR),
        ("3月1号晚上9点", Unread.NO_YEAR),
        ("21:40", Unread.NO_DAY),
        ("晚上9:40", Unread.NO_DAY),
        (time(21, 40), Unread.NO_DAY),
        ("3/1/2026 9:05", Unread.SWAPPED),
        ("01-03-2026", Unread.SWAPPED),
        ("13/1/2026", Unread.SWAPPED),
        ("昨天 21:40", Unread.UNKNOWN),
        ("刚刚", Unread.UNKNOWN),
        ("2026年3月1日晚上12点", Unread.UNKNOWN),
        (True, Unread.UNKNOWN),
        ("2026年3月1日半夜1点", Unread.UNKNOWN),
        ("2026年3月1日上午15:00", Unread.UNKNOWN),
        ("2026-03-01 9", Unread.UNKNOWN),
        ("2026-03-01 09:05+99:99", Unread.UNKNOWN),
        ("13800138000", Unread.UNKNOWN),
        (7, Unread.UNKNOWN),
        ([], Unread.UNKNOWN),
        ("2026-02-30 10:00", Unread.IMPOSSIBLE),
        ("2026-13-01", Unread.IMPOSSIBLE),
        ("2026-03-01 24:00", Unread.IMPOSSIBLE),
        ("1926-03-01 10:00", Unread.IMPOSSIBLE),
        (10**22, Unread.IMPOSSIBLE),
        ("2026-03-01 10:75", Unread.IMPOSSIBLE),
    ],
)
def test_what_is_not_sure_is_refused_with_a_reason(given: Any, why: Unread) -> None:
    assert read_moment(given) is why


def test_a_year_given_for_the_table_is_noted_as_assumed() -> None:
    assert read_moment("3月1日 21:05", year=2026) == Moment(EVENING, clock_known=True, year_assumed=True)
    assert read_moment("2025-03-01 21:05", year=2026) == Moment(EVENING.replace(year=2025), clock_known=True)
    assert read_moment("2月29日 21:05", year=2026) is Unread.IMPOSSIBLE


@pytest.mark.parametrize(
    ("clock", "night"),
    [
        ("21:59", False),
        ("22:00", True),
        ("23:59", True),
        ("00:01", True),
        ("07:59", True),
        ("08:00", False),
        ("12:00", False),
    ],
)
def test_the_night_is_from_ten_to_eight(clock: str, night: bool) -> None:
    moment = read_moment(f"2026-03-01 {clock}")
    assert isinstance(moment, Moment)
    assert moment.at_night is night


def test_offsets_and_epochs_go_to_the_receivers_clock_and_bare_times_are_on_it() -> None:
    tokyo = read_zone("+09:00")
    assert read_moment("2026-03-01 09:05", tokyo) == Moment(NINE, clock_known=True)
    assert read_moment("2026-03-01T09:05+08:00", tokyo) == Moment(NINE + timedelta(hours=1), clock_known=True)
    assert read_moment(1772327100, tokyo) == Moment(NINE + timedelta(hours=1), clock_known=True)


def test_zones_by_offset_and_by_name() -> None:
    assert read_zone("+08:00").utcoffset(NINE) == read_zone("Asia/Shanghai").utcoffset(NINE) == timedelta(hours=8)
    assert read_zone("-0330").utcoffset(NINE) == -timedelta(hours=3, minutes=30)
    for name in ("Mars/Base", "+25:00", "", "../../etc/passwd"):
        with pytest.raises(InputError, match="no such time zone"):
            read_zone(name)


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("2026/3/1", "9:05"),
        ("2026年3月1日", "上午9:05"),
        (datetime(2026, 3, 1), time(9, 5)),
        (date(2026, 3, 1), time(9, 5)),
        (datetime(2026, 3, 1), "9:05"),
        ("2026-03-01", time(9, 5)),
        ("2026-03-01 09:05", ""),
        ("1772327100", None),
        (None, "2026-03-01 09:05"),
        ("2026-03-01 09:05", "21:00"),
    ],
)
def test_a_column_of_days_and_one_of_clocks_are_read_together(day: Any, clock: Any) -> None:
    assert read_moment(joined(day, clock)) == Moment(NINE, clock_known=True)


MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)).map(lambda at: at.replace(microsecond=0))
WRITINGS = (
    lambda at: at.isoformat(),
    lambda at: f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M:%S}",
    lambda at: f"{at.year}年{at.month}月{at.day}日 {at.hour}时{at.minute}分{at.second}秒",
    lambda at: f"{at.year}年{at.month}月{at.day}日{'上午' if at.hour < 12 else '下午'}{at.hour % 12 or 12}:{at:%M:%S}",
    lambda at: f"{at.month}月{at.day}日 {at:%H:%M:%S}",
    lambda at: at.replace(tzinfo=CHINA).astimezone(UTC).isoformat(),
    lambda at: f"{at:%Y%m%d%H%M%S}",
    lambda at: at,
)


@given(at=MOMENTS, write=st.sampled_from(WRITINGS))
def test_what_is_written_is_read_back(at: datetime, write: Any) -> None:
    moment = read_moment(write(at), year=at.year)
    assert isinstance(moment, Moment)
    assert moment.at == at
    assert moment.clock_known or at.time() == time(0)


@given(at=MOMENTS, hours=st.integers(-12, 14), unit=st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_epochs_of_any_unit_are_read_in_any_zone(at: datetime, hours: int, unit: int) -> None:
    zone = timezone(timedelta(hours=hours))
    moment = read_moment(int(at.replace(tzinfo=UTC).timestamp()) * unit, zone)
    assert isinstance(moment, Moment)
    assert moment.at == at + timedelta(hours=hours)


@given(
    st.text(
        st.characters(blacklist_categories=[]) | st.sampled_from("0123456789:：-/.年月日上午晚点分 TZ+"), max_size=30
    )
)
def test_no_text_makes_reading_fail(said: str) -> None:
    assert isinstance(read_moment(said), (Moment, Unread))


@given(
    st.one_of(st.integers(), st.floats(), st.booleans(), st.datetimes(timezones=st.timezones()), st.dates(), st.times())
)
def test_no_value_makes_reading_fail(value: Any) -> None:
    assert isinstance(read_moment(value), (Moment, Unread))
