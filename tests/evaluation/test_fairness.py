import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from classifier import CorpusError, load
from classifier.evaluation.fairness import auc, measure_swaps, read_swaps

SWAPS = Path(__file__).parents[2] / "datasets" / "swaps.json"
SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.5001, 0.9, 1.0]), min_size=1, max_size=20)


@given(SCORES, SCORES)
def test_auc_is_that_of_scikit_learn(positives: list[float], negatives: list[float]) -> None:
    expected = roc_auc_score([1] * len(positives) + [0] * len(negatives), positives + negatives)
    assert auc(np.array(positives), np.array(negatives)) == pytest.approx(expected)


def test_templates_are_many_and_mixed_in_every_group() -> None:
    templates, groups = read_swaps(SWAPS)
    for slot, terms in groups.values():
        kinds = [bool({"lawful_reminder", "unrelated"} & labels) for text, labels in templates if f"{{{slot}}}" in text]
        assert len(terms) >= 7
        assert min(sum(kinds), len(kinds) - sum(kinds)) >= 10


def test_a_biased_classifier_shows(tmp_path: Path) -> None:
    file = tmp_path / "swaps.json"
    rows = [
        {"text": "再不还钱{x}", "labels": ["lawful_reminder"]},
        {"text": "不还钱打断你的腿{x}", "labels": ["threat"]},
    ]
    groups = {"g": {"slot": "x", "terms": ["。", "!今晚带人砍死你"]}}
    file.write_text(json.dumps({"templates": rows, "groups": groups}), encoding="utf-8")
    row = measure_swaps(load(), file, "balanced")["g"]
    assert row["accused_worst"] == ["!今晚带人砍死你", 1.0]
    assert row["spread"] > 0.1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"templates": [{"text": "x", "labels": ["kind"]}], "groups": {}}',
        '{"templates": [{"text": "x", "labels": ["threat"]}], "groups": {"g": {"slot": "s", "terms": []}}}',
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path: Path, content: str) -> None:
    file = tmp_path / "swaps.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"swaps\.json"):
        read_swaps(file)
