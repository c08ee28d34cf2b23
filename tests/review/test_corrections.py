import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import InputError, OutputError
from classifier.labels import Label
from classifier.review.corrections import (
    Correction,
    add_corrections,
    adjudicate,
    is_corrections,
    latest,
    read_corrections,
)
from classifier.review.refs import Part

THREAT, LAWFUL = frozenset([Label.THREAT]), frozenset([Label.LAWFUL_REMINDER])
UNRELATED = frozenset([Label.UNRELATED])
ONE = Correction(
    "再不还钱\n就爆你", THREAT, "甲", Part.CHOSEN, 0.0, "a1b2c3-1-9f3a-c-1", "1", "m", "2026-01-05", False, ""
)
DRAWN = replace(ONE, part=Part.RANDOM, weight=10.0, ref="a1b2c3-1-9f3a-r10-1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "c.jsonl"


@given(st.text(st.characters(), min_size=1), st.text(st.characters()))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str, note: str) -> None:
    path = tmp_path_factory.mktemp("c") / "c.jsonl"
    one = replace(ONE, text=text, note=note)
    assert add_corrections(path, [one]) == 1
    assert read_corrections(path) == [one]
    assert is_corrections(path)


def test_the_file_is_only_added_to_and_private(path: Path) -> None:
    add_corrections(path, [ONE])
    before = path.read_bytes()
    path.chmod(0o644)
    assert add_corrections(path, [ONE, replace(ONE, labels=LAWFUL)]) == 1
    assert path.read_bytes().startswith(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert latest(read_corrections(path))[ONE.sha256, "甲"].labels == LAWFUL


def test_a_full_disk_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_corrections(path, [ONE])
    before = path.read_bytes()
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[: len(data) // 2]))
    with pytest.raises(OutputError, match="nothing was added"):
        add_corrections(path, [replace(ONE, annotator="乙"), replace(ONE, annotator="丙")])
    assert path.read_bytes() == before


def test_a_file_of_something_else_is_never_added_to(path: Path) -> None:
    path.write_text('{"text": "x"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 1 is no correction"):
        add_corrections(path, [ONE])
    assert path.read_text(encoding="utf-8") == '{"text": "x"}\n'


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: json.dumps({**row, "text": "别的"}),
        lambda row: json.dumps({**row, "labels": ["threat", "unrelated"]}),
        lambda row: json.dumps(row)[:-9],
        lambda row: json.dumps({name: value for name, value in row.items() if name != "part"}),
    ],
)
def test_a_line_that_was_changed_or_cut_is_named(path: Path, spoil: object) -> None:
    assert callable(spoil)
    row = json.loads(ONE.line())
    path.write_text(ONE.line() + "\n" + spoil(row), encoding="utf-8")
    with pytest.raises(InputError, match="line 2 is no correction"):
        read_corrections(path)


@pytest.mark.parametrize(
    ("votes", "labels"),
    [
        ([THREAT], THREAT),
        ([THREAT, THREAT, LAWFUL], THREAT),
        ([THREAT, LAWFUL], None),
        ([THREAT, LAWFUL, UNRELATED], None),
    ],
)
def test_the_majority_settles_and_a_tie_is_left_out(votes: list[frozenset[Label]], labels: object) -> None:
    found = adjudicate([replace(ONE, annotator=str(n), labels=vote) for n, vote in enumerate(votes)])
    assert [one.labels for one in found.settled] == ([] if labels is None else [labels])
    assert found.ties == (labels is None)


def test_a_final_word_settles_and_the_last_final_word_stands() -> None:
    voices = [replace(ONE, annotator=str(n)) for n in range(3)]
    first, second = (replace(ONE, annotator=name, final=True) for name in ("丁", "戊"))
    assert adjudicate([*voices, replace(first, labels=LAWFUL)]).settled[0].labels == LAWFUL
    changed = [replace(first, labels=LAWFUL), replace(second, labels=UNRELATED), replace(first, labels=THREAT)]
    assert adjudicate([*voices, *changed]).settled[0].labels == THREAT


def test_who_changes_their_mind_has_one_vote() -> None:
    found = adjudicate([ONE, replace(ONE, annotator="乙", labels=LAWFUL), replace(ONE, labels=LAWFUL)])
    assert (found.settled[0].labels, found.ties) == (LAWFUL, 0)


def test_a_draw_counts_once_however_many_judged_it_and_draws_add_up() -> None:
    other_draw = replace(DRAWN, ref="ffffff-1-9f3a-r4-1", weight=4.0)
    found = adjudicate([DRAWN, replace(DRAWN, annotator="乙"), other_draw])
    assert (found.settled[0].part, found.settled[0].weight) == (Part.RANDOM, 14.0)


def test_what_was_drawn_at_random_stays_so_when_it_is_chosen_later() -> None:
    found = adjudicate([DRAWN, replace(ONE, labels=LAWFUL)])
    assert (found.settled[0].part, found.settled[0].weight, found.settled[0].labels) == (Part.RANDOM, 10.0, LAWFUL)


def test_answers_by_another_codebook_are_counted_and_left_out() -> None:
    found = adjudicate([replace(ONE, codebook="0"), DRAWN])
    assert (len(found.settled), found.outdated) == (1, 0)  # the same person said it again, by the codebook at hand
    assert adjudicate([replace(ONE, codebook="0")]).outdated == 1
