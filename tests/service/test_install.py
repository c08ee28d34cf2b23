"""The steps of the Dockerfile without Docker: the same files, the same commands, in a folder of its own."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from service.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "0123456789abcdef0123456789abcdef"
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def instructions(name: str) -> list[str]:
    return re.findall(rf"^(?:HEALTHCHECK .*?)?{name} (.+)$", DOCKERFILE, re.MULTILINE)


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in instructions("ENV") for pair in line.split())


def test_the_base_is_pinned_and_the_user_has_no_rights() -> None:
    bases = [line.split(" AS ")[0] for line in instructions("FROM")]
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-[a-z]+", bases[0])
    assert instructions("USER") == ["10001"]


def test_what_is_copied_is_let_through_and_there() -> None:
    let_through = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert let_through[0] == "*"
    for line in instructions("COPY"):
        if not line.startswith("--from"):
            for source in line.split()[:-1]:
                assert f"!{source}" in let_through
                assert (ROOT / source).exists()


def test_compose_sets_known_settings_and_publishes_to_this_machine_only() -> None:
    (service,) = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"].values()
    names = [*service["environment"], *(name for name in environment() if name.startswith("CMC_"))]
    assert {name.removeprefix("CMC_").lower() for name in names} <= Settings.model_fields.keys()
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert ":?" in service["environment"]["CMC_API_KEYS"]
    assert service["read_only"]
    grace = Settings.model_fields["timeout"].default + Settings.model_fields["receive_timeout"].default
    assert int(service["stop_grace_period"].removesuffix("s")) > grace + 1


@pytest.mark.slow
def test_the_steps_of_the_dockerfile_give_a_service_that_is_ready(tmp_path: Path) -> None:
    for line in instructions("COPY"):
        if not line.startswith("--from"):
            *sources, target = line.split()
            for source in sources:
                copy(ROOT / source, tmp_path / target / source if target == "./" else tmp_path / target)
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    plain |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "REQUESTS_"))}
    run = [line for line in instructions("RUN") if line.startswith("./setup")]
    assert run == ["./setup --service"]
    subprocess.run(run[0].split(), cwd=tmp_path, env={**plain, "PYTHON": sys.executable}, check=True, timeout=900)

    command, health = json.loads(instructions("CMD")[-1]), json.loads(instructions("CMD")[0])
    in_container = {**plain, **environment()}
    refused = subprocess.run(command, cwd=tmp_path, env=in_container, capture_output=True, timeout=60, check=False)
    assert refused.returncode == 1
    assert b"without a key" in refused.stderr

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    set_up = {**in_container, "CMC_HOST": "127.0.0.1", "CMC_PORT": port, "CMC_API_KEYS": KEY, "CMC_WORKERS": "2"}
    with subprocess.Popen(command, cwd=tmp_path, env=set_up, stderr=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 60
            while subprocess.run(health, cwd=tmp_path, env=set_up, capture_output=True, check=False).returncode:
                assert time.monotonic() < until
                assert process.poll() is None
                time.sleep(0.2)
            asked = urllib.request.Request(
                f"http://127.0.0.1:{port}/v1/score",
                json.dumps({"text": "今天不还钱就打断你的腿"}).encode(),
                {"Content-Type": "application/json", "X-API-Key": KEY},
            )
            with urllib.request.urlopen(asked, timeout=30) as answer:
                assert json.load(answer)["label"] == "threat"
        finally:
            process.terminate()
            process.wait(60)
    assert subprocess.run(health, cwd=tmp_path, env=set_up, capture_output=True, check=False).returncode == 1


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)
