"""The times that phones and chats show beside messages: 昨天 下午3:45, 3月12日 周二 09:41, 星期四 上午10:05.

`shown_time` says whether a line is such a time and nothing else; `resolve` turns it into a moment where a
reference date is given. Without one a time stays as it was shown: nobody knows which day "昨天" was.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

_DAYS = {"前天": 2, "昨天": 1, "昨日": 1, "今天": 0, "今日": 0, "yesterday": 1, "today": 0}
_WEEK = "一二三四五六日"
_MORNING = ("凌晨", "早上", "清晨", "上午", "早晨", "am")
_AFTERNOON = ("下午", "傍晚", "晚上", "pm")
_NIGHT = "晚上"
_NOON = 12
_LATE = 6

_DATE = (
    r"(?:(?P<year>(?:19|20)\d\d)\s*[年/.\-]\s*)?"
    r"(?P<month>1[0-2]|0?[1-9])\s*[月/.\-]\s*(?P<day>3[01]|[12]\d|0?[1-9])\s*日?"
)
_WEEKDAY = r"(?:星期|周|礼拜)\s*(?P<weekday>[一二三四五六日天])"
_PERIOD = "|".join(("凌晨", "早上", "早晨", "清晨", "上午", "中午", "下午", "傍晚", "晚上", "am", "pm"))
_CLOCK = (
    rf"(?P<period>{_PERIOD})?\s*(?P<hour>2[0-3]|[01]?\d)\s*:\s*(?P<minute>[0-5]\d)"
    rf"(?:\s*:\s*(?P<second>[0-5]\d))?\s*(?P<after>am|pm)?"
)
_BESIDE = r"(?:短信/彩信|短信|彩信|信息|imessage信息|imessage|rcs消息|sim卡?\s*[12]|卡[12]|中国(?:移动|联通|电信|广电))"
_GAP = r"[\s·•,|]*"
_SHOWN = re.compile(
    rf"(?:{_BESIDE}{_GAP})*"
    rf"(?P<shown>(?:(?:{_DATE})?{_GAP}(?:\(?{_WEEKDAY}\)?)?{_GAP}(?P<relative>{'|'.join(_DAYS)})?{_GAP}(?:{_CLOCK})?"
    rf"|(?P<ago>\d{{1,3}})\s*(?P<unit>分钟|小时|天)前|刚刚|现在))"
    rf"(?:{_GAP}{_BESIDE})*"
)
_OCR_DIGIT = re.compile(r"(?<=[\d:])[ol|](?=[\d:]|$)|(?<![a-z])[ol|](?=\d*:\d)", re.IGNORECASE)
_OCR_DAY = re.compile(r"(?<=\d)\s*曰")
_LONGEST = 40
_HINT = re.compile(r"\d|[昨今前刚现周]|星期|礼拜|yesterday|today", re.IGNORECASE)
_LOOSE = re.compile(
    r"(?<=[年月])\s+(?=\d)|(?<=\d)\s+(?=[年月日])|(?<=[周星期上下中凌早晚昨今前])\s+(?=[期一二三四五六日天午晨上])"
    r"|(?<=\d)\s*:\s*(?=\d)"
)


@dataclass(frozen=True, slots=True)
class ShownTime:
    """A time as a screen shows it.

    Attributes:
        shown: the words of the screen, without what stands beside them (短信, 卡1).
        whole: whether it names an hour; a bare day may also be a word of a message.
        dated: whether it names a day; a bare hour may also be the clock of the status bar.

    """

    shown: str
    whole: bool
    dated: bool


def folded(text: str) -> str:
    """Return a line in half-width, lower case, with confused digits of times put right.

    >>> folded("3月12曰 1O：24")
    '3月12日 10:24'
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower().replace("∶", ":")
    plain = _OCR_DAY.sub("日", plain)
    return _OCR_DIGIT.sub(lambda m: "0" if m[0] == "o" else "1", plain)


@lru_cache(maxsize=4096)
def _match(text: str) -> re.Match[str] | None:
    if len(text) > _LONGEST or not _HINT.search(text):
        return None
    plain = folded(text)
    found = _SHOWN.fullmatch(plain) or _SHOWN.fullmatch(re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", plain))
    return found if found and found["shown"].strip(" ·•,|") else None


def shown_time(text: str) -> ShownTime | None:
    """Return the time that a line shows, None where it holds anything else.

    >>> shown_time("短信 · 昨天 下午3:45").shown
    '昨天 下午3:45'
    >>> shown_time("昨天下午3:45打你电话") is None
    True
    """
    found = _match(text)
    if found is None:
        return None
    day = any(found[name] for name in ("month", "weekday", "relative", "ago"))
    if found["month"] and not (found["year"] or found["hour"] or "月" in found["shown"]):
        return None  # 3/12 alone is a page or a number
    return ShownTime(_tight(found["shown"].strip(" ·•,|")), found["hour"] is not None or bool(found["ago"]), day)


def _tight(shown: str) -> str:
    """Remove the blanks that OCR put inside the words of a time."""
    return _LOOSE.sub(lambda found: ":" if ":" in found[0] else "", shown)


def resolve(shown: str, reference: date | None) -> str:
    """Return a shown time as an ISO moment, as near before the end of `reference` as it fits; else as shown.

    >>> resolve("昨天 下午3:45", date(2024, 3, 13))
    '2024-03-12T15:45'
    >>> resolve("昨天 下午3:45", None)
    '昨天 下午3:45'
    """
    found = _match(shown)
    if found is None or (reference is None and not found["year"]):
        return shown
    try:
        day = _day(found, reference)
    except ValueError:  # 2月30日
        return shown
    if day is None:
        return shown
    if found["hour"] is None:
        return day.isoformat()
    clock = time(_hour(found), int(found["minute"]), int(found["second"] or 0))
    return datetime.combine(day, clock).isoformat(timespec="seconds" if found["second"] else "minutes")


def _day(found: re.Match[str], reference: date | None) -> date | None:
    if found["month"]:
        month, day = int(found["month"]), int(found["day"])
        if found["year"]:
            return date(int(found["year"]), month, day)
        assert reference is not None
        return _latest(month, day, reference)
    assert reference is not None
    if found["relative"]:
        return reference - timedelta(days=_DAYS[found["relative"]])
    if found["weekday"]:
        wanted = _WEEK.index(found["weekday"].replace("天", "日"))
        return reference - timedelta(days=(reference.weekday() - wanted - 1) % 7 + 1)  # today shows no weekday
    if found["ago"]:
        return reference - timedelta(days=int(found["ago"])) if found["unit"] == "天" else None
    return reference if found["hour"] else None


def _latest(month: int, day: int, reference: date) -> date:
    for year in range(reference.year, reference.year - 5, -1):  # 29 February may be four years back
        try:
            there = date(year, month, day)
        except ValueError:
            continue
        if there <= reference:
            return there
    raise ValueError


def _hour(found: re.Match[str]) -> int:
    hour = int(found["hour"])
    period = found["period"] or found["after"]
    if period in _MORNING or (period == _NIGHT and hour == _NOON):
        return hour % _NOON if hour <= _NOON else hour
    if period in _AFTERNOON or (period == "中午" and hour < _LATE):
        return hour % _NOON + _NOON if hour <= _NOON else hour
    return hour
