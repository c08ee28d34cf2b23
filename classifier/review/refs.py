"""How a message to review is known again: a short name that goes out with it and comes back with the answer."""

import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from classifier.trends.sample import check_of

_FORM = re.compile(r"([0-9a-f]{6})-(\d+)-([0-9a-f]{4})-(c|r[0-9.e+]+)-(\w+)\Z")


class Part(StrEnum):
    """How a message came to be reviewed: drawn at random, chosen for a reason, or brought from elsewhere."""

    RANDOM = "random"
    CHOSEN = "chosen"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a message under review came from. Its text form stands in sheets that may leave this machine.

    Attributes:
        draw: six hexadecimal digits that name the draw.
        row: its row in the table that was drawn from, from 1.
        check: `short_check` of its text.
        weight: rows of the table that it stands for, if it was drawn at random; else None.
        codebook: the version of the codebook that the reviewer was given.

    """

    draw: str
    row: int
    check: str
    weight: float | None
    codebook: str

    def __str__(self) -> str:
        drawn = "c" if self.weight is None else f"r{self.weight:.6g}"
        return f"{self.draw}-{self.row}-{self.check}-{drawn}-{self.codebook}"

    @property
    def part(self) -> Part:
        """How it came to be reviewed."""
        return Part.CHOSEN if self.weight is None else Part.RANDOM

    @property
    def place(self) -> str:
        """What it is known by among answers to one table."""
        return f"{self.row}-{self.check}"


def read_ref(value: object) -> Ref | None:
    """Return a reference from its text form, or None if it is none."""
    match = _FORM.match(str(value or "").strip())
    if match is None:
        return None
    weight = None if match[4] == "c" else float(match[4][1:])
    return Ref(match[1], int(match[2]), match[3], weight, match[5])


def short_check(text: object) -> str:
    """Return sixteen bits of a hash of the text: enough to see that a table is the right one.

    No more, for a sheet may hold the text redacted, and from a whole hash a number that was taken out could be found
    by trying all numbers.
    """
    return check_of(text)[:4]


def content_hash(text: str) -> str:
    """Return the SHA-256 of a text, in UTF-8, by which its corrections are kept; it stays on this machine."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
