import csv
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import Result

from classifier import Classifier
from classifier.bulk.clusters import CLUSTER_COLUMNS
from classifier.bulk.label import Job, label_table
from classifier.bulk.sources import open_source
from classifier.text.blasts import group

REMINDER = "【{}】{}您好，您本期账单{}元将于{}日到期，请登录官方App按时还款，如已还款请忽略"
TEXTS = [
    REMINDER.format("晨星分期", "张伟", 326.5, 3),
    "明天下午三点开会，请带上材料",
    "",
    REMINDER.format("云朵借条", "欧阳倩", 12000, 28),
    "明天下午三点开会，请带上材料",
    REMINDER.format("小麦钱包", "陈芳", 88, 14),
]
CLUSTERS = [("1", "3"), ("2", "2"), ("", ""), ("1", "3"), ("2", "2"), ("1", "3")]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "text"), *enumerate(TEXTS)])
    return Job(open_source(tmp_path / "in.csv"), tmp_path / "out.csv", clusters=True)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_copies_are_numbered_in_the_order_of_the_table(classifier: Classifier, job: Job) -> None:
    summary = label_table(classifier, job)
    rows = read(job.output)
    assert [(row["cluster_id"], row["cluster_size"]) for row in rows] == CLUSTERS
    assert list(rows[0])[-3:] == list(CLUSTER_COLUMNS)
    assert summary.clusters == 2
    assert sorted(path.name for path in job.output.parent.iterdir()) == ["in.csv", "out.csv"]


def test_an_interrupted_run_gives_the_same_when_resumed(classifier: Classifier, job: Job) -> None:
    label_table(classifier, job)
    whole = job.output.read_bytes()
    job.output.unlink()
    done = 0

    def stop(rows: int) -> None:
        nonlocal done
        done += rows
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        label_table(classifier, job, stop)
    assert label_table(classifier, replace(job, resume=True)).resumed == 4
    assert job.output.read_bytes() == whole


def test_clusters_may_be_asked_for_only_when_a_run_is_resumed(classifier: Classifier, job: Job) -> None:
    label_table(classifier, job)
    whole = job.output.read_bytes()

    def stop(rows: int) -> None:
        if rows:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        label_table(classifier, replace(job, clusters=False), stop)
    label_table(classifier, replace(job, resume=True))
    assert job.output.read_bytes() == whole


def test_numbers_are_numbers_where_the_format_has_them(classifier: Classifier, job: Job) -> None:
    output = job.output.with_suffix(".parquet")
    label_table(classifier, replace(job, output=output))
    found = pq.read_table(output).select(["cluster_id", "cluster_size", "cluster_mixed"]).to_pylist()
    assert found[0] == {"cluster_id": 1, "cluster_size": 3, "cluster_mixed": False}
    assert found[2] == dict.fromkeys(CLUSTER_COLUMNS)


def test_a_column_of_the_users_own_keeps_its_name(classifier: Classifier, job: Job) -> None:
    job.source.path.write_text("cluster_id,text\nx,明天下午三点开会\n", encoding="utf-8")
    label_table(classifier, replace(job, source=open_source(job.source.path)))
    (row,) = read(job.output)
    assert (row["cluster_id"], row["cmc_cluster_id"]) == ("x", "1")


def test_without_being_asked_nothing_is_added(classifier: Classifier, job: Job) -> None:
    assert label_table(classifier, replace(job, clusters=False)).clusters is None
    assert not set(CLUSTER_COLUMNS) & set(read(job.output)[0])


def test_a_missing_library_is_told_before_the_work_and_few_texts_do_without(
    cmc: Callable[..., Result], one_line: Callable[[Result], str], job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rensa", None)
    assert "[review]" in one_line(cmc("label", job.source.path, "-o", job.output, "--clusters"))
    assert [path.name for path in job.output.parent.iterdir()] == ["in.csv"]
    assert group(TEXTS) == [0, 1, 2, 0, 1, 0]
