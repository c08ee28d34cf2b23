from datetime import UTC, date, datetime
from typing import Any

import pytest

from classifier.errors import InputError
from classifier.times import Moment
from classifier.trends.periods import Clock, Fault, Told, shape, span

CLOCK = Clock(now=datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("value", "local", "clock"),
    [
        ("2025-01-03", "2025-01-03 00:00", False),
        ("2025-01-03T08:05:06Z", "2025-01-03 16:05", True),
        ("2025-01-03T08:05:06.123+08:00", "2025-01-03 08:05", True),
        ("2025-01-03 23:30:00-0500", "2025-01-04 12:30", True),
        ("2025/1/3 8:05", "2025-01-03 08:05", True),
        ("2025.1.3", "2025-01-03 00:00", False),
        ("2025年1月3日 下午3:05", "2025-01-03 15:05", True),
        ("2025年1月3日 8时5分6秒", "2025-01-03 08:05", True),
        ("2025年1月3日 星期五 晚上11:20", "2025-01-03 23:20", True),
        ("2025-1-3 凌晨12:30", "2025-01-03 00:30", True),
        ("2025-1-3 中午12:30", "2025-01-03 12:30", True),
        ("2025-1-3 中午1:30", "2025-01-03 13:30", True),
        ("2025-01-03 1:30 PM", "2025-01-03 13:30", True),
        ("20250103", "2025-01-03 00:00", False),
        ("20250103080506", "2025-01-03 08:05", True),
        ("1735862400", "2025-01-03 08:00", True),
        (1735862400000, "2025-01-03 08:00", True),
        (datetime(2025, 1, 3, 8, 5), "2025-01-03 08:05", True),
        (datetime(2025, 1, 3, 0, 5, tzinfo=UTC), "2025-01-03 08:05", True),
        (date(2025, 1, 3), "2025-01-03 00:00", False),
        ("2025-01-03 00:00:00", "2025-01-03 00:00", False),
        ("2025-01-02T16:00:00Z", "2025-01-03 00:00", True),
        (45660.5, "2025-01-03 12:00", True),
        ("45660.336806", "2025-01-03 08:05", True),
        (20250103, "2025-01-03 00:00", False),
        (20250103.0, "2025-01-03 00:00", False),
        (20250103080506, "2025-01-03 08:05", True),
    ],
)
def test_dates_as_exports_write_them(value: Any, local: str, clock: bool) -> None:
    moment = CLOCK.read(value)
    assert isinstance(moment, Moment)
    assert moment.at.strftime("%Y-%m-%d %H:%M") == local
    assert moment.clock_known == clock


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("", Fault.MISSING),
        (None, Fault.MISSING),
        (float("nan"), Fault.MISSING),
        ("昨天", Fault.UNREADABLE),
        ("2025-13-01", Fault.UNREADABLE),
        ("2025-02-30", Fault.UNREADABLE),
        (True, Fault.UNREADABLE),
        ("晚上12:30", Fault.UNREADABLE),
        ("2025-1-3 晚上12:30", Fault.UNREADABLE),
        ("03/04/2025", Fault.TWO_WAYS),
        ("1999-12-31", Fault.TOO_EARLY),
        ("2026-12-01", Fault.FUTURE),
    ],
)
def test_every_other_value_has_a_stated_fault(value: Any, fault: Fault) -> None:
    assert CLOCK.read(value) is fault


def test_a_format_settles_what_can_be_read_in_two_ways() -> None:
    clock = Clock(now=datetime(2026, 1, 1, tzinfo=UTC), format="%d/%m/%Y")
    assert clock.read("03/04/2025") == Moment(datetime(2025, 4, 3), clock_known=False)
    assert clock.read("2025-04-03") is Fault.UNREADABLE


def test_a_zone_that_does_not_exist_is_named() -> None:
    with pytest.raises(InputError, match="no such time zone: 'Mars/Base'"):
        Clock("Mars/Base")


def told(values: list[Any]) -> Told:
    found = Told()
    for row, value in enumerate(values, 1):
        found.note(row, CLOCK.read(value), value)
    return found


def test_too_many_unreadable_dates_stop_the_study_with_their_shape_and_place() -> None:
    values = ["2025-01-01"] * 8 + ["张三 5月", "李四 6月"]
    with pytest.raises(InputError) as error:
        told(values).check("时间", 10, zone_given=False)
    said = str(error.value)
    assert "date unreadable: 2 of 10 rows in column '时间', first in row 9" in said
    assert "written like: 字字 9字 (2)" in said
    assert "--time-format" in said
    assert "张三" not in said
    told(["2025-01-01"] * 9 + ["?"]).check("时间", 10, zone_given=False)


def test_dates_with_and_without_a_zone_need_a_word() -> None:
    values = ["2025-01-01 08:00", "2025-01-01T08:00Z"]
    with pytest.raises(InputError, match="mixed time zones in column 't': 1 rows name one and 1 do not"):
        told(values).check("t", 2, zone_given=False)
    told(values).check("t", 2, zone_given=True)
    told(["2025-01-01T08:00Z", "2025-01-01T08:00+05:00"]).check("t", 2, zone_given=False)


def test_a_shape_says_nothing() -> None:
    assert shape("欠款 abc-123 于2025年" * 9) == "字字 aaa-999 字9999字字字 aaa-999"[:24]


@pytest.mark.parametrize(
    ("given", "period", "count", "some"),
    [
        (["2024-11", "2025-02"], "month", 4, "2025-01"),
        (["2024-W51", "2025-W02"], "week", 4, "2025-W01"),
        (["2024-02-28", "2024-03-01"], "day", 3, "2024-02-29"),
        (["2025-01"], "month", 1, "2025-01"),
    ],
)
def test_periods_in_which_nothing_came_are_there_too(given: list[str], period: str, count: int, some: str) -> None:
    found = span(given, period)
    assert len(found) == count
    assert some in found
    assert (found[0], found[-1]) == (given[0], given[-1])
