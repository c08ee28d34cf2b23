"""Replace what points to a person by typed placeholders: 〔手机号〕, 〔姓名〕, 〔地址〕 and so on.

Everything is found by rule. Names and addresses are missed now and then, so a person has to look at
the result before it is published; a redacted message can still be recognised by those who know the story.

- The wording, times and abuse stay; amounts stay unless asked for.
- What is masked already goes too where its mask leaves a part of it: 138****2211, 张*明, 王某某. 尾号1234,
  某某, 某先生 and ** stay.
- Short official numbers, 400 and 800 numbers, company names and 【signatures】 stay: they name the sender.
- Numbers of court cases go: they lead to names in public registers.
- A text that holds placeholders keeps them: redacting twice is redacting once.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from classifier.text.addresses import addresses
from classifier.text.identifiers import FINDERS, digits
from classifier.text.names import names
from classifier.text.particulars import KIND_ZH, TAKEN, Finder, Kind, Span, fold

__all__ = ["DEFAULT_KINDS", "KIND_ZH", "Kind", "Pseudonyms", "Redacted", "RedactedSpan", "redact"]

DEFAULT_KINDS: frozenset[Kind] = frozenset(Kind) - {Kind.AMOUNT}
"""All kinds but amounts."""

_FINDERS: tuple[tuple[Kind, Finder], ...] = (*FINDERS, (Kind.ADDRESS, addresses), (Kind.NAME, names))
_BY_WORD = {word: kind for kind, word in KIND_ZH.items()}
_PLACEHOLDER = re.compile(f"〔({'|'.join(_BY_WORD)})(\\d*)〕")
_NUMBERS = {Kind.PHONE, Kind.LANDLINE, Kind.ID_NUMBER, Kind.BANK_CARD}


@dataclass(frozen=True, slots=True)
class RedactedSpan:
    """Characters [start, end) of the text as given, and what stands in their place now."""

    start: int
    end: int
    kind: Kind
    placeholder: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A redacted text and its spans, by position and without overlap."""

    text: str
    spans: tuple[RedactedSpan, ...]

    def moved(self, start: int, end: int) -> tuple[int, int]:
        """Return where characters [start, end) of the text as given are in `text`.

        A range that cuts into a redacted span takes in the whole placeholder.
        """
        return self._moved(start, at_end=False), self._moved(end, at_end=start < end)

    def _moved(self, offset: int, *, at_end: bool) -> int:
        shift = 0
        for span in self.spans:
            if span.start >= offset:
                break
            if span.end > offset:
                return span.start + shift + (len(span.placeholder) if at_end else 0)
            shift += len(span.placeholder) - (span.end - span.start)
        return offset + shift


class Pseudonyms:
    """Gives the same name or number the same 〔姓名1〕; use one instance for one file, by one thread.

    Spellings of one number (blanks, hyphens, +86, full-width or Chinese digits) count as one. 王先生
    and 王建国 count as two: that they are one person would be a guess. Holds what it has seen in
    memory, and nowhere else.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[Kind, str], int] = {}
        self._last: dict[Kind, int] = dict.fromkeys(Kind, 0)

    def placeholder(self, kind: Kind, original: str) -> str:
        """Return the numbered placeholder of something found."""
        key = kind, _plain(kind, original)
        if key not in self._numbers:
            self._last[kind] += 1
            self._numbers[key] = self._last[kind]
        return f"〔{KIND_ZH[kind]}{self._numbers[key]}〕"

    def avoid(self, kind: Kind, number: int) -> None:
        """Give no new placeholder of `kind` a number up to `number`: a text holds it already."""
        self._last[kind] = max(self._last[kind], number)


def redact(text: str, *, kinds: Iterable[Kind] = DEFAULT_KINDS, pseudonyms: Pseudonyms | None = None) -> Redacted:
    """Return `text` with a placeholder for everything of `kinds` that is found. Never raises on any string.

    Without `pseudonyms` all placeholders of a kind are the same.
    """
    wanted = frozenset(kinds)
    if pseudonyms is not None:
        for match in _PLACEHOLDER.finditer(text):
            pseudonyms.avoid(_BY_WORD[match[1]], int(match[2][:9] or 0))
    redacted = Redacted(text, ())
    # What a placeholder now stands beside may read as a name, so look until nothing new is found.
    while found := _found(redacted.text, wanted):
        redacted = _replaced(text, [*redacted.spans, *_spans_of(text, redacted, found, pseudonyms)])
    return redacted


def _found(text: str, wanted: frozenset[Kind]) -> list[tuple[Span, Kind]]:
    """Return the spans of the wanted kinds, in order; every kind claims its characters, wanted or not."""
    characters = list(fold(text))
    for match in _PLACEHOLDER.finditer(text):
        _take(characters, match.span())
    found: list[tuple[Span, Kind]] = []
    for kind, find in _FINDERS:
        for span in find("".join(characters)):
            if TAKEN in characters[slice(*span)]:
                continue
            _take(characters, span)
            if kind in wanted:
                found.append((span, kind))
    return sorted(found)


def _take(characters: list[str], span: Span) -> None:
    characters[slice(*span)] = TAKEN * (span[1] - span[0])


def _spans_of(
    text: str, redacted: Redacted, found: Iterable[tuple[Span, Kind]], pseudonyms: Pseudonyms | None
) -> Iterator[RedactedSpan]:
    """Yield what was found in a redacted text as spans of the text as given."""
    for (start, end), kind in found:
        shift = 0
        for span in redacted.spans:
            if span.start + shift >= start:
                break
            shift += len(span.placeholder) - (span.end - span.start)
        low, high = start - shift, end - shift
        plain = f"〔{KIND_ZH[kind]}〕"
        yield RedactedSpan(low, high, kind, pseudonyms.placeholder(kind, text[low:high]) if pseudonyms else plain)


def _replaced(text: str, spans: Iterable[RedactedSpan]) -> Redacted:
    ordered = tuple(sorted(spans, key=lambda span: span.start))
    pieces: list[str] = []
    done = 0
    for span in ordered:
        pieces += (text[done : span.start], span.placeholder)
        done = span.end
    return Redacted("".join((*pieces, text[done:])), ordered)


def _plain(kind: Kind, original: str) -> str:
    """Return one spelling for all spellings of a name or number."""
    folded = fold(original)
    if kind in _NUMBERS and not re.search(r"[*●•■×]|\dx+\d", folded):
        number = digits(folded)
        return re.sub(r"^(?:00)?86(?=1\d{10}$)", "", number)
    return re.sub(r"[\s·.・\-,、()]", "", folded) if kind not in (Kind.EMAIL, Kind.LINK) else folded
