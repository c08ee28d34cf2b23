"""What the README shows is run."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from classifier import Classifier
from service.observe import ROUTES
from service.problems import KINDS

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "service" / "README.md").read_text("utf-8")
MESSAGE = "再不还钱,明天就爆你通讯录"


@pytest.fixture(scope="module")
def server(serve: Callable[..., Any]) -> Iterator[Any]:
    with serve() as server:
        yield server


def block(mark: str, url: str) -> str:
    found = re.search(rf"<!-- ci: {mark} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert found
    assert "http://127.0.0.1:8000" in found[1]
    return found[1].replace("http://127.0.0.1:8000", url)


def test_the_command_of_the_readme_gives_the_finding(server: Any, classifier: Classifier) -> None:
    done = subprocess.run(["sh", "-c", block("curl", server.url)], capture_output=True, timeout=60, check=True)
    assert json.loads(done.stdout) == classifier.classify(MESSAGE).to_dict()


def test_the_program_of_the_readme_prints_a_line_for_each_message(server: Any) -> None:
    command = [sys.executable, "-W", "error", "-X", "utf8", "-c", block("client", server.url)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True, text=True, encoding="utf-8")
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("third_party_harassment ")
    assert lines[1].startswith("lawful_reminder ")
    assert "empty" in lines[2]


def test_the_readme_names_every_route_and_every_status_of_an_error() -> None:
    for route in ROUTES - {"/"}:
        assert f"{route}`" in README
    for status in {kind.status for kind in KINDS} - {404, 405, 500}:
        assert f"| {status} |" in README


def test_modules_stay_small() -> None:
    for path in (ROOT / "service").glob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= 275, path.name
