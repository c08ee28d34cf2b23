from pathlib import Path

import pytest

from classifier.errors import CorpusError
from classifier.text.lexicon import Concept, Lexicon

LEXICON = Path(__file__).parents[2] / "datasets" / "lexicon"


def test_longest_word_of_a_class_wins_and_classes_overlap() -> None:
    lexicon = Lexicon({"debt": ("欠款", "款"), "overdue": ("逾期欠款",)}, {})
    assert lexicon.concepts(["逾期欠款"]) == [[Concept("overdue", 0, 4), Concept("debt", 2, 4)]]


def test_latin_words_are_not_found_inside_longer_ones() -> None:
    lexicon = Lexicon({"contacts": ("txl",)}, {})
    assert lexicon.concepts(["爆txl啊", "爆txls啊"]) == [[Concept("contacts", 1, 4)], []]


def test_shipped_lexicon_is_rich_and_readable() -> None:
    lexicon = Lexicon.read(LEXICON)
    assert len(lexicon.classes) > 100
    assert sum(map(len, lexicon.classes.values())) > 10_000
    assert lexicon.disguises["还kuan"] == "还款"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("disguise.tsv", "崔收 催收\n", "a tab and the plain one"),
        ("evaded.txt", "龘款\n", "add their readings"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, name: str, content: str, reason: str) -> None:
    (tmp_path / "debt.txt").write_text("欠款\n", encoding="utf-8")
    (tmp_path / "pinyin.tsv").write_text("款\tkuan\n", encoding="utf-8")
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=reason):
        Lexicon.read(tmp_path)


def test_empty_folder_is_no_lexicon(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no word classes"):
        Lexicon.read(tmp_path)
