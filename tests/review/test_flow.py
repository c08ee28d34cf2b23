"""From a labelled table through a person's hands to a model and its figures, at the command line."""

import json
import stat
from pathlib import Path

import pytest

from classifier.labels import Label
from classifier.model.corpus import read_corpus
from classifier.model.modelfile import read_model
from classifier.review.refs import content_hash

from .conftest import CONTROL, FORMULA, SAME, Fill, LabelSet, OneLine, Run, by_words, rows_of, texts

DATASETS = Path(__file__).parents[2] / "datasets"


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def sheet(cmc: Run, labelled: Path, tmp_path: Path) -> Path:
    result = cmc("review", labelled, "-o", tmp_path / "review.xlsx", "-n", 24, "--random", 14, "--seed", 3)
    assert result.exit_code == 0, result.stderr
    return tmp_path / "review.xlsx"


@pytest.fixture
def corrected(cmc: Run, fill: Fill, sheet: Path, labelled: Path, tmp_path: Path) -> Path:
    first = fill(sheet, tmp_path / "first.xlsx", "甲", by_words)
    second = fill(sheet, tmp_path / "second.xlsx", "乙", by_words)
    result = cmc("corrections", "add", first, second, "-o", tmp_path / "c.jsonl", "--texts", labelled)
    assert result.exit_code == 0, result.stderr
    return tmp_path / "c.jsonl"


def test_the_sheet_shows_what_a_reviewer_needs_and_hides_what_would_sway(sheet: Path) -> None:
    rows = rows_of(sheet)
    assert len({row["ref"] for row in rows}) == len(rows)
    assert not [row["text"] for row in rows if "13800" in row["text"]]
    assert [row["text"] for row in rows if "〔手机号〕" in row["text"]]
    assert all(row["answer"] is None for row in rows)
    for row in rows:
        random = row["why"].endswith("random")
        assert random is ("-r" in row["ref"])
        assert random is (row["machine"] == "先不显示 not shown") is (row["scores"] is None)
    assert len([row for row in rows if row["text"] == SAME]) <= 1


def test_corrections_hold_the_texts_as_received_and_are_private(corrected: Path) -> None:
    found = lines(corrected)
    originals = set(texts())
    assert {row["annotator"] for row in found} == {"甲", "乙"}
    for row in found:
        assert row["text"] in originals
        assert row["sha256"] == content_hash(str(row["text"]))
        assert row["labels"] == sorted(by_words(str(row["text"])))
        assert row["codebook"] == "1"
        assert row["model_version"]
        assert (row["part"] == "random") is bool(row["weight"])
    assert stat.S_IMODE(corrected.stat().st_mode) == 0o600
    weights = {row["sha256"]: row["weight"] for row in found}
    assert sum(map(float, weights.values())) == pytest.approx(len([t for t in texts() if t]), rel=1e-4)  # type: ignore[arg-type]


def test_odd_texts_come_back_whole(cmc: Run, fill: Fill, labelled: Path, tmp_path: Path) -> None:
    assert cmc("review", labelled, "-o", tmp_path / "r.xlsx", "-n", 90, "--random", 0, "--raw").exit_code == 0
    filled = fill(tmp_path / "r.xlsx", tmp_path / "f.xlsx", "甲", by_words)
    result = cmc("corrections", "add", filled, "-o", tmp_path / "c.jsonl", "--texts", labelled)
    assert result.exit_code == 0, result.stderr
    assert {FORMULA, CONTROL} <= {row["text"] for row in lines(tmp_path / "c.jsonl")}


def test_adding_twice_adds_nothing_and_a_later_answer_stands_without_deletion(
    cmc: Run, fill: Fill, sheet: Path, corrected: Path, labelled: Path, tmp_path: Path
) -> None:
    before = corrected.read_bytes()
    again = cmc("corrections", "add", tmp_path / "first.xlsx", "-o", corrected, "--texts", labelled)
    assert again.exit_code == 0
    assert corrected.read_bytes() == before
    changed = fill(sheet, tmp_path / "changed.xlsx", "乙", lambda text: frozenset([Label.UNRELATED]))
    assert cmc("corrections", "add", changed, "-o", corrected, "--texts", labelled).exit_code == 0
    assert corrected.read_bytes().startswith(before)
    agreed = json.loads(cmc("agreement", corrected, "--json").stdout)
    assert agreed["raters"] == ["甲", "乙"]
    assert agreed["disputed"]


def test_rows_that_cannot_be_taken_are_named_and_nothing_is_added(
    cmc: Run, fill: Fill, sheet: Path, corrected: Path, labelled: Path, tmp_path: Path
) -> None:
    before = corrected.read_bytes()
    count = iter(range(1000))
    wrong = fill(
        sheet,
        tmp_path / "wrong.xlsx",
        "丙",
        lambda text: {2: "威胁恐吓+合法提醒", 4: "很凶"}.get(next(count), frozenset([Label.UNRELATED])),
    )
    result = cmc("corrections", "add", wrong, "-o", corrected, "--texts", labelled)
    assert result.exit_code == 1
    named = result.stderr.splitlines()
    assert named[0].startswith("  wrong.xlsx row 4: lawful_reminder excludes every other label")
    assert named[1].startswith("  wrong.xlsx row 6: unknown label")
    assert named[2].startswith("cmc: 2 answers cannot be taken")
    assert corrected.read_bytes() == before


def test_a_redacted_sheet_needs_its_table(cmc: Run, fill: Fill, sheet: Path, tmp_path: Path) -> None:
    filled = fill(sheet, tmp_path / "f.xlsx", "甲", by_words)
    result = cmc("corrections", "add", filled, "-o", tmp_path / "c.jsonl")
    assert result.exit_code == 1
    assert "--texts" in result.stderr
    assert not (tmp_path / "c.jsonl").exists()


def test_a_sheet_sorted_by_one_column_is_refused(
    cmc: Run, fill: Fill, sheet: Path, labelled: Path, tmp_path: Path
) -> None:
    from openpyxl import load_workbook

    filled = fill(sheet, tmp_path / "f.xlsx", "甲", by_words)
    book = load_workbook(filled)
    page = book.worksheets[0]
    said = sorted(str(page.cell(row, 2).value) for row in range(2, page.max_row + 1))
    for row, text in enumerate(said, 2):
        page.cell(row, 2).value = text
    book.save(filled)
    result = cmc("corrections", "add", filled, "-o", tmp_path / "c.jsonl", "--texts", labelled)
    assert result.exit_code == 1
    assert "sort whole rows" in result.stderr
    assert not (tmp_path / "c.jsonl").exists()


def test_unfilled_and_unsure_rows_are_counted(
    cmc: Run, one_line: OneLine, fill: Fill, sheet: Path, labelled: Path, tmp_path: Path
) -> None:
    count = iter(range(1000))
    some = fill(
        sheet, tmp_path / "some.xlsx", "甲", lambda text: {0: by_words(text), 1: "拿不准 unsure"}.get(next(count))
    )
    result = cmc("corrections", "add", some, "-o", tmp_path / "c.jsonl", "--texts", labelled)
    assert result.exit_code == 0
    assert f"unanswered: {len(rows_of(sheet)) - 1}" in result.stderr
    assert len(lines(tmp_path / "c.jsonl")) == 1
    empty = cmc("corrections", "add", sheet, "-o", tmp_path / "other.jsonl", "--texts", labelled)
    assert "nobody has answered" in one_line(empty)


def test_error_rates_rest_on_the_random_part(cmc: Run, corrected: Path, tmp_path: Path) -> None:
    result = cmc("evaluate", corrected, "-o", tmp_path / "figures.json")
    assert result.exit_code == 0, result.stderr
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    random = {row["sha256"] for row in lines(corrected) if row["part"] == "random"}
    chosen = {row["sha256"] for row in lines(corrected) if row["part"] == "chosen"}
    assert figures["messages"] == len(random)
    assert figures["chosen"]["messages"] == len(chosen)
    assert figures["stands_for"] == len([text for text in texts() if text])
    assert "no rate" in result.stdout


def test_what_they_dispute_is_settled_by_a_final_word(
    cmc: Run, fill: Fill, sheet: Path, labelled: Path, tmp_path: Path
) -> None:
    def other(text: str) -> LabelSet:
        return frozenset([Label.DEFAMATION]) if "领导" in text else by_words(text)

    first = fill(sheet, tmp_path / "a.xlsx", "甲", by_words)
    second = fill(sheet, tmp_path / "b.xlsx", "乙", other)
    result = cmc("agreement", first, second, "-o", tmp_path / "disputes.xlsx")
    assert result.exit_code == 0, result.stderr
    disputed = rows_of(tmp_path / "disputes.xlsx")
    assert disputed
    assert all("领导" in row["text"] for row in disputed)
    add = ("corrections", "add", "-o", tmp_path / "c.jsonl", "--texts", labelled)
    assert cmc(*add, first, second).exit_code == 0
    figures = tmp_path / "figures.json"
    assert cmc("evaluate", tmp_path / "c.jsonl", "-o", figures).exit_code == 0
    assert json.loads(figures.read_text(encoding="utf-8"))["ties"] == len(disputed)
    drawn = sum("-r" in row["ref"] for row in disputed)
    assert json.loads(figures.read_text(encoding="utf-8"))["ties_drawn"] == drawn > 0
    settled = fill(tmp_path / "disputes.xlsx", tmp_path / "settled.xlsx", "丙", by_words)
    assert cmc(*add, settled, "--final").exit_code == 0
    assert cmc("evaluate", tmp_path / "c.jsonl", "-o", figures).exit_code == 0
    assert json.loads(figures.read_text(encoding="utf-8"))["ties"] == 0


def test_the_classifier_can_be_a_side(cmc: Run, fill: Fill, sheet: Path, labelled: Path, tmp_path: Path) -> None:
    filled = fill(sheet, tmp_path / "a.xlsx", "甲", by_words)
    found = json.loads(cmc("agreement", filled, labelled, "--json").stdout)
    assert found["raters"][0] == "甲"
    assert found["raters"][1].startswith("machine ")
    assert found["messages"] == len(rows_of(sheet))


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    """A slice of whole families, small enough to train on in seconds."""
    examples = read_corpus(DATASETS)
    kept = set(sorted({example.family for example in examples})[::12])
    ids = {example.id for example in examples if example.family in kept}
    rows = [row for path in sorted((DATASETS / "messages").glob("*.jsonl")) for row in lines(path)]
    rows = [row for row in rows if row["id"] in ids and row.get("twin") in {None, *ids}]
    folder = tmp_path / "datasets"
    (folder / "messages").mkdir(parents=True)
    (folder / "messages" / "m.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "lexicon").symlink_to(DATASETS / "lexicon")
    return folder


@pytest.mark.slow
def test_a_model_learns_from_the_chosen_part_and_says_so(
    cmc: Run, corrected: Path, small_corpus: Path, tmp_path: Path
) -> None:
    plain, taught = tmp_path / "plain.zip", tmp_path / "taught.zip"
    assert cmc("train", "--datasets", small_corpus, "-o", plain).exit_code == 0
    result = cmc("train", "--datasets", small_corpus, "-o", taught, "--with-corrections", corrected)
    assert result.exit_code == 0, result.stderr
    before, after = read_model(plain), read_model(taught)
    assert "corrections" not in before.facts
    assert after.version != before.version
    facts = after.facts["corrections"]
    assert after.facts["messages"] == before.facts["messages"] + facts["messages"]
    assert facts["kept_for_measuring"] >= len({r["sha256"] for r in lines(corrected) if r["part"] == "random"})
    assert cmc("evaluate", corrected, "--model", taught).exit_code == 0


def test_a_model_of_private_messages_never_replaces_the_shipped_one(cmc: Run, corrected: Path) -> None:
    result = cmc("train", "--with-corrections", corrected)
    assert result.exit_code == 2
    assert "give -o" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("review", "plain.csv", "-o", "r.xlsx"), "run `cmc label`"),
        (("review", "labelled.csv", "-o", "r.csv"), "end its name in .xlsx"),
        (("review", "labelled.csv", "-o", "no/r.xlsx"), "there is no folder"),
        (("corrections", "add", "labelled.csv", "-o", "c.jsonl"), "a table that the classifier labelled"),
        (("corrections", "add", "plain.csv", "-o", "c.jsonl"), "nobody has answered"),
        (("corrections", "add", "plain.csv", "-o", "c.csv"), ".jsonl"),
        (("agreement", "labelled.csv"), "two people"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    cmc: Run,
    one_line: OneLine,
    labelled: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    reason: str,
) -> None:
    (tmp_path / "labelled.csv").write_bytes(labelled.read_bytes())
    (tmp_path / "plain.csv").write_text("id,text\n1,你好\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert reason in one_line(cmc(*arguments))
    assert sorted(tmp_path.iterdir()) == before
