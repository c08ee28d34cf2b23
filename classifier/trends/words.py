"""The words of the report, in Chinese and in English; they stand in words.json."""

import json
from pathlib import Path
from typing import Literal

from classifier.labels import LABEL_EN, LABEL_ZH, SIGNAL_EN, SIGNAL_ZH, Label, Signal
from classifier.trends.intervals import Share
from classifier.trends.prevalence import Refusal
from classifier.trends.sample import MISSING_VALUE, OTHER_VALUE

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")

WORDS: dict[str, tuple[str, str]] = {
    **{str(label): (LABEL_ZH[label], LABEL_EN[label]) for label in Label},
    **{str(signal): (SIGNAL_ZH[signal], SIGNAL_EN[signal]) for signal in Signal},
    **{
        key: (zh, en) for key, (zh, en) in json.loads(Path(__file__).with_name("words.json").read_text("utf-8")).items()
    },
}
"""Key to what is said in Chinese and in English, with gaps in braces."""


def say(key: str, lang: Lang, *values: object, **named: object) -> str:
    """Return words by their key, with the gaps filled; an unknown key (a user's own value) is returned as it is."""
    if key not in WORDS:
        return key
    words = WORDS[key][LANGS.index(lang)]
    return words.format(*values, **named) if values or named else words


def value_name(value: str, lang: Lang) -> str:
    """Return the value of a group as it is shown: the user's own word, even where it is one of `WORDS`."""
    return say(value, lang) if value in (MISSING_VALUE, OTHER_VALUE) else value


def percent(share: float, digits: int = 1) -> str:
    """Return a share as a percentage."""
    return f"{100 * share:.{digits}f}%"


def number(count: int | None, lang: Lang) -> str:
    """Return a count, or that it is hidden."""
    return f"{count:,}" if count is not None else say("hidden", lang)


def interval(share: Share | None, digits: int = 1) -> str:
    """Return a share with its interval, or a dash."""
    if share is None:
        return "–"
    return f"{percent(share.value, digits)} ({percent(share.low, digits)}–{percent(share.high, digits)})"


def refused(reason: Refusal | None, lang: Lang) -> str:
    """Return why there is no estimate."""
    return say(reason.code, lang, *reason.values) if reason else ""
