import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.text.hidden import is_hidden


@pytest.mark.parametrize(
    "char", ["\x00", "\x1b", "\r", "\x7f", "\x9b", "\u200b", "\u202e", "\u2028", "\u2029", "\ufeff", "\ud800"]
)
def test_what_has_no_look_is_hidden(char: str) -> None:
    assert is_hidden(char)


@pytest.mark.parametrize("char", ["\n", "\t", "\u200d", " ", "\u3000", "还", "a", "😡"])
def test_what_is_seen_or_lays_out_a_text_is_not(char: str) -> None:
    assert not is_hidden(char)


@given(st.characters())
def test_letters_digits_and_marks_are_never_hidden(char: str) -> None:
    assert not (is_hidden(char) and unicodedata.category(char)[0] in "LNPSM")
