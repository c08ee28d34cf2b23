"""Reading the times that tables carry: ISO, 2026/3/1 9:05, 2026年3月1日 上午9:05, Excel's, seconds since 1970.

What cannot be read for sure is refused with a reason rather than guessed: a wrong day cites the wrong law, and a wrong
hour accuses somebody of writing at night.

| given | read as |
|---|---|
| with an offset or `Z`, or as seconds (milli-, micro-, nanoseconds) since 1970 | converted to the zone asked for |
| without an offset | the clock on the wall in that zone |
| a number between 36526 and 73050 | days since Excel's 1899-12-30 |
| a number of 8 or 14 digits | its digits: 20260301, 20260301090500 |
| a day alone, or midnight to the second | the day; its hour counts as unknown, since tables write 00:00 for "no time" |
| a day without a year | refused, unless a year is given for the whole table |
| 3/1/2026 | refused: month and day could be swapped |
| 晚上12点, 半夜1点, 昨天 | refused: the day is not certain |
"""

import math
import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Any

from classifier.errors import InputError

CHINA = timezone(timedelta(hours=8), "UTC+08:00")
"""China's clock; the whole country has kept it without summer time since 1992."""

NIGHT_FROM = time(22)
NIGHT_UNTIL = time(8)
"""No collection from 22:00 to 8:00: GB/T 45251-2025 and the 2026 guide of the China Banking Association."""

YEARS = range(2000, 2100)
"""Years in which a message may lie."""

_EXCEL_ZERO = datetime(1899, 12, 30)
_EXCEL_DAYS = (36526, 73050)
_UNITS = ((10**9, 1), (10**12, 10**3), (10**15, 10**6), (10**18, 10**9))  # lowest epoch value of a unit, units a second
_NUMBER = re.compile(r"[0-9]{5}(?:\.[0-9]+)?|[0-9]{9,10}(?:\.[0-9]+)?|[0-9]{13}|[0-9]{16}|[0-9]{19}")

_DAY = re.compile(
    r"""(?: (?P<year>[0-9]{4}) (?: (?P<mark>[-/.]) (?P<month>[0-9]{1,2}) (?P=mark) (?P<day>[0-9]{1,2})
                              | (?P<month2>[0-9]{2}) (?P<day2>[0-9]{2}) (?![0-9]) )
         | (?: (?P<year3>[0-9]{4})年)? (?P<month3>[0-9]{1,2})月 (?P<day3>[0-9]{1,2})[日号]
         | (?P<month4>[0-9]{1,2}) [-/.] (?P<day4>[0-9]{1,2}) (?![-/.0-9]) )""",
    re.VERBOSE,
)
_LONGEST_NUMBER = 10**14  # a day and a clock without a mark between them
_LOOSE = re.compile(r"(?<=[0-9]) (?=[年月日号时点分秒])|(?<=[年月时点分]) (?=[0-9])")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})[T ]?([0-9]{2})([0-9]{2})([0-9]{2})?")
_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?,?")
_PART = "凌晨|清晨|早晨|早上|上午|中午|下午|傍晚|晚上|晚|夜里|深夜|半夜|午夜|AM|PM|A\\.M\\.|P\\.M\\."
_CLOCK = re.compile(
    rf"""(?P<part>{_PART})? \s* (?P<hour>[0-9]{{1,2}})
         (?: [:] (?P<minute>[0-9]{{2}}) (?: [:] (?P<second>[0-9]{{2}}) (?:[.,][0-9]+)? )?
           | [点时] (?: (?P<minute2>[0-9]{{1,2}}) 分? (?: (?P<second2>[0-9]{{1,2}}) 秒 )? | (?P<half>半) | 整 )? )
         \s* (?P<part2>AM|PM|A\.M\.|P\.M\.)? \s* (?P<offset>Z|(?:UTC|GMT)?\ ?[+-][0-9]{{2}}:?[0-9]{{2}}|UTC|GMT)?""",
    re.VERBOSE | re.IGNORECASE,
)
_MORNING = frozenset({"凌晨", "清晨", "早晨", "早上", "上午", "AM"})
_AFTERNOON = frozenset({"下午", "傍晚", "PM"})
_EVENING = frozenset({"晚上", "晚", "夜里", "深夜", "半夜"})  # belongs to the day for sure only until 23:59


class Unread(StrEnum):
    """Why a time was not read."""

    MISSING = "missing"
    NO_YEAR = "no_year"
    NO_DAY = "no_day"
    SWAPPED = "swapped"
    UNKNOWN = "unknown"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Moment:
    """When a message came, on the clock of the zone asked for.

    Attributes:
        at: day and clock, without an offset; the clock is 00:00 where it is unknown.
        clock_known: whether the clock may be relied on.
        year_assumed: the year was not in the table but given for all of it.
        zoned: the cell named its zone, as seconds since 1970 do.

    """

    at: datetime
    clock_known: bool
    year_assumed: bool = False
    zoned: bool = field(default=False, compare=False)

    @property
    def day(self) -> date:
        """The day."""
        return self.at.date()

    @property
    def at_night(self) -> bool | None:
        """Whether it lies between 22:00 and 8:00 (8:00 itself does not); None where the clock is unknown."""
        if not self.clock_known:
            return None
        return self.at.time() >= NIGHT_FROM or self.at.time() < NIGHT_UNTIL


def read_zone(name: str) -> tzinfo:
    """Return a zone by its offset (`+08:00`) or its IANA name.

    Raises:
        InputError: neither, or the machine has no data of that zone.

    """
    offset = re.fullmatch(r"([+-])([0-9]{2}):?([0-9]{2})", name)
    if offset and int(offset[2]) < 24 and int(offset[3]) < 60:
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(ahead if offset[1] == "+" else -ahead)
    if name in ("Asia/Shanghai", "PRC"):
        return CHINA
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        said = f"there is no such time zone: {name[:40]!r}"
        raise InputError(f"{said}; give an offset such as +08:00, or Asia/Shanghai") from None


def read_moment(given: Any, zone: tzinfo = CHINA, year: int | None = None, *, years: range = YEARS) -> Moment | Unread:
    """Read one cell of a time column, or say why it cannot be read.

    Args:
        given: text, a number, or the date, time or datetime of an Excel or Parquet file.
        zone: where the receiver's clock hangs.
        year: the year of days that name none.
        years: what lies in no such year, on the clock of the zone, is impossible.

    """
    read = _read(given, zone, year)
    return Unread.IMPOSSIBLE if isinstance(read, Moment) and read.at.year not in years else read


def _read(given: Any, zone: tzinfo, year: int | None) -> Moment | Unread:
    if given is None or (isinstance(given, float) and not math.isfinite(given)):
        return Unread.MISSING
    if isinstance(given, datetime):
        return _moment(given, zone)
    if isinstance(given, date):
        return _moment(datetime(given.year, given.month, given.day), zone)
    if isinstance(given, time):
        return Unread.NO_DAY
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        digits = str(int(given)) if 0 <= given < _LONGEST_NUMBER and given == int(given) else ""
        return _words(digits, zone, year) if len(digits) in (8, 14) else _number(given, zone)
    if not isinstance(given, str):
        return Unread.UNKNOWN
    said = " ".join(unicodedata.normalize("NFKC", given).split())
    if not said:
        return Unread.MISSING
    if _NUMBER.fullmatch(said):
        return _number(float(said) if "." in said else int(said), zone)
    return _words(said, zone, year)


def joined(day: Any, clock: Any) -> Any:
    """Put the cells of a day column and a clock column together; the first alone where it holds both."""
    if isinstance(day, datetime) and day.time() == time(0) and isinstance(clock, time):
        return datetime.combine(day.date(), clock)
    if isinstance(day, date) and not isinstance(day, datetime) and isinstance(clock, time):
        return datetime.combine(day, clock)
    said = [_said(cell) for cell in (day, clock)]
    if not said[0] or not said[1] or _CLOCK.search(unicodedata.normalize("NFKC", said[0])):
        return day if said[0] else clock
    return " ".join(said)


def _said(cell: Any) -> str:
    if isinstance(cell, datetime) and cell.time() == time(0) and cell.tzinfo is None:
        return cell.date().isoformat()
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return "" if cell is None else str(cell).strip()


def _moment(at: datetime, zone: tzinfo, *, year_assumed: bool = False) -> Moment | Unread:
    zoned = at.tzinfo is not None
    if zoned:
        try:
            at = at.astimezone(zone)
        except OverflowError:
            return Unread.IMPOSSIBLE
    midnight = not zoned and at.time().replace(microsecond=0) == time(0)
    return Moment(at.replace(microsecond=0, tzinfo=None), not midnight, year_assumed, zoned)


def _number(value: float, zone: tzinfo) -> Moment | Unread:
    if _EXCEL_DAYS[0] <= value < _EXCEL_DAYS[1]:
        return _moment(_EXCEL_ZERO + timedelta(seconds=round(value * 86400)), zone)
    for lowest, units in reversed(_UNITS):
        if value >= lowest * 0.9:  # seconds of 1998 and later
            try:
                return _moment(datetime.fromtimestamp(value / units, UTC), zone)
            except (OverflowError, ValueError, OSError):
                return Unread.IMPOSSIBLE
    return Unread.UNKNOWN


def _words(said: str, zone: tzinfo, year: int | None) -> Moment | Unread:
    compact = _COMPACT.fullmatch(said)
    if compact:
        return _built(*(int(part or 0) for part in compact.groups()), offset=None, zone=zone, clock=True)
    if re.fullmatch(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}\b.*", said):
        return Unread.SWAPPED
    said = _LOOSE.sub("", said)
    found = _DAY.match(said)
    if not found:
        return Unread.NO_DAY if _CLOCK.fullmatch(said) else Unread.UNKNOWN
    names = {name.rstrip("234"): value for name, value in found.groupdict().items() if value is not None}
    if "month" not in names:
        return Unread.UNKNOWN
    rest = _WEEKDAY.sub("", said[found.end() :].lstrip("T, "), count=1).strip(" T,")
    clock = _clock(rest) if rest else (0, 0, 0, None)
    if clock is None:
        return Unread.UNKNOWN
    if "year" not in names and year is None:
        return Unread.NO_YEAR
    return _built(
        int(names.get("year", year or 0)),
        int(names["month"]),
        int(names["day"]),
        *clock[:3],
        offset=clock[3],
        zone=zone,
        clock=bool(rest),
        year_assumed="year" not in names,
    )


def _built(
    year: int,
    month: int,
    day: int,
    hour: int,
    minute: int,
    second: int,
    *,
    offset: tzinfo | None,
    zone: tzinfo,
    clock: bool,
    year_assumed: bool = False,
) -> Moment | Unread:
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=offset)
    except ValueError:
        return Unread.IMPOSSIBLE
    read = _moment(at, zone, year_assumed=year_assumed)
    if isinstance(read, Moment) and not clock:
        return replace(read, clock_known=False)
    return read


def _clock(rest: str) -> tuple[int, int, int, tzinfo | None] | None:
    """Read hour, minute, second and offset; None where they are no clock or their day is not certain."""
    found = _CLOCK.fullmatch(rest)
    if not found or (found["part"] and found["part2"]):
        return None
    try:
        offset = _offset(found["offset"])
    except InputError:
        return None
    hour = _hour(int(found["hour"]), (found["part"] or found["part2"] or "").upper().replace(".", ""))
    if hour is None:
        return None
    minute = 30 if found["half"] else int(found["minute"] or found["minute2"] or 0)
    return hour, minute, int(found["second"] or found["second2"] or 0), offset


def _hour(hour: int, part: str) -> int | None:
    """Return the hour of 24 for an hour and its part of the day; None where they contradict or leave the day open."""
    if not part:
        return hour
    if part in _MORNING:
        return 0 if hour == 12 else hour if hour < 12 else None
    if part == "中午":
        return hour if 11 <= hour <= 14 else hour + 12 if hour in (1, 2) else None
    if part in _AFTERNOON:
        return hour if 12 <= hour <= 23 else hour + 12 if hour >= 1 else None
    if part in _EVENING:
        return hour if 17 <= hour <= 23 else hour + 12 if 5 <= hour <= 11 else None
    return None


def _offset(said: str | None) -> tzinfo | None:
    if not said:
        return None
    ahead = said.upper().removeprefix("UTC").removeprefix("GMT").strip()
    return UTC if ahead in ("", "Z") else read_zone(ahead)
