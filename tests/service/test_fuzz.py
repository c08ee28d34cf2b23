"""Whatever is sent: no 5xx, and nothing that the interface does not describe."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.openapi.utils import get_openapi
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from classifier import Classifier
from service.app import create_app
from service.schemas import BatchAnswer, Finding, ProblemDetails
from service.settings import Settings

FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def service(classifier: Classifier) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(max_body=100_000, max_text=500), classifier)) as client:
        yield client


CONFIG = """
[checks]
negative_data_rejection.expected-statuses = [400, 401, 405, 413, 415, 422]
# No schema can say what a sound picture is.
[[operations]]
include-path = "/v1/read"
checks.positive_data_acceptance.expected-statuses = ["2xx", 401, 422, 429]
"""


def test_the_service_keeps_to_its_description(serve: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(CONFIG, "utf-8")
    with serve() as server:
        program = str(Path(sys.executable).with_name("schemathesis"))
        command = [program, "run", f"{server.url}/openapi.json", "--checks=all"]
        options = ["--max-examples=25", "--seed=1", "--suppress-health-check=all", "--no-color"]
        done = subprocess.run(
            [*command, *options], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout
        assert re.search(r"Selected: (\d+)/\1\n  Tested: \1\n", done.stdout)
        statuses = {line["status"] for line in server.lines() if line["event"] == "request"}
        assert statuses >= {200, 400, 405, 413, 415, 422}
        assert max(statuses) < 500


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["text", "texts", "policy", "x"]), inner)
    ),
    max_leaves=12,
)


@given(body=st.binary(max_size=300) | values.map(lambda value: json.dumps(value).encode()))
@settings(FEW, max_examples=300)
def test_any_body_gets_an_answer_of_one_of_two_shapes(service: TestClient, body: bytes) -> None:
    for path, model in (("/v1/score", Finding), ("/v1/score/batch", BatchAnswer)):
        answer = service.post(path, content=body, headers=JSON)
        if answer.status_code == 200:
            model.model_validate_json(answer.content)
        else:
            assert answer.status_code in (400, 413, 422)
            ProblemDetails.model_validate_json(answer.content)


@given(text=st.text(max_size=400))
@settings(FEW, max_examples=200)
def test_any_text_is_judged_or_refused(service: TestClient, classifier: Classifier, text: str) -> None:
    answer = service.post("/v1/score", content=json.dumps({"text": text}), headers=JSON)
    if any("\ud800" <= character <= "\udfff" for character in text):
        assert answer.status_code == 400
    elif text.strip():
        assert answer.json() == classifier.classify(text).to_dict()
    else:
        assert answer.status_code == 422


@given(
    name=st.sampled_from(
        ["content-type", "content-encoding", "x-api-key", "accept", "origin", "x-forwarded-for", "range"]
    ),
    value=st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60),
)
@settings(FEW, max_examples=200)
def test_any_header_gets_a_described_answer(service: TestClient, name: str, value: str) -> None:
    headers = {**JSON, name: value.encode("latin-1").strip()}
    answer = service.post("/v1/score", content=b'{"text":"\xe8\xbf\x98\xe9\x92\xb1"}', headers=headers)  # type: ignore[arg-type]
    assert answer.status_code in (200, 400, 415)


def nested(depth: int) -> bytes:
    return b'{"texts":' + b"[" * depth + b"]" * depth + b"}"


HARD: dict[str, bytes] = {
    "deep lists": nested(40_000),
    "deep lists, never closed": b"[" * 90_000,
    "deep objects": b'{"text":' * 10_000 + b"1" + b"}" * 10_000,
    "a huge number": b'{"text":' + b"9" * 50_000 + b"}",
    "a huge exponent": b'{"text":1e999999999}',
    "no number": b'{"text":NaN}',
    "two of a name": b'{"text":"a","text":3}',
    "a half": rb'{"text":"\ud800"}',
    "halves in the wrong order": rb'{"text":"\ude21\ud83d"}',
    "a half in a name": rb'{"\ud800":"a"}',
    "too long in UTF-8": b'{"text":"\xc0\xaf"}',
    "zero": b'{"text":"\0"}',
    "many names": b"{" + b",".join(b'"%d":1' % number for number in range(9_000)) + b"}",
    "many texts": b'{"texts":[' + b",".join([b'""'] * 30_000) + b"]}",
    "after the end": b'{"text":"a"} {"text":"b"}',
    "comments": b'/* */ {"text":"a"}',
    "a mark": b'\xef\xbb\xbf{"text":"a"}',
    "a zip": b"PK\x03\x04" + b"\0" * 100,
}


@pytest.mark.parametrize("path", ["/v1/score", "/v1/score/batch"])
@pytest.mark.parametrize("name", HARD)
def test_what_is_hard_to_read_is_refused(service: TestClient, name: str, path: str) -> None:
    answer = service.post(path, content=HARD[name], headers=JSON)
    assert answer.status_code in (400, 413, 422)
    ProblemDetails.model_validate_json(answer.content)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity, gzip", "GZIP", "x", ""])
def test_a_compressed_body_is_not_unpacked(service: TestClient, encoding: str) -> None:
    answer = service.post("/v1/score", content=b"\x1f\x8b", headers={**JSON, "content-encoding": encoding})
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "identity")


def test_a_test_of_the_description_can_fail(classifier: Classifier) -> None:
    app = create_app(Settings(), classifier)

    @app.get("/broken", responses={200: {"content": {"application/json": {"schema": {"type": "integer"}}}}})
    async def broken() -> str:
        return "one"

    told = schemathesis.openapi.from_dict(get_openapi(title="", version="", routes=app.routes))
    told.app = app
    with pytest.raises(BaseException, match=r"(?i)schema"):
        told["/broken"]["GET"].Case().call_and_validate()
