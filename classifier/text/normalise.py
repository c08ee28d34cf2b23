"""The normaliser: a message as its sender meant it to be read, with the way back to the text as given.

Each step is one small pure function with a name. A step looks at a string and returns
edits; `Normaliser` applies them in the order of `STEPS` and keeps, for every character
of the result, the span of the original text that it stands for. A text that is already
right is left alone. The whole is idempotent.

| step | what it does | risk it takes |
|---|---|---|
| width | full-width to half-width, compatibility forms (NFKC by character), lower case | none known |
| invisible | drops zero-width, direction and variation marks, combining strokes, controls | none known |
| simplified | traditional to simplified, by character (table made from OpenCC's data) | 乾隆 becomes 干隆 |
| emoji | emoji that stand for a word become that word | an ornament becomes a word |
| separators | joins characters that blanks, dots, stars or ornaments hold apart | "王 明" and "王明" become one |
| disguises | homophones, look-alikes, pinyin and initials, by table | a rare word that is meant literally |
| repeats | runs of one mark to one, runs of one character to two | none known |
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classifier.text.phrases import PhraseTable

NORMALISER_VERSION = "2"

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇"
REPLACEMENT = "\ufffd"

_ORNAMENT = (
    r"[ \t*+._~^|/\\·•・`'\"…=&@,，、\-—–_ⅰ-ⅿ①-⑳■-◿☀-➿⬀-⯿★☆※→←↑↓"
    r"\u3000\u00a0\u2000-\u200a\u2010-\u2027\U0001f000-\U0001faff]"
)
# A comma between two characters is punctuation as a rule, so it only counts as an ornament where
# single characters are split one after another (通,讯,录).
_QUIET = _ORNAMENT.replace(",，、", "").replace(r"…", "")
_SPLIT_PAIR = re.compile(rf"(?<=[{HAN}]){_QUIET}{{1,3}}(?=[{HAN}])")
_SPLIT_RUN = re.compile(rf"(?<![{HAN}])[{HAN}](?:[,，、][{HAN}]){{2,}}(?![{HAN}])")
_SPLIT_LATIN = re.compile(
    rf"(?<=[{HAN}])([ *+._~^|/·•\-]{{1,2}})(?=[a-z]{{1,6}}(?:[ *+._~^|/·•\-]{{0,2}}[{HAN}]|$))"
    rf"|(?<=[{HAN}])[a-z]{{1,6}}([ *+._~^|/·•\-]{{1,2}})(?=[{HAN}])"
)
_SPACED = re.compile(r"(?<!\S)\S(?: \S){5,}(?!\S)")  # an OCR engine or a sender put a blank between all characters
_WRAP = re.compile(rf"(?<=[{HAN},0-9])[ \t]*\n[ \t]*(?=[{HAN}0-9,])")
_REPEATED = re.compile(rf"([{HAN}])\1{{2,}}|([^{HAN}0-9a-z\s*\u0000-\u001f])\2+|([ \t])[ \t]+|(\n)\s*\n")
_LONG_LINE = 14


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters [start, end) of a string by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text and, for each of its characters, the span [starts[i], ends[i]) of the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Normalised":
        """Return `text` unchanged, with the identity map."""
        return cls(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text behind characters [start, end) of this one."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return at, at
        return self.starts[start], self.ends[end - 1]

    def edited(self, edits: Iterable[Edit]) -> "Normalised":
        """Return the text after `edits`, which are ordered and do not overlap."""
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for edit in edits:
            pieces += (self.text[done : edit.start], edit.text)
            low, high = self.source(edit.start, edit.end)
            starts += (*self.starts[done : edit.start], *([low] * len(edit.text)))
            ends += (*self.ends[done : edit.start], *([high] * len(edit.text)))
            done = edit.end
        if not pieces:
            return self
        pieces.append(self.text[done:])
        return Normalised("".join(pieces), (*starts, *self.starts[done:]), (*ends, *self.ends[done:]))


Step = Callable[[str], Iterable[Edit]]


@cache
def _table(name: str) -> dict[str, str]:
    raw = json.loads(Path(__file__).with_name("tables").joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return dict(zip(raw["from"], raw["to"], strict=True)) if set(raw) == {"from", "to"} else raw


def _by_character(text: str, change: Callable[[str], str]) -> Iterable[Edit]:
    for i, char in enumerate(text):
        new = change(char)
        if new != char:
            yield Edit(i, i + 1, new)


@cache
def _translation(name: str) -> dict[int, str]:
    return str.maketrans(_table(name))


def _by_table(text: str, name: str) -> Iterable[Edit]:
    if text.translate(_translation(name)) == text:
        return ()
    table = _table(name)
    return _by_character(text, lambda char: table.get(char, char))


def _half_width(char: str) -> str:
    if char == "。":
        return char
    folded = unicodedata.normalize("NFKC", char)
    return "".join(c.lower() if c.isascii() else c for c in folded)


def width(text: str) -> Iterable[Edit]:
    """Fold compatibility forms and case, character by character, so that offsets stay exact."""
    if unicodedata.is_normalized("NFKC", text) and not any("A" <= c <= "Z" for c in text):
        return ()
    return _by_character(text, _half_width)


_DROPPED = {"Cf", "Cc", "Mn", "Me", "Cs", "Co", "Cn"}


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category not in _DROPPED or char == "\n":
        return char
    if char in "\t\r\v\f\x85":
        return " " if char == "\t" else "\n"
    return REPLACEMENT if category in ("Cs", "Co", "Cn") else ""


def invisible(text: str) -> Iterable[Edit]:
    """Drop what a reader cannot see; a private-use or broken character becomes U+FFFD."""
    return () if text.isprintable() and text.isascii() else _by_character(text, _visible)


def simplified(text: str) -> Iterable[Edit]:
    """Write traditional characters as simplified ones."""
    return _by_table(text, "simplified")


def emoji(text: str) -> Iterable[Edit]:
    """Write the emoji that senders use for words as those words."""
    return _by_table(text, "emoji")


def separators(text: str) -> Iterable[Edit]:
    """Join characters that blanks, dots, stars and the like hold apart, and wrapped lines."""
    if text.isalnum():
        return
    cuts = {m.start(): m.end() for m in _SPLIT_PAIR.finditer(text)}
    cuts |= {m.start(m.lastindex or 0): m.end() for m in _SPLIT_LATIN.finditer(text)}
    for run in _SPACED.finditer(text):
        cuts |= {i: i + 1 for i in range(run.start() + 1, run.end(), 2)}
    for run in _SPLIT_RUN.finditer(text):
        cuts |= {i: i + 1 for i in range(run.start() + 1, run.end(), 2)}
    for wrap in _WRAP.finditer(text):
        line_start = text.rfind("\n", 0, wrap.start()) + 1
        if wrap.start() - line_start >= _LONG_LINE:
            cuts[wrap.start()] = wrap.end()
    done = 0
    for start in sorted(cuts):
        if start >= done:
            yield Edit(start, cuts[start], "")
            done = cuts[start]


def repeats(text: str) -> Iterable[Edit]:
    """Shorten runs: one mark, one blank, one line break, two of a Chinese character."""
    for match in _REPEATED.finditer(text):
        kept = match[1] * 2 if match[1] else match[2] or match[3] or match[4]
        yield Edit(match.start(), match.end(), kept)


STEPS: tuple[tuple[str, Step], ...] = (
    ("width", width),
    ("invisible", invisible),
    ("simplified", simplified),
    ("emoji", emoji),
    ("separators", separators),
    ("repeats", repeats),
)
"""The steps that need no lexicon, in the order in which they run."""

_MOST_ROUNDS = 8


class Normaliser:
    """Applies every step, then the table of disguises, until nothing changes.

    `disguises` maps a disguised writing (already in the form the other steps leave) to
    the plain one. Safe to share between threads: it holds no state that changes.
    """

    def __init__(self, disguises: Mapping[str, str] | None = None) -> None:
        self._disguises = PhraseTable({k: v for k, v in (disguises or {}).items() if k == v or k not in v})

    def __call__(self, text: str) -> Normalised:
        """Return the normalised text with its offset map. Never raises on any string."""
        return self.explain(text)[0]

    def explain(self, text: str) -> tuple[Normalised, tuple[str, ...]]:
        """Return the normalised text and the names of the steps that changed something, in order."""
        current = Normalised.of(text)
        applied: list[str] = []
        for _ in range(_MOST_ROUNDS):
            before = current.text
            for name, step in (*STEPS, ("disguises", self._undisguise)):
                changed = current.edited(step(current.text))
                if changed is not current:
                    applied.append(name)
                    current = changed
            if current.text == before:
                break
        return current, tuple(dict.fromkeys(applied))

    def _undisguise(self, text: str) -> Iterable[Edit]:
        for start, end, plain in self._disguises.longest(text):
            if text[start:end] != plain:  # an ordinary word that the table guards stands for itself
                yield Edit(start, end, plain)
