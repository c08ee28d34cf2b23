"""Labels drawn as outlines, so that a picture shows Chinese on a machine without a Chinese font.

`glyphs.json` holds the outlines that the timeline needs, made by `make_glyphs` from Noto Sans CJK SC (SIL Open Font
License 1.1, see NOTICE): the path of each character in units of an em, y downwards, and how far it advances.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from classifier.markup import Html, tag

DATA = Path(__file__).with_name("glyphs.json")
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Outlines:
    """Outlines by character: SVG path data and advance, both in units of which `em` make the size of the type."""

    em: int
    paths: dict[str, str]
    advances: dict[str, int]


@cache
def outlines() -> Outlines:
    """Return the outlines that ship with the package."""
    read = json.loads(DATA.read_text(encoding="utf-8"))
    glyphs = read["glyphs"]
    return Outlines(read["em"], {c: g[1] for c, g in glyphs.items()}, {c: g[0] for c, g in glyphs.items()})


def width(words: str, size: float) -> float:
    """Return how wide words are in a size of type.

    Raises:
        KeyError: a character has no outline.

    """
    drawn = outlines()
    return sum(drawn.advances[char] for char in words) * size / drawn.em


def lettering(words: str, x: float, y: float, size: float, anchor: Anchor = "start", class_: str = "ink") -> Html:
    """Draw words with their baseline at y; x is their start, middle or end.

    Raises:
        KeyError: a character has no outline.

    """
    drawn = outlines()
    start = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * width(words, size)
    paths, at = [], 0
    for char in words:
        if drawn.paths[char]:
            paths.append(tag("path", d=drawn.paths[char], transform=f"translate({at} 0)" if at else None))
        at += drawn.advances[char]
    scale = f"translate({start:.1f} {y:.1f}) scale({size / drawn.em:.5g})"
    return tag("g", *paths, transform=scale, class_=class_)
