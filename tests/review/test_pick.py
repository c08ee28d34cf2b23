from collections import Counter
from pathlib import Path

import pytest

from classifier import Classifier
from classifier.bulk.clusters import find_clusters
from classifier.labels import Label
from classifier.review.pick import Picked, Why, pick
from classifier.review.table import open_labelled

from .conftest import SAME, texts


@pytest.fixture
def picked(labelled: Path, classifier: Classifier, tmp_path: Path) -> Picked:
    return pick(open_labelled(labelled), classifier.model, 30, 12, tmp_path / "r.xlsx", seed=2)


def test_the_same_seed_picks_the_same_and_another_seed_another(
    labelled: Path, classifier: Classifier, tmp_path: Path, picked: Picked
) -> None:
    def again(seed: int) -> list[str]:
        found = pick(open_labelled(labelled), classifier.model, 30, 12, tmp_path / "r.xlsx", seed=seed)
        return [str(item.ref) for item in found.items]

    assert again(2) == [str(item.ref) for item in picked.items]
    assert again(3) != again(2)
    assert list(tmp_path.iterdir()) == []


def test_a_message_stands_for_its_copies_and_is_shown_once(picked: Picked) -> None:
    chosen = [item for item in picked.items if item.why is not Why.RANDOM]
    groups = [(item.cluster, item.judged.answer.labels) for item in chosen]
    assert len(set(groups)) == len(groups)
    drawn = {(item.cluster, item.judged.answer.labels) for item in picked.items if item.why is Why.RANDOM}
    assert not drawn & set(groups)
    assert len({item.judged.text for item in picked.items}) == len(picked.items)


def test_the_random_part_stands_for_every_row_with_an_answer(picked: Picked) -> None:
    weights = [item.ref.weight for item in picked.items if item.ref.weight is not None]
    assert picked.eligible == len([text for text in texts() if text])
    assert sum(weights) == pytest.approx(picked.eligible)


def test_every_row_is_as_likely_to_be_drawn_at_random(labelled: Path, classifier: Classifier, tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    table = open_labelled(labelled)
    for seed in range(30):
        for item in pick(table, classifier.model, 12, 12, tmp_path / "r.xlsx", seed=seed).items:
            assert item.ref.weight is not None
            counts[item.judged.text] += round(item.ref.weight / (60 / 12))
    assert counts.total() == 360
    assert 0.12 < counts[SAME] / counts.total() < 0.28  # 12 rows of 60


def test_the_chosen_part_takes_turns_among_label_sets(picked: Picked) -> None:
    chosen = [item for item in picked.items if item.why is not Why.RANDOM]
    assert len({item.judged.answer.labels for item in chosen}) >= 4


def test_the_unsure_come_first_and_what_is_nearest_of_a_cluster(
    labelled: Path, classifier: Classifier, tmp_path: Path
) -> None:
    found = pick(open_labelled(labelled), classifier.model, 60, 0, tmp_path / "r.xlsx")
    policy = classifier.model.policies["balanced"]
    rows = {row.row: row for row in open_labelled(labelled).rows() if row is not None}
    for item in found.items:
        same = [
            rows[place + 1].margin(policy)
            for place, group in enumerate(found.clusters.groups)
            if group == found.clusters.groups[item.judged.row - 1]
        ]
        assert item.judged.margin(policy) == pytest.approx(min(same), rel=1e-5)
        if item.why is Why.UNSURE:
            assert item.judged.near(policy)


def test_copies_that_were_judged_differently_are_a_mixed_cluster(tmp_path: Path) -> None:
    threat, lawful = [Label.THREAT], [Label.LAWFUL_REMINDER]
    text = "{}，您的欠款{}元已逾期，今日不处理将上报征信并联系您的单位核实情况"
    rows = [
        (text.format("张三", 100), threat),
        None,
        (text.format("李四", 99), lawful),
        ("明天开会记得带材料来", lawful),
    ]
    found = find_clusters(rows, tmp_path / "x.csv")
    assert found.of_row.tolist() == [1, 0, 1, 2]
    assert [found.columns(row)["cluster_size"] for row in range(4)] == [2, None, 2, 1]
    assert [found.columns(row)["cluster_mixed"] for row in range(4)] == [True, None, True, False]
    assert list(tmp_path.iterdir()) == []
