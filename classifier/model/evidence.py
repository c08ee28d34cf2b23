"""Evidence: the words that carried the decision, as spans of the text as given.

A head's margin is a sum over feature occurrences, so it can be shared out exactly over the
characters (`Scored.by_character`). Words then hold the sum of their characters. The heaviest words
are kept until they carry `_SHARE` of all positive weight, neighbours are joined, single characters
dropped where longer spans stand, and a span that a signal covers is named after it.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from classifier.finding import Evidence
from classifier.labels import SCORES, SIGNAL_ACTS, Label, Signal
from classifier.model.features import Reading
from classifier.model.modelfile import FloatArray
from classifier.text.signals import SignalSpan

_SHARE = 0.85
_FAINT = 0.15  # of the heaviest word; lighter ones are noise to a reader
_JOIN = 2
_MOST_SPANS = 8

Span = tuple[int, int]


def find_evidence(
    text: str,
    reading: Reading,
    labels: Sequence[Label],
    characters: FloatArray | None,
    signals: Sequence[SignalSpan],
) -> tuple[Evidence, ...]:
    """Return the spans that explain the acts among `labels`, and those of signals without an act, by position.

    `characters` are what those of the masked text add to the margins (`Scored.by_character`); None without acts.
    """
    found: list[Evidence] = []
    for label in labels:
        if characters is None or label not in SCORES:
            continue
        weight = _Weights(characters[:, SCORES.index(label)])
        own = [s for s in signals if label in SIGNAL_ACTS[s.signal]]
        for start, end in _heaviest(reading, weight):
            signal = _signal_over(own, start, end, weight)
            found.append(_evidence(text, reading, start, end, label, signal, weight(start, end)))
    beside = [s for s in signals if not SIGNAL_ACTS[s.signal]]
    found += (_evidence(text, reading, s.start, s.end, None, s.signal, 0.0) for s in _distinct(beside))
    return tuple(sorted(found, key=lambda e: (e.start, e.end)))


class _Weights:
    """What spans of the masked text add to a margin."""

    def __init__(self, characters: FloatArray) -> None:
        self._up_to: list[float] = [0.0, *np.cumsum(characters).tolist()]

    def __call__(self, start: int, end: int) -> float:
        return self._up_to[end] - self._up_to[start]


def _evidence(
    text: str, reading: Reading, start: int, end: int, label: Label | None, signal: Signal | None, weight: float
) -> Evidence:
    low, high = reading.body.source(start, end)
    return Evidence(low, high, text[low:high], label, signal, weight)


def _heaviest(reading: Reading, weight: _Weights) -> list[Span]:
    words = [(weight(start, end), start, end) for word, start, end in reading.words if word not in "?!\n"]
    positive = sorted((word for word in words if word[0] > 0), reverse=True)
    total = sum(each for each, _, _ in positive)
    kept: list[Span] = []
    carried = 0.0
    for each, start, end in positive:
        if carried >= _SHARE * total or each < _FAINT * positive[0][0]:
            break
        kept.append((start, end))
        carried += each
    joined = _join(sorted(kept))
    joined = [span for span in joined if span[1] - span[0] > 1] or joined  # "不" alone tells a reader nothing
    joined.sort(key=lambda span: -weight(*span))
    return sorted(joined[:_MOST_SPANS])


def _join(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and start - joined[-1][1] <= _JOIN:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _signal_over(signals: Sequence[SignalSpan], start: int, end: int, weight: _Weights) -> Signal | None:
    best: tuple[float, Signal] | None = None
    for span in signals:
        low, high = max(start, span.start), min(end, span.end)
        if low < high:
            shared = weight(low, high)
            if best is None or shared > best[0]:
                best = (shared, span.signal)
    return best and best[1]


def _distinct(signals: Sequence[SignalSpan]) -> list[SignalSpan]:
    kept: list[SignalSpan] = []
    for span in sorted(signals, key=lambda s: (s.start, -s.end)):
        if not any(k.signal == span.signal and k.start <= span.start and span.end <= k.end for k in kept):
            kept.append(span)
    return kept
