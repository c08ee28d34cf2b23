from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.bulk.sources import open_source
from classifier.errors import InputError
from classifier.labels import Label
from classifier.trends.periods import Clock
from classifier.trends.sample import SAMPLE_COLUMNS, Drawn, allocate, draw, read_audit

from .conftest import Rows, read, write

CLOCK = Clock()


def drawn(table: Path, count: int = 60, **options: object) -> Drawn:
    return draw(open_source(table), "内容", count, clock=CLOCK, **options)  # type: ignore[arg-type]


def test_the_same_seed_draws_the_same_sample_and_another_seed_another(table: Path) -> None:
    assert drawn(table).rows == drawn(table).rows
    assert drawn(table).rows != drawn(table, seed=1).rows
    assert len({row["audit_row"] for row in drawn(table).rows}) == 60


def test_a_random_sample_draws_every_row_alike(table: Path) -> None:
    counts = Counter(row["audit_row"] <= 1200 for seed in range(40) for row in drawn(table, 50, seed=seed).rows)
    assert 0.45 < counts[True] / counts.total() < 0.55


def test_the_sample_does_not_tell_what_the_classifier_said(table: Path) -> None:
    row = drawn(table).rows[0]
    assert tuple(row) == SAMPLE_COLUMNS
    assert row["audit_stratum"] == ""
    assert row["human_labels"] == ""


def test_a_sample_by_labels_does_not_tell_either_and_its_strata_are_known_again(table: Path, tmp_path: Path) -> None:
    rows = drawn(table, 60, by="labels").rows
    assert {row["audit_stratum"] for row in rows} == {""}
    rows[0]["human_labels"] = "threat"
    path = write(tmp_path / "a.csv", [list(row.values()) for row in rows], SAMPLE_COLUMNS)
    assert read_audit(path).by == "labels"


@pytest.mark.parametrize(
    ("by", "strata"),
    [("labels", 5), ("month", 12), ("column:平台", 2)],
)
def test_strata_are_all_drawn_from(table: Path, by: str, strata: int) -> None:
    found = drawn(table, 100, by=by, time="时间")
    assert len(found.taken) == strata
    assert sum(found.taken.values()) == 100 == len(found.rows)
    assert sum(found.sizes.values()) == 2400
    assert min(found.taken.values()) >= 2


def test_rows_without_a_text_or_an_answer_are_not_drawn(tmp_path: Path, rows: Rows) -> None:
    for row in rows[:400]:
        row[4] = " "
    for row in rows[400:800]:
        row[5:8] = "empty text", "", ""
    found = drawn(write(tmp_path / "t.csv", rows), 1600)
    assert {row["audit_row"] for row in found.rows} == set(range(801, 2401))


@given(st.dictionaries(st.text(), st.integers(1, 500), min_size=1, max_size=20), st.integers(10, 400))
def test_an_allocation_adds_up_and_never_exceeds_a_stratum(sizes: dict[str, int], count: int) -> None:
    taken = allocate(sizes, count)
    assert all(0 < taken[name] <= size for name, size in sizes.items())
    assert sum(taken.values()) >= min(count, sum(sizes.values()))
    assert sum(taken.values()) <= max(count, 2 * len(sizes))


def test_labels_may_be_written_in_chinese_and_blank_ones_are_counted(table: Path, tmp_path: Path) -> None:
    rows = drawn(table, 10).rows
    written = ["威胁恐吓", "threat|defamation", "侮辱诽谤、骚扰第三方", "", "unrelated", *[""] * 5]
    for row, labels in zip(rows, written, strict=True):
        row["human_labels"] = labels
    path = write(tmp_path / "a.csv", [list(row.values()) for row in rows], SAMPLE_COLUMNS)
    audit = read_audit(path)
    found = [audit.labels.get(row["audit_row"]) for row in rows]
    assert found[:3] == [
        frozenset({Label.THREAT}),
        frozenset({Label.THREAT, Label.DEFAMATION}),
        frozenset({Label.DEFAMATION, Label.THIRD_PARTY_HARASSMENT}),
    ]
    assert audit.blank == 6
    assert audit.of == 2400


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("human_labels", "坏", "row 1: unknown label in human_labels"),
        ("human_labels", "unrelated|threat", "row 1: unrelated excludes every other label"),
        ("human_labels", "", "nobody has labelled"),
        ("audit_row", "x", "must stay as `cmc sample` wrote them"),
    ],
)
def test_a_spoilt_sample_is_named_in_one_sentence(
    table: Path, tmp_path: Path, column: str, value: str, said: str
) -> None:
    rows = drawn(table, 10).rows[:1]
    rows[0]["human_labels"] = "threat"
    rows[0][column] = value
    path = write(tmp_path / "a.csv", [list(row.values()) for row in rows], SAMPLE_COLUMNS)
    with pytest.raises(InputError, match=said):
        read_audit(path)


def test_two_people_who_disagree_are_sent_back_and_two_who_agree_count_once(table: Path, tmp_path: Path) -> None:
    row = drawn(table, 10).rows[0]
    for labels, error in ((["threat", "threat"], None), (["threat", ""], None), (["threat", "unrelated"], "twice")):
        twice = [list({**row, "human_labels": said}.values()) for said in labels]
        path = write(tmp_path / "a.csv", twice, SAMPLE_COLUMNS)
        if error is None:
            assert len(read_audit(path).labels) == 1
            assert read_audit(path).blank == 0
            continue
        with pytest.raises(InputError, match=r"row 2: this message .* stands there twice with different labels"):
            read_audit(path)


def test_row_numbers_that_were_changed_are_named(table: Path, tmp_path: Path) -> None:
    rows = [{**row, "human_labels": "threat"} for row in drawn(table, 10).rows[:2]]
    rows[1]["audit_row"] = rows[0]["audit_row"]
    path = write(tmp_path / "a.csv", [list(row.values()) for row in rows], SAMPLE_COLUMNS)
    with pytest.raises(InputError, match=r"row 2: audit_row .* stands there for two messages") as error:
        read_audit(path)
    assert "还" not in str(error.value)


def test_a_table_that_is_no_sample_is_turned_away(table: Path) -> None:
    with pytest.raises(InputError, match="lacks the columns audit_row"):
        read_audit(table)


def test_the_command_draws_and_the_file_can_be_read_back(
    cmc: Callable[..., object], table: Path, tmp_path: Path, human: Callable[[Path, Path], Path]
) -> None:
    for name in ("a.csv", "a.xlsx"):
        result = cmc("sample", table, "-o", tmp_path / name, "-n", "40", "--by", "labels")
        assert result.exit_code == 0, result.output  # type: ignore[attr-defined]
    assert len(read(tmp_path / "a.csv")) == 40
    assert len(read_audit(human(tmp_path / "a.csv", table)).labels) == 40
    assert [row["text"] for row in read(tmp_path / "a.csv")] == [
        r["text"] for r in open_source(tmp_path / "a.xlsx").rows()
    ]
