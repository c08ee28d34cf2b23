import pytest

from classifier.text.sounds import common_characters, sounds


@pytest.mark.parametrize(("char", "sound"), [("款", "kuan"), ("贷", "dai"), ("绿", "lv"), ("行", "xing")])
def test_a_character_has_its_commonest_reading_without_a_tone(char: str, sound: str) -> None:
    assert sounds()[char] == sound


def test_only_characters_of_the_first_level_are_common() -> None:
    common = common_characters()
    assert {"带", "代", "待"} <= set(common["dai"])
    assert "岱" not in common["dai"]  # second level
    assert "貸" not in common["dai"]  # traditional
    assert sum(map(len, common.values())) == 3755
    assert all(sounds()[char] == sound for sound, chars in common.items() for char in chars)
