"""Amounts, dates, numbers, links and the 【signature】 become one placeholder character each.

They identify people and lenders and teach a model nothing but names. The placeholder is a
private-use character, so that it survives tokenising, counts as one character in n-grams,
and cannot be typed by a sender (the normaliser removes such characters from messages).

What `redact` writes (〔手机号〕, 〔姓名2〕) is read as what it stands for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from classifier.text.normalise import HAN, Edit, Normalised
from classifier.text.particulars import KIND_ZH, Kind

_D = "[0-9x*]"
_LEFT = r"(?<![0-9a-z*])"
_RIGHT = r"(?![0-9a-z*])"
_NUMERAL = "[一二两三四五六七八九十百千万几壹贰叁肆伍陆柒捌玖拾佰仟]"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("slot", r"\$?\{[^{}\n]{0,20}\}|#[a-z_\u4e00-\u9fff]{1,12}#|<[a-z_]{1,16}>|\$[a-z_]{2,16}\$"),
    ("mail", r"[a-z0-9][a-z0-9._\-]*@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+"),
    (
        "link",
        r"https?:/*[^\s,。;!\u4e00-\u9fff【】\ue000-\ue0ff]+"
        r"|(?<![a-z0-9.])[a-z0-9\-]{1,30}(?:\.[a-z0-9\-]{1,30})*\.(?:com|cn|net|org|cc|top|vip|xyz|club|info|me|io|app|link|ltd|shop|site|tv|co|la)"
        r"(?![a-z])(?:/[^\s,。;!\u4e00-\u9fff【】\ue000-\ue0ff]*)?",
    ),
    (
        "date",
        rf"{_D}{{2,4}}年{_D}{{1,2}}月(?:{_D}{{1,2}}[日号])?|{_D}{{1,2}}月{_D}{{1,2}}[日号]?"
        rf"|{_LEFT}(?:19|20)\d\d[-/.]\d{{1,2}}[-/.]\d{{1,2}}{_RIGHT}|{_LEFT}(?:0?[1-9]|1[0-2])[-/](?:[0-2]?\d|3[01]){_RIGHT}"
        rf"|(?<![0-9]){_D}{{1,2}}[日号](?!码|线|楼|店|公|群|机)",
    ),
    ("clock", rf"{_LEFT}\d{{1,2}}:\d{{2}}(?::\d{{2}})?{_RIGHT}|\d{{1,2}}[点时](?:\d{{1,2}}分?|半)?(?!间)"),
    (
        "amount",
        rf"[¥￥]\s?{_D}[{_D[1:-1]},]*(?:\.{_D}+)?(?:\s?[元万])?"
        rf"|(?<![a-z*]){_D}[{_D[1:-1]},]*(?:\.{_D}+)?\s?(?:多|余|几)?(?:万多|万余|万|千多|千|百)?\s?(?:元|块钱|块|rmb|人民币)"
        rf"|(?<![a-z*])\d[\d,]*(?:\.\d+)?\s?(?:万多|万|千多|w|k)(?![a-z])"
        rf"|{_NUMERAL}{{1,9}}(?:多|余)?(?:元|块钱|块)(?!{_NUMERAL})",
    ),
    (
        "phone",
        rf"{_LEFT}(?:\+?86[\- ]?)?1[3-9]{_D}{{1,3}}[\- ]?{_D}{{1,4}}[\- ]?{_D}{{2,4}}{_RIGHT}"
        rf"|{_LEFT}(?:400|800)[\- ]?{_D}{{3,4}}[\- ]?{_D}{{3,4}}{_RIGHT}"
        rf"|{_LEFT}0\d{{2,3}}[\- ]?{_D}{{7,8}}{_RIGHT}|{_LEFT}(?:95\d{{3}}|100\d\d|1010\d{{4}}|12\d{{3}}){_RIGHT}",
    ),
    ("account", rf"{_LEFT}\d{{4,6}}[\d*x]{{8,14}}{_RIGHT}"),
    ("number", r"(?<![a-z])\d[\d,]*(?:\.\d+)?%?(?:[*x]+\d*)?"),
    ("mask", r"[*×○]+|(?<![a-z])x{2,}(?![a-z])|某某?某?"),
)
_REDACTED = "〔(?:" + "|".join(KIND_ZH.values()) + ")[0-9]*〕"
_BEGIN = (
    rf"(?=[\da-z*×○+\-¥￥某〔${{#<{_NUMERAL[1:-1]}])"  # a look at the first character spares most places all branches
)
_MASKED = re.compile(
    f"{_BEGIN}(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in (("redacted", _REDACTED), *_PATTERNS)) + ")"
)
_SIGNATURE = re.compile(
    r"\A\s*(【[^【】\n]{1,24}】|\[[^\[\]\n]{2,16}\])|(【[^【】\n]{1,24}】|\[[^\[\]\n]{2,16}\])\s*\Z"
)

PLACEHOLDERS: dict[str, str] = {
    name: chr(0xE000 + i) for i, name in enumerate(("signature", *(name for name, _ in _PATTERNS)))
}
"""The private-use character of each kind of placeholder."""

PLACEHOLDER_NAMES: dict[str, str] = {char: f"<{name}>" for name, char in PLACEHOLDERS.items()}
"""The readable name of each placeholder character, as it stands in features."""

PLACEHOLDER = re.compile(f"[{''.join(PLACEHOLDER_NAMES)}]")
"""Any placeholder character."""

_READ_AS: dict[str, str] = {
    KIND_ZH[Kind.PHONE]: PLACEHOLDERS["phone"],
    KIND_ZH[Kind.LANDLINE]: PLACEHOLDERS["phone"],
    KIND_ZH[Kind.ID_NUMBER]: PLACEHOLDERS["account"],
    KIND_ZH[Kind.BANK_CARD]: PLACEHOLDERS["account"],
    KIND_ZH[Kind.EMAIL]: PLACEHOLDERS["mail"],
    KIND_ZH[Kind.LINK]: PLACEHOLDERS["link"],
    KIND_ZH[Kind.SOCIAL_ID]: PLACEHOLDERS["number"],
    KIND_ZH[Kind.CASE_NUMBER]: PLACEHOLDERS["number"],
    KIND_ZH[Kind.REFERENCE]: PLACEHOLDERS["number"],
    KIND_ZH[Kind.PLATE]: PLACEHOLDERS["mask"],
    KIND_ZH[Kind.ADDRESS]: PLACEHOLDERS["mask"],
    KIND_ZH[Kind.AMOUNT]: PLACEHOLDERS["amount"],
    # Most names in messages are a surname with a title, so a surname changes the reading least.
    KIND_ZH[Kind.NAME]: "张",
}
"""What the placeholders of `redact` stand for, so that a redacted message is read like the message itself."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A normalised text with placeholders, and the words that stood in its signature."""

    body: Normalised
    signature: str


def mask(text: Normalised) -> Masked:
    """Replace what names people, lenders and sums by placeholders, keeping the offset map."""
    found = _SIGNATURE.finditer(text.text) if "【" in text.text or "[" in text.text else ()
    signatures = [(m.start(1 if m[1] else 2), m.end(1 if m[1] else 2)) for m in found]
    signature = re.sub(_REDACTED, "某某", " ".join(text.text[start + 1 : end - 1] for start, end in signatures))
    return Masked(text.edited(_edits(text.text, signatures)), signature)


def _edits(text: str, signatures: list[tuple[int, int]]) -> Iterator[Edit]:
    done = 0
    for start, end in [*signatures, (len(text), len(text))]:
        for match in _MASKED.finditer(text, done, start):
            kind = match.lastgroup or "number"
            read_as = _READ_AS[match[0].strip("〔〕0123456789")] if kind == "redacted" else PLACEHOLDERS[kind]
            yield Edit(match.start(), match.end(), read_as)
        if end > start:
            yield Edit(start, end, PLACEHOLDERS["signature"])
        done = end


def readable(text: str) -> str:
    """Write the placeholders of a masked text as their names, for people."""
    return PLACEHOLDER.sub(lambda m: PLACEHOLDER_NAMES[m[0]], text)


HAN_RUN = re.compile(f"[{HAN}]+")
"""A run of Chinese characters."""
