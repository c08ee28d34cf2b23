"""Advice, pasted chats and dossiers over HTTP."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from starlette.testclient import TestClient

from classifier import Classifier
from classifier.guidance import advise
from classifier.labels import LABEL_EN, LABEL_ZH, Label, Signal
from service import advice_schemas as wire
from service.advice import MOST_ADVISED
from service.app import create_app
from service.dossiers import MOST_IN_DOSSIER
from service.names import PATH
from service.schemas import ProblemDetails
from service.settings import Settings

THREAT = "今天不还钱就带人去你家打断你的腿"
REMINDER = "【某某分期】您的账单今日到期,请按时还款。"
CHAT = f"王经理 2026-11-20 22:31\n{THREAT}\n我 2026-11-20 22:35\n我会想办法的\n王经理 2026-11-21 9:00\n{REMINDER}"


@pytest.fixture(scope="module")
def service(classifier: Classifier) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), classifier)) as client:
        yield client


def post(service: TestClient, path: str, **body: Any) -> Any:
    answer = service.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_advice_is_what_the_library_says_for_that_day(service: TestClient, classifier: Classifier) -> None:
    finding = classifier.classify(THREAT)
    for day, first in ((date(2025, 12, 31), "za2012-42"), (date(2026, 1, 1), "za2025-50")):
        told = post(service, "/v1/advise", text=THREAT, date=day.isoformat())
        assert told["guidance"] == advise(finding, day).to_dict()
        assert told["guidance"]["basis"][0]["id"] == first
        assert told["finding"] == finding.to_dict()
        assert told["sha256"] == sha256(THREAT.encode()).hexdigest()
        wire.AdviseAnswer.model_validate_json(service.post("/v1/advise", json={"text": THREAT}).content)


def test_without_a_day_the_law_of_today_is_shown_and_a_caution_says_so(service: TestClient) -> None:
    told = post(service, "/v1/advise", text=THREAT)
    assert told["guidance"]["on"] == date.today().isoformat()
    assert "date-assumed" in [line["id"] for line in told["guidance"]["cautions"]]


def test_a_batch_answers_in_order_and_shares_guidance(service: TestClient, classifier: Classifier) -> None:
    messages = [
        {"text": THREAT, "sender": "170", "time": "2025-12-31 12:00"},
        {"text": " "},
        {"text": REMINDER, "date": "2026-11-20"},
        {"text": THREAT, "date": "2025-12-31"},
        {"text": "好的", "sender": "我"},
        {"text": "还" * 4001},
    ]
    answer = service.post("/v1/advise/batch", json={"messages": messages})
    told = wire.AdviseBatchAnswer.model_validate_json(answer.content)
    raw = answer.json()
    assert [entry.get("guidance") for entry in raw["messages"]] == [0, None, 1, 0, None, None]
    assert raw["messages"][0]["finding"] == classifier.classify(THREAT).to_dict()
    assert [guidance.on for guidance in told.guidance] == [date(2025, 12, 31), date(2026, 11, 20)]
    kinds = [entry["error"]["type"].rpartition(":")[2] for entry in raw["messages"] if "error" in entry]
    assert kinds == ["unreadable", "invalid", "too-large"]


def test_the_night_is_seen_as_in_a_dossier(service: TestClient) -> None:
    asked = [{"text": REMINDER, "time": "2026-11-20 23:10"}, {"text": REMINDER, "time": "2026-11-20 12:00"}]
    night, day = post(service, "/v1/advise/batch", messages=asked)["messages"]
    assert night["finding"]["signals"] == [Signal.NIGHT_OR_FREQUENT]
    assert day["finding"]["signals"] == []
    assert night["guidance"] != day["guidance"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/advise", {"text": "还" * 4001}, 413),
        ("/v1/advise", {"text": " "}, 422),
        ("/v1/advise", {"text": THREAT, "date": "yesterday"}, 422),
        ("/v1/advise", {"text": THREAT, "date": 20000}, 422),
        ("/v1/advise/batch", {"messages": [{"text": "a"}] * (MOST_ADVISED + 1)}, 413),
        ("/v1/advise/batch", {"messages": [{"text": 1}]}, 422),
        ("/v1/split", {"text": "a" * (wire.MOST_PASTED + 1)}, 422),
        ("/v1/dossier", {"messages": []}, 422),
        ("/v1/dossier", {"messages": [{"text": "a"}] * (MOST_IN_DOSSIER + 1)}, 413),
        ("/v1/dossier/files", {"messages": [{"text": "还" * 4001}]}, 413),
        ("/v1/dossier/drafts", {"messages": [{"text": "a", "sender": "1" * 201}]}, 422),
    ],
)
def test_what_is_refused_is_refused_in_the_one_shape(
    service: TestClient, path: str, body: dict[str, Any], status: int
) -> None:
    answer = service.post(path, json=body)
    assert answer.status_code == status
    assert ProblemDetails.model_validate_json(answer.content).status == status


def test_the_routes_need_the_key_where_one_is_set(client: Callable[..., TestClient]) -> None:
    service = client(api_keys="first-key-0123456789")
    for path in ("/v1/advise", "/v1/advise/batch", "/v1/split", "/v1/dossier", "/v1/dossier/files"):
        assert service.post(path, json={"text": THREAT}).status_code == 401
    assert service.get(PATH).status_code == 200


def test_a_chat_is_cut_and_the_receivers_own_words_are_known(service: TestClient) -> None:
    told = post(service, "/v1/split", text=CHAT)
    assert told["how"] == "chat"
    assert [(one["text"], one["own"]) for one in told["messages"]] == [
        (THREAT, False),
        ("我会想办法的", True),
        (REMINDER, False),
    ]
    assert told["messages"][0]["time"] == "2026-11-20T22:31"


@pytest.mark.parametrize("text", ["", THREAT, f"{THREAT}\n{REMINDER}", "<b>\n</b>", "\u202e" * 9_000])
def test_what_is_no_chat_stays_as_it_is(service: TestClient, text: str) -> None:
    told = post(service, "/v1/split", text=text)
    assert (told["how"], [one["text"] for one in told["messages"]]) == ("one", [text])


def given() -> list[dict[str, str]]:
    return [
        {"text": THREAT, "sender": "106900001234", "time": "2026-11-20 22:31"},
        {"text": "<script>alert(1)</script>", "sender": "<b>", "time": "昨天"},
        {"text": REMINDER, "time": "2025-12-31 12:00"},
        {"text": "好的", "sender": "我"},
        {"text": " "},
    ]


def test_a_dossier_is_one_page_to_keep(service: TestClient) -> None:
    answer = service.post("/v1/dossier", json={"messages": given()})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="dossier.html"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert THREAT in answer.text
    assert "<script" not in answer.text
    assert sha256(THREAT.encode()).hexdigest() in answer.text
    english = service.post("/v1/dossier", json={"messages": given(), "lang": "en"}).text
    assert 'lang="en"' in english


def test_the_files_of_a_dossier_have_the_hashes_that_it_names(service: TestClient) -> None:
    answer = service.post("/v1/dossier/files", json={"messages": given()})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name.removeprefix("dossier/"): archive.read(name) for name in archive.namelist()}
    hashes = files.pop("hashes.txt").decode()
    assert {"dossier.html", "messages.csv", "complaint-12378.txt", "pasted.json"} <= files.keys()
    for name, content in files.items():
        assert sha256(content).hexdigest() in hashes, name


def test_drafts_quote_the_messages_and_leave_blanks(service: TestClient) -> None:
    first, spam, police = post(service, "/v1/dossier/drafts", messages=given())["drafts"]
    for draft in (first, spam, police):
        assert THREAT in draft["text"]
        assert "＿＿＿" in draft["text"]
        assert "涉嫌" in draft["text"]
    assert "可能不符合" in first["text"]


def test_nothing_of_a_dossier_is_written_to_a_disk(service: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("a file was to be written")

    for name in ("tempfile.mkdtemp", "tempfile.mkstemp", "pathlib.Path.write_bytes", "pathlib.Path.write_text"):
        monkeypatch.setattr(name, refuse)
    for path in ("/v1/dossier", "/v1/dossier/files", "/v1/dossier/drafts"):
        assert service.post(path, json={"messages": given()}).status_code == 200


def test_the_page_has_the_names_of_the_library(service: TestClient) -> None:
    told = service.get(PATH).json()
    assert told["labels"] == {label.value: {"zh": LABEL_ZH[label], "en": LABEL_EN[label]} for label in Label}
    assert told["signals"].keys() == {signal.value for signal in Signal}
