"""Names and sentences of the dossier that more than one of its parts says, in Chinese and in English."""

from collections.abc import Callable, Sequence

from classifier.dossier.messages import Fault
from classifier.finding import Finding
from classifier.guidance import Text
from classifier.guidance.facts import Lang
from classifier.labels import LABEL_EN, LABEL_ZH, SIGNAL_EN, SIGNAL_ZH, Label, Signal
from classifier.times import Moment, Unread

Say = Callable[[str, str], str]
"""Chooses between the Chinese and the English of a text."""

FAULT = {
    Fault.MISSING: Text("没有内容", "no value"),
    Fault.NOT_TEXT: Text("不是文字", "not text"),
    Fault.EMPTY: Text("空白", "empty"),
    Fault.TOO_LONG: Text("超过20000字，未判断", "over 20,000 characters, not judged"),
    Fault.OWN: Text("收信人自己发出，不判断", "written by the receiver, not judged"),
}
UNREAD = {
    Unread.MISSING: Text("没有时间", "no time given"),
    Unread.NO_YEAR: Text("没有年份（可用 --year 指明）", "no year (say it with --year)"),
    Unread.NO_DAY: Text("没有日期", "no day"),
    Unread.SWAPPED: Text("月、日可能颠倒", "month and day could be swapped"),
    Unread.UNKNOWN: Text("认不出的写法", "written in a way that is not known"),
    Unread.IMPOSSIBLE: Text("没有这样的时间", "no such time"),
}
REVIEW = {
    "near_threshold": Text("判断接近界线", "close to the line"),
    "fraud_signal": Text("有链接或私人收款，可能是诈骗", "a link or a private account: it may be fraud"),
    "abusive_passage": Text("其中一句像是施压或恐吓", "one sentence, taken alone, looks abusive"),
    "not_chinese": Text("几乎没有中文，读不懂", "hardly any Chinese: it cannot be read"),
    "too_short": Text("太短，无从判断", "too short to say"),
}
MOST_NUMBERS = 12
"""Entries named one by one in a sentence; further ones are counted."""


def say_in(lang: Lang) -> Say:
    """Return the chooser for a language."""
    return (lambda zh, en: zh) if lang == "zh" else (lambda zh, en: en)


def label_name(label: Label, say: Say) -> str:
    """Return the name of a label."""
    return say(LABEL_ZH[label], LABEL_EN[label])


def signal_name(signal: Signal, say: Say) -> str:
    """Return the name of a signal; of the night alone, since no number of messages a day is called frequent here."""
    if signal is Signal.NIGHT_OR_FREQUENT:
        return say("夜间联系（22:00至次日8:00）", "contact at night (22:00 to 8:00)")
    return say(SIGNAL_ZH[signal], SIGNAL_EN[signal])


def why_reviewed(finding: Finding, say: Say) -> str:
    """Return why a person should look at a message; "" where nobody needs to."""
    return say("；", "; ").join(of(REVIEW[code], say) if code in REVIEW else code for code in finding.review_reasons)


def of(text: Text, say: Say) -> str:
    """Return a text in the language of `say`."""
    return say(text.zh, text.en)


def when(moment: Moment | None, say: Say) -> str:
    """Return a time: `2026-01-02 23:12`; the day alone where the clock is not known."""
    if moment is None:
        return say("时间不明", "time unknown")
    if not moment.clock_known:
        return f"{moment.day.isoformat()} {say('钟点不明', 'hour unknown')}"
    return f"{moment.at:%Y-%m-%d %H:%M}"


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return numbers as runs: (1, 1), (3, 5)."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def numbered(numbers: Sequence[int], say: Say) -> str:
    """Name entries by number: 第1、3–5条; the first runs where they are many."""
    said = [str(a) if a == b else f"{a}{'、' if b == a + 1 else '–'}{b}" for a, b in runs(numbers)]
    if len(said) <= MOST_NUMBERS:
        return say(f"第{'、'.join(said)}条", f"no. {', '.join(said).replace('、', ', ')}")
    few, count = said[:MOST_NUMBERS], len(numbers)
    return say(
        f"第{'、'.join(few)}条等{count}条", f"no. {', '.join(few).replace('、', ', ')} and others, {count} in all"
    )
