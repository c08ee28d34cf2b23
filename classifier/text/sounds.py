"""The sounds of Chinese characters, from pypinyin: what senders play on when they write a word by its sound."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from classifier.extras import needs

_COMMON = (0xB0A1, 0xD7F9)  # the first level of GB 2312: its 3,755 commonest characters


@cache
def sounds() -> Mapping[str, str]:
    """Return the commonest reading of each character, in pinyin without its tone.

    Raises:
        MissingExtraError: pypinyin is not installed.

    """
    with needs("evaluate"):
        from pypinyin.contrib.tone_convert import to_normal
        from pypinyin.pinyin_dict import pinyin_dict
    return {chr(code): to_normal(readings.split(",")[0]) for code, readings in pinyin_dict.items()}


@cache
def common_characters() -> Mapping[str, Sequence[str]]:
    """Return the common characters of each sound of `sounds`.

    Raises:
        MissingExtraError: pypinyin is not installed.

    """
    same: dict[str, list[str]] = defaultdict(list)
    for char, sound in sounds().items():
        if _is_common(char):
            same[sound].append(char)
    return dict(same)


def _is_common(char: str) -> bool:
    try:
        code = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and _COMMON[0] <= int.from_bytes(code, "big") <= _COMMON[1]
