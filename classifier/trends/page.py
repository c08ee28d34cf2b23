"""The page around the report: one HTML file, both languages in it, no script, nothing from outside.

The language is switched by two radio buttons and CSS. The content security policy allows the one style by its hash
and nothing else.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from html import escape
from pathlib import Path

from classifier.trends.svg import STYLE
from classifier.trends.words import LANGS, Lang, say

_CSS = STYLE + Path(__file__).with_name("page.css").read_text("utf-8")


def page(title: str, first: Lang, bodies: dict[Lang, str]) -> str:
    """Return the whole file; `first` is the language shown when it is opened."""
    allowed = b64encode(sha256(_CSS.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    radios = "".join(
        f'<input class="lang" type="radio" name="lang" id="{lang}" aria-label="{name}"{mark}>'
        for lang, name, mark in (
            ("zh", "中文", " checked" if first == "zh" else ""),
            ("en", "English", " checked" if first == "en" else ""),
        )
    )
    mains = "".join(
        f'<main class="{lang}" lang="{"zh-CN" if lang == "zh" else "en"}">{bodies[lang]}</main>\n' for lang in LANGS
    )
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n{radios}\n"
        '<div class="switch"><label for="zh">中文</label><label for="en">English</label></div>\n'
        f"{mains}</body>\n</html>\n"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]], words: Sequence[int] = ()) -> str:
    """Return a table that scrolls by itself where it is too wide; columns listed in `words` hold words."""

    def cell(tag: str, i: int, text: str) -> str:
        kind = ' class="words"' if i in words else ""
        return f"<{tag}{kind}>{escape(text)}</{tag}>"

    def line(tag: str, cells: Sequence[str]) -> str:
        return f"<tr>{''.join(cell(tag, i, text) for i, text in enumerate(cells))}</tr>"

    body = "".join(line("td", row) for row in rows)
    return (
        f'<div class="scroll" tabindex="0"><table><thead>{line("th", head)}</thead><tbody>{body}</tbody></table></div>'
    )


def section(key: str, lang: Lang, *parts: str, name: str = "") -> str:
    """Return a section under the heading `key`."""
    return f"<section><h2>{escape(say(key, lang, name) if name else say(key, lang))}</h2>{''.join(parts)}</section>\n"


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph of plain text."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def figure(svg: str, caption: str) -> str:
    """Return a plot with its caption above."""
    return f"<figure><figcaption><b>{escape(caption)}</b></figcaption>{svg}</figure>"
