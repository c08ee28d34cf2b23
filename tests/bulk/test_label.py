import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from classifier import LONGEST_TEXT, Classifier, Finding, load
from classifier.bulk.label import PREFIX, RESULT_COLUMNS, Job, Summary, label_table
from classifier.bulk.sources import Row, open_source
from classifier.errors import InputError, OutputError

REMINDER = "您好，您本期账单326.50元将于明日到期，请登录官方App还款"
HARASSMENT = "你是张三的哥哥吧？他欠我们平台钱，请转告他尽快还款"
THREAT = "今天不还钱就带人去你家打断你的腿"
CHAT = "明天下午三点开会，请带上材料"
MESSAGES = [REMINDER, HARASSMENT, "", THREAT, CHAT, "   ", *(f"第{n}次提醒：{REMINDER}" for n in range(6))]


def write_csv(path: Path, texts: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "text"), *((f"{n:05}", text) for n, text in enumerate(texts))])
    return path


def write_jsonl(path: Path, rows: list[Row]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_csv(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_jsonl(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(open_source(write_csv(tmp_path / "in.csv", MESSAGES)), tmp_path / "out.csv")


@pytest.fixture
def whole(classifier: Classifier, job: Job) -> bytes:
    """What an undisturbed run writes."""
    label_table(classifier, job)
    data = job.output.read_bytes()
    job.output.unlink()
    return data


def resumed(job: Job, **changes: Any) -> Job:
    return Job(**{**vars(job), "resume": True, **changes})


def interrupt(classifier: Classifier, job: Job, after: int) -> Path:
    """Stop a run after some rows as Ctrl-C would; return the journal."""
    done = 0

    def progress(rows: int) -> None:
        nonlocal done
        done += rows
        if rows and done >= after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        label_table(classifier, job, progress)
    return job.output.with_name(job.output.name + ".part")


def test_every_row_comes_out_once_in_order(classifier: Classifier, job: Job) -> None:
    label_table(classifier, job)
    rows = read_csv(job.output)
    assert [(row["id"], row["text"]) for row in rows] == [(f"{n:05}", text) for n, text in enumerate(MESSAGES)]
    for row in rows:
        expected = classifier.classify(row["text"]).label if row["text"].strip() else ""
        assert row["label"] == expected


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (REMINDER, "ok"),
        ("", "empty text"),
        (" \t\n\u3000", "empty text"),
        (None, "missing value"),
        (float("nan"), "missing value"),
        ("还" * LONGEST_TEXT, "ok"),
        ("还" * (LONGEST_TEXT + 1), "over 20000 characters"),
        (10086, "ok"),
        pytest.param(["还款"], "not text"),
        pytest.param({"还": "款"}, "not text"),
        pytest.param(True, "not text"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value[:8],
)
def test_every_kind_of_value_is_a_row_with_a_stated_outcome(
    classifier: Classifier, tmp_path: Path, value: Any, status: str
) -> None:
    source = open_source(write_jsonl(tmp_path / "in.jsonl", [{"text": value}, {"text": REMINDER}]))
    summary = label_table(classifier, Job(source, tmp_path / "out.jsonl"))
    first, second = read_jsonl(tmp_path / "out.jsonl")
    assert first["status"] == status
    assert (first["label"] is None) == (first["finding"] is None) == (status != "ok")
    assert second["label"] == "lawful_reminder"
    assert dict(summary.skipped) == ({} if status == "ok" else {status: 1})


def test_a_text_column_of_bytes_is_never_labelled_by_its_notation(classifier: Classifier, tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": [THREAT.encode()]}), tmp_path / "in.parquet")
    label_table(classifier, Job(open_source(tmp_path / "in.parquet"), tmp_path / "out.jsonl"))
    row = read_jsonl(tmp_path / "out.jsonl")[0]
    assert row["label"] == "threat" or row["status"] == "not text"


def test_the_summary_counts_labels_reviews_and_skipped_rows(classifier: Classifier, job: Job) -> None:
    summary = label_table(classifier, job)
    findings = [classifier.classify(text) for text in MESSAGES if text.strip()]
    assert summary == Summary(
        rows=len(MESSAGES),
        labels=summary.labels,
        skipped=summary.skipped,
        needs_review=sum(finding.needs_review for finding in findings),
        text_column="text",
    )
    assert summary.skipped == {"empty text": 2}
    assert summary.labels == {"lawful_reminder": 7, "third_party_harassment": 1, "threat": 1, "unrelated": 1}


def test_the_policy_asked_for_is_the_policy_used(classifier: Classifier, tmp_path: Path) -> None:
    source = open_source(write_jsonl(tmp_path / "in.jsonl", [{"text": THREAT}]))
    label_table(classifier, Job(source, tmp_path / "out.jsonl", policy="cautious"))
    finding = read_jsonl(tmp_path / "out.jsonl")[0]["finding"]
    assert finding == classifier.classify(THREAT, policy="cautious").to_dict()
    assert finding["policy"] == "cautious"


@pytest.mark.parametrize(
    ("suffix", "taken"),
    [
        *((suffix, name) for suffix in ("jsonl", "csv") for name in RESULT_COLUMNS),
        pytest.param("jsonl", "finding"),
    ],
)
def test_a_column_of_the_user_never_yields_to_one_of_ours(
    classifier: Classifier, tmp_path: Path, taken: str, suffix: str
) -> None:
    source = open_source(write_jsonl(tmp_path / "in.jsonl", [{taken: "旧", "text": THREAT}]))
    output = tmp_path / f"out.{suffix}"
    label_table(classifier, Job(source, output))
    row = (read_jsonl if suffix == "jsonl" else read_csv)(output)[0]
    ours = [PREFIX + name for name in (*RESULT_COLUMNS, *(["finding"] if suffix == "jsonl" else []))]
    assert list(row) == [taken, "text", *ours]
    assert row[taken] == "旧"
    assert row["cmc_label"] == "threat"


def test_our_columns_have_plain_names_where_nothing_clashes(classifier: Classifier, tmp_path: Path) -> None:
    source = open_source(write_jsonl(tmp_path / "in.jsonl", [{"Label": "旧", "cmc_label": "旧", "text": THREAT}]))
    label_table(classifier, Job(source, tmp_path / "out.csv", "text"))
    row = read_csv(tmp_path / "out.csv")[0]
    assert list(row) == ["Label", "cmc_label", "text", *RESULT_COLUMNS]
    assert row["Label"] == row["cmc_label"] == "旧"


def test_an_output_can_be_labelled_again_and_again_without_loss(classifier: Classifier, tmp_path: Path) -> None:
    source = open_source(write_jsonl(tmp_path / "in.jsonl", [{"label": "甲", "cmc_label": "乙", "text": THREAT}]))
    label_table(classifier, Job(source, tmp_path / "out.csv", "text"))
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        names, cells = csv.reader(file)
    assert len(set(names)) == len(names)
    assert cells[:3] == ["甲", "乙", THREAT]


@pytest.mark.parametrize("after", [1, 3, len(MESSAGES)])
def test_a_resumed_run_writes_what_an_undisturbed_one_writes(
    classifier: Classifier, job: Job, whole: bytes, after: int
) -> None:
    interrupt(classifier, job, after)
    assert not job.output.exists()
    seen: list[int] = []
    summary = label_table(classifier, resumed(job), seen.append)
    assert job.output.read_bytes() == whole
    assert summary.resumed == after
    assert seen == [after] + [1] * (len(MESSAGES) - after)
    assert summary.rows == len(MESSAGES)


@pytest.mark.parametrize("kept", [0, 1, 100, 0.2, 0.37, 0.5, 0.8, 0.999, -1])
def test_a_journal_torn_at_any_byte_loses_and_doubles_nothing(
    classifier: Classifier, job: Job, whole: bytes, kept: float
) -> None:
    journal = interrupt(classifier, job, 8)
    size = journal.stat().st_size
    os.truncate(journal, size + int(kept) if kept < 0 else int(kept * size) if isinstance(kept, float) else kept)
    summary = label_table(classifier, resumed(job))
    assert job.output.read_bytes() == whole
    assert summary.resumed <= 7


def test_a_run_can_be_interrupted_as_often_as_one_likes(classifier: Classifier, job: Job, whole: bytes) -> None:
    interrupt(classifier, job, 3)
    interrupt(classifier, resumed(job), 4)
    interrupt(classifier, resumed(job), 6)
    assert label_table(classifier, resumed(job)).resumed == 6
    assert job.output.read_bytes() == whole


def test_resuming_labels_only_the_rows_that_are_left(
    classifier: Classifier, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(classifier, job, 8)
    texts: list[str] = []
    classify_many = Classifier.classify_many

    def spy(self: Classifier, asked: Iterable[str], *, policy: str = "balanced") -> Iterator[Finding]:
        texts.extend(asked)
        return classify_many(self, texts, policy=policy)

    monkeypatch.setattr(Classifier, "classify_many", spy)
    label_table(classifier, resumed(job))
    assert texts == MESSAGES[8:]


def test_without_resume_a_run_starts_anew(classifier: Classifier, job: Job, whole: bytes) -> None:
    interrupt(classifier, job, 5)
    assert label_table(classifier, job).resumed == 0
    assert job.output.read_bytes() == whole


def test_resume_with_nothing_to_resume_is_a_plain_run(classifier: Classifier, job: Job, whole: bytes) -> None:
    assert label_table(classifier, resumed(job)).resumed == 0
    assert job.output.read_bytes() == whole


def other_input(classifier: Classifier, job: Job) -> tuple[Classifier, Job]:
    write_csv(job.source.path, [*MESSAGES[:-1], CHAT])
    return classifier, resumed(job, source=open_source(job.source.path))


def other_policy(classifier: Classifier, job: Job) -> tuple[Classifier, Job]:
    return classifier, resumed(job, policy="sensitive")


def other_column(classifier: Classifier, job: Job) -> tuple[Classifier, Job]:
    return classifier, resumed(job, text_column="id")


def other_model(classifier: Classifier, job: Job) -> tuple[Classifier, Job]:
    data = Path(str(job.source.path.parent / "model.zip"))
    from classifier.classifier import default_model_path

    data.write_bytes(default_model_path().read_bytes() + b"\0" * 8)
    return load(data), resumed(job)


@pytest.mark.parametrize("change", [other_input, other_policy, other_column, other_model])
def test_answers_of_another_input_model_or_policy_are_not_mixed_in(
    classifier: Classifier, job: Job, change: Callable[[Classifier, Job], tuple[Classifier, Job]]
) -> None:
    journal = interrupt(classifier, job, 5)
    before = journal.read_bytes()
    with pytest.raises(InputError, match="belongs to another"):
        label_table(*change(classifier, job))
    assert journal.read_bytes() == before
    assert not job.output.exists()


@pytest.mark.parametrize("junk", [b"[]\n", *(
    pytest.param(junk)
    for junk in (b"notes\n", b"\xff\xfe\n")
)])  # fmt: skip
def test_a_file_that_is_no_journal_is_not_resumed_from(classifier: Classifier, job: Job, junk: bytes) -> None:
    job.output.with_name("out.csv.part").write_bytes(junk)
    with pytest.raises(InputError, match=r"out\.csv\.part"):
        label_table(classifier, resumed(job))
    assert job.output.with_name("out.csv.part").read_bytes() == junk


def test_nothing_but_the_output_is_left_behind(
    classifier: Classifier, job: Job, contents: Callable[[Path], dict[str, bytes]]
) -> None:
    folder = job.output.parent
    before = contents(folder)
    label_table(classifier, job)
    after = contents(folder)
    assert set(after) == {"in.csv", "out.csv"}
    assert after["in.csv"] == before["in.csv"]


@pytest.mark.parametrize("way", ["same name", "other spelling", "symbolic link", "hard link"])
def test_the_input_is_never_overwritten(classifier: Classifier, job: Job, way: str) -> None:
    source = job.source.path
    output = job.output
    before = source.read_bytes()
    match way:
        case "same name":
            output = source
        case "other spelling":
            (source.parent / "sub").mkdir()
            output = source.parent / "sub" / ".." / source.name
        case "symbolic link":
            output.symlink_to(source)
        case _:
            output.hardlink_to(source)
    with pytest.raises(OutputError, match="never overwritten"):
        label_table(classifier, Job(job.source, output))
    assert source.read_bytes() == before


def test_an_input_where_the_journal_would_lie_is_not_overwritten(classifier: Classifier, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "out.csv.part", MESSAGES)
    before = path.read_bytes()
    with pytest.raises(OutputError):
        label_table(classifier, Job(open_source(path, "csv"), tmp_path / "out.csv"))
    assert path.read_bytes() == before


def test_an_older_output_stays_whole_until_the_new_one_is(classifier: Classifier, job: Job, whole: bytes) -> None:
    job.output.write_bytes(b"old")
    interrupt(classifier, job, len(MESSAGES))
    assert job.output.read_bytes() == b"old"
    label_table(classifier, resumed(job))
    assert job.output.read_bytes() == whole


def test_an_output_that_fails_while_written_leaves_the_older_one_and_can_be_resumed(
    classifier: Classifier, job: Job, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job.output.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", full)
        with pytest.raises(OutputError, match="No space left"):
            label_table(classifier, job)
    assert job.output.read_bytes() == b"old"
    assert not list(job.output.parent.glob(".*"))
    assert label_table(classifier, resumed(job)).resumed == len(MESSAGES)
    assert job.output.read_bytes() == whole
