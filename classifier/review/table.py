"""A labelled table as the messages that can be reviewed: every row with an answer and a text."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from classifier.bulk.label import OK
from classifier.bulk.sources import Row, Source, open_source
from classifier.errors import InputError
from classifier.labels import SCORES
from classifier.model.modelfile import Policy
from classifier.trends.answers import Answer, answer_prefix, message_column, read_answer


@dataclass(frozen=True)
class Judged:
    """A message of a table with what the classifier said of it; scores are NaN where the table gives none."""

    row: int
    text: str
    answer: Answer
    scores: dict[str, float]

    def near(self, policy: Policy) -> bool:
        """Whether the classifier called for a person, or a score lies in the band around its threshold."""
        bands = policy.review.items()
        return self.answer.needs_review or any(low <= self.scores[name] <= high for name, (low, high) in bands)

    def margin(self, policy: Policy) -> float:
        """Return how far its scores are from the nearest threshold, in log-odds; infinite without scores."""
        thresholds = {SCORES[0]: policy.collection, **policy.acts}
        gaps = [abs(_logit(self.scores[name]) - _logit(thresholds[name])) for name in SCORES]
        return min((gap for gap in gaps if not math.isnan(gap)), default=math.inf)


def _logit(p: float) -> float:
    clipped = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped)) if not math.isnan(p) else p


@dataclass(frozen=True)
class Labelled:
    """A table that `cmc label` wrote."""

    source: Source
    prefix: str
    text_column: str

    def rows(self) -> Iterator[Judged | None]:
        """Yield every row, None where it has no answer or no text."""
        for number, row in enumerate(self.source.rows(), 1):
            text = row[self.text_column]
            text = str(text) if isinstance(text, (int, float)) and not isinstance(text, bool) else text
            if not isinstance(text, str) or not text.strip():
                yield None
                continue
            answer = read_answer(row, self.prefix)
            yield Judged(number, text, answer, self._scores(row)) if answer.status == OK else None

    def _scores(self, row: Row) -> dict[str, float]:
        return {name: _number(row.get(f"{self.prefix}score_{name}")) for name in SCORES}


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return math.nan


def open_labelled(path: Path, format: str | None = None, text_column: str | None = None) -> Labelled:
    """Open a labelled table.

    Raises:
        InputError: it cannot be read, has no labels, or no obvious column of messages.

    """
    source = open_source(path, format)
    prefix = answer_prefix(source.columns)
    if prefix is None:
        raise InputError(f"{path} holds no answers of the classifier yet; run `cmc label` on it first")
    return Labelled(source, prefix, message_column(source, prefix, text_column))
