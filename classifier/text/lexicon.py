"""The concept lexicon: hand-written word classes, and the disguised writings of evaded words.

On disk (`datasets/lexicon/`): `NAME.txt` is the class NAME, one word a line, `#` for
comments; `disguise.tsv` and `homophones.tsv` (generated) pair a disguised writing with the plain one;
`evaded.txt` lists words that senders hide; `pinyin.tsv` gives the readings of their characters.
A trained model carries the compiled lexicon with it, so scoring needs no files but the model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import NamedTuple

from classifier.errors import CorpusError
from classifier.text.normalise import Normaliser
from classifier.text.phrases import PhraseTable

_NOT_CLASSES = frozenset({"evaded"})
_SHORTEST_PINYIN = 6


class Concept(NamedTuple):
    """One occurrence of a word class: characters [start, end) of the masked text."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Lexicon:
    """Word classes by name, and disguised writings with what they stand for."""

    classes: dict[str, tuple[str, ...]]
    disguises: dict[str, str]
    _table: PhraseTable[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the words of all classes for one scan of a text."""
        words = [word for words in self.classes.values() for word in words]
        names = [name for name, words in self.classes.items() for _ in words]
        object.__setattr__(self, "_table", PhraseTable(words, names))

    def concepts(self, texts: Sequence[str]) -> list[list[Concept]]:
        """Return for each normalised text every word class found in it, by start, longest word of a class first."""
        return [_outermost(found) for found in self._table.found(texts)]

    @classmethod
    def read(cls, folder: Path) -> "Lexicon":
        """Read and compile the files of a lexicon folder.

        Raises:
            CorpusError: the folder has no class files, or a line breaks the format.

        """
        disguises: dict[str, str] = {}
        for name in ("homophones.tsv", "disguise.tsv"):
            if (folder / name).exists():
                disguises |= _written_disguises(folder / name)
        if (folder / "evaded.txt").exists():
            disguises = {**_pinyin_disguises(folder), **disguises}
        plain = Normaliser()
        classes: dict[str, tuple[str, ...]] = {}
        for path in sorted(folder.glob("*.txt")):
            if path.stem not in _NOT_CLASSES:
                classes[path.stem] = tuple(sorted({plain(word).text for word in _lines(path)} - {""}))
        if not classes:
            raise CorpusError(f"no word classes (*.txt) in {folder}; the lexicon belongs in datasets/lexicon")
        return cls(classes, dict(sorted(disguises.items())))


def _outermost(found: Sequence[tuple[int, int, str]]) -> list[Concept]:
    """Leave out the words that lie inside one of the same class."""
    kept: list[Concept] = []
    reach: dict[str, int] = {}
    for start, end, name in found:
        if reach.get(name, 0) < end:
            reach[name] = end
            kept.append(Concept(name, start, end))
    return kept


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        word = line.partition("#")[0].strip()
        if word:
            yield word


def _written_disguises(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    plain = Normaliser()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 2 or not all(columns):
            raise CorpusError(f"{path.name} line {number}: expected a disguised writing, a tab and the plain one")
        key, meant = (plain(column.strip()).text for column in columns)
        if key and meant:
            found[key] = meant
    return found


def _pinyin_disguises(folder: Path) -> dict[str, str]:
    """Spell one character, or all, of each evaded word in pinyin: 还kuan, huan款, huankuan."""
    readings = {line[0]: line.split("\t")[1].split() for line in _lines(folder / "pinyin.tsv")}
    found: dict[str, str] = {}
    for word in _lines(folder / "evaded.txt"):
        missing = [char for char in word if char not in readings]
        if missing:
            raise CorpusError(f"pinyin.tsv lacks the characters {' '.join(missing)} of evaded.txt; add their readings")
        for at, char in enumerate(word):
            for reading in readings[char]:
                if len(reading) > 1:
                    found.setdefault(word[:at] + reading + word[at + 1 :], word)
        for spelled in product(*(readings[char] for char in word)):
            if len("".join(spelled)) >= _SHORTEST_PINYIN:
                found.setdefault("".join(spelled), word)
    return found
