"""Engines on this machine that read lines off a picture: RapidOCR, else Tesseract.

RapidOCR runs on the models that lie in its wheel. Their paths are given, so that it has nothing to download;
it is never given an option (another language, size or engine, a font to draw with) that it would fetch files for.
"""

import importlib.metadata
import importlib.util
import io
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.errors import InputError, MissingExtraError
from classifier.screens.boxes import Box, Line, Screen, box_of
from classifier.screens.formats.tesseract import tsv_screens

if TYPE_CHECKING:
    from PIL import Image

NAMES = ("rapidocr", "tesseract")
NONE_HERE = "no text recognition is installed; install it with: ./setup --ocr"

_MODELS = ("PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx")
_LIBRARIES = ("rapidocr", "onnxruntime", "cv2", "PIL")
_UPRIGHT_SIDE, _WIDE_SIDE = 960, 1920
_LANGUAGE = "chi_sim"
_TESSERACT_SECONDS = 120
_TESSERACT_WIDTH = 1080
_DARK = 128


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that is ready.

    Attributes:
        name: as people know it.
        version: of the program and of its models.
        unsure_below: confidence of a message (0 to 1) below which a person should compare it with the picture.
        read: the lines of a picture in RGB, with boxes in its pixels and scores from 0 to 1.

    """

    name: str
    version: str
    unsure_below: float
    read: "Callable[[Image.Image], list[Line]]"

    @property
    def label(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"


def find_engine(wanted: str = "auto") -> Engine:
    """Return the engine asked for, or the best that is installed.

    Args:
        wanted: one of `NAMES`, or "auto".

    Raises:
        MissingExtraError: it is not installed, or none is.

    """
    for name in NAMES if wanted == "auto" else (wanted,):
        if (found := _FINDERS[name]()) is not None:
            return found
    raise MissingExtraError(NONE_HERE)


def _find_rapidocr() -> Engine | None:
    """Look whether library and models are there, without loading them."""
    if any(importlib.util.find_spec(name) is None for name in _LIBRARIES) or not all(map(Path.is_file, _models())):
        return None
    return Engine("RapidOCR", importlib.metadata.version("rapidocr"), 0.95, _read_with_rapidocr)


def _models() -> tuple[Path, ...]:
    spec = importlib.util.find_spec("rapidocr")
    folders = (spec and spec.submodule_search_locations) or [""]
    return tuple(Path(folders[0], "models", name) for name in _MODELS)


@lru_cache(maxsize=2)
def _rapidocr(side: int) -> Any:
    """Load the engine for pictures whose text is found at `side` pixels of their longer side."""
    from rapidocr import RapidOCR

    detection, recognition = map(str, _models())
    return RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "critical",
            "Det.model_path": detection,
            "Det.limit_type": "max",
            "Det.limit_side_len": side,
            "Rec.model_path": recognition,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # one picture on each core is faster than one on all
        }
    )


def _read_with_rapidocr(picture: "Image.Image") -> list[Line]:
    import numpy as np

    pixels = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
    found = _rapidocr(_UPRIGHT_SIDE if picture.height >= picture.width else _WIDE_SIDE)(pixels)
    if found.boxes is None or found.txts is None:
        return []
    lines = zip(found.txts, found.boxes.tolist(), found.scores, strict=True)
    return [Line(" ".join(text.split("\n")), box_of(corners), round(float(score), 4)) for text, corners, score in lines]


@lru_cache(maxsize=1)
def _find_tesseract() -> Engine | None:
    program = shutil.which("tesseract")
    if program is None or importlib.util.find_spec("PIL") is None:
        return None
    try:
        told = [
            subprocess.run([program, option], capture_output=True, text=True, timeout=30, check=True).stdout  # noqa: S603
            for option in ("--version", "--list-langs")
        ]
    except (OSError, subprocess.SubprocessError):
        return None
    words = told[0].split()
    if _LANGUAGE not in told[1].split() or len(words) < 2:
        return None
    return Engine("Tesseract", f"{words[1]} {_LANGUAGE}", 0.9, _read_with_tesseract)


def _read_with_tesseract(picture: "Image.Image") -> list[Line]:
    """Hand the picture over on standard input, so that no disk sees it: large enough, and dark on light.

    Raises:
        InputError: Tesseract failed or took too long.

    """
    from PIL import Image, ImageOps, ImageStat

    shades = picture.convert("L")
    if ImageStat.Stat(shades).median[0] < _DARK:
        shades = ImageOps.invert(shades)
    scale = max(_TESSERACT_WIDTH / picture.width, 1.0) if picture.height >= picture.width else 1.0
    if scale > 1:
        shades = shades.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS)
    held = io.BytesIO()
    shades.save(held, "BMP")
    command = ["tesseract", "stdin", "stdout", "-l", _LANGUAGE, "--psm", "6", "tsv"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}  # several threads are slower
    try:
        done = subprocess.run(  # noqa: S603
            command, input=held.getvalue(), capture_output=True, env=environment, timeout=_TESSERACT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise InputError(f"Tesseract could not read it ({type(error).__name__})") from None
    screens = tsv_screens(done.stdout.decode("utf-8", "replace").splitlines())
    return [_shrunk(line, scale) for screen in screens if isinstance(screen, Screen) for line in screen.lines]


def _shrunk(line: Line, scale: float) -> Line:
    box = line.box
    if box is None:
        return line
    return replace(line, box=Box(box.left / scale, box.top / scale, box.right / scale, box.bottom / scale))


_FINDERS: dict[str, Callable[[], Engine | None]] = {"rapidocr": _find_rapidocr, "tesseract": _find_tesseract}
