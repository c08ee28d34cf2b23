"""The sentences of a long message as messages of their own: in a long paste one of them weighs little."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from classifier.model.features import Reading
from classifier.text.lexicon import Concept
from classifier.text.placeholders import PLACEHOLDERS

_SENTENCE_END = re.compile("[。\uff01\uff1f\uff1b!?;\n]+")  # with the full-width forms: the text as given is split
_SHORTEST = 6
_FEWEST = 3
_MOST = 60


def passages(text: str, reading: Reading) -> list[Reading]:
    """Return the first 60 sentences of at least 6 characters; none where there are fewer than three.

    What was normalised, masked, split and looked up in the whole message is cut, not done again. The
    【signature】 is read with the sentence that it stands in.
    """
    spans = [span for span in _sentences(text) if span[1] - span[0] >= _SHORTEST]
    if len(spans) < _FEWEST:
        return []
    starts = reading.body.starts
    return [_cut(reading, bisect_left(starts, start), bisect_left(starts, end)) for start, end in spans[:_MOST]]


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for mark in _SENTENCE_END.finditer(text):
        yield start, mark.start()
        start = mark.end()
    yield start, len(text)


def _cut(reading: Reading, start: int, end: int) -> Reading:
    signed = PLACEHOLDERS["signature"] in reading.body.text[start:end]
    return replace(
        reading,
        body=reading.body.cut(start, end),
        words=tuple((word, s - start, e - start) for word, s, e in reading.words if start <= s and e <= end),
        concepts=tuple(
            Concept(name, s - start, e - start) for name, s, e in reading.concepts if start <= s and e <= end
        ),
        signature_words=reading.signature_words if signed else (),
        signature_concepts=reading.signature_concepts if signed else (),
    )
