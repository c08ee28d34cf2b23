"""Make `glyphs.json`: `python -m classifier.dossier.make_glyphs NotoSansCJK-Regular.ttc` (Debian: fonts-noto-cjk).

Needs fonttools, of the extra [dev]. Run it again when the timeline gets a label with a new character.
"""

import json
import sys
from pathlib import Path
from typing import Any

from classifier.dossier.glyphs import DATA
from classifier.dossier.timeline import characters

FAMILY = "Noto Sans CJK SC"
LARGEST = 60_000
"""Bytes that the file may have at most."""


def outlines_of(font: Any, wanted: str) -> dict[str, tuple[int, str]]:
    """Return advance and SVG path, y downwards and in whole units, of each character wanted.

    Raises:
        KeyError: the font lacks a character.

    """
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.pens.transformPen import TransformPen

    names, glyphs = font.getBestCmap(), font.getGlyphSet()
    found = {}
    for char in sorted(set(wanted)):
        glyph = glyphs[names[ord(char)]]
        pen = SVGPathPen(glyphs, ntos=lambda number: str(round(number)))
        glyph.draw(TransformPen(pen, (1, 0, 0, -1, 0, 0)))
        found[char] = (round(glyph.width), pen.getCommands())
    return found


def main(path: Path) -> None:
    """Write `glyphs.json` from a font or a collection of fonts."""
    from fontTools.ttLib import TTCollection

    font = next(font for font in TTCollection(str(path)).fonts if font["name"].getDebugName(1) == FAMILY)
    content = {
        "font": font["name"].getDebugName(4),
        "version": font["name"].getDebugName(5),
        "licence": "SIL Open Font License 1.1; see NOTICE",
        "em": font["head"].unitsPerEm,
        "glyphs": outlines_of(font, characters()),
    }
    text = json.dumps(content, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n"
    size = len(text.encode())
    if size > LARGEST:
        raise SystemExit(f"{size} bytes are more than {LARGEST}; use fewer characters in labels")
    DATA.write_text(text, encoding="utf-8")
    sys.stderr.write(f"{DATA}: {len(content['glyphs'])} characters, {size} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
