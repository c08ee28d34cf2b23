from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from classifier.errors import InputError
from classifier.labels import Label
from classifier.review.agreement import Codes, agreement, cohen_kappa, krippendorff_alpha, share_agreed
from classifier.review.choices import LABEL_SETS, LabelSet


def codes(*raters: str) -> Codes:
    """Ratings as Krippendorff prints them: a row a rater, a dot for a gap."""
    values = sorted({char for rater in raters for char in rater.split()} - {"."})
    return np.array([[values.index(c) if c != "." else -1 for c in rater.split()] for rater in raters]).T


def once(rated: Codes) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.ones((1, len(rated)))


# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), examples A, B and C.
PUBLISHED = [
    (("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"), 0.095),
    (("a a b b d c c c e d d a", "b a b b b c c c e d d d"), 0.692),
    (
        (
            "1 2 3 3 2 1 4 1 2 . . .",
            "1 2 3 3 2 2 4 1 2 5 . 3",
            ". 3 3 3 2 3 4 2 2 5 1 .",
            "1 2 3 3 2 4 4 1 2 5 1 .",
        ),
        0.743,
    ),
]


@pytest.mark.parametrize(("raters", "alpha"), PUBLISHED)
def test_alpha_is_the_published_one(raters: tuple[str, ...], alpha: float) -> None:
    rated = codes(*raters)
    assert krippendorff_alpha(rated, once(rated))[0] == pytest.approx(alpha, abs=5e-4)


def test_kappa_is_the_textbook_one() -> None:
    """Twenty-five proposals of the example that goes with Cohen's kappa: 0.7 agree, 0.5 by chance, kappa 0.4."""
    rated = np.array([[1, 1]] * 20 + [[1, 0]] * 5 + [[0, 1]] * 10 + [[0, 0]] * 15)
    assert cohen_kappa(rated, once(rated))[0] == pytest.approx(0.4)
    assert share_agreed(rated, once(rated))[0] == pytest.approx(0.7)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30))
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    rated = np.array(pairs)
    ours = cohen_kappa(rated, once(rated))[0]
    if len(set(rated.ravel().tolist())) == 1:
        assert np.isnan(ours)
    else:
        assert ours == pytest.approx(cohen_kappa_score(rated[:, 0], rated[:, 1]))


@given(st.lists(st.lists(st.integers(-1, 2), min_size=3, max_size=3), min_size=1, max_size=20), st.integers(2, 4))
def test_a_weight_counts_as_that_many_messages(rows: list[list[int]], times: int) -> None:
    rated = np.array(rows)
    weighted = krippendorff_alpha(rated, np.full((1, len(rated)), float(times)))
    repeated = np.repeat(rated, times, axis=0)
    assert weighted == pytest.approx(krippendorff_alpha(repeated, once(repeated)), nan_ok=True)


THREAT, LAWFUL = frozenset([Label.THREAT]), frozenset([Label.LAWFUL_REMINDER])
BOTH = frozenset([Label.THREAT, Label.DEFAMATION])


def test_agreement_is_told_label_by_label_and_over_shared_messages_alone() -> None:
    first = {"a": THREAT, "b": LAWFUL, "c": BOTH, "d": LAWFUL, "only": THREAT}
    second = {"a": THREAT, "b": LAWFUL, "c": THREAT, "d": LAWFUL}
    found = agreement({"甲": first, "乙": second})
    assert (found.messages, found.disputed) == (4, ["c"])
    assert found.labels[Label.THREAT].alpha["value"] == 1
    assert found.labels[Label.THREAT].said == 4
    assert found.labels[Label.DEFAMATION].share["value"] == 0.75
    assert found.labels[Label.DEFAMATION].kappa == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert found.labels[Label.UNRELATED].alpha["value"] is None
    assert found.whole.share["value"] == 0.75


def test_three_sides_with_gaps_have_an_alpha_and_no_kappa() -> None:
    answers: dict[str, Mapping[str, LabelSet]] = {
        "甲": {"a": THREAT, "b": LAWFUL, "c": LAWFUL},
        "乙": {"a": THREAT, "b": LAWFUL},
        "丙": {"b": BOTH, "c": LAWFUL},
    }
    found = agreement(answers)
    assert found.messages == 3
    assert found.macro_kappa is None
    assert found.labels[Label.THREAT].kappa is None
    assert found.disputed == ["b"]


def test_sides_without_a_message_in_common_are_refused() -> None:
    with pytest.raises(InputError, match="judged by two"):
        agreement({"甲": {"a": THREAT}, "乙": {"b": THREAT}})


@given(st.lists(st.sampled_from(LABEL_SETS), min_size=1, max_size=12))
def test_who_says_the_same_agrees_in_full(said: list[LabelSet]) -> None:
    one = {str(key): labels for key, labels in enumerate(said)}
    found = agreement({"甲": one, "乙": dict(one)})
    assert found.disputed == []
    assert {agreed.alpha["value"] for agreed in found.labels.values()} <= {1.0, None}
    assert found.whole.share["value"] == 1
