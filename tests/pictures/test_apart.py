"""The process apart, with the real engine: what breaks or stalls it costs one picture."""

import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from classifier.errors import InputError
from classifier.pictures.apart import Apart

pytestmark = pytest.mark.slow


@pytest.fixture
def apart() -> Iterator[Apart]:
    made = Apart(most_pixels=2_000_000)
    yield made
    made.close()


def large() -> bytes:
    held = io.BytesIO()
    Image.new("L", (2000, 1001)).save(held, "PNG")
    return held.getvalue()


def test_it_reads_one_after_the_other_and_says_what_it_cannot(apart: Apart, cases: Path) -> None:
    data = (cases / "sms.png").read_bytes()
    first = apart.read(data, 60)
    assert "打断你" in first.text
    with pytest.raises(InputError, match="damaged"):
        apart.read(data[:300], 60)
    with pytest.raises(InputError, match="no picture"):
        apart.read(b"", 60)
    with pytest.raises(InputError, match="2 million pixels"):
        apart.read(large(), 60)
    assert apart.read(data, 60) == first


def test_one_that_takes_too_long_ends_the_process_and_the_next_starts_another(apart: Apart, cases: Path) -> None:
    data = (cases / "sms.png").read_bytes()
    with pytest.raises(TimeoutError):
        apart.read(data, 0)
    assert "打断你" in apart.read(data, 60).text


def test_one_that_ends_the_process_is_refused_and_the_next_is_read(apart: Apart, cases: Path) -> None:
    data = (cases / "sms.png").read_bytes()
    apart.read(data, 60)
    process = apart._process
    assert process is not None
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    process.is_alive = lambda: True  # type: ignore[method-assign]  # as if it died only while it reads
    with pytest.raises(InputError, match="broke down"):
        apart.read(data, 60)
    assert "打断你" in apart.read(data, 60).text
