"""Bytes to pixels: told by content, never by name, with limits that a hostile picture cannot break.

Only the one decoder that the content names is tried; the size is known before a pixel is made.
"""

import io
import warnings
from typing import TYPE_CHECKING

from classifier.errors import InputError
from classifier.extras import needs

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 64 << 20
MOST_PIXELS = 50_000_000
_LEAST_SIDE = 16
_WIDEST = 30
_WIDE_ENOUGH = (1440, 1440)  # a photograph is decoded smaller, as far as it stays larger than this
_HEAD = 32

KINDS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "HEIF", "AVIF")
MEDIA_TYPES = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WEBP",
    "image/bmp": "BMP",
    "image/gif": "GIF",
    "image/tiff": "TIFF",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
    "image/avif": "AVIF",
}
SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".heic", ".heif", ".avif"}
)
"""Names that pictures usually end in; used only where no content can be asked."""

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"BM", "BMP"),
)
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")


def kind_of(head: bytes) -> str:
    r"""Return which of `KINDS` the first bytes of a file announce, or an empty string for no picture.

    >>> kind_of(b"\x89PNG\r\n\x1a\n"), kind_of(b"BMW is a car"), kind_of(b"RIFF....WEBPVP8 ")
    ('PNG', '', 'WEBP')
    """
    if head[:4] == b"RIFF":
        return "WEBP" if head[8:12] == b"WEBP" else ""
    if head[4:8] == b"ftyp":
        return "HEIF" if head[8:12] in _HEIF_BRANDS else "AVIF" if head[8:12] in _AVIF_BRANDS else ""
    kind = next((kind for start, kind in _STARTS if head.startswith(start)), "")
    return "" if kind == "BMP" and head[6:10] != b"\0\0\0\0" else kind


def open_picture(data: bytes, most_pixels: int = MOST_PIXELS) -> "Image.Image":
    """Return a picture upright as its file says, in RGB, transparent parts white; of an animation the first frame.

    Raises:
        InputError: no picture of a known kind, damaged or cut short, too large, or of several pages.
        MissingExtraError: no library for pictures is installed.

    """
    kind = kind_of(data[:_HEAD])
    if not kind:
        raise InputError(f"no picture of a kind that is read ({', '.join(KINDS)})")
    if len(data) > MOST_BYTES:
        raise InputError(f"a picture of more than {MOST_BYTES >> 20} MB; save it smaller")
    with needs("ocr"):
        from PIL import Image

        if kind == "HEIF":
            from pi_heif import register_heif_opener

            register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Exif that is half broken, and the like
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[kind]) as opened:
                _check_size(opened, most_pixels)
                opened.draft("RGB", _WIDE_ENOUGH)
                return _in_rgb(_upright(opened))
    except InputError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise _too_large(most_pixels) from None
    except Exception:  # a decoder raises whatever it runs into: OSError, SyntaxError, struct.error, ...
        raise InputError("a damaged picture, or one that is cut short; copy it again") from None


def _too_large(most_pixels: int) -> InputError:
    return InputError(f"a picture of more than {most_pixels / 1_000_000:g} million pixels; save it smaller")


def _check_size(opened: "Image.Image", most_pixels: int) -> None:
    width, height = opened.size
    if width * height > most_pixels:
        raise _too_large(most_pixels)
    if min(width, height) < _LEAST_SIDE:
        raise InputError("a picture too small to hold text")
    if width > _WIDEST * height:
        raise InputError(f"a picture more than {_WIDEST} times as wide as high")
    if opened.format == "TIFF" and getattr(opened, "n_frames", 1) > 1:
        raise InputError("a TIFF of several pages; save each as a picture of its own")


def _upright(opened: "Image.Image") -> "Image.Image":
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(opened)
    except Exception:  # half broken Exif says nothing of the picture itself
        return opened


def _in_rgb(opened: "Image.Image") -> "Image.Image":
    from PIL import Image

    if opened.mode.startswith(("I", "F")):  # 16 bits and more: the highest value is white
        _, top = opened.getextrema()
        shades = opened.convert("F").point(lambda value: value * (255.0 / max(float(top), 1.0)))  # type: ignore[arg-type]
        return shades.convert("L").convert("RGB")
    if opened.has_transparency_data:
        shown = opened.convert("RGBA")
        ground = Image.new("RGBA", shown.size, "white")
        return Image.alpha_composite(ground, shown).convert("RGB")
    return opened.convert("RGB")
