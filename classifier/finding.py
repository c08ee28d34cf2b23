"""What is said of one message."""

from dataclasses import dataclass
from typing import Any

from classifier.labels import Label, Signal


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that show an act or a tactic: characters [start, end) of the text as given.

    `weight` is how much the span raised the log-odds of `label` (0 for a span that is
    marked by a signal alone). `label` is None for a signal that points to no act.
    """

    start: int
    end: int
    text: str
    label: Label | None
    signal: Signal | None
    weight: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "label": self.label and self.label.value,
            "signal": self.signal and self.signal.value,
            "weight": round(self.weight, 4),
        }


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model and which codebook an answer comes from."""

    version: str
    sha256: str
    codebook: str

    def to_dict(self) -> dict[str, str]:
        """Return plain JSON values."""
        return {"version": self.version, "sha256": self.sha256, "codebook": self.codebook}


@dataclass(frozen=True, slots=True)
class Finding:
    """The screening result of one message; never a verdict of law.

    Attributes:
        label: the one to count in a single-label table: the act with the highest score
            among `labels`, or the exclusive state.
        labels: one exclusive state, or the acts found, in codebook order.
        scores: probabilities in [0, 1] for `collection` and each act; an act never exceeds
            `collection`.
        needs_review: whether a person should look before anyone relies on it.
        review_reasons: why, as short codes: `near_threshold`, `fraud_signal`, `abusive_passage`,
            `not_chinese`, `too_short`; `low_ocr_confidence` where `cmc label` read it off a picture.
        policy: name of the thresholds used.
        signals: tactics seen in the text, in codebook order.
        evidence: spans that explain `labels` and `signals`, by position.
        model: versions and hash behind the answer.

    """

    label: Label
    labels: tuple[Label, ...]
    scores: dict[str, float]
    needs_review: bool
    review_reasons: tuple[str, ...]
    policy: str
    signals: tuple[Signal, ...]
    evidence: tuple[Evidence, ...]
    model: ModelInfo

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain JSON values, in the form that library and command line share."""
        return {
            "label": self.label.value,
            "labels": [label.value for label in self.labels],
            "scores": {str(name): round(score, 6) for name, score in self.scores.items()},
            "needs_review": self.needs_review,
            "review_reasons": list(self.review_reasons),
            "policy": self.policy,
            "signals": [signal.value for signal in self.signals],
            "evidence": [item.to_dict() for item in self.evidence],
            "model": self.model.to_dict(),
        }
