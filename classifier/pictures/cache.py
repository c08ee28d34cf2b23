"""What was read off pictures, kept in a folder, so that no picture is read twice.

One file for each picture, named by the SHA-256 of the picture's bytes and of everything that its reading
depends on. The files hold private text: only their owner can read them, and the folder is marked as a cache
(https://bford.info/cachedir), so that backups leave it out and no run reads it as a folder of screens.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from classifier.bulk.sinks import beside
from classifier.errors import OutputError
from classifier.pictures.reading import VERSION
from classifier.screens.boxes import Box, Line, Screen, screen_of_lines

TAG = "CACHEDIR.TAG"
_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55\n# Text read off pictures by cmc. It may be deleted.\n"


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of readings by one engine.

    Attributes:
        folder: made when the first reading is kept.
        engine: name and version.

    """

    folder: Path
    engine: str

    def begin(self) -> None:
        """Make the folder.

        Raises:
            OutputError: it cannot be made, or is a folder of other things.

        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if (self.folder / TAG).exists():
                return
            if any(self.folder.iterdir()):
                raise OutputError(f"{self.folder} holds other files; name a folder of its own for what is read")
            (self.folder / TAG).write_text(_SIGNATURE, encoding="ascii")
        except OSError as error:
            raise OutputError(
                f"cannot make the folder {self.folder}: {error.strerror}; choose another place"
            ) from error

    def tidy(self) -> None:
        """Take the folder away again where nothing was kept in it."""
        with suppress(OSError):
            if [entry.name for entry in self.folder.iterdir()] == [TAG]:
                (self.folder / TAG).unlink()
                self.folder.rmdir()

    def get(self, picture: str) -> Screen | None:
        """Return what was read off the picture of this SHA-256, None where nothing whole is kept."""
        try:
            kept = json.loads(self._place(picture).read_bytes())
            return replace(_screen(kept), picture=picture, engine=self.engine)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, screen: Screen) -> None:
        """Keep what was read off a picture.

        Raises:
            OutputError: the place cannot be written.

        """
        kept = json.dumps(_plain(screen), ensure_ascii=False).encode("utf-8", "replace")
        with beside(self._place(screen.picture)) as temporary:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(kept)

    def _place(self, picture: str) -> Path:
        reading = sha256(f"{self.engine} {VERSION}".encode()).hexdigest()
        return self.folder / f"{picture}-{reading[:8]}.json"


def _plain(screen: Screen) -> dict[str, Any]:
    lines = [
        [line.text, line.box and [line.box.left, line.box.top, line.box.right, line.box.bottom], line.score]
        for line in screen.lines
    ]
    return {"width": screen.width, "height": screen.height, "lines": lines}


def _screen(kept: dict[str, Any]) -> Screen:
    lines = [Line(text, Box(*box) if box else None, score) for text, box, score in kept["lines"]]
    return screen_of_lines(lines, "", (kept["width"], kept["height"]))
