"""Makes `datasets/lexicon/homophones.tsv`: evaded words with one character written as another of the same sound.

`python -m classifier.model.homophones datasets` rewrites the file. A writing is left out where it would catch
ordinary text: where it stands inside a word of jieba's dictionary, or in a message of the corpus that is not
marked as disguised.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from classifier.model.corpus import read_corpus
from classifier.text.normalise import Normaliser
from classifier.text.sounds import common_characters

_HEADER = "# evaded words with one character of the same sound; made by `python -m classifier.model.homophones`\n"
_DISGUISED = ("homophone", "mixed", "lookalike", "pinyin", "initials")
_SIZES = (2, 3, 4, 5)


def write_homophones(datasets: Path) -> int:
    """Write the file anew from `evaded.txt`; return the number of writings.

    Raises:
        MissingExtraError: pypinyin is not installed.
        CorpusError: the corpus cannot be read.

    """
    lexicon = datasets / "lexicon"
    lines = (lexicon / "evaded.txt").read_text(encoding="utf-8").splitlines()
    words = [line for line in lines if line and all("\u4e00" <= char <= "\u9fff" for char in line)]
    same = common_characters()
    plain = Normaliser()
    found = {plain(writing).text: word for word in words for writing in _writings(word, same)}
    ordinary = {*words, *_pieces(_dictionary()), *_pieces(_undisguised(datasets))}
    kept = {writing: word for writing, word in sorted(found.items()) if writing not in ordinary}
    rows = "".join(f"{writing}\t{word}\n" for writing, word in kept.items())
    (lexicon / "homophones.tsv").write_text(_HEADER + rows, encoding="utf-8")
    return len(kept)


def _writings(word: str, same: Mapping[str, Sequence[str]]) -> Iterator[str]:
    from pypinyin import Style, pinyin

    for at, (sound,) in enumerate(pinyin(word, style=Style.NORMAL)):
        yield from (word[:at] + char + word[at + 1 :] for char in same.get(sound, ()) if char != word[at])


def _dictionary() -> Iterator[str]:
    for line in files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines():
        yield line.split(" ")[0]


def _undisguised(datasets: Path) -> Iterator[str]:
    plain = Normaliser()
    return (plain(e.text).text for e in read_corpus(datasets) if e.facet("disguise") not in _DISGUISED)


def _pieces(texts: Iterable[str]) -> set[str]:
    return {text[i : i + size] for text in texts for size in _SIZES for i in range(len(text) - size + 1)}


if __name__ == "__main__":
    print(write_homophones(Path(sys.argv[1])), "writings")
