import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from classifier import Classifier
from service.app import create_app
from service.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 30
END_SECONDS = 30


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


@pytest.fixture
def client(classifier: Classifier) -> Iterator[Callable[..., TestClient]]:
    """The real application inside this process, with the settings given."""
    with ExitStack() as stack:

        def make(using: Classifier | None = None, **settings: Any) -> TestClient:
            app = create_app(Settings(**settings), using or classifier)
            return stack.enter_context(TestClient(app, raise_server_exceptions=True))

        yield make


@dataclass
class Server:
    """A serving process."""

    process: "subprocess.Popen[bytes]"
    log: Path
    port: int = 0
    url: str = ""

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return bytes(answer.read())

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(END_SECONDS)


@pytest.fixture(scope="session")
def serve(
    cmc_command: tuple[list[str], dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Any]:
    """`cmc serve` as a process of its own on a free port of this machine; ended, and if need be killed, at the end."""
    command, environment = cmc_command

    @contextmanager
    def run(**settings: object) -> Iterator[Server]:
        given = {f"{PREFIX}{name.upper()}": str(value) for name, value in {"port": 0, **settings}.items()}
        log = tmp_path_factory.mktemp("serve") / "log"
        with log.open("wb") as stream:
            process = subprocess.Popen([*command, "serve"], env={**environment, **given}, stderr=stream, stdout=stream)
        try:
            yield listening(Server(process, log), int(given.get(f"{PREFIX}WORKERS", "1")))
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(END_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(5)

    return run


def listening(server: Server, workers: int) -> Server:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.process.poll() is None:
        text = server.log.read_text("utf-8")
        if text.count('"started"') == workers and text.endswith("\n"):
            server.port = next(line["port"] for line in server.lines() if line["event"] == "listening")
            server.url = f"http://127.0.0.1:{server.port}"
            server.get("/healthz")
            return server
        time.sleep(0.05)
    raise AssertionError(server.log.read_text("utf-8"))
