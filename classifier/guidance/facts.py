"""What guidance may cite and say: provisions, rules, channels and sentences, and for which cases each is meant.

Every text was checked on the day that `Facts.checked` gives. An excerpt is verbatim, its English gist is ours and
unofficial; key points of rules are in our words. `reading` fills these types from `data/*.json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Literal, TypeVar

from classifier.labels import SIGNAL_ACTS, Label, Signal

Lang = Literal["zh", "en"]
Said = str | dict[str, str]


class Role(StrEnum):
    """What a provision has to do with a message."""

    CONDUCT = "conduct"
    LAWFUL = "lawful"
    IF_DONE = "if_done"
    RIGHT = "right"
    LIMIT = "limit"
    CONTEXT = "context"
    PROCEDURE = "procedure"
    CRIMINAL = "criminal"
    THRESHOLD = "threshold"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Chinese and in English."""

    zh: str
    en: str

    def said(self, lang: Lang | None) -> Said:
        """Return one language, or both under `zh` and `en`."""
        return {"zh": self.zh, "en": self.en} if lang is None else self.in_(lang)

    def in_(self, lang: Lang) -> str:
        """Return one language."""
        return self.zh if lang == "zh" else self.en

    def filled(self, **words: "Text | str") -> "Text":
        """Return the texts with their {fields} filled in, each in its own language."""

        def of(lang: Lang) -> dict[str, str]:
            return {name: word if isinstance(word, str) else word.in_(lang) for name, word in words.items()}

        return Text(self.zh.format(**of("zh")), self.en.format(**of("en")))


@dataclass(frozen=True, slots=True)
class Case:
    """What of a finding decides which entries are meant for it."""

    labels: frozenset[Label]
    signals: frozenset[Signal]
    reasons: frozenset[str]
    needs_review: bool
    on: date


@dataclass(frozen=True, slots=True)
class When:
    """For which cases an entry is meant: any of `labels`, `signals` or `reasons`; for all if it names none.

    Attributes:
        labels: labels that call for the entry, unless one of the next two says no.
        unless: signals that take the call of `labels` back.
        unless_only: they take it back too if all signals that point to `labels` are among them.
        signals: tactics that call for the entry, whatever the label.
        reasons: codes of `Finding.review_reasons` that call for it.
        needs_review: a finding that needs review calls for it.
        before: only for dates before this one.

    """

    labels: frozenset[Label] = frozenset()
    unless: frozenset[Signal] = frozenset()
    unless_only: frozenset[Signal] = frozenset()
    signals: frozenset[Signal] = frozenset()
    reasons: frozenset[str] = frozenset()
    needs_review: bool = False
    before: date | None = None

    def holds(self, case: Case) -> bool:
        """Whether the entry is meant for the case."""
        if self.before is not None and case.on >= self.before:
            return False
        if not (self.labels or self.signals or self.reasons or self.needs_review):
            return True
        return (
            bool(self.signals & case.signals or self.reasons & case.reasons)
            or (self.needs_review and case.needs_review)
            or self._label_calls(case)
        )

    def _label_calls(self, case: Case) -> bool:
        if not self.labels & case.labels or self.unless & case.signals:
            return False
        pointing = {signal for signal in case.signals if self.labels.intersection(SIGNAL_ACTS[signal])}
        return not pointing or not pointing <= self.unless_only


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered item of an article, cited only for the conduct that it is about."""

    id: str
    cite: Text
    plain: Text
    when: When


@dataclass(frozen=True, slots=True)
class Provision:
    """An article of law or of a judicial interpretation.

    Attributes:
        excerpt: its words, verbatim (`……` marks an omission), or None where only its sense may be told.
        gist_en: unofficial English gist of the excerpt.
        verified: whether its text was read in a stored copy of the law.
        in_force_from: first day of this text; `in_force_from_verified` says whether that day was read too.
        in_force_until: last day of this text, None for the present one.
        predecessor: id of the text that was in force before.
        threshold: what a criminal article asks for beyond one message.
        limits: ids of the interpretations that set this threshold.

    """

    id: str
    role: Role
    law: Text
    cite: Text
    plain: Text
    excerpt: str | None
    gist_en: str | None
    verified: bool
    in_force_from: date
    in_force_from_verified: bool
    in_force_until: date | None
    predecessor: str | None
    threshold: Text | None
    limits: tuple[str, ...]
    items: tuple[Item, ...]
    source: str

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return plain JSON values, in one language or both."""
        return {
            "id": self.id,
            "role": self.role.value,
            "cite": self.cite.said(lang),
            "plain": self.plain.said(lang),
            "excerpt_zh": self.excerpt,
            "gist_en_unofficial": self.gist_en,
            "threshold": self.threshold and self.threshold.said(lang),
            **_dates(self),
            "verified": self.verified,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Point:
    """What a rule asks for, in our words."""

    id: str
    text: Text
    when: When


@dataclass(frozen=True, slots=True)
class Rule:
    """A departmental rule, a standard or an industry convention; unverified ones are shown by name only.

    `when` is for rules without points; the others are meant for the cases of their points. The dates mean
    what they mean for a `Provision`.
    """

    id: str
    name: Text
    issuer: Text
    nature: Text
    verified: bool
    in_force_from: date
    in_force_from_verified: bool
    in_force_until: date | None
    predecessor: str | None
    when: When | None
    points: tuple[Point, ...]
    source: str

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return plain JSON values, in one language or both."""
        return {
            "id": self.id,
            "name": self.name.said(lang),
            "issuer": self.issuer.said(lang),
            "nature": self.nature.said(lang),
            "points": [{"id": point.id, "text": point.text.said(lang)} for point in self.points],
            **_dates(self),
            "verified": self.verified,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Channel:
    """Where to turn: `purpose` in a few words, `detail` in full; `phone` is empty where there is none to print."""

    id: str
    name: Text
    operator: Text
    phone: str
    purpose: Text
    detail: Text
    verified: bool
    source: str

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return plain JSON values, in one language or both."""
        return {
            "id": self.id,
            "name": self.name.said(lang),
            "operator": self.operator.said(lang),
            "phone": self.phone,
            "purpose": self.purpose.said(lang),
            "detail": self.detail.said(lang),
            "verified": self.verified,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with an id: a summary, a caution or a step."""

    id: str
    text: Text

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return plain JSON values, in one language or both."""
        return {"id": self.id, "text": self.text.said(lang)}


@dataclass(frozen=True, slots=True)
class Choice:
    """An id, and when it is chosen. Lists of choices are in the order to show; the first that holds counts."""

    id: str
    when: When


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence, and when it is said."""

    line: Line
    when: When


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything guidance is chosen from. Choices name the present text; a date leads to its predecessor."""

    checked: date
    provisions: Mapping[str, Provision]
    rules: Mapping[str, Rule]
    channels: Mapping[str, Channel]
    basis: tuple[Choice, ...]
    more: tuple[Choice, ...]
    rule_order: tuple[str, ...]
    channel_order: tuple[Choice, ...]
    summaries: tuple[Advice, ...]
    uncited: Line
    cautions: tuple[Advice, ...]
    notices: Mapping[str, Line]
    steps: tuple[Advice, ...]

    def provision_on(self, name: str, on: date) -> Provision | None:
        """Return the text of a provision that was in force on a day, None if none was checked for it."""
        return _on(self.provisions, name, on)

    def rule_on(self, name: str, on: date) -> Rule | None:
        """Return the rule that was in force on a day, the one before it if need be, or None."""
        return _on(self.rules, name, on)


_Dated = TypeVar("_Dated", Provision, Rule)


def _dates(entry: Provision | Rule) -> dict[str, Any]:
    return {
        "in_force_from": entry.in_force_from.isoformat(),
        "in_force_from_verified": entry.in_force_from_verified,
        "in_force_until": entry.in_force_until and entry.in_force_until.isoformat(),
    }


def _on(entries: Mapping[str, _Dated], name: str | None, on: date) -> _Dated | None:
    while name is not None:
        entry = entries[name]
        if entry.in_force_from <= on:
            return entry if entry.in_force_until is None or on <= entry.in_force_until else None
        name = entry.predecessor
    return None
