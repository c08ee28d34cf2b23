"""Standard input as a file, so that tables can be read twice whatever they come from."""

import glob
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from classifier.errors import OutputError


@contextmanager
def as_file(source: Path, output: Path, format: str | None) -> Iterator[tuple[Path, str | None]]:
    """Give a path and a format for `source`; standard input (`-`) is kept beside the output meanwhile.

    The temporary file can be read by its owner only and is removed at the end.

    Raises:
        OutputError: the folder of the output cannot be written.

    """
    if str(source) != "-":
        yield source, format
        return
    if _reads_from(output):
        raise OutputError("the output is the input itself; give another name, the input is never overwritten")
    for stale in output.parent.glob(f".{glob.escape(output.name)}.*.stdin"):
        stale.unlink(missing_ok=True)  # left by a run that was killed
    try:
        handle, name = tempfile.mkstemp(prefix=f".{output.name}.", suffix=".stdin", dir=output.parent)
    except OSError as error:
        raise OutputError(f"cannot write in {output.parent}: {error.strerror}; choose another place") from error
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            while chunk := sys.stdin.buffer.read(1 << 20):
                file.write(chunk)
        yield path, format or "lines"
    finally:
        path.unlink(missing_ok=True)


def _reads_from(output: Path) -> bool:
    """Whether standard input was redirected from the very file that is to be written."""
    try:
        return os.path.samestat(os.fstat(sys.stdin.fileno()), output.stat())
    except (OSError, ValueError):  # no such output yet, or no real standard input
        return False
