"""From a message to its features: the one way for training and for scoring.

Three blocks, each weighted by TF-IDF on its own:

- `word`: jieba words, one and two in a row; words of the signature apart
- `char`: characters, one to four in a row
- `concept`: word classes of the lexicon and placeholders, alone and as ordered pairs that stand
  near each other, those of the signature, alone and with each of the text, and a few marks of layout
"""

from collections.abc import Iterator
from dataclasses import dataclass

from classifier.text.lexicon import Concept, Lexicon
from classifier.text.normalise import Normalised, Normaliser
from classifier.text.placeholders import PLACEHOLDER_NAMES, mask
from classifier.text.tokens import words_with_spans

BLOCKS: tuple[str, ...] = ("word", "char", "concept")
FEATURES_VERSION = "1"

_CHAR_LONGEST = 4
_PAIR_GAP = 30
_PAIR_MOST = 2000


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as the model sees it.

    `body` is the masked text with its map to the original; `words` and `concepts` carry
    spans into `body.text`; `signature_*` hold what the 【signature】 says.
    """

    body: Normalised
    words: tuple[tuple[str, int, int], ...]
    concepts: tuple[Concept, ...]
    signature_words: tuple[str, ...]
    signature_concepts: tuple[str, ...]


class Reader:
    """Reads messages with one lexicon. Safe to share between threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.normaliser = Normaliser(lexicon.disguises)

    def __call__(self, text: str) -> Reading:
        """Normalise, mask, tokenise and look up the concepts of one message."""
        masked = mask(self.normaliser(text))
        body = masked.body
        signs = [Concept(PLACEHOLDER_NAMES[c], i, i + 1) for i, c in enumerate(body.text) if c in PLACEHOLDER_NAMES]
        concepts = sorted([*self.lexicon.concepts(body.text), *signs], key=lambda c: (c.start, c.end))
        return Reading(
            body=body,
            words=tuple(words_with_spans(body.text)),
            concepts=tuple(concepts),
            signature_words=tuple(word for word, _, _ in words_with_spans(masked.signature)),
            signature_concepts=tuple(dict.fromkeys(c.name for c in self.lexicon.concepts(masked.signature))),
        )


Feature = tuple[str, int, int]
"""One occurrence of a feature: name and span [start, end) in the masked text, empty for marks of layout."""


def word_features(reading: Reading) -> Iterator[Feature]:
    """Yield jieba words and pairs of neighbours."""
    found = reading.words
    for i, (word, start, end) in enumerate(found):
        yield word, start, end
        if i:
            yield f"{found[i - 1][0]} {word}", found[i - 1][1], end
    for word in reading.signature_words:
        yield f"【{word}", 0, 0


def char_features(reading: Reading) -> Iterator[Feature]:
    """Yield runs of one to four characters."""
    text = f"^{reading.body.text}$"
    last = len(reading.body.text)
    for size in range(1, _CHAR_LONGEST + 1):
        for start in range(len(text) - size + 1):
            yield text[start : start + size], max(0, start - 1), min(last, start - 1 + size)


def concept_features(reading: Reading) -> Iterator[Feature]:
    """Yield concepts, ordered pairs of concepts that stand near each other, and marks of layout."""
    concepts = reading.concepts
    pairs = 0
    for i, left in enumerate(concepts):
        yield left
        for right in concepts[i + 1 :]:
            if right.start - left.end > _PAIR_GAP or pairs >= _PAIR_MOST:
                break
            if right.start >= left.end:
                pairs += 1
                yield f"{left.name}>{right.name}", left.start, right.end
    present = dict.fromkeys(concept.name for concept in concepts)
    for name in reading.signature_concepts:
        yield f"【{name}", 0, 0
        yield from ((f"【{name}>{other}", 0, 0) for other in present)
    yield from ((name, 0, 0) for name in _layout(reading))


def _layout(reading: Reading) -> Iterator[str]:
    size = len(reading.body.text)
    yield "=length " + next(name for most, name in _LENGTHS if size <= most)
    yield "=lines " + ("many" if reading.body.text.count("\n") > 2 else "few")
    if not reading.concepts:
        yield "=no concept"


_LENGTHS = ((6, "6"), (12, "12"), (20, "20"), (40, "40"), (80, "80"), (160, "160"), (10**9, "more"))
FEATURE_FUNCTIONS = {"word": word_features, "char": char_features, "concept": concept_features}
