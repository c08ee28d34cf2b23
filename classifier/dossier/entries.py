"""Messages with what the classifier says of each: numbered in the order of time, copies known, the hour taken in."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from classifier.dossier.messages import Message
from classifier.finding import Finding
from classifier.labels import ACTS, Label, Signal


@dataclass(frozen=True, slots=True)
class Entry:
    """A message of the dossier.

    Attributes:
        number: its place in the dossier, from 1: by time, those without a readable time last.
        message: the row.
        finding: what the classifier says, with `night_or_frequent` where the time shows it; None if not judged.
        copy_of: number of an entry with the same sender, time and text; tables export messages twice.

    """

    number: int
    message: Message
    finding: Finding | None
    copy_of: int | None = None

    @property
    def labels(self) -> tuple[Label, ...]:
        """Its labels, none if it was not judged."""
        return self.finding.labels if self.finding else ()

    @property
    def acts(self) -> tuple[Label, ...]:
        """The abusive acts among its labels."""
        return tuple(label for label in self.labels if label in ACTS)

    @property
    def collects(self) -> bool:
        """Whether it is a collection message, told once: no copy, and not unrelated."""
        return self.finding is not None and self.copy_of is None and Label.UNRELATED not in self.labels

    @property
    def pending(self) -> bool:
        """Whether a person has to look at it first."""
        return self.finding is not None and self.finding.needs_review

    @property
    def settled(self) -> bool:
        """Whether a statement may rest on it: a collection message, told once, that waits for nobody."""
        return self.collects and not self.pending

    @property
    def at_night(self) -> bool:
        """Whether it is known to have come between 22:00 and 8:00."""
        return self.message.time is not None and bool(self.message.time.at_night)

    @property
    def day(self) -> date | None:
        """The day it came, None where that is unknown."""
        return self.message.time.day if self.message.time else None


def judge(
    messages: Iterable[Message],
    classify: Callable[[str], Finding],
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[Entry, ...]:
    """Put messages in the order of time and say of each what it is.

    Args:
        messages: the rows, in any order.
        classify: says of a text what it is; asked once for each text.
        progress: called with 1 for every message done.

    """
    ordered = sorted(messages, key=lambda m: (m.time is None, m.time.at if m.time else datetime.max, m.row))
    known: dict[str, Finding] = {}
    first: dict[tuple[object, ...], int] = {}
    entries = []
    for number, message in enumerate(ordered, 1):
        finding = None
        copy_of = None
        if message.fault is None:
            if message.text not in known:
                known[message.text] = classify(message.text)
            finding = _with_hour(known[message.text], message)
            seen = first.setdefault((sender_key(message.sender), message.time, message.text), number)
            copy_of = seen if seen != number else None
        entries.append(Entry(number, message, finding, copy_of))
        progress(1)
    return tuple(entries)


def _with_hour(finding: Finding, message: Message) -> Finding:
    """Add `night_or_frequent` to a collection message of the night; no number of messages a day calls for it."""
    if message.time is None or not message.time.at_night or Label.UNRELATED in finding.labels:
        return finding
    seen = {*finding.signals, Signal.NIGHT_OR_FREQUENT}
    return replace(finding, signals=tuple(signal for signal in Signal if signal in seen))


def sender_key(sender: str) -> str:
    """Return what two writings of one number have in common: no blanks, hyphens, or Chinese country code."""
    key = "".join(c for c in unicodedata.normalize("NFKC", sender).lower() if not c.isspace() and c not in "-()")
    for code in ("+86", "0086", "86"):
        rest = key.removeprefix(code)
        if rest != key and rest.isdigit() and (len(rest) == 11 or code == "+86"):
            return rest
    return key
