"""jieba words, from the Rust port where it is installed and from jieba itself otherwise.

Both use the same dictionary and agree on every token that holds a Chinese character;
they differ only in how they split Latin letters, digits and marks. So only runs of
Chinese characters are given to them, and the rest is split here.
"""

import re
from collections.abc import Callable
from functools import cache

from classifier.text.normalise import HAN
from classifier.text.placeholders import PLACEHOLDER_NAMES

_RUN = re.compile(rf"([{HAN}]+)|([a-z]+|[0-9]+)|([?!\n\ue000-\ue0ff])")


def rust_cutter() -> Callable[[str], list[str]]:
    """Return the cutter of rjieba. Raises ImportError where it is not installed."""
    import rjieba

    # The module's own function: a tokenizer object would parse the dictionary a second time.
    return lambda text: list(rjieba.cut(text, True))


def reference_cutter() -> Callable[[str], list[str]]:
    """Return the cutter of jieba, kept from its cache file in the shared temporary folder.

    jieba unmarshals that file without a check, so on a shared machine another user could
    plant one. Its dictionary is therefore parsed anew (about a second).
    """
    import logging
    import tempfile

    import jieba

    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    with tempfile.TemporaryDirectory() as private:
        tokenizer.tmp_dir = private
        tokenizer.initialize()
    return lambda text: list(tokenizer.cut(text, HMM=True))


@cache
def _cutter() -> Callable[[str], list[str]]:
    try:
        return rust_cutter()
    except ImportError:
        return reference_cutter()


def words(text: str, cut: Callable[[str], list[str]] | None = None) -> list[str]:
    """Split a normalised, masked text into words; placeholders become their names.

    `cut` splits one run of Chinese characters; by default the fastest cutter installed.
    """
    return [word for word, _, _ in words_with_spans(text, cut)]


def words_with_spans(text: str, cut: Callable[[str], list[str]] | None = None) -> list[tuple[str, int, int]]:
    """Like `words`, each with its span [start, end) in `text`."""
    cut = cut or _cutter()
    found: list[tuple[str, int, int]] = []
    for match in _RUN.finditer(text):
        start = match.start()
        if not match[1]:
            found.append((PLACEHOLDER_NAMES.get(match[0], match[0]), start, match.end()))
            continue
        for word in cut(match[1]):
            found.append((word, start, start + len(word)))
            start += len(word)
    return found
