"""The period a message falls in, and what is wrong with a column of dates, in words that say nothing of its rows.

Dates are read by `classifier.times`. What begins with a day or a month (03/04/2025) can be read in two ways, so it
is not read without a format.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from classifier.errors import InputError
from classifier.times import YEARS, Moment, Unread, read_moment, read_zone

PERIODS = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}
"""Name of a period to how it is written; weeks are those of ISO 8601."""

DEFAULT_ZONE = "Asia/Shanghai"
MOST_FAULTY = 0.1
"""Share of rows without a readable date above which the column or the format must be wrong."""

_SLACK = timedelta(days=1)
_SHOWN_SHAPES = 3
_SHAPE_LENGTH = 24


class Fault(StrEnum):
    """Why a row has no date that can be used."""

    MISSING = "date missing"
    UNREADABLE = "date unreadable"
    TWO_WAYS = "date readable in two ways"
    TOO_EARLY = "date before 2000"
    FUTURE = "date in the future"


@dataclass
class Told:
    """What a column of dates holds: rows by fault, with and without a zone, and shapes of what was not read."""

    faults: Counter[Fault] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)
    first: dict[Fault, int] = field(default_factory=dict)
    zoned: int = 0
    naive: int = 0
    clockless: int = 0

    def note(self, row: int, read: Moment | Fault, value: Any) -> None:
        """Take in one row, numbered from 1."""
        if isinstance(read, Moment):
            self.zoned += read.zoned
            self.naive += not read.zoned
            self.clockless += not read.clock_known
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


_FAULTS = {Unread.MISSING: Fault.MISSING, Unread.SWAPPED: Fault.TWO_WAYS}
_ANY_YEAR = range(1, 10_000)


class Clock:
    """Reads values of a column of dates.

    Args:
        zone: name or offset of the zone of the study; dates without a zone are taken to be in it.
        now: what is later than a day after this is in the future.
        format: read text by this format of `strptime` alone.

    Raises:
        InputError: no such zone.

    """

    def __init__(self, zone: str = DEFAULT_ZONE, now: datetime | None = None, format: str | None = None) -> None:
        self._zone = read_zone(zone)
        self._format = format
        self._latest = (now or datetime.now(UTC)).astimezone(self._zone).replace(tzinfo=None) + _SLACK

    def read(self, value: Any) -> Moment | Fault:
        """Return the moment that a value names, or why it names none."""
        found = self._formatted(value, self._format) if self._format else None
        read = found or read_moment(value, self._zone, years=_ANY_YEAR)
        if isinstance(read, Unread):
            return _FAULTS.get(read, Fault.UNREADABLE)
        if read.at.year < YEARS.start:
            return Fault.TOO_EARLY
        return Fault.FUTURE if read.at > self._latest else read

    def _formatted(self, value: Any, format: str) -> Moment | Unread | None:
        """Return what the format makes of a value; None for no text, and for no time at all."""
        if not isinstance(value, (str, int, float)) or value != value or not str(value).strip():
            return None
        try:
            at = datetime.strptime(unicodedata.normalize("NFKC", str(value)).strip(), format)
        except ValueError:
            return Unread.UNKNOWN
        read = read_moment(at, self._zone, years=_ANY_YEAR)
        has_clock = any(mark in format for mark in ("%H", "%I", "%X", "%c"))
        return read if isinstance(read, Unread) or has_clock else replace(read, clock_known=False)


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
