import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.text.phrases import PhraseTable, longest

LETTERS = st.text("还款ab欠", max_size=12)


def naive(phrases: list[str], text: str) -> list[tuple[int, int, int]]:
    """Every place of every phrase, by trying all of them everywhere."""
    found = []
    for number, phrase in enumerate(phrases):
        left = "(?<![a-z])" if phrase[0] in "ab" else ""
        right = "(?![a-z])" if phrase[-1] in "ab" else ""
        places = re.finditer(f"(?={left}({phrase}){right})", text)
        found += [(match.start(1), match.end(1), number) for match in places]
    return sorted(found, key=lambda place: (place[0], -place[1], place[2]))


PHRASES = st.lists(LETTERS.filter(bool), min_size=1, max_size=6)


@given(PHRASES, st.lists(LETTERS, max_size=4))
def test_finds_what_trying_everything_everywhere_finds(phrases: list[str], texts: list[str]) -> None:
    found = PhraseTable(phrases, range(len(phrases))).found(texts)
    assert found == [naive(phrases, text) for text in texts]


@given(PHRASES, LETTERS)
def test_longest_phrases_do_not_overlap_and_leave_none_between(phrases: list[str], text: str) -> None:
    (found,) = PhraseTable(phrases, phrases).found([text])
    done = 0
    for start, end, _ in [*longest(found), (len(text), len(text), "")]:
        assert start >= done
        assert not any(done <= low and low < start for low, _, _ in found)
        assert end == max((high for low, high, _ in found if low == start), default=end)
        done = end


@given(st.text(st.characters(), min_size=1, max_size=8), st.integers(0, 5000))
def test_finds_any_phrase_anywhere(phrase: str, before: int) -> None:
    (found,) = PhraseTable([phrase], [1]).found(["。" * before + phrase + "。"])
    assert (before, before + len(phrase), 1) in found


def test_no_phrases_or_no_texts_are_nothing_to_find() -> None:
    assert PhraseTable([], []).found(["还款", ""]) == [[], []]
    assert PhraseTable(["还"], [1]).found([]) == []


@pytest.mark.parametrize(
    ("phrases", "values", "says"), [(["还", "款"], [1], "2 phrases with 1 values"), (["还", ""], [1, 2], "is empty")]
)
def test_each_phrase_has_characters_and_a_value(phrases: list[str], values: list[int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        PhraseTable(phrases, values)
