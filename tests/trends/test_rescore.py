from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from classifier import Classifier
from classifier.bulk.sources import open_source
from classifier.errors import InputError
from classifier.trends.rescore import rescore

from .conftest import HEADER, Rows, read, write


def test_an_old_table_is_judged_again_and_says_what_changed(classifier: Classifier, tmp_path: Path, rows: Rows) -> None:
    for row in rows[:60]:
        row[10] = "old-model"
    old = write(tmp_path / "old.csv", rows[:60])
    changes = rescore(classifier, open_source(old), tmp_path / "new.csv")
    before, now = read(old), read(tmp_path / "new.csv")
    assert [row["内容"] for row in now] == [row["内容"] for row in before]
    assert [row["previous_labels"] for row in now] == [row["labels"] for row in before]
    assert {row["previous_model_version"] for row in now} == {"old-model"}
    assert {row["model_version"] for row in now} == {classifier.info.version}
    assert list(now[0])[:5] == HEADER[:5]
    assert changes.versions == {"old-model": 60}
    differ = [(b["labels"], n["labels"]) for b, n in zip(before, now, strict=True) if b["labels"] != n["labels"]]
    assert changes.both - changes.same == len(differ) == changes.moves.total()
    gained = sum(len(set(n.split("|")) - set(b.split("|"))) for b, n in differ)
    assert changes.gained.total() == gained


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl", "parquet"])
def test_every_format_that_was_labelled_can_be_rescored(
    cmc: Callable[..., Result], tmp_path: Path, rows: Rows, suffix: str
) -> None:
    plain = write(tmp_path / "plain.csv", [row[:5] for row in rows[:20]], HEADER[:5])
    first, second = tmp_path / f"first.{suffix}", tmp_path / f"second.{suffix}"
    assert cmc("label", plain, "-o", first).exit_code == 0
    result = cmc("rescore", first, "-o", second)
    assert result.exit_code == 0, result.stderr
    assert "same labels: 20 / 20" in result.stderr
    old, new = list(open_source(first).rows()), list(open_source(second).rows())
    for a, b in zip(old, new, strict=True):
        assert {name: b[name] for name in a} == a


def test_a_table_without_answers_is_turned_away(classifier: Classifier, tmp_path: Path) -> None:
    path = write(tmp_path / "plain.csv", [["1", "您好"]], ["a", "text"])
    with pytest.raises(InputError, match="use `cmc label`"):
        rescore(classifier, open_source(path), tmp_path / "new.csv")
