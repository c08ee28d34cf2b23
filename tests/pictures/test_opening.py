import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from classifier.errors import InputError
from classifier.pictures.opening import MOST_BYTES, MOST_PIXELS, kind_of, open_picture

RED, BLUE, WHITE = (200, 0, 0), (0, 0, 200), (255, 255, 255)


def half(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """The left half red, the right one blue."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, *size))
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    held = io.BytesIO()
    picture.save(held, kind, **options)
    return held.getvalue()


def near(found: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "AVIF"])
def test_kinds_are_told_by_content_and_opened_in_rgb(kind: str) -> None:
    data = saved(half(), kind)
    assert kind_of(data[:32]) == kind
    opened = open_picture(data)
    assert (opened.mode, opened.size) == ("RGB", (60, 40))
    assert near(opened.getpixel((5, 20)), RED)
    assert near(opened.getpixel((55, 20)), BLUE)


def test_heic_is_opened(cases: Path) -> None:
    data = (cases / "photo.heic").read_bytes()
    assert kind_of(data[:32]) == "HEIF"
    with Image.open(cases / "sms.png") as same:
        assert open_picture(data).size == same.size


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    kind = "TIFF" if mode in ("CMYK", "F") else "PNG"
    picture = half("L").convert("I").point(lambda v: v * 256).convert("I;16") if mode == "I;16" else half(mode)
    opened = open_picture(saved(picture, kind))
    assert opened.mode == "RGB"
    assert len(set(opened.getdata() if not hasattr(opened, "get_flattened_data") else opened.get_flattened_data())) > 1


def test_transparent_parts_are_white() -> None:
    picture = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    assert open_picture(saved(picture, "PNG")).getpixel((5, 5)) == WHITE
    plain = Image.new("P", (40, 40), 0)
    assert open_picture(saved(plain, "GIF", transparency=0)).getpixel((5, 5)) == WHITE


@pytest.mark.parametrize(
    ("turn", "size", "left"), [(1, (60, 40), RED), (3, (60, 40), BLUE), (6, (40, 60), None), (8, (40, 60), None)]
)
def test_exif_turns_a_picture_upright(turn: int, size: tuple[int, int], left: tuple[int, int, int] | None) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    opened = open_picture(saved(half(), "JPEG", exif=exif))
    assert opened.size == size
    assert left is None or near(opened.getpixel((5, 20)), left)


def test_broken_exif_is_no_reason_to_refuse() -> None:
    data = saved(half(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01")
    assert open_picture(data).size == (60, 40)


def test_of_an_animation_the_first_frame_is_read() -> None:
    data = saved(half(), "GIF", save_all=True, append_images=[Image.new("RGB", (60, 40), "green")] * 3)
    assert near(open_picture(data).getpixel((5, 20)), RED)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be huge."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def pages() -> bytes:
    return saved(half(), "TIFF", save_all=True, append_images=[half()])


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "no picture"),
    "text": (lambda: "还钱".encode() * 100, "no picture"),
    "text in German": (lambda: b"BMW is a car, and no picture of one", "no picture"),
    "head alone": (lambda: saved(half(), "PNG")[:20], "damaged"),
    "cut PNG": (lambda: saved(half(size=(400, 400)), "PNG")[:-40], "damaged"),
    "cut JPEG": (lambda: saved(half(size=(400, 400)), "JPEG")[:-400], "damaged"),
    "cut WEBP": (lambda: saved(half(size=(400, 400)), "WEBP")[:60], "damaged"),
    "cut GIF": (lambda: saved(half(size=(400, 400)), "GIF")[:60], "damaged"),
    "another kind behind the head": (lambda: b"GIF89a" + saved(half(), "PNG"), "damaged"),
    "over the limit": (lambda: bomb(10_000, 10_000), "50 million pixels"),
    "bomb": (lambda: bomb(60_000, 60_000), "50 million pixels"),
    "one row": (lambda: saved(half(size=(400, 4)), "PNG"), "too small"),
    "a ribbon": (lambda: saved(half(size=(4000, 100)), "PNG"), "as wide as high"),
    "pages": (pages, "several pages"),
    "bytes": (lambda: b"\xff\xd8\xff" + bytes(MOST_BYTES), "64 MB"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_sound_picture_is_refused_in_words(name: str) -> None:
    make, words = BAD[name]
    with pytest.raises(InputError, match=words):
        open_picture(make())


def test_the_limit_of_pixels_is_the_callers() -> None:
    assert MOST_PIXELS > 40 * 60
    with pytest.raises(InputError, match=r"0.001 million"):
        open_picture(saved(half(), "PNG"), most_pixels=1_000)


@given(
    st.binary(max_size=300), st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF1234WEBP", b""])
)
def test_no_bytes_raise_anything_else(data: bytes, start: bytes) -> None:
    with suppress(InputError):
        open_picture(start + data)


@given(st.integers(0, 2000), st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(at: int, value: int) -> None:
    data = bytearray(saved(half(), "PNG"))
    data[at % len(data)] = value
    with suppress(InputError):
        assert open_picture(bytes(data)).mode == "RGB"
