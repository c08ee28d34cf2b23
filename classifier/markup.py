"""HTML from plain values: whatever is not already `Html` is text and is escaped, so a message can only ever be words.

Text of messages is `inert`: characters that cannot be seen or that turn the writing round are wrapped in a box which
shows their code and keeps their effect inside. The text that the page holds stays the message's own, character for
character; the codes are drawn by the style sheet. HTML cannot hold U+0000 and lone surrogates: U+FFFD stands for them.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from classifier.text.hidden import is_hidden

VOID = frozenset({"br", "hr", "meta", "col", "input"})
_FAULTY = re.compile("[\x00\ud800-\udfff]")


class Html(str):
    """Markup that is safe to put into a page."""

    __slots__ = ()


Content = Html | str | int | Iterable["Content"] | None


def text(value: str | int) -> Html:
    """Return text as markup."""
    return Html(html.escape(_FAULTY.sub("\ufffd", str(value)), quote=True).replace("\r", "&#13;"))


def joined(content: Content) -> Html:
    """Return the markup of one thing after the other."""
    if content is None:
        return Html("")
    if isinstance(content, Html):
        return content
    if isinstance(content, (str, int)):
        return text(content)
    return Html("".join(map(joined, content)))


def tag(name: str, /, *content: Content, **attributes: str | int | bool | None) -> Html:
    """Return an element.

    Attributes of None or False are left out, of True stand alone; `class_` is `class`, and `_` in a name is `-`.
    """
    written = "".join(
        f" {key}" if value is True else f' {key}="{text(value)}"'
        for key, value in ((k.rstrip("_").replace("_", "-"), v) for k, v in attributes.items())
        if value is not None and value is not False
    )
    if name in VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(content)}</{name}>")


def code(char: str) -> str:
    """Return the name of a code point: `U+202E`."""
    return f"U+{ord(char):04X}"


def inert(value: str) -> Html:
    """Return the text of a message as markup that does nothing but show it."""
    return Html("".join(_inert_parts(value)))


def _inert_parts(value: str) -> Iterator[str]:
    start = 0
    for place, char in enumerate(value):
        if not is_hidden(char):
            continue
        yield text(value[start:place])
        start = place + 1
        if char == "\r" and value[place + 1 : place + 2] == "\n":
            yield text(char)  # a line break of two characters
        else:
            yield tag("span", char, class_="unseen", data_code=code(char))
    yield text(value[start:])


def visible(value: str) -> str:
    """Return text for a plain file: characters without a look as [U+202E], line breaks kept."""
    shown = value.replace("\r\n", "\n")
    return "".join(f"[{code(char)}]" if is_hidden(char) else char for char in shown)


def one_line(value: str) -> str:
    """Return text as one line, blanks run together, for a quotation in a sentence."""
    return visible(" ".join(value.split()))


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of a text, and the names that stand beside them when they are marked."""

    start: int
    end: int
    names: tuple[str, ...]


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans that overlap or touch; names are kept, each once."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if result and span.start <= result[-1].end:
            last = result.pop()
            span = Span(last.start, max(last.end, span.end), tuple(dict.fromkeys((*last.names, *span.names))))
        result.append(span)
    return tuple(result)


def marked(value: str, spans: Sequence[Span]) -> Html:
    """Return a text with its spans in `mark`; their names are drawn by the style sheet, beside the words."""
    parts: list[Html] = []
    done = 0
    for span in merged(spans):
        parts += (
            inert(value[done : span.start]),
            tag("mark", inert(value[span.start : span.end]), data_name="、".join(span.names)),
        )
        done = span.end
    return Html("".join((*parts, inert(value[done:]))))
