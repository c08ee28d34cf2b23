"""When a message came: dates as exports write them, in one time zone, and the period they fall in.

Read are dates that begin with the year, with or without a time (ISO 8601; 2025/1/3 8:05; 2025年1月3日 下午3:05;
20250103; 20250103080500), seconds and milliseconds since 1970, and the date values of Excel and Parquet. What
begins with a day or a month (03/04/2025) can be read in two ways, so it is not read without a format.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from classifier.errors import InputError

PERIODS = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}
"""Name of a period to how it is written; weeks are those of ISO 8601."""

DEFAULT_ZONE = "Asia/Shanghai"
MOST_FAULTY = 0.1
"""Share of rows without a readable date above which the column or the format must be wrong."""

NIGHT_FROM, NIGHT_TO = 22, 8
"""Collectors must leave people alone from 22:00 to 8:00."""

_EARLIEST = datetime(2000, 1, 1)
_SLACK = timedelta(days=1)
_HALVES = r"上午|早上|清晨|凌晨|中午|下午|傍晚|晚上|[ap]\.?m\.?"
_DATED = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
    rf"(?:[\s,T]*(?:(?:星期|周)[一二三四五六日天])?\s*(?P<before>{_HALVES})?\s*"
    r"(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})?\s*分?(?:\s*[:]?\s*(?P<second>\d{1,2})(?:[.,]\d{1,9})?\s*秒?)?"
    rf"\s*(?P<after>{_HALVES})?\s*(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?\s*[+-]\d{{2}}:?\d{{2}})?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?")
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?!\d).*")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?")
_AFTERNOON = re.compile(r"下午|傍晚|晚上|p", re.IGNORECASE)
_SHOWN_SHAPES = 3
_SHAPE_LENGTH = 24


class Fault(StrEnum):
    """Why a row has no date that can be used."""

    MISSING = "date missing"
    UNREADABLE = "date unreadable"
    TWO_WAYS = "date readable in two ways"
    TOO_EARLY = "date before 2000"
    FUTURE = "date in the future"


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as a clock in the zone of the study shows it.

    `clock` tells whether a time of day was given (midnight to the second counts as none), `zoned` whether a zone was.
    """

    local: datetime
    clock: bool
    zoned: bool


@dataclass
class Told:
    """What a column of dates holds: rows by fault, with and without a zone, and shapes of what was not read."""

    faults: Counter[Fault] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)
    first: dict[Fault, int] = field(default_factory=dict)
    zoned: int = 0
    naive: int = 0
    clockless: int = 0

    def note(self, row: int, read: "Moment | Fault", value: Any) -> None:
        """Take in one row, numbered from 1."""
        if isinstance(read, Moment):
            self.zoned += read.zoned
            self.naive += not read.zoned
            self.clockless += not read.clock
            return
        self.faults[read] += 1
        self.first.setdefault(read, row)
        if read in (Fault.UNREADABLE, Fault.TWO_WAYS):
            self.shapes[shape(value)] += 1

    def check(self, column: str, rows: int, zone_given: bool) -> None:
        """Object to a column that cannot be meant.

        Raises:
            InputError: too many rows without a usable date, or dates with and without a zone.

        """
        for fault, advice in _ADVICE.items():
            count = self.faults[fault]
            if count > MOST_FAULTY * rows:
                like = ", ".join(f"{form} ({seen})" for form, seen in self.shapes.most_common(_SHOWN_SHAPES))
                written = f"; written like: {like}" if fault in (Fault.UNREADABLE, Fault.TWO_WAYS) else ""
                where = f"{count} of {rows} rows in column {column!r}, first in row {self.first[fault]}"
                raise InputError(f"{fault}: {where}{written}; {advice}")
        if self.zoned and self.naive and not zone_given:
            raise InputError(
                f"mixed time zones in column {column!r}: {self.zoned} rows name one and {self.naive} do not; "
                "say with --zone where those without one were written"
            )


_ADVICE = {
    Fault.MISSING: "is it the right column?",
    Fault.TWO_WAYS: "say with --time-format whether the day (%d/%m/%Y) or the month (%m/%d/%Y) comes first",
    Fault.UNREADABLE: "give --time-format, as in %Y-%m-%d %H:%M:%S",
    Fault.TOO_EARLY: "is it the right column?",
    Fault.FUTURE: "is it the right column, and does this machine know the date?",
}


class Clock:
    """Reads values of a column of dates.

    Args:
        zone: name of the zone of the study; dates without a zone are taken to be in it.
        now: what is later than a day after this is in the future.
        format: read text by this format of `strptime` alone.

    Raises:
        InputError: no such zone.

    """

    def __init__(self, zone: str = DEFAULT_ZONE, now: datetime | None = None, format: str | None = None) -> None:
        try:
            self.zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InputError(f"no time zone {zone[:40]!r}; give a name such as Asia/Shanghai") from None
        self._format = format
        self._latest = (now or datetime.now(UTC)).astimezone(self.zone).replace(tzinfo=None) + _SLACK

    def read(self, value: Any) -> Moment | Fault:
        """Return the moment that a value names, or why it names none."""
        if value is None or value != value or (isinstance(value, str) and not value.strip()):
            return Fault.MISSING
        try:
            found = self._parse(value)
            if isinstance(found, Fault):
                return found
            when, clock = found
            local = when.astimezone(self.zone).replace(tzinfo=None) if when.tzinfo else when
        except (ValueError, OverflowError, OSError):
            return Fault.UNREADABLE
        if local < _EARLIEST:
            return Fault.TOO_EARLY
        if local > self._latest:
            return Fault.FUTURE
        midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
        return Moment(local, clock and not midnight, when.tzinfo is not None)

    def _parse(self, value: Any) -> tuple[datetime, bool] | Fault:
        if isinstance(value, datetime):
            return value, True
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day), False
        if isinstance(value, bool):
            return Fault.UNREADABLE
        text = unicodedata.normalize("NFKC", str(value)).strip()
        if self._format is not None:
            return datetime.strptime(text, self._format), "%H" in self._format or "%I" in self._format
        if match := _DATED.fullmatch(text):
            return _dated(match)
        if match := _COMPACT.fullmatch(text):
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
            return datetime(year, month, day, hour, minute, second), match[4] is not None
        if _EPOCH.fullmatch(text):
            seconds = float(text)
            return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC), True
        return Fault.TWO_WAYS if _YEAR_LAST.fullmatch(text) else Fault.UNREADABLE


def _dated(match: re.Match[str]) -> tuple[datetime, bool]:
    year, month, day = (int(match[name]) for name in ("year", "month", "day"))
    if match["hour"] is None:
        return datetime(year, month, day), False
    hour = int(match["hour"])
    half = match["before"] or match["after"] or ""
    if half and hour <= 12:
        late = bool(_AFTERNOON.match(half)) or (half == "中午" and hour < 11)
        hour = hour % 12 + 12 * (late or (half == "中午" and hour == 12))
    moment = datetime(year, month, day, hour, int(match["minute"] or 0), int(match["second"] or 0))
    return (moment.replace(tzinfo=_zone(match["zone"])) if match["zone"] else moment), True


def _zone(written: str) -> tzinfo:
    offset = re.search(r"([+-])(\d{2}):?(\d{2})", written)
    if offset is None:
        return UTC
    minutes = int(offset[2]) * 60 + int(offset[3])
    return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))


def span(periods: Sequence[str], period: str) -> list[str]:
    """Return every period from the first to the last of some (rising), those in which nothing came too."""
    if not periods:
        return []
    first = periods[0]
    day = {
        "day": lambda: date.fromisoformat(first),
        "week": lambda: date.fromisoformat(f"{first}-1"),
        "month": lambda: date.fromisoformat(f"{first}-01"),
    }[period]()
    found = [first]
    while found[-1] < periods[-1]:
        day += timedelta(days=1)
        if (name := day.strftime(PERIODS[period])) != found[-1]:
            found.append(name)
    return found


def shape(value: Any) -> str:
    """Return how a value is written, without what it says: digits as 9, letters as a, Chinese characters as 字."""
    text = unicodedata.normalize("NFKC", str(value)).strip()[:_SHAPE_LENGTH]
    kinds = (("9", str.isdigit), ("字", lambda c: "\u4e00" <= c <= "\u9fff"), ("a", str.isalpha))
    return "".join(next((mark for mark, is_kind in kinds if is_kind(c)), c) for c in text)
