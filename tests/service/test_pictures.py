import asyncio
import json
import logging
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from classifier.errors import InputError
from classifier.pictures.apart import Apart
from classifier.pictures.engines import Engine
from classifier.screens.boxes import Box, Line, Screen, screen_of_lines
from service import pictures
from service.picture_schemas import ReadAnswer
from service.problems import Refused
from service.schemas import ProblemDetails
from service.settings import Settings

Client = Callable[..., TestClient]

CASES = Path(__file__).parent.parent / "cases" / "pictures"
PICTURE = (CASES / "sms.png").read_bytes()
PNG = {"content-type": "image/png"}
THREAT = "今天不还钱就带人去你家打断你的腿"
KEY = "first-key-0123456789"
ENGINE = Engine("Known", "1", 0.9, lambda picture: [])


def told(score: float = 0.99) -> Screen:
    lines = [
        Line(THREAT, Box(20, 200, 340, 220), score),
        Line("我会还的", Box(300, 300, 380, 320), 0.99),
        Line("快点", Box(20, 400, 60, 420), None),
    ]
    screen = screen_of_lines(lines, size=(400, 600))
    return Screen(screen.name, screen.text, screen.lines, 400, 600, True, "a" * 64, "Known 1")


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Have every picture give a screen, or raise."""

    def use(answer: Any) -> None:
        def read(self: Apart, data: bytes, seconds: float) -> Screen:
            if isinstance(answer, Exception):
                raise answer
            found: Screen = answer(data) if callable(answer) else answer
            return found

        monkeypatch.setattr(Apart, "read", read)
        monkeypatch.setattr(pictures, "find_engine", lambda: ENGINE)

    return use


def test_messages_come_with_what_a_person_needs_to_correct_them(client: Client, known: Callable[[Any], None]) -> None:
    known(told(0.8))
    answer = client().post("/v1/read", content=PICTURE, headers=PNG)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.json() == {
        "sha256": "a" * 64,
        "engine": "Known 1",
        "messages": [
            {"text": THREAT, "sender": "", "time": "", "own": False, "confidence": 0.8, "unsure": True},
            {"text": "我会还的", "sender": "", "time": "", "own": True, "confidence": 0.99, "unsure": False},
            {"text": "快点", "sender": "", "time": "", "own": False, "confidence": 1.0, "unsure": False},
        ],
    }
    ReadAnswer.model_validate_json(answer.content)


REFUSALS: dict[str, tuple[Any, dict[str, str], bytes, int, str]] = {
    "damaged": (InputError("a damaged picture"), PNG, PICTURE, 422, "unreadable-picture"),
    "too slow": (TimeoutError(), PNG, PICTURE, 503, "timed-out"),
    "JSON": (told(), {"content-type": "application/json"}, b"{}", 415, "not-a-picture"),
    "no type": (told(), {"content-type": ""}, PICTURE, 415, "not-a-picture"),
    "drawing": (told(), {"content-type": "image/svg+xml"}, b"<svg/>", 415, "not-a-picture"),
    "form": (told(), {"content-type": "multipart/form-data; boundary=x"}, b"--x", 415, "not-a-picture"),
    "pressed": (told(), {**PNG, "content-encoding": "gzip"}, PICTURE, 415, "unsupported"),
    "too large": (told(), PNG, bytes(50_001), 413, "too-large"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_not_read_is_refused_as_described(client: Client, known: Callable[[Any], None], name: str) -> None:
    answer_of, headers, body, status, kind = REFUSALS[name]
    known(answer_of)
    service = client(max_picture=50_000)
    answer = service.post("/v1/read", content=body, headers=headers)
    assert answer.status_code == status
    assert ProblemDetails.model_validate_json(answer.content).type == f"urn:cmc:problem:{kind}"
    described = service.get("/openapi.json").json()["paths"]["/v1/read"]["post"]["responses"]
    assert kind in described[str(status)]["content"]["application/problem+json"]["examples"]


def test_types_of_pictures_are_taken_with_parameters_and_in_any_case(
    client: Client, known: Callable[[Any], None]
) -> None:
    known(told())
    for given in ("image/jpeg", "Image/PNG; x=1", "image/heic"):
        assert client().post("/v1/read", content=PICTURE, headers={"content-type": given}).status_code == 200


def test_a_picture_may_be_larger_than_other_bodies_and_they_no_larger_for_it(
    client: Client, known: Callable[[Any], None]
) -> None:
    known(told())
    service = client(max_body=2_000, max_picture=90_000)
    assert service.post("/v1/read", content=bytes(80_000), headers=PNG).status_code == 200
    assert service.post("/v1/score", json={"text": "x" * 3_000}).status_code == 413
    assert service.get("/v1/info").json()["limits"]["max_picture"] == 90_000


def test_without_text_recognition_the_route_says_so(client: Client) -> None:
    service = client(pictures=False)
    answer = service.post("/v1/read", content=PICTURE, headers=PNG)
    assert (answer.status_code, answer.json()["type"]) == (501, "urn:cmc:problem:no-text-recognition")
    assert "./setup --ocr" in answer.json()["detail"]
    assert service.get("/v1/info").json()["pictures"] is None


def test_a_key_is_asked_for(client: Client, known: Callable[[Any], None]) -> None:
    known(told())
    service = client(api_keys=KEY)
    assert service.post("/v1/read", content=PICTURE, headers=PNG).status_code == 401
    assert service.post("/v1/read", content=PICTURE, headers={**PNG, "x-api-key": KEY}).status_code == 200


def test_nothing_of_a_picture_or_of_its_text_is_logged(
    client: Client, known: Callable[[Any], None], caplog: pytest.LogCaptureFixture
) -> None:
    known(told())
    with caplog.at_level(logging.DEBUG):
        assert client().post("/v1/read", content=PICTURE, headers=PNG).status_code == 200
    assert caplog.records
    for record in caplog.records:
        assert THREAT not in str(vars(record))
        assert "a" * 64 not in str(vars(record))


def test_only_so_many_pictures_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    async def crowd() -> list[Any]:
        gallery = pictures.Gallery(Settings(), ENGINE)
        started = asyncio.Event()
        loop = asyncio.get_running_loop()

        def read(self: Apart, data: bytes, seconds: float) -> Screen:
            loop.call_soon_threadsafe(started.set)
            asyncio.run_coroutine_threadsafe(let_go.wait(), loop).result(10)
            return told()

        let_go = asyncio.Event()
        monkeypatch.setattr(Apart, "read", read)
        waiting = [asyncio.ensure_future(gallery.read(b"x")) for _ in range(12)]
        await started.wait()
        let_go.set()
        found = await asyncio.gather(*waiting, return_exceptions=True)
        gallery.close()
        return found

    found = asyncio.run(crowd())
    refused = [each for each in found if isinstance(each, Refused)]
    assert [each.problem.kind.name for each in refused] == ["busy"] * 4
    assert all("Retry-After" in each.problem.headers for each in refused)


@pytest.mark.slow
def test_the_real_engine_reads_in_a_process_apart_that_ends_with_the_service(
    serve: Callable[..., Any], tmp_path: Path
) -> None:
    import urllib.request

    with serve() as server:
        asked = urllib.request.Request(server.url + "/v1/read", PICTURE, PNG)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            found = json.load(answer)
        assert found["sha256"] == sha256(PICTURE).hexdigest()
        assert [each["own"] for each in found["messages"]] == [False, True, False, False]
        assert found["messages"][2]["text"] == THREAT
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        pids = [int(pid) for pid in children.read_text().split()] if children.exists() else []
        server.stop()
    assert all(not _is_running(pid) for pid in pids)
    assert THREAT not in server.log.read_text("utf-8")


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
