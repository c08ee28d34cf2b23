import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from classifier import Classifier, load
from classifier.cli.main import cli
from classifier.errors import MissingExtraError
from classifier.pictures import crew
from classifier.pictures.engines import NONE_HERE, Engine

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return load()


@pytest.fixture
def cmc(classifier: Classifier, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command line inside this process; the model that ships is loaded once for all tests."""

    def load_once(path: Path | None = None) -> Classifier:
        return classifier if path is None else load(path)

    monkeypatch.setattr("classifier.classifier.load", load_once)

    def run(*arguments: object, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(cli, [str(argument) for argument in arguments], input=stdin, prog_name="cmc")

    return run


@pytest.fixture(scope="session")
def cmc_command() -> tuple[list[str], dict[str, str]]:
    """The command line as an own process: how it begins, and its environment."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}
    environment.pop("PYTHONIOENCODING", None)
    return [sys.executable, "-m", "classifier.cli.main"], environment


@pytest.fixture
def cmc_process(cmc_command: tuple[list[str], dict[str, str]]) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    command, environment = cmc_command

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[bytes]:
        given = [argument if isinstance(argument, bytes) else str(argument) for argument in arguments]
        extra: dict[str, str] = options.pop("env", {})
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 60, **options}
        return subprocess.run([*command, *given], env={**environment, **extra}, check=False, **streams)

    return run


@pytest.fixture
def one_line() -> Callable[[Result], str]:
    """Demand that a command failed with one line on standard error, and give that line."""

    def line(result: Result) -> str:
        assert isinstance(result.exception, SystemExit), repr(result.exception)
        assert result.exit_code == 1
        assert result.stdout == ""
        lines = result.stderr.splitlines()
        assert len(lines) == 1, lines
        assert lines[0].startswith("cmc: ")
        return lines[0]

    return line


@pytest.fixture
def contents() -> Callable[[Path], dict[str, bytes]]:
    """Everything in a folder, to show that nothing was added, changed or removed."""

    def read(folder: Path) -> dict[str, bytes]:
        return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    return read


@pytest.fixture
def without_processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Engine | None], None]]:
    """Have pictures read by a given engine, or by none, in this process."""

    def use(engine: Engine | None) -> None:
        def find(wanted: str) -> Engine:
            if engine is None:
                raise MissingExtraError(NONE_HERE)
            return engine

        monkeypatch.setattr(crew, "find_engine", find)
        monkeypatch.setattr(crew, "ProcessPoolExecutor", _Here)
        crew._engine.cache_clear()

    yield use
    crew._engine.cache_clear()


class _Here:
    """A pool whose only worker is this process."""

    def __init__(self, workers: int, *_: object) -> None:
        self.workers = workers

    def submit(self, work: Callable[..., Any], *given: Any) -> Any:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*given))
        except BaseException as error:
            future.set_exception(error)
        return future

    def shutdown(self, **_: object) -> None:
        pass
