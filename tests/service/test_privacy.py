"""No text, sender, key, address, path or query reaches a log, an error or a count."""

import io
import json
import logging
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from classifier import Classifier, Finding
from service.logs import JsonFormatter

Client = Callable[..., TestClient]

MARK = "Markierung7391"
KEY = f"key-{MARK}-0123456789"
CLIENT_ADDRESS = "203.0.113.77"
SECRETS = (MARK, MARK.lower(), CLIENT_ADDRESS)


class Failing(Classifier):
    """Fails with an error that quotes the message, as a careless library would."""

    def classify_many(self, texts: Iterable[str], *, policy: str = "balanced") -> Iterator[Finding]:
        asked = list(texts)
        if any(MARK in text for text in asked):
            raise RuntimeError(f"cannot judge {asked!r}")
        return super().classify_many(asked, policy=policy)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the service writes, with every line of every library let through."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root, service = logging.getLogger(), logging.getLogger("service")
    before = root.level, service.level
    root.addHandler(handler)
    root.setLevel("DEBUG")
    service.setLevel("DEBUG")
    yield stream
    root.removeHandler(handler)
    root.setLevel(before[0])
    service.setLevel(before[1])


def leaks(*written: str) -> list[str]:
    """The search itself: which secrets stand in what was written."""
    return [secret for text in written for secret in SECRETS if secret in text]


def attack(service: TestClient) -> list[str]:
    """Put the mark wherever a client can put something, and return all error answers."""
    headers = {"x-api-key": KEY, "user-agent": MARK, "x-request-id": MARK, "referer": MARK, "cookie": MARK, MARK: MARK}
    text = f"{MARK}再不还钱就打断你的腿"
    bodies: list[dict[str, Any]] = [
        {"json": {"text": text}},
        {"json": {"texts": [text, " ", MARK * 100]}},
        {"json": {"text": MARK * 2000}},
        {"json": {"text": [text]}},
        {"json": {MARK: MARK, "text": text}},
        {"json": {"text": text, "policy": MARK}},
        {"json": MARK},
        {"content": f'{{"text": "{MARK}'},
        {"content": text.encode("gb18030"), "headers": {"content-type": f"text/{MARK}"}},
        {"content": text.encode("gb18030"), "headers": {"content-type": "application/json"}},
        {"content": text, "headers": {"content-encoding": MARK}},
        {"json": {"text": MARK * 100}},
    ]
    errors = []
    for path in ("/v1/score", "/v1/score/batch", f"/v1/{MARK}", f"/{MARK}/../v1/score?{MARK}={MARK}", "/v1/info"):
        for body in bodies:
            given = {**body, "headers": {**headers, **body.get("headers", {})}}
            for method in ("POST", "GET", MARK.upper()):
                answer = service.request(method, path, params={"text": MARK}, **given)
                if answer.status_code != 200:
                    errors += [answer.text, str(answer.headers)]
                elif "findings" in answer.text:
                    errors += [json.dumps(e["error"]) for e in answer.json()["findings"] if "error" in e]
    errors.append(service.get("/v1/info", headers={"x-api-key": f"wrong {MARK}"}).text)
    return errors


def run(client: Client, classifier: Classifier, log: io.StringIO) -> tuple[list[str], str, str]:
    service = client(Failing(classifier.model), api_keys=KEY, rate_limit=100_000, max_text=1000, max_body=16_000)
    with TestClient(service.app, client=(CLIENT_ADDRESS, 4711), raise_server_exceptions=False) as outside:
        errors = attack(outside)
        return errors, outside.get("/metrics", headers={"x-api-key": KEY}).text, log.getvalue()


def test_nothing_that_was_sent_is_in_logs_errors_or_counts(
    client: Client, classifier: Classifier, log: io.StringIO
) -> None:
    errors, metrics, written = run(client, classifier, log)
    assert leaks(*errors, metrics, written) == []
    assert len(errors) > 100
    assert 'status="500"' in metrics
    lines = [json.loads(line) for line in written.splitlines()]
    failures = [line for line in lines if line["event"] == "failure"]
    assert {line["error"] for line in failures} == {"RuntimeError"}
    assert all("test_privacy.py" in line["at"][-1] for line in failures)
    requests = [line for line in lines if line["event"] == "request"]
    assert {line["status"] for line in requests} >= {200, 400, 401, 404, 405, 413, 415, 422, 500}
    allowed = {"time", "level", "event", "route", "status", "ms", "texts", "problem", "request_id"}
    assert all(line.keys() <= allowed for line in requests)


def test_the_search_finds_a_leak(
    client: Client, classifier: Classifier, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JsonFormatter, "format", logging.Formatter.format)  # the usual one writes an error's words
    _, _, written = run(client, classifier, log)
    assert MARK in leaks(written)


def test_the_search_finds_a_path_in_the_counts(
    client: Client, classifier: Classifier, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.observe.route_of", lambda path: path)
    _, metrics, _ = run(client, classifier, log)
    assert MARK in leaks(metrics)


def test_lines_of_other_libraries_lose_their_arguments() -> None:
    def line(name: str, message: object, *arguments: object, error: Exception | None = None) -> str:
        raised = (type(error), error, None) if error else None
        return JsonFormatter().format(logging.LogRecord(name, 30, "", 0, message, arguments, raised))

    assert json.loads(line("uvicorn.error", "Invalid HTTP request received."))["message"].startswith("Invalid")
    for written in [
        line("uvicorn.error", "%s said %s", MARK, MARK),
        line("asyncio", f"Task exception was never retrieved: {MARK}", error=ValueError(MARK)),
        line("py.warnings", "%s", MARK),
        line("anything", {MARK: MARK}),
    ]:
        assert leaks(written) == []


def test_a_serving_process_writes_nothing_that_was_sent(serve: Callable[..., Any]) -> None:
    with serve(log_level="debug", receive_timeout=0.3, api_keys=KEY, rate_limit=1000) as server:
        for sent in [
            f"GET /{MARK}?{MARK} HTTP/1.1\r\nhost: {MARK}\r\nconnection: close\r\n{MARK}: {MARK}\r\n\r\n",
            f"{MARK} {MARK} {MARK}\r\n\r\n",
            f"GET / HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade, close, {MARK}\r\n\r\n",
            f"GET / HTTP/1.1\r\n{MARK}: " + MARK * 10_000,
            f"GET / HTTP/1.1\r\n{MARK}",
            f"POST /v1/score HTTP/1.1\r\nx-api-key: {KEY}\r\ncontent-length: 99\r\n\r\n{MARK}",
            f"POST /v1/score HTTP/1.1\r\nx-api-key: {KEY}\r\ntransfer-encoding: chunked\r\n\r\nzz{MARK}\r\n",
            f"POST /v1/score HTTP/1.1\r\nx-api-key: {KEY}\r\ncontent-type: application/json\r\n"
            f'content-length: {len(MARK) + 11}\r\nconnection: close\r\n\r\n{{"text":"{MARK}"}}',
        ]:
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
                connection.sendall(sent.encode())
                answer = b""
                while chunk := connection.recv(65536):
                    answer += chunk
                assert b"200 OK" in answer or leaks(answer.decode()) == []
                assert b"200 OK" in answer or b"application/problem+json" in answer
        server.stop()
        assert leaks(server.log.read_text("utf-8")) == []
        assert {line["event"] for line in server.lines()} >= {"listening", "started", "request", "stopped"}
