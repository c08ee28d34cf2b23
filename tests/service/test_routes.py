import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from classifier import Classifier, __version__
from service.schemas import BatchAnswer, Finding, Info, ProblemDetails

Client = Callable[..., TestClient]

REMINDER = "您好，您本期账单326.50元将于明日到期，请登录官方App还款"
THREAT = "今天不还钱就带人去你家打断你的腿"
FRAUD = "账户逾期，请点击链接 http://a.cc/x 转账到个人账户王某处理"
OTHERS = ["明天下午三点开会", "您的验证码是482913，请勿泄露", "hello", "还", "😡" * 50, f"{THREAT}\u202e\x07\n\0"]


@pytest.mark.parametrize("policy", [None, "cautious", "balanced", "sensitive"])
@pytest.mark.parametrize("text", [REMINDER, THREAT, FRAUD, *OTHERS])
def test_the_answer_is_the_finding_of_the_library(
    client: Client, classifier: Classifier, text: str, policy: str | None
) -> None:
    answer = client().post("/v1/score", json={"text": text} | ({"policy": policy} if policy else {}))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == classifier.classify(text, policy=policy or "balanced").to_dict()
    Finding.model_validate_json(answer.content, strict=True)


def test_the_answer_says_its_fields_in_the_order_of_the_library(client: Client, classifier: Classifier) -> None:
    answer = client().post("/v1/score", json={"text": FRAUD})
    assert json.dumps(answer.json()) == json.dumps(classifier.classify(FRAUD).to_dict())


def test_a_batch_has_an_entry_for_each_text_in_order(client: Client, classifier: Classifier) -> None:
    texts = [REMINDER, "", THREAT, " \n", "还" * 51, *OTHERS] * 4
    told = client(max_text=50).post("/v1/score/batch", json={"texts": texts, "policy": "sensitive"})
    entries = told.json()["findings"]
    assert len(entries) == len(texts)
    for text, entry in zip(texts, entries, strict=True):
        if not text.strip():
            assert (entry["error"]["status"], entry["error"]["type"]) == (422, "urn:cmc:problem:unreadable")
        elif len(text) > 50:
            assert (entry["error"]["status"], entry["error"]["type"]) == (413, "urn:cmc:problem:too-large")
        else:
            assert entry == classifier.classify(text, policy="sensitive").to_dict()
    assert {e["error"]["request_id"] for e in entries if "error" in e} == {told.headers["x-request-id"]}
    BatchAnswer.model_validate_json(told.content)


def test_an_empty_batch_is_answered(client: Client) -> None:
    assert client().post("/v1/score/batch", json={"texts": []}).json() == {"findings": []}


def test_info_says_which_model_answers_and_what_is_accepted(client: Client, classifier: Classifier) -> None:
    told = client(max_text=77, max_batch=5).get("/v1/info").json()
    Info.model_validate(told)
    assert told["version"] == __version__
    assert told["model"] == classifier.info.to_dict()
    assert told["policies"] == list(classifier.policies)
    assert told["limits"] == {
        "max_text": 77,
        "max_batch": 5,
        "max_body": 2 * 1024 * 1024,
        "max_picture": 10 * 1024 * 1024,
    }


def test_states(client: Client) -> None:
    service = client()
    assert service.get("/healthz").json() == {"status": "ok"}
    assert service.get("/readyz").json() == {"status": "ready"}


def test_metrics_count_requests_outcomes_and_times(client: Client) -> None:
    service = client()
    for text in (THREAT, REMINDER, " "):
        service.post("/v1/score", json={"text": text})
    service.post("/v1/score/batch", json={"texts": [THREAT, ""]})
    service.get("/v1/nothing/13800138000")
    told = service.get("/metrics").text
    for line in [
        'cmc_requests_total{route="/v1/score",status="200"} 2.0',
        'cmc_requests_total{route="/v1/score",status="422"} 1.0',
        'cmc_requests_total{route="other",status="404"} 1.0',
        'cmc_request_seconds_count{route="/v1/score/batch"} 1.0',
        'cmc_labels_total{label="threat"} 2.0',
        'cmc_labels_total{label="lawful_reminder"} 1.0',
        'cmc_messages_total{outcome="unreadable"} 2.0',
        "cmc_admitted_requests 0.0",
    ]:
        assert line in told
    assert "13800138000" not in told


JSON = {"content-type": "application/json"}
REFUSALS: dict[str, tuple[int, str, dict[str, Any]]] = {
    "no JSON": (400, "malformed", {"content": b"{", "headers": JSON}),
    "nothing": (400, "malformed", {"content": b"", "headers": JSON}),
    "another encoding": (400, "malformed", {"content": '{"text":"还钱"}'.encode("gb18030"), "headers": JSON}),
    "UTF-16": (400, "malformed", {"content": '{"text":"还钱"}'.encode("utf-16"), "headers": JSON}),
    "a mark": (400, "malformed", {"content": '{"text":"还钱"}'.encode("utf-8-sig"), "headers": JSON}),
    "half a character": (400, "malformed", {"content": b'{"text":"\\ud83d"}', "headers": JSON}),
    "a raw half": (400, "malformed", {"content": b'{"text":"\xed\xa0\xbd"}', "headers": JSON}),
    "deep": (400, "malformed", {"content": b'{"text":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "headers": JSON}),
    "no type": (415, "unsupported", {"content": b'{"text":"1"}'}),
    "another type": (415, "unsupported", {"content": b'{"text":"1"}', "headers": {"content-type": "text/plain"}}),
    "a form": (415, "unsupported", {"data": {"text": "1"}}),
    "another charset": (
        415,
        "unsupported",
        {"content": b'{"text":"1"}', "headers": {"content-type": "application/json; charset=gbk"}},
    ),
    "compressed": (
        415,
        "unsupported",
        {"content": b"\x1f\x8b" + b"\0" * 99, "headers": {**JSON, "content-encoding": "gzip"}},
    ),
    "a list": (422, "invalid", {"json": [THREAT]}),
    "a string": (422, "invalid", {"json": THREAT}),
    "no text": (422, "invalid", {"json": {}}),
    "a number": (422, "invalid", {"json": {"text": 10**400}}),
    "null": (422, "invalid", {"json": {"text": None}}),
    "an unknown policy": (422, "invalid", {"json": {"text": THREAT, "policy": "strict"}}),
    "another field": (422, "invalid", {"json": {"text": THREAT, "polcy": "cautious"}}),
    "empty": (422, "invalid", {"json": {"text": ""}}),
    "blank": (422, "unreadable", {"json": {"text": " \u3000\n"}}),
    "too long": (413, "too-large", {"json": {"text": "还" * 4001}}),
    "too large": (413, "too-large", {"content": b" " * (2 * 1024 * 1024 + 1), "headers": JSON}),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_every_refusal_has_the_one_shape(client: Client, case: str) -> None:
    status, kind, request = REFUSALS[case]
    answer = client().post("/v1/score", **request)
    problem = ProblemDetails.model_validate_json(answer.content, strict=True)
    assert (answer.status_code, problem.status, problem.type) == (status, status, f"urn:cmc:problem:{kind}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == problem.request_id


@pytest.mark.parametrize(
    ("texts", "says"), [("一", "texts: must be a list"), (["一", 3], "texts.1: must be a string"), (None, "texts")]
)
def test_a_batch_of_the_wrong_shape_is_refused_whole(client: Client, texts: object, says: str) -> None:
    answer = client().post("/v1/score/batch", json={"texts": texts})
    assert answer.status_code == 422
    assert says in answer.json()["detail"]


def test_a_batch_with_too_many_texts_is_refused_whole(client: Client) -> None:
    answer = client(max_batch=2).post("/v1/score/batch", json={"texts": ["一"] * 3})
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:cmc:problem:too-large")


def test_escapes_of_whole_characters_are_read(client: Client) -> None:
    told = client().post("/v1/score", content=rb'{"text":"\u6253\u65ad\u4f60\u7684\u817f \ud83d\ude21"}', headers=JSON)
    assert told.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/score", 405), ("PUT", "/v1/info", 405), ("GET", "/v2", 404), ("POST", "/v1/score/", 404)],
)
def test_wrong_paths_and_methods_have_the_one_shape(client: Client, method: str, path: str, status: int) -> None:
    answer = client().request(method, path)
    assert (answer.status_code, ProblemDetails.model_validate(answer.json()).status) == (status, status)
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize("path", ["/v1/score", "/v1/score/batch", "/v1/info", "/metrics"])
def test_with_keys_nothing_is_told_without_one(client: Client, path: str) -> None:
    keys = "first-key-0123456789", "second-key-0123456789"
    service = client(api_keys=",".join(keys))
    method, given = ("GET", {}) if path in ("/v1/info", "/metrics") else ("POST", {"json": {"text": "一", "texts": []}})
    for key in (None, "", "first-key-012345678", keys[0] + "x", "Ungültig".encode("latin-1")):
        answer = service.request(method, path, headers={} if key is None else {"x-api-key": key}, **given)  # type: ignore[arg-type]
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "X-API-Key"
        ProblemDetails.model_validate(answer.json())
    for key in keys:
        assert service.request(method, path, headers={"x-api-key": key}, **given).status_code in (200, 422)  # type: ignore[arg-type]
    assert service.get("/healthz").status_code == service.get("/readyz").status_code == 200


def test_pages_of_other_origins_may_call_only_if_they_are_named(client: Client) -> None:
    asked = {"origin": "https://a.example", "access-control-request-method": "POST"}
    assert "access-control-allow-origin" not in client().options("/v1/score", headers=asked).headers
    service = client(cors_origins="https://a.example, https://b.example")
    assert service.options("/v1/score", headers=asked).headers["access-control-allow-origin"] == "https://a.example"
    refused = service.post("/v1/score", json={}, headers=asked)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (422, "https://a.example")
    assert "access-control-allow-origin" not in service.get("/healthz", headers={"origin": "https://c.example"}).headers
