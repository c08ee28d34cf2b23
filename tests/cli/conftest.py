import csv
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
Process = Callable[..., subprocess.CompletedProcess[bytes]]
OneLine = Callable[[Result], str]
Contents = Callable[[Path], dict[str, bytes]]
Command = tuple[list[str], dict[str, str]]

REMINDER = "您好，您本期账单326.50元将于明日到期，请登录官方App还款"
THREAT = "今天不还钱就带人去你家打断你的腿"
CHAT = "明天下午三点开会，请带上材料"


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def table(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A file that holds the `TABLE` of the test's own module."""
    path = tmp_path / "in.csv"
    path.write_text(request.module.TABLE, encoding="utf-8")
    return path
