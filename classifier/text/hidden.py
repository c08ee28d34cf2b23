"""Characters without a look of their own, with which a sender could hide words or drive what shows them."""

import unicodedata

_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_PLAIN = frozenset("\n\t\u200d")  # U+200D joins the parts of an emoji


def is_hidden(char: str) -> bool:
    """Whether a character has no look of its own, or changes the direction of others; line ends and tabs do not."""
    return char not in _PLAIN and unicodedata.category(char) in _HIDDEN
