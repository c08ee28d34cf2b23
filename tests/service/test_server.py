"""Through a real server on a free port of this machine: clients that are slow, many, rude; and the end."""

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from classifier import Classifier
from service.schemas import ProblemDetails

Serve = Callable[..., Any]

THREAT = "今天不还钱就带人去你家打断你的腿"
LONG = 600
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def server(serve: Serve) -> Iterator[Any]:
    limits = {
        "receive_timeout": 1,
        "max_body": 200_000,
        "connections": 20,
        "concurrency": 1,
        "queue": 2,
        "max_batch": 40_000,
    }
    with serve(**limits) as server:
        yield server


def post(server: Any, path: str, body: object, timeout: float = 60) -> tuple[int, dict[str, str], Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    try:
        connection.request("POST", path, json.dumps(body).encode(), JSON)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, json.loads(answer.read())
    finally:
        connection.close()


def raw(server: Any, sent: bytes) -> tuple[bytes, float]:
    """Send bytes, and give all that comes until the server closes, and how long that took."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(sent)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer, time.monotonic() - began


def head(length: int | None, more: str = "") -> bytes:
    kind = "transfer-encoding: chunked" if length is None else f"content-length: {length}"
    return f"POST /v1/score HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n{kind}\r\n{more}\r\n".encode()


def problem(answer: bytes) -> ProblemDetails:
    top, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in top
    assert b"connection: close" in top
    told = ProblemDetails.model_validate_json(body)
    assert top.startswith(f"HTTP/1.1 {told.status} ".encode())
    return told


def test_a_real_server_answers_as_the_library(server: Any, classifier: Classifier) -> None:
    status, headers, told = post(server, "/v1/score", {"text": THREAT})
    assert (status, told) == (200, classifier.classify(THREAT).to_dict())
    assert "server" not in headers


def test_stalled_bodies_hold_no_thread_and_end_with_408(server: Any) -> None:
    with ExitStack() as stack:
        stalled = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10)) for _ in range(8)
        ]
        for connection in stalled:  # more than there are threads and places
            connection.sendall(head(100) + b'{"te')
        assert post(server, "/v1/score", {"text": THREAT})[0] == 200
        for connection in stalled:
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
            assert problem(answer).status == 408


def test_a_body_that_trickles_does_not_gain_time(server: Any) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head(1000))
        began = time.monotonic()
        answer = b""
        connection.settimeout(0.1)
        while not answer and time.monotonic() - began < 8:
            connection.sendall(b" ")
            try:
                answer = connection.recv(65536)
            except TimeoutError:
                continue
        assert b" 408 " in answer
        assert time.monotonic() - began < 5


def test_a_head_that_does_not_end_is_given_up(server: Any) -> None:
    answer, seconds = raw(server, b"GET /healthz HTTP/1.1\r\nhost: a\r\nx: ")
    assert problem(answer).status == 408
    assert seconds < 5


def test_a_connection_that_says_nothing_is_closed(server: Any) -> None:
    answer, seconds = raw(server, b"")
    assert answer == b""
    assert seconds < 5


def test_a_long_head_is_refused(server: Any) -> None:
    assert problem(raw(server, b"GET / HTTP/1.1\r\nx: " + b"a" * 200_000)[0]).status == 431


@pytest.mark.parametrize("sent", [b"RUBBISH\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n"])
def test_what_is_no_http_gets_a_problem_too(server: Any, sent: bytes) -> None:
    assert problem(raw(server, sent)[0]).status == 400


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(server: Any) -> None:
    answer, seconds = raw(server, head(10**12) + b"{")
    assert problem(answer).status == 413
    assert seconds < 5


def test_a_client_that_waits_for_the_word_need_not_send_at_all(server: Any) -> None:
    answer, _ = raw(server, head(10**9, "expect: 100-continue\r\n"))
    assert problem(answer).status == 413
    assert b"100 Continue" not in answer


def test_an_endless_body_is_refused_at_the_limit(server: Any) -> None:
    piece = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head(None) + piece * 50)
        assert b" 413 " in connection.recv(65536)
        with contextlib.suppress(OSError):  # reset or broken pipe
            for _ in range(1 << 18):
                connection.sendall(piece)
            pytest.fail("the server took a gigabyte")
    assert post(server, "/v1/score", {"text": THREAT})[0] == 200


def test_a_compressed_bomb_is_not_unpacked(server: Any) -> None:
    import gzip

    bomb = gzip.compress(b" " * 10_000_000)
    answer, _ = raw(server, head(len(bomb), "content-encoding: gzip\r\n") + bomb)
    assert problem(answer).status == 415


def test_an_answer_that_is_not_read_is_given_up(server: Any) -> None:
    body = json.dumps({"texts": [""] * 40_000}).encode()  # errors only: a long answer for little work
    ask = head(len(body)).replace(b"/v1/score", b"/v1/score/batch") + body
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(ask)
        received = len(connection.recv(100))
        time.sleep(2.5)
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(1 << 20):
                received += len(chunk)
    assert received < 40_000 * 150


def test_more_connections_than_are_allowed_are_closed_at_once(server: Any) -> None:
    with ExitStack() as stack:
        held = [
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10)) for _ in range(25)
        ]
        closed = 0
        for connection in held:
            connection.settimeout(0.02)
            try:
                closed += connection.recv(1) == b""
            except TimeoutError:
                continue
        assert closed >= 5
    time.sleep(0.1)
    assert post(server, "/v1/score", {"text": THREAT})[0] == 200


def in_threads(count: int, function: Callable[[], Any]) -> list[Any]:
    results: list[Any] = []
    threads = [threading.Thread(target=lambda: results.append(function())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_beyond_its_places_the_server_says_when_to_try_again(server: Any) -> None:
    texts = {"texts": [f"{THREAT}{number}" for number in range(300)]}
    answers = in_threads(10, lambda: post(server, "/v1/score/batch", texts))
    statuses = sorted(status for status, _, _ in answers)
    assert set(statuses) == {200, 429}
    assert statuses.count(200) >= 3
    for status, headers, told in answers:
        if status == 429:
            assert headers["content-type"] == "application/problem+json"
            assert 1 <= int(headers["retry-after"]) <= 60
        else:
            assert len(told["findings"]) == 300
    assert post(server, "/v1/score", {"text": THREAT})[0] == 200


def test_the_loop_answers_while_threads_score(serve: Serve) -> None:
    with serve(concurrency=2) as server:
        working = threading.Thread(target=in_threads, args=(3, lambda: post(server, "/v1/score/batch", batch())))
        working.start()
        time.sleep(0.2)
        taken = []
        while working.is_alive():
            began = time.monotonic()
            server.get("/healthz")
            taken.append(time.monotonic() - began)
            time.sleep(0.01)
        assert len(taken) >= 3
        assert sorted(taken)[len(taken) // 2] < 0.25


def batch() -> dict[str, Any]:
    return {"texts": [f"{THREAT}，{number}" for number in range(LONG)]}


def test_at_the_end_what_was_accepted_is_finished(serve: Serve) -> None:
    with serve() as server:
        answers: list[Any] = []
        asking = threading.Thread(target=lambda: answers.append(post(server, "/v1/score/batch", batch())))
        asking.start()
        idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        idle.request("GET", "/healthz")
        idle.getresponse().read()  # and stays open
        deadline = time.monotonic() + 10
        while b"cmc_admitted_requests 1.0" not in server.get("/metrics") and time.monotonic() < deadline:
            time.sleep(0.01)
        code = server.stop()
        asking.join(10)
        idle.close()
        assert code == 143
        assert answers[0][0] == 200
        assert len(answers[0][2]["findings"]) == LONG
        assert server.lines()[-1]["event"] == "stopped"
        with pytest.raises(OSError):  # noqa: PT011 - refused
            socket.create_connection(("127.0.0.1", server.port), timeout=2)


@pytest.mark.slow
def test_several_workers_count_together_and_stop_together(serve: Serve) -> None:
    with serve(workers=2) as server:
        answers = in_threads(20, lambda: post(server, "/v1/score", {"text": THREAT}))
        assert [status for status, _, _ in answers] == [200] * 20
        folder = next(
            value.split("=", 1)[1]
            for child in Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
            for value in Path(f"/proc/{child}/environ").read_text().split("\0")
            if value.startswith("PROMETHEUS_MULTIPROC_DIR=")
        )
        for _ in range(5):
            assert b'cmc_requests_total{route="/v1/score",status="200"} 20.0' in server.get("/metrics")
        server.stop()
        assert [line["event"] for line in server.lines()].count("stopped") == 2
        assert not Path(folder).exists()


@pytest.mark.slow
def test_memory_stays_flat(serve: Serve) -> None:
    def resident(server: Any) -> int:
        return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])

    with serve() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

        def send(count: int) -> None:
            for number in range(count):
                body = json.dumps({"text": f"{THREAT}{number}" if number % 7 else " "}).encode()
                connection.request("POST", "/v1/score", body, JSON)
                connection.getresponse().read()

        send(2_000)
        before = resident(server)
        send(6_000)
        assert resident(server) < before * 1.05
        connection.close()
