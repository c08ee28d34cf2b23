"""What goes over the wire, for the edge and its documentation only.

Requests are validated by these models. Answers are written straight from `Finding.to_dict()`: the
answer models describe them in OpenAPI, and a test holds findings against them.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from classifier.labels import Label, Signal

Policy = Literal["cautious", "balanced", "sensitive"]

TEXT_EXAMPLE = "再不还钱,明天就爆你通讯录"
REMINDER_EXAMPLE = "【某某分期】您的账单今日到期,请按时还款。"


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    policy: Policy = Field("balanced", description="thresholds: few false accusations, balanced, or few misses")


class ScoreRequest(_Request):
    """One message."""

    text: str = Field(
        description="the message as its receiver saw it; not only blanks",
        min_length=1,
        json_schema_extra={"pattern": r"\S"},
        examples=[TEXT_EXAMPLE],
    )


class BatchRequest(_Request):
    """Messages to score together."""

    texts: list[str] = Field(
        description="messages; one that is empty or too long gets an error in its place, the others their findings",
        examples=[[TEXT_EXAMPLE, REMINDER_EXAMPLE]],
    )


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


_Probability = Annotated[float, Field(ge=0, le=1)]


class Scores(_Answer):
    """Probabilities; that of an act never exceeds `collection`."""

    collection: _Probability
    third_party_harassment: _Probability
    threat: _Probability
    defamation: _Probability


class EvidenceSpan(_Answer):
    """Words that show an act or a tactic: characters [start, end) of the text as given."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    label: Label | None
    signal: Signal | None
    weight: float = Field(description="how much the span raised the log-odds of `label`; 0: marked by a signal alone")


class Model(_Answer):
    """Which model and which codebook an answer comes from."""

    version: str
    sha256: str
    codebook: str


class Finding(_Answer):
    """What is said of one message: the same JSON as from the library and the command line. No verdict of law."""

    label: Label = Field(description="the act with the highest score among `labels`, or the exclusive state")
    labels: list[Label]
    scores: Scores
    needs_review: bool = Field(description="a person should look before anyone relies on it")
    review_reasons: list[str]
    policy: str
    signals: list[Signal] = Field(description="tactics seen; they explain and never decide")
    evidence: list[EvidenceSpan]
    model: Model


class ProblemDetails(_Answer):
    """Every error has this shape (RFC 9457); none repeats what was sent."""

    type: str = Field(description="the kind of problem, urn:cmc:problem:NAME")
    title: str
    status: int
    detail: str = Field(description="what is wrong and what to try")
    request_id: str = Field(description="also in the header X-Request-ID and in the log")


class BatchError(_Answer):
    """Stands in the place of a text that cannot be judged."""

    error: ProblemDetails


class BatchAnswer(_Answer):
    """One entry for each text, in order."""

    findings: list[Finding | BatchError]


class Limits(_Answer):
    """What is accepted at once."""

    max_text: int = Field(description="characters of a message")
    max_batch: int = Field(description="messages of a batch")
    max_body: int = Field(description="bytes of a request body")
    max_picture: int = Field(description="bytes of a picture")


class Info(_Answer):
    """What runs here."""

    name: str
    version: str
    model: Model
    labels: list[Label]
    signals: list[Signal]
    policies: list[str]
    default_policy: str
    limits: Limits
    pictures: str | None = Field(description="what reads pictures here; null: nothing does")


class State(_Answer):
    """How the service is."""

    status: Literal["ok", "ready"]


FINDING_EXAMPLE: dict[str, Any] = {
    "label": "third_party_harassment",
    "labels": ["third_party_harassment"],
    "scores": {"collection": 0.998, "third_party_harassment": 0.987, "threat": 0.21, "defamation": 0.004},
    "needs_review": False,
    "review_reasons": [],
    "policy": "balanced",
    "signals": ["contacts_blast"],
    "evidence": [
        {
            "start": 8,
            "end": 13,
            "text": "爆你通讯录",
            "label": "third_party_harassment",
            "signal": "contacts_blast",
            "weight": 2.1,
        }
    ],
    "model": {"version": "0123456789ab", "sha256": "0" * 64, "codebook": "1"},
}
INFO_EXAMPLE: dict[str, Any] = {
    "name": "collection-message-classifier",
    "version": "0.1.0",
    "model": FINDING_EXAMPLE["model"],
    "labels": [label.value for label in Label],
    "signals": [signal.value for signal in Signal],
    "policies": ["cautious", "balanced", "sensitive"],
    "default_policy": "balanced",
    "limits": {"max_text": 4_000, "max_batch": 1_000, "max_body": 2_097_152, "max_picture": 10_485_760},
    "pictures": "RapidOCR 3.10.0",
}
