"""Many pictures read at once: each core a process with the engine in it, what they read goes into the cache.

Memory is that of the processes, whatever the number of pictures. A process that an engine brings down costs
the one picture that did it, and processes end with the one that started them, however that ended.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path

from classifier.errors import CollectionMessageError, InputError, MissingExtraError, OutputError
from classifier.pictures.cache import Cache
from classifier.pictures.engines import NONE_HERE, Engine, find_engine
from classifier.pictures.opening import MOST_BYTES, kind_of
from classifier.pictures.reading import read_picture
from classifier.screens.boxes import Item
from classifier.screens.formats.head import Format

PICTURE = "picture"
"""Name under which pictures are counted among the formats."""

_MOST_WORKERS = 4  # of about 0.7 GB each
_AHEAD = 2
_HEAD = 32

Advance = Callable[[int], None]
Watch = Callable[[int], AbstractContextManager[Advance]]
"""Given a number of pictures, returns what is told of each that is done."""


def _unwatched(length: int) -> AbstractContextManager[Advance]:
    return nullcontext(lambda done: None)


@dataclass
class Pictures:
    """Reads pictures through a cache.

    Attributes:
        folder: where readings are kept.
        wanted: name of the engine as `find_engine` takes it.
        workers: processes; 0: one for each core.
        watch: is told how far the reading is.
        seen: whether there was a picture at all.
        read: number of pictures read in this run.
        known: number of pictures whose reading was kept before.

    """

    folder: Path
    wanted: str = "auto"
    workers: int = 0
    watch: Watch = _unwatched
    seen: bool = False
    read: int = 0
    known: int = 0
    _faults: dict[str, str] = field(default_factory=dict)
    _counted: set[str] = field(default_factory=set)

    @cached_property
    def engine(self) -> Engine | None:
        """What reads; None where nothing is installed: then each picture is `Unread` and says how to get it.

        Raises:
            MissingExtraError: the engine that was named is not installed.

        """
        try:
            return find_engine(self.wanted)
        except MissingExtraError:
            if self.wanted != "auto":
                raise
            return None

    @property
    def label(self) -> str:
        """Name and version of the engine, empty where there is none."""
        return self.engine.label if self.engine else ""

    def format(self) -> Format:
        """Return pictures as a format of screens."""
        return Format(PICTURE, lambda head: bool(kind_of(head.raw)), self._items)

    def prepare(self, paths: Iterable[Path]) -> None:
        """Read what is not yet known of pictures among files; what is none, or cannot be read, is passed over.

        Raises:
            OutputError: the cache cannot be written.
            MissingExtraError: the engine that was named is not installed.

        """
        todo: dict[str, Path] = {}
        for path in paths:
            if not _is_picture(path):
                continue
            self.seen = True
            if self.engine is None:
                return
            picture = _digest(path)
            if picture in todo or picture in self._faults:
                continue
            if self._cache.get(picture) is None:
                todo[picture] = path
            elif picture not in self._counted:
                self.known += 1
            self._counted.add(picture)
        if todo:
            self._cache.begin()
            try:
                with self.watch(len(todo)) as advance:
                    self._read_all(iter(todo.values()), len(todo), advance)
            finally:
                self._cache.tidy()

    @property
    def _cache(self) -> Cache:
        return Cache(self.folder, self.label)

    def _items(self, path: Path) -> Iterator[Item]:
        self.seen = True
        if self.engine is None:
            raise InputError(NONE_HERE)
        picture = _digest(path)
        found = self._cache.get(picture)
        if found is None and picture not in self._faults:
            self.prepare([path])
            found = self._cache.get(picture)
        if found is None:
            raise InputError(self._faults.get(picture, "it changed while it was read"))
        yield found

    def _read_all(self, paths: Iterator[Path], number: int, advance: Advance) -> None:
        workers = min(self.workers or len(_cores()), number, _MOST_WORKERS)
        while lost := self._read_some(paths, workers, advance):
            for path in lost:  # one of them brought its process down: each alone, to see which
                if self._read_some(iter([path]), 1, advance):
                    self._faults[_digest(path)] = "the text recognition broke down over it"
                    advance(1)

    def _read_some(self, paths: Iterator[Path], workers: int, advance: Advance) -> list[Path]:
        """Read until all is done, or until a process breaks down; return what was in work then."""
        pool = ProcessPoolExecutor(workers, get_context("spawn"), begin_worker)
        running: dict[Future[tuple[str, str]], Path] = {}
        try:
            while True:
                for path in islice(paths, _AHEAD * workers - len(running)):
                    running[pool.submit(_work, path, self.wanted, self._cache)] = path
                if not running:
                    return []
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    picture, fault = future.result()
                    del running[future]
                    if fault:
                        self._faults[picture] = fault
                    else:
                        self.read += 1
                    advance(1)
        except BrokenProcessPool:
            return list(running.values())
        finally:
            pool.shutdown(cancel_futures=True)


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))


def begin_worker() -> None:
    """Leave Ctrl-C to the process that started this one, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@lru_cache(maxsize=1)
def _engine(wanted: str) -> Engine:
    return find_engine(wanted)


def _work(path: Path, wanted: str, cache: Cache) -> tuple[str, str]:
    """Read one picture into the cache; return its SHA-256, and why it could not be read."""
    picture = ""
    try:
        data = _bytes_of(path)
        picture = sha256(data).hexdigest()
        cache.put(read_picture(data, _engine(wanted)))
    except OutputError:
        raise
    except CollectionMessageError as error:
        return picture, str(error)
    except OSError as error:
        return picture, f"cannot be read ({type(error).__name__})"
    except MemoryError:
        return picture, "there is not enough memory to read it"
    except Exception as error:  # whatever an engine runs into costs this picture alone
        return picture, f"the text recognition failed over it ({type(error).__name__})"
    return picture, ""


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _is_picture(path: Path) -> bool:
    try:
        if not path.is_file():  # a pipe would never end
            return False
        with path.open("rb") as file:
            return bool(kind_of(file.read(_HEAD)))
    except OSError:
        return False


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file as it is read, empty where it cannot be."""
    try:
        return sha256(_bytes_of(path)).hexdigest()
    except OSError:
        return ""
