"""The normaliser: a message as its sender meant it to be read, with the way back to the text as given.

Each step is one small pure function with a name. A step looks at one character and says what to write
for it, or at a string and returns edits; `Normaliser` applies them in the order of the table below and keeps,
for every character of the result, the span of the original text that it stands for. A text that is already
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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classifier.text.phrases import PhraseTable, longest

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
_LATIN = re.compile("[a-z]")
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

    def cut(self, start: int, end: int) -> "Normalised":
        """Return characters [start, end) with their map."""
        return Normalised(self.text[start:end], self.starts[start:end], self.ends[start:end])

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

    def translated(self, table: "CharacterTable") -> "Normalised":
        """Return the text with each character written as the table says."""
        text = self.text.translate(table)
        if text == self.text:
            return self
        if table.uneven.isdisjoint(self.text):
            return Normalised(text, self.starts, self.ends)
        written = ((i, char, table[ord(char)]) for i, char in enumerate(self.text))
        return self.edited(Edit(i, i + 1, new) for i, char, new in written if new != char)


class CharacterTable(dict[int, str]):
    """What steps that look at one character alone make of it, one after the other: a table for `str.translate`.

    Filled as characters turn up, so that a text costs one look-up a character.
    """

    def __init__(self, steps: Iterable[tuple[str, Callable[[str], str]]]) -> None:
        super().__init__()
        self._steps = tuple(steps)
        self._changed_by: dict[str, frozenset[str]] = {}
        self.uneven: set[str] = set()
        """Characters that become none, or several."""

    def __missing__(self, code: int) -> str:
        """Work out what becomes of a character that turns up for the first time."""
        char = written = chr(code)
        names = set()
        before = ""
        while written != before:  # what a step writes may be something that a step changes
            before = written
            for name, change in self._steps:
                new = "".join(map(change, written))
                if new != written:
                    names.add(name)
                    written = new
        if names:
            self._changed_by[char] = frozenset(names)
        if len(written) != 1:
            self.uneven.add(char)  # before the character is known: another thread may ask at any time
        self[code] = written
        return written

    def steps_of(self, text: str) -> list[str]:
        """Return the names of the steps that change a character of the text, in order."""
        names = frozenset().union(*(self._changed_by[char] for char in self._changed_by.keys() & set(text)))
        return [name for name, _ in self._steps if name in names]


@cache
def _table(name: str) -> dict[str, str]:
    raw = json.loads(Path(__file__).with_name("tables").joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return dict(zip(raw["from"], raw["to"], strict=True)) if set(raw) == {"from", "to"} else raw


def width(char: str) -> str:
    """Fold compatibility forms and case."""
    if char == "。":
        return char
    folded = unicodedata.normalize("NFKC", char)
    return "".join(c.lower() if c.isascii() else c for c in folded)


_DROPPED = {"Cf", "Cc", "Mn", "Me", "Cs", "Co", "Cn"}


def invisible(char: str) -> str:
    """Drop what a reader cannot see; a private-use or broken character becomes U+FFFD."""
    category = unicodedata.category(char)
    if category not in _DROPPED or char == "\n":
        return char
    if char in "\t\r\v\f\x85":
        return " " if char == "\t" else "\n"
    return REPLACEMENT if category in ("Cs", "Co", "Cn") else ""


def simplified(char: str) -> str:
    """Write a traditional character as a simplified one."""
    return _table("simplified").get(char, char)


def emoji(char: str) -> str:
    """Write an emoji that senders use for a word as that word."""
    return _table("emoji").get(char, char)


def separators(text: str) -> Iterable[Edit]:
    """Join characters that blanks, dots, stars and the like hold apart, and wrapped lines."""
    if text.isalnum():
        return
    cuts = {m.start(): m.end() for m in _SPLIT_PAIR.finditer(text)}
    if _LATIN.search(text):  # here and below: most messages lack what a pattern needs, and are spared it
        cuts |= {m.start(m.lastindex or 0): m.end() for m in _SPLIT_LATIN.finditer(text)}
    if " " in text:
        for run in _SPACED.finditer(text):
            cuts |= {i: i + 1 for i in range(run.start() + 1, run.end(), 2)}
    for run in _SPLIT_RUN.finditer(text):
        cuts |= {i: i + 1 for i in range(run.start() + 1, run.end(), 2)}
    for wrap in _WRAP.finditer(text) if "\n" in text else ():
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


Step = Callable[[str], Iterable[Edit]]

CHARACTER_STEPS = CharacterTable(
    (("width", width), ("invisible", invisible), ("simplified", simplified), ("emoji", emoji))
)
"""The steps that look at one character alone, in the order in which they run: before all others."""

TEXT_STEPS: tuple[tuple[str, Step], ...] = (("separators", separators), ("repeats", repeats))
"""The steps that look at the whole text and need no lexicon, in order."""

_MOST_ROUNDS = 8


class Normaliser:
    """Applies every step, then the table of disguises, until nothing changes.

    `disguises` maps a disguised writing (already in the form the other steps leave) to
    the plain one. Safe to share between threads: it holds no state that changes.
    """

    def __init__(self, disguises: Mapping[str, str] | None = None) -> None:
        known = {k: v for k, v in (disguises or {}).items() if k and (k == v or k not in v)}
        self._disguises = PhraseTable(tuple(known), tuple(known.values()))

    def __call__(self, text: str) -> Normalised:
        """Return the normalised text with its offset map. Never raises on any string."""
        return self.many((text,))[0]

    def many(self, texts: Sequence[str]) -> list[Normalised]:
        """Do the same for some texts: faster than one after another."""
        return [current for current, _ in self._run(texts)]

    def explain(self, text: str) -> tuple[Normalised, tuple[str, ...]]:
        """Return the normalised text and the names of the steps that changed something, in order."""
        ((normalised, changes),) = self._run((text,))
        names = (name for step, before in changes for name in ([step] if step else CHARACTER_STEPS.steps_of(before)))
        return normalised, tuple(dict.fromkeys(names))

    def _run(self, texts: Sequence[str]) -> list[tuple[Normalised, list[tuple[str, str]]]]:
        """Return the normalised texts, and which step changed which text; "" stands for those of characters."""
        current = [Normalised.of(text) for text in texts]
        changes: list[list[tuple[str, str]]] = [[] for _ in texts]
        unsettled: Sequence[int] = range(len(texts))
        for _ in range(_MOST_ROUNDS):
            if not unsettled:
                break
            stands = {}
            for n in unsettled:
                before, current[n] = current[n], current[n].translated(CHARACTER_STEPS)
                if current[n] is not before:
                    changes[n].append(("", before.text))
                stands[n] = len(changes[n])
                for name, step in TEXT_STEPS:
                    before, current[n] = current[n], current[n].edited(step(current[n].text))
                    if current[n] is not before:
                        changes[n].append((name, before.text))
            for n, found in zip(unsettled, self._disguises.found([current[n].text for n in unsettled]), strict=True):
                before, current[n] = current[n], current[n].edited(_undisguised(current[n].text, found))
                if current[n] is not before:
                    changes[n].append(("disguises", before.text))
            unsettled = [n for n in unsettled if len(changes[n]) > stands[n]]
        return list(zip(current, changes, strict=True))


def _undisguised(text: str, found: Sequence[tuple[int, int, str]]) -> Iterator[Edit]:
    for start, end, plain in longest(found):
        if text[start:end] != plain:  # an ordinary word that the table guards stands for itself
            yield Edit(start, end, plain)
