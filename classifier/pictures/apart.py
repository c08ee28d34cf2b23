"""One picture at a time, read in a process apart: a picture that breaks or stalls an engine ends that process only.

For programs that go on, such as a service; the picture goes there and its text comes back through a pipe.
"""

from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from classifier.errors import CollectionMessageError, InputError
from classifier.pictures.crew import begin_worker
from classifier.pictures.engines import find_engine
from classifier.pictures.opening import MOST_PIXELS
from classifier.pictures.reading import read_picture
from classifier.screens.boxes import Screen


class Apart:
    """Reads pictures in a process that is started for the first one. For one thread at a time."""

    def __init__(self, wanted: str = "auto", most_pixels: int = MOST_PIXELS) -> None:
        self._given = (wanted, most_pixels)
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    def read(self, data: bytes, seconds: float) -> Screen:
        """Read a picture.

        Raises:
            InputError: it cannot be read; the words say why.
            TimeoutError: it took too long; the process was ended.

        """
        pipe = self._started()
        try:
            pipe.send_bytes(data)
            if not pipe.poll(seconds):
                self.close()
                raise TimeoutError
            answer: Screen | str = pipe.recv()
        except (EOFError, ConnectionError):
            self.close()
            raise InputError("the text recognition broke down over it") from None
        if isinstance(answer, str):
            raise InputError(answer)
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def _started(self) -> Connection:
        if self._pipe is not None and self._process is not None and self._process.is_alive():
            return self._pipe
        self.close()
        spawning = get_context("spawn")
        self._pipe, theirs = spawning.Pipe()
        self._process = spawning.Process(target=_serve, args=(theirs, *self._given), daemon=True)
        self._process.start()
        theirs.close()
        return self._pipe


def _serve(pipe: Connection, wanted: str, most_pixels: int) -> None:
    """Read what comes until the other end is closed."""
    begin_worker()
    engine = find_engine(wanted)
    while True:
        try:
            data = pipe.recv_bytes()
        except EOFError:
            return
        answer: Screen | str
        try:
            answer = read_picture(data, engine, most_pixels)
        except CollectionMessageError as error:
            answer = str(error)
        except MemoryError:
            answer = "there is not enough memory to read it"
        except Exception as error:  # whatever an engine runs into costs this picture alone
            answer = f"the text recognition failed over it ({type(error).__name__})"
        pipe.send(answer)
