"""The page around the report: one HTML file, both languages in it, no script, nothing from outside.

The language is switched by two radio buttons and CSS. The content security policy allows the one style by its hash
and nothing else.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from classifier.markup import Content, Html, tag
from classifier.trends.svg import STYLE
from classifier.trends.words import LANGS, Lang, say

_CSS = STYLE + Path(__file__).with_name("page.css").read_text("utf-8")
_NAMES: dict[Lang, str] = {"zh": "中文", "en": "English"}


def page(title: str, first: Lang, bodies: dict[Lang, Html]) -> str:
    """Return the whole file; `first` is the language shown when it is opened."""
    allowed = b64encode(sha256(_CSS.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    radios = [
        tag("input", class_="lang", type="radio", name="lang", id=lang, aria_label=name, checked=lang == first)
        for lang, name in _NAMES.items()
    ]
    mains = [tag("main", bodies[lang], class_=lang, lang="zh-CN" if lang == "zh" else "en") for lang in LANGS]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Html(_CSS)),
    )
    switch = tag("div", [tag("label", name, for_=lang) for lang, name in _NAMES.items()], class_="switch")
    return "<!DOCTYPE html>\n" + tag("html", head, tag("body", radios, switch, mains), lang="zh-CN") + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], words: Sequence[int] = ()) -> Html:
    """Return a table that scrolls by itself where it is too wide; columns listed in `words` hold words."""

    def line(name: str, cells: Sequence[str]) -> Html:
        return tag("tr", [tag(name, text, class_="words" if i in words else None) for i, text in enumerate(cells)])

    body = tag("tbody", [line("td", row) for row in rows])
    return tag("div", tag("table", tag("thead", line("th", head)), body), class_="scroll", tabindex=0)


def section(key: str, lang: Lang, *parts: Content, name: str = "") -> Html:
    """Return a section under the heading `key`."""
    return tag("section", tag("h2", say(key, lang, name) if name else say(key, lang)), parts)


def paragraph(text: Content, kind: str | None = None) -> Html:
    """Return a paragraph."""
    return tag("p", text, class_=kind)


def figure(svg: Html, caption: str) -> Html:
    """Return a plot with its caption above."""
    return tag("figure", tag("figcaption", tag("b", caption)), svg)
