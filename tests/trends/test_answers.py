from typing import Any

import pytest

from classifier import Classifier
from classifier.bulk.label import flat_columns
from classifier.classifier import decide
from classifier.labels import SCORES, Label
from classifier.trends.answers import UNREADABLE, answer_prefix, fitting_policies, outcomes_of, read_answer

NEEDED = ("status", "labels", "model_version")


@pytest.mark.parametrize(
    ("columns", "prefix"),
    [
        (NEEDED, ""),
        (("text", "labels"), None),
        (tuple("cmc_" + name for name in NEEDED), "cmc_"),
        ((*NEEDED, *("cmc_" + name for name in NEEDED)), "cmc_"),
        (("labels", *("cmc_cmc_" + name for name in NEEDED)), "cmc_cmc_"),
        ((), None),
    ],
)
def test_the_last_labelling_of_a_table_is_found(columns: tuple[str, ...], prefix: str | None) -> None:
    assert answer_prefix(columns) == prefix


@pytest.mark.parametrize("lists", [True, False])
def test_answers_are_read_as_they_were_written(classifier: Classifier, lists: bool) -> None:
    finding = classifier.classify("你这个骗子老赖，不还就打断你的腿，把你的照片贴满大街")
    row: dict[str, Any] = {"status": "ok", **flat_columns(finding.to_dict(), lists=lists)}
    answer = read_answer(row, "")
    assert answer.labels == frozenset(finding.labels)
    assert answer.signals == "|".join(finding.signals)
    assert answer.needs_review == finding.needs_review
    assert answer.version == classifier.info.version
    assert read_answer({**row, "finding": finding.to_dict()}, "").policy == "balanced"


@pytest.mark.parametrize("labels", ["", "bad", "unrelated|threat", None])
def test_labels_that_say_nothing_are_unreadable(labels: str | None) -> None:
    assert read_answer({"status": "ok", "labels": labels}, "").status == UNREADABLE


def test_outcomes_stand_in_their_order() -> None:
    assert outcomes_of(frozenset({Label.THREAT})) == (False, False, False, True, False, True)
    assert outcomes_of(frozenset({Label.UNRELATED})) == (True, False, False, False, False, False)


def test_a_policy_is_known_by_scores_between_thresholds(classifier: Classifier) -> None:
    policies = classifier.model.policies
    edge = (policies["sensitive"].acts["threat"] + policies["balanced"].acts["threat"]) / 2
    scores = dict.fromkeys(SCORES, 0.0) | {"collection": 0.99, "threat": edge}
    labels = frozenset(decide(scores, policies["sensitive"]))
    row = {f"score_{name}": str(score) for name, score in scores.items()}
    assert list(fitting_policies(row, "", labels, policies)) == ["sensitive"]
    assert set(fitting_policies({}, "", labels, policies)) == set(policies)
