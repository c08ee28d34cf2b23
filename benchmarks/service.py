"""Measures the service with wrk: `python -m benchmarks.service` prints the table of service/README.md.

Starts real servers on 127.0.0.1, one after another, and ends them. What is compared is measured in
turns in the same run, because the machine is shared; load generator and servers share its cores.
"""

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI

ROOT = Path(__file__).resolve().parent.parent
BATCH = 256
_SEED = 20
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}

_LUA = """
local bodies = {}
for line in io.lines("%(bodies)s") do bodies[#bodies + 1] = line end
local turn = math.random(#bodies)
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
request = function()
  turn = turn %% #bodies + 1
  return wrk.format(nil, nil, nil, bodies[turn])
end
%(delay)s
"""
_DELAY = "delay = function() return math.floor(-math.log(1 - math.random()) * %f + 0.5) end"


def empty() -> FastAPI:
    """Build the application that everything is compared with: one FastAPI route that returns nothing."""
    app = FastAPI()

    @app.post("/v1/score")
    async def nothing() -> dict[str, str]:
        return {}

    return app


def edge() -> FastAPI:
    """Build the service around a classifier that always says the same: what the edge alone can do."""
    from classifier import Finding, load
    from service.app import create_app

    classifier = load()
    finding = classifier.classify("再不还钱,明天就爆你通讯录")

    def same(texts: Iterable[str], *, policy: str = "") -> Iterator[Finding]:
        return (finding for _ in texts)

    classifier.classify_many = same  # type: ignore[method-assign]
    return create_app(classifier=classifier)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    url: str
    pid: int

    def _pids(self) -> list[str]:
        return [str(self.pid), *Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def megabytes(self) -> float:
        """Return how much its processes hold."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self._pids())
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def processor_seconds(self) -> float:
        """Return the time its processes have spent on a processor: on a shared machine it says more than the clock."""
        ticks = 0
        for pid in self._pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Run:
    """What wrk said."""

    requests: int
    per_second: float
    refused: int
    p50: float
    p99: float
    microseconds: float = 0.0
    """Processor time of the server for one request."""


@contextlib.contextmanager
def served(what: str, workers: int = 1, **settings: object) -> Iterator[Server]:
    """Run a server: `service`, `empty` or `edge`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CMC_")}
    environment |= {"PYTHONPATH": str(ROOT), "CMC_PORT": str(port), "CMC_WORKERS": str(workers)}
    environment |= {f"CMC_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-W", "ignore", "-m"]
    if what == "service":
        command += ["classifier.cli.main", "serve"]
    else:
        command += ["uvicorn", f"benchmarks.service:{what}", "--factory", "--no-access-log", "--log-level", "warning"]
        command += ["--port", str(port), "--workers", str(workers)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}", process)
            yield Server(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()
            process.wait(60)


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until something answers."""
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"a server ended with {process.returncode}")
        with contextlib.suppress(OSError):
            seconds(url)
            time.sleep(1)  # a second worker may still be loading
            return
        time.sleep(0.1)
    raise SystemExit("a server did not start within 30 s")


def seconds(url: str) -> float:
    """Return how long /healthz takes."""
    began = time.perf_counter()
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(f"{url}/healthz", timeout=10).read()
    return time.perf_counter() - began


def wrk(server: Server, bodies: Path, *, connections: int, duration: float, pause: float = 0) -> Run:
    """Send bodies in turn; with a pause (mean, in ms) between the requests of each connection."""
    path = "/v1/score/batch" if bodies.stem == "batch" else "/v1/score"
    script = bodies.with_suffix(f".{int(pause)}.lua")
    script.write_text(_LUA % {"bodies": bodies, "delay": _DELAY % pause if pause else ""})
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(duration))}s", "--timeout", "60s", "--latency"]
    before = server.processor_seconds()
    said = subprocess.run(
        [*command, "-s", script, server.url + path], check=True, capture_output=True, text=True
    ).stdout
    spent = server.processor_seconds() - before
    requests = int(found(r"(\d+) requests in", said))
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    if "Socket errors" in said:
        raise SystemExit(said)
    return Run(
        requests=requests,
        per_second=float(found(r"Requests/sec:\s+([\d.]+)", said)),
        refused=int(refused[1]) if refused else 0,
        p50=milliseconds(found(r"^\s+50%\s+(\S+)", said)),
        p99=milliseconds(found(r"^\s+99%\s+(\S+)", said)),
        microseconds=spent * 1e6 / max(1, requests),
    )


def found(pattern: str, text: str) -> str:
    """Return the group of a pattern that must be there."""
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise SystemExit(f"wrk did not say {pattern}:\n{text}")
    return match[1]


def milliseconds(text: str) -> float:
    """Read a time of wrk.

    >>> [milliseconds(each) for each in ("950.00us", "1.50ms", "2.00s")]
    [0.95, 1.5, 2000.0]
    """
    number, unit = re.fullmatch(r"([\d.]+)([a-z]+)", text).groups()  # type: ignore[union-attr]
    return float(number) * _UNITS[unit]


def messages() -> list[str]:
    """Return messages of the corpus, the same in every run."""
    lines = [line for path in sorted((ROOT / "datasets/messages").glob("*.jsonl")) for line in path.open("rb")]
    return [json.loads(line)["text"] for line in random.Random(_SEED).sample(lines, 16 * BATCH)]


def write_bodies(folder: Path) -> tuple[Path, Path]:
    """Write bodies for single scoring and for batches, one a line."""
    texts = messages()
    single, batch = folder / "single.jsonl", folder / "batch.jsonl"
    single.write_text("".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts), "utf-8")
    parts = [texts[at : at + BATCH] for at in range(0, len(texts), BATCH)]
    batch.write_text("".join(json.dumps({"texts": part}, ensure_ascii=False) + "\n" for part in parts), "utf-8")
    return single, batch


def measure(folder: Path, rounds: int, duration: float, enough: int) -> dict[str, Any]:
    """Measure everything, as far as possible in turns."""
    single, batch = write_bodies(folder)
    told: dict[str, Any] = {"empty": [], "edge": [], "single": []}
    with served("empty") as empty_server, served("edge") as edge_server, served("service") as server:
        for _ in range(rounds):
            for name, each in (("empty", empty_server), ("edge", edge_server), ("single", server)):
                told[name].append(wrk(each, single, connections=8, duration=duration))
        pause = max(1, 2 * 16 / middle(told["single"], "per_second") * 1000 - middle(told["single"], "p50") / 8)
        told["half"] = [wrk(server, single, connections=16, duration=duration, pause=pause) for _ in range(rounds)]
    with served("service", workers=2) as server:
        # A batch may take a second, and wrk does not count those that are under way when it stops.
        told["batch"] = [wrk(server, batch, connections=16, duration=3 * duration) for _ in range(rounds)]
        told["memory"] = memory(server, single, duration, enough)
    with served("service", queue=16) as server:
        told["overload"] = overload(server, single, duration)
    return told


def middle(runs: list[Run], name: str) -> float:
    """Return the median of a figure."""
    return float(statistics.median(getattr(run, name) for run in runs))


def memory(server: Server, bodies: Path, duration: float, enough: int) -> list[tuple[int, float]]:
    """Return the megabytes after each block of requests, until there were enough."""
    sent = 0
    seen: list[tuple[int, float]] = []
    while sent < enough:
        sent += wrk(server, bodies, connections=16, duration=max(duration, enough / 20_000)).requests
        seen.append((sent, server.megabytes()))
    return seen


def overload(server: Server, bodies: Path, duration: float) -> tuple[Run, float]:
    """Load with four times as many connections as there are places; and return how long /healthz takes meanwhile."""
    command = [sys.executable, "-m", "benchmarks.service", "--healthz", server.url, "--seconds", str(duration)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as watcher:
        run = wrk(server, bodies, connections=72, duration=duration)
        return run, float(watcher.communicate()[0])


def slowest_healthz(url: str, duration: float) -> float:
    """Ask /healthz twenty times a second, and return the 95th percentile of the times in ms."""
    until = time.monotonic() + duration - 0.5
    taken: list[float] = []
    while time.monotonic() < until:
        taken.append(seconds(url))
        time.sleep(0.05)
    return statistics.quantiles(taken, n=20)[-1] * 1000


def in_process(rounds: int) -> tuple[float, float]:
    """Return the processor's microseconds for `classify`, and of writing its finding as JSON, for one message."""
    from pydantic_core import to_json

    from classifier import load

    classifier, texts = load(), messages()[:1000]
    findings = [classifier.classify(text) for text in texts]
    scoring, writing = [], []
    for _ in range(rounds):
        began = time.process_time()
        for text in texts:
            classifier.classify(text)
        middle = time.process_time()
        for finding in findings:
            to_json(finding.to_dict())
        scoring.append(middle - began)
        writing.append(time.process_time() - middle)
    return statistics.median(scoring) * 1e6 / len(texts), statistics.median(writing) * 1e6 / len(texts)


def share(runs: list[Run], of: list[Run]) -> str:
    """Return the median of the shares, each of two runs that stood side by side."""
    return f"{statistics.median(a.per_second / b.per_second for a, b in zip(runs, of, strict=True)):.0%}"


def table(told: dict[str, Any], alone: tuple[float, float]) -> str:
    """Return the figures as Markdown."""
    empty_run, edge_run, single, batch, half = (told[name] for name in ("empty", "edge", "single", "batch", "half"))
    (first_sent, first), (last_sent, last) = told["memory"][0], told["memory"][-1]
    run, healthz = told["overload"]
    refused = run.refused / run.requests
    rows = [
        ("empty FastAPI route, requests/s", f"{middle(empty_run, 'per_second'):,.0f}", ""),
        ("the edge around a constant answer, requests/s", f"{middle(edge_run, 'per_second'):,.0f}", ""),
        ("single scoring, requests/s", f"{middle(single, 'per_second'):,.0f}", ""),
        ("its share of the empty route", share(single, empty_run), "≥ 60 %"),
        ("the edge's share of the empty route", share(edge_run, empty_run), ""),
        ("processor time a request: empty / edge / single",
         " / ".join(f"{middle(runs, 'microseconds'):,.0f}" for runs in (empty_run, edge_run, single)) + " µs", ""),
        (f"p50 / p99 of a single score at half load ({middle(half, 'per_second'):,.0f} requests/s)",
         f"{middle(half, 'p50'):.1f} / {middle(half, 'p99'):.1f} ms", "p99 < 25 ms"),
        (f"batches of {BATCH}, two workers, 16 connections, messages/s",
         f"{middle(batch, 'per_second') * BATCH:,.0f}", "≥ 8,000"),
        ("processor time a message of a batch", f"{middle(batch, 'microseconds') / BATCH:,.0f} µs", "≤ 250 µs"),
        (f"memory of two workers after {first_sent:,} and {last_sent:,} requests",
         f"{first:.0f} and {last:.0f} MB", "flat"),
        ("72 connections on 17 places: answered / refused with 429, a second",
         f"{run.per_second * (1 - refused):,.0f} / {run.per_second * refused:,.0f}", ""),
        ("meanwhile 95 % of /healthz within", f"{healthz:.0f} ms", ""),
        ("`classify` of one message, processor time in a process of its own", f"{alone[0]:,.0f} µs", ""),
        ("its finding as JSON", f"{alone[1]:,.0f} µs", ""),
    ]  # fmt: skip
    lines = [f"| {what} | {figure} | {aim} |" for what, figure, aim in rows]
    return "\n".join(["| | measured | target |", "|---|---|---|", *lines])


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8, help="of each run of wrk")
    parser.add_argument("--requests", type=int, default=200_000, help="for the row on memory")
    parser.add_argument("--healthz", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.healthz:
        print(slowest_healthz(given.healthz, given.seconds))
        return
    if shutil.which("wrk") is None:
        raise SystemExit("this needs wrk: apt-get install wrk")
    alone = in_process(given.rounds)
    with tempfile.TemporaryDirectory() as folder:
        print(table(measure(Path(folder), given.rounds, given.seconds, given.requests), alone))


if __name__ == "__main__":
    main()
