import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from classifier import Classifier, Finding
from service.limits import Entrance, RateLimit, find_key
from service.metrics import Metrics
from service.observe import Observe
from service.problems import ClientGone, Refused
from service.scoring import Desk
from service.settings import Settings, digest

Client = Callable[..., TestClient]


class Slow(Classifier):
    """Judges as its model does, but only once it is let; counts messages."""

    def __init__(self, real: Classifier) -> None:
        super().__init__(real.model)
        self.let = threading.Event()
        self.begun = 0
        self.ended = 0

    def classify_many(self, texts: Iterable[str], *, policy: str = "balanced") -> Iterator[Finding]:
        asked = list(texts)
        self.begun += len(asked)
        assert self.let.wait(20)
        self.ended += len(asked)
        return super().classify_many(asked, policy=policy)


@pytest.fixture
def slow(classifier: Classifier) -> Iterator[Slow]:
    slow = Slow(classifier)
    yield slow
    slow.let.set()


def desk_of(classifier: Classifier, **settings: Any) -> Desk:
    return Desk(classifier, Settings(**settings), Metrics())


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came true")


def test_beyond_the_threads_and_the_queue_requests_are_refused_at_once(slow: Slow) -> None:
    async def run() -> None:
        desk = desk_of(slow, concurrency=2, queue=3)
        accepted = [asyncio.create_task(desk.score("还钱", "balanced")) for _ in range(5)]
        await until(lambda: slow.begun == 5)
        for _ in range(3):
            with pytest.raises(Refused) as refused:
                await desk.score("还钱", "balanced")
            assert refused.value.problem.kind.status == 429
            assert 1 <= int(refused.value.problem.headers["Retry-After"]) <= 60
        slow.let.set()
        assert all(await asyncio.gather(*accepted))
        assert await desk.score("还钱", "balanced")
        assert slow.begun == slow.ended == 6
        desk.close()

    asyncio.run(run())


def test_the_loop_goes_on_and_a_timeout_frees_the_request_but_not_the_thread(slow: Slow) -> None:
    async def run() -> None:
        desk = desk_of(slow, concurrency=1, queue=0, timeout=0.1)
        began = time.monotonic()
        with pytest.raises(Refused) as refused:
            await desk.score("还钱", "balanced")
        assert time.monotonic() - began < 5
        assert (refused.value.problem.kind.status, refused.value.problem.kind.name) == (503, "timed-out")
        with pytest.raises(Refused, match="busy"):  # its thread is at it still
            await desk.score("还钱", "balanced")
        slow.let.set()
        await until(lambda: slow.ended == 1)
        await asyncio.sleep(0.05)
        assert await desk.score("还钱", "balanced")
        desk.close()

    asyncio.run(run())


def test_what_timed_out_in_the_queue_is_never_scored(slow: Slow) -> None:
    async def run() -> None:
        desk = desk_of(slow, concurrency=1, queue=5, timeout=0.1)
        tasks = [asyncio.create_task(desk.score("还钱", "balanced"))]
        await until(lambda: slow.begun == 1)
        tasks += [asyncio.create_task(desk.score("还钱", "balanced")) for _ in range(5)]
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            assert isinstance(result, Refused)
        slow.let.set()
        desk.close()
        assert slow.begun == 1

    asyncio.run(run())


def test_a_single_message_does_not_wait_for_a_whole_batch(slow: Slow) -> None:
    async def run() -> None:
        desk = desk_of(slow, concurrency=1, queue=5)
        batch = asyncio.create_task(desk.score_batch(["还钱"] * 200, "balanced", "id", lambda: False))
        await until(lambda: slow.begun == 64)
        single = asyncio.create_task(desk.score("还钱", "balanced"))
        await asyncio.sleep(0)
        slow.let.set()
        await single
        assert not batch.done()
        await batch
        desk.close()

    asyncio.run(run())


def test_a_batch_ends_soon_after_its_client_has_left(slow: Slow) -> None:
    async def run() -> None:
        desk = desk_of(slow, concurrency=1)
        batch = asyncio.create_task(desk.score_batch(["还钱"] * 200, "balanced", "id", lambda: slow.begun > 0))
        await until(lambda: slow.begun == 64)
        slow.let.set()
        with pytest.raises(ClientGone):
            await batch
        desk.close()
        assert slow.begun == 64

    asyncio.run(run())


Sent = list[Message]


def through_entrance(messages: list[Message], headers: dict[str, str], **settings: Any) -> tuple[Sent, int]:
    """Send ASGI messages through the outer layers, and give what came back and how many messages were taken."""
    taken = 0
    sent: Sent = []

    async def receive() -> Message:
        nonlocal taken
        if taken == len(messages):
            await asyncio.sleep(60)
        taken += 1
        return messages[taken - 1]

    async def send(message: Message) -> None:
        sent.append(message)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["cmc"].body})

    app = Observe(Entrance(application, Settings(**settings)), Metrics())
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "path": "/v1/score", "headers": encoded, "client": ("127.0.0.1", 1)}
    asyncio.run(app(scope, receive, send))
    return sent, taken


def part(body: bytes, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_in_parts_is_put_together() -> None:
    sent, _ = through_entrance([part(b"ab", True), part(b"", True), part(b"c", False)], {"content-length": "3"})
    assert (sent[0]["status"], sent[1]["body"]) == (200, b"abc")


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    sent, taken = through_entrance([{"type": "http.disconnect"}], {"content-length": "1025"}, max_body=1024)
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]
    assert taken == 1  # only to see whether the client has hung up


@pytest.mark.parametrize("length", ["99999999999999999999999999", "-1", "1e3", "", "１"])
def test_a_length_that_is_none_is_refused(length: str) -> None:
    sent, _ = through_entrance([{"type": "http.disconnect"}], {"content-length": length})
    assert sent[0]["status"] in (400, 413)


def test_a_body_of_unknown_length_is_read_to_the_limit_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.observe.LINGER_SECONDS", 0.05)
    parts = [part(b"x" * 500, True)] * 3 + [{"type": "http.disconnect"}]
    sent, taken = through_entrance(parts, {"transfer-encoding": "chunked"}, max_body=1024)
    assert (sent[0]["status"], taken) == (413, 4)


def test_a_body_that_does_not_come_ends_with_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.observe.LINGER_SECONDS", 0.05)
    sent, _ = through_entrance([part(b"x", True)], {"content-length": "9"}, receive_timeout=0.05)
    assert sent[0]["status"] == 408


def test_a_client_that_leaves_gets_no_answer() -> None:
    sent, _ = through_entrance([part(b"x", True), {"type": "http.disconnect"}], {"content-length": "9"})
    assert sent == []


def test_bodies_on_their_way_share_a_bounded_memory(client: Client) -> None:
    async def run() -> None:
        answers: list[Message] = []
        entrance = Entrance(lambda *_: asyncio.sleep(0), Settings(max_body=1024, concurrency=1, queue=1))
        app = Observe(entrance, Metrics())
        stop = asyncio.Event()

        async def send(message: Message) -> None:
            answers.append(message)

        def uploading() -> Callable[[], Any]:
            parts = iter([part(b"x" * 900, True)])

            async def receive() -> Message:
                message = next(parts, None)
                if message is None:
                    await stop.wait()
                    return {"type": "http.disconnect"}
                return message

            return receive

        scope = {"type": "http", "path": "/", "headers": [(b"content-length", b"1000")], "client": None}
        uploads = [asyncio.create_task(app(dict(scope), uploading(), send)) for _ in range(3)]
        await until(lambda: bool(answers))
        assert answers[0]["status"] == 429
        stop.set()
        await asyncio.gather(*uploads)
        assert entrance._bodies.held == 0

    asyncio.run(run())


def test_a_sender_may_spend_a_minutes_worth_at_once_and_then_as_much_as_is_refilled() -> None:
    now = 1000.0
    rates = RateLimit(6, clock=lambda: now)

    waits: list[str] = []

    def passes(sender: str) -> bool:
        try:
            rates.count(sender)
        except Refused as refused:
            waits.append(refused.problem.headers["Retry-After"])
            return False
        return True

    assert [passes("a") for _ in range(8)] == [True] * 6 + [False] * 2
    assert passes("b")
    now += 10
    assert [passes("a") for _ in range(2)] == [True, False]
    now += 600
    assert [passes("a") for _ in range(8)] == [True] * 6 + [False] * 2
    assert set(waits) == {"10"}


def test_the_memory_of_senders_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.limits._MOST_SENDERS", 100)
    rates = RateLimit(1)
    for number in range(1000):
        rates.count(number)
    assert len(rates._due) <= 100
    with pytest.raises(Refused):
        rates.count(999)


def test_rates_count_for_the_address_and_for_the_key(client: Client) -> None:
    keys = ["first-key-0123456789", "second-key-0123456789"]
    service = client(api_keys=",".join(keys), rate_limit=3)

    def ask(key: str) -> int:
        return service.get("/v1/info", headers={"x-api-key": key}).status_code

    assert [ask("wrong") for _ in range(3)] == [401] * 3
    refused = service.get("/v1/info", headers={"x-api-key": keys[0]})
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "20"
    assert service.get("/healthz").status_code == 200


def test_a_key_is_found_among_all() -> None:
    digests = [digest("a" * 20), digest("b" * 20)]
    assert [find_key(key, digests) for key in (b"a" * 20, b"b" * 20, b"c" * 20, b"", None)] == [0, 1, None, None, None]
