import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from classifier import Classifier, Finding, Label
from classifier.labels import ACTS
from service.canary import differences, read_canaries

Client = Callable[..., TestClient]
Change = Callable[[Finding], Finding]


class Changed(Classifier):
    """Judges as its model does, and then says something else."""

    def __init__(self, real: Classifier, change: Change) -> None:
        super().__init__(real.model)
        self.change = change

    def classify(self, text: str, *, policy: str = "balanced") -> Finding:
        return self.change(super().classify(text, policy=policy))


def raising(finding: Finding) -> Finding:
    raise RuntimeError


FAULTS: dict[str, tuple[Change, str]] = {
    "one label for everything": (lambda f: dataclasses.replace(f, labels=(Label.LAWFUL_REMINDER,)), "labels"),
    "acts swapped": (
        lambda f: dataclasses.replace(
            f, scores={**f.scores, "threat": f.scores["defamation"], "defamation": f.scores["threat"]}
        ),
        "scores",
    ),
    "half of each score": (
        lambda f: dataclasses.replace(f, scores={name: score / 2 for name, score in f.scores.items()}),
        "scores",
    ),
    "a score missing": (lambda f: dataclasses.replace(f, scores={}), "names of scores"),
    "no evidence": (lambda f: dataclasses.replace(f, evidence=()), "evidence"),
    "no answer": (raising, "RuntimeError"),
}


def test_the_stored_answers_are_those_of_the_shipped_model(classifier: Classifier) -> None:
    assert differences(classifier, read_canaries()) == []


def test_the_canaries_cover_every_label() -> None:
    assert {label for canary in read_canaries() for label in canary.labels} == {*map(str, Label)}
    assert all(canary.evidence for canary in read_canaries() if set(canary.labels) & {*map(str, ACTS)})


@pytest.mark.parametrize("fault", FAULTS)
def test_readiness_is_false_when_the_classifier_judges_otherwise(
    client: Client, classifier: Classifier, fault: str
) -> None:
    change, says = FAULTS[fault]
    service = client(Changed(classifier, change))
    answer = service.get("/readyz")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:cmc:problem:not-ready")
    assert says in answer.json()["detail"]
    assert service.get("/healthz").status_code == 200


def test_readiness_comes_back(client: Client, classifier: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.canary._SECONDS_BETWEEN", 0.0)
    changed = Changed(classifier, raising)
    service = client(changed)
    assert service.get("/readyz").status_code == 503
    changed.change = lambda finding: finding
    assert service.get("/readyz").status_code == 200


def test_readiness_asks_at_most_once_a_second(client: Client, classifier: Classifier) -> None:
    asked: list[Finding] = []

    def note(finding: Finding) -> Finding:
        asked.append(finding)
        return finding

    service = client(Changed(classifier, note))
    for _ in range(20):
        assert service.get("/readyz").status_code == 200
    assert len(asked) <= 3 * len(read_canaries())


def test_readiness_is_false_when_the_threads_are_silent(
    client: Client, classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    let = threading.Event()
    monkeypatch.setattr("service.canary._SECONDS", 0.1)

    def hang(finding: Finding) -> Finding:
        let.wait(10)
        return finding

    answer = client(Changed(classifier, hang)).get("/readyz")
    let.set()
    assert answer.status_code == 503
    assert "no answer" in answer.json()["detail"]


def test_differences_are_named(classifier: Classifier) -> None:
    canaries: Any = [dataclasses.replace(canary, labels=("unrelated",)) for canary in read_canaries()]
    assert differences(classifier, canaries) == ["0: labels", "1: labels", "3: labels"]
