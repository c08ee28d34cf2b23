"""What goes over the wire for guidance, pasted chats and dossiers; as in `service.schemas`, for the edge only."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from classifier.guidance import Role
from service.schemas import FINDING_EXAMPLE, REMINDER_EXAMPLE, TEXT_EXAMPLE, BatchError, Finding, Policy

MOST_PASTED = 200_000
"""Characters of a paste that is cut into messages."""

SENDER_EXAMPLE = "106900001234"
TIME_EXAMPLE = "2026-11-20 22:31"

_Day = Annotated[date, Field(strict=True)]
_Text = Annotated[str, Field(description="the message as its receiver saw it", examples=[TEXT_EXAMPLE])]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Judged(_Asked):
    policy: Policy = Field("balanced", description="thresholds: few false accusations, balanced, or few misses")


class AdviseRequest(_Judged):
    """One message, and the day it came."""

    text: str = Field(
        description="the message as its receiver saw it; not only blanks",
        min_length=1,
        json_schema_extra={"pattern": r"\S"},
        examples=[TEXT_EXAMPLE],
    )
    date: _Day | None = Field(
        None, description="the day it came: law of that day; else of today, and a caution says so"
    )


class Given(_Asked):
    """A message with what is known of it."""

    text: _Text
    sender: str = Field("", max_length=200, description="number or name; 我: written by the receiver, not judged")
    time: str = Field("", max_length=100, description="as shown; what cannot be read as a time is kept as given")


class GivenOn(Given):
    """A message with what is known of it, and its day where `time` does not say it."""

    date: _Day | None = Field(None, description="the day it came; else the day of `time`, else today")


class AdviseBatchRequest(_Judged):
    """Messages to judge together, each with the law of its day."""

    messages: list[GivenOn] = Field(description="at most 200; one that is empty or too long gets an error in its place")


class SplitRequest(_Asked):
    """A paste that may hold a whole chat."""

    text: str = Field(description="what was pasted", max_length=MOST_PASTED)


class DossierRequest(_Judged):
    """Messages to arrange; nothing of them is kept after the answer."""

    messages: list[Given] = Field(min_length=1, description="at most 500, in any order")
    lang: Literal["zh", "en"] = Field("zh", description="of the page; drafts are in Chinese")


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Said(_Told):
    """The same words in Chinese and in English."""

    zh: str
    en: str


class GuidanceLine(_Told):
    """A sentence: the summary, a step or a caution."""

    id: str
    text: Said


class _InForce(_Told):
    id: str
    in_force_from: date
    in_force_from_verified: bool
    in_force_until: date | None
    verified: bool
    source: str


class GuidanceProvision(_InForce):
    """An article of law, as in force on the day."""

    role: Role
    cite: Said
    plain: Said
    excerpt_zh: str | None = Field(description="verbatim; …… marks an omission")
    gist_en_unofficial: str | None
    threshold: Said | None = Field(description="what a criminal article asks for beyond one message")


class GuidanceRule(_InForce):
    """A departmental rule, a standard or a convention."""

    name: Said
    issuer: Said
    nature: Said
    points: list[GuidanceLine]


class GuidanceChannel(_Told):
    """Where to turn; `phone` is empty where there is none."""

    id: str
    name: Said
    operator: Said
    phone: str
    purpose: Said
    detail: Said
    verified: bool
    source: str


class GuidanceAnswer(_Told):
    """`Guidance.to_dict()` of the library: which law bears on a message, where to turn. It suspects, never finds."""

    on: date
    checked: date
    summary: GuidanceLine
    basis: list[GuidanceProvision]
    rules: list[GuidanceRule]
    channels: list[GuidanceChannel]
    cautions: list[GuidanceLine]
    steps: list[GuidanceLine]
    more: list[GuidanceProvision]


class AdviseAnswer(_Told):
    """A finding and what to do about it."""

    finding: Finding
    guidance: GuidanceAnswer
    sha256: str = Field(description="of the text in UTF-8")


class AdvisedEntry(_Told):
    """A finding, and the place of its guidance in `guidance`."""

    finding: Finding
    guidance: int = Field(ge=0)
    sha256: str


class AdviseBatchAnswer(_Told):
    """One entry for each message, in order; guidance that several share stands once."""

    messages: list[AdvisedEntry | BatchError]
    guidance: list[GuidanceAnswer]


class SplitMessage(_Told):
    """A message cut out of a paste."""

    text: str
    sender: str
    time: str = Field(description="as shown")
    own: bool = Field(description="written by the receiver")


class SplitAnswer(_Told):
    """The messages of a paste, in order."""

    how: Literal["chat", "screen", "one"] = Field(
        description="what the paste is: a chat, text off a screen, or one text"
    )
    messages: list[SplitMessage]


class DraftAnswer(_Told):
    """A draft to be finished by hand."""

    file: str
    title: str
    text: str


class DraftsAnswer(_Told):
    """Drafts of complaints: for 12378, for 12321, for the police."""

    drafts: list[DraftAnswer]


_SAID = {"zh": "有现实人身危险的，先打110，再投诉。", "en": "In real danger call 110 first; complain afterwards."}
GUIDANCE_EXAMPLE: dict[str, Any] = {
    "on": "2026-11-20",
    "checked": "2026-11-22",
    "summary": {
        "id": "acts",
        "text": {"zh": "这条信息涉嫌骚扰第三方。", "en": "Suspected harassment of third parties."},
    },
    "basis": [],
    "rules": [],
    "channels": [
        {
            "id": "110",
            "name": {"zh": "110 报警", "en": "110, police"},
            "operator": {"zh": "公安机关", "en": "Police"},
            "phone": "110",
            "purpose": {"zh": "有危险", "en": "danger"},
            "detail": {"zh": "有危险、有人上门闹的，马上打。", "en": "In danger, call at once."},
            "verified": True,
            "source": "",
        }
    ],
    "cautions": [{"id": "danger", "text": _SAID}],
    "steps": [{"id": "danger", "text": {"zh": "有危险，马上打110。", "en": "In danger, call 110 at once."}}],
    "more": [],
}
ADVISE_EXAMPLE = {"finding": FINDING_EXAMPLE, "guidance": GUIDANCE_EXAMPLE, "sha256": "0" * 64}
GIVEN_EXAMPLE = {"text": TEXT_EXAMPLE, "sender": SENDER_EXAMPLE, "time": TIME_EXAMPLE}
ADVISE_BODY: dict[str, Any] = {
    "plain": {"summary": "law of today", "value": {"text": TEXT_EXAMPLE}},
    "day": {"summary": "law of the day it came", "value": {"text": TEXT_EXAMPLE, "date": "2025-12-31"}},
}
ADVISE_BATCH_BODY: dict[str, Any] = {
    "two": {
        "summary": "two messages",
        "value": {"messages": [GIVEN_EXAMPLE, {"text": REMINDER_EXAMPLE, "date": "2026-11-19"}]},
    },
}
SPLIT_BODY: dict[str, Any] = {
    "chat": {
        "summary": "a copied chat",
        "value": {"text": f"王经理 2026-11-20 22:31\n{TEXT_EXAMPLE}\n我 2026-11-20 22:35\n我会想办法的"},
    },
}
SPLIT_EXAMPLE = {
    "how": "chat",
    "messages": [
        {"text": TEXT_EXAMPLE, "sender": "王经理", "time": "2026-11-20T22:31", "own": False},
        {"text": "我会想办法的", "sender": "我", "time": "2026-11-20T22:35", "own": True},
    ],
}
DOSSIER_BODY: dict[str, Any] = {"one": {"summary": "one message", "value": {"messages": [GIVEN_EXAMPLE]}}}
DRAFTS_EXAMPLE = {"drafts": [{"file": "complaint-12378.txt", "title": "投诉书", "text": "投诉书\n…"}]}
REQUESTS: tuple[type[BaseModel], ...] = (AdviseRequest, AdviseBatchRequest, SplitRequest, DossierRequest)
"""Bodies that the document describes."""
