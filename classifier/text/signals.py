"""Signals: the tactics that a message shows, as small rules over concept classes.

A signal explains a finding and chooses what to tell the receiver; it never decides a label.
Each rule is a sequence of steps. A step is a set of concept classes; the next step must begin
after the one before it ends, at most `gap` characters later. `【police` is a class found in
the signature.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifier.labels import Signal
from classifier.text.lexicon import Concept


@dataclass(frozen=True, slots=True)
class Rule:
    """A signal is seen where `steps` follow one another within `gap` characters."""

    signal: Signal
    steps: tuple[frozenset[str], ...]
    gap: int = 6


@dataclass(frozen=True, slots=True)
class SignalSpan:
    """Where a signal is seen: characters [start, end) of the masked text."""

    signal: Signal
    start: int
    end: int


def _rule(signal: Signal, *steps: str, gap: int = 6) -> Rule:
    return Rule(signal, tuple(frozenset(step.split()) for step in steps), gap)


_OTHERS = "contacts kin child workplace village school everyone guarantor"
_REACH = "contact_verb inform visit visit_rude bomb exposure press_someone verify"
_ADDRESSEE = "third_person kin child guarantor relay_request press_someone"
_AUTHORITY = "police court procuratorate arrest crime fake_authority"
_OWED = "debt overdue bill late_fee private_debt"

RULES: tuple[Rule, ...] = (
    _rule(Signal.CONTACTS_BLAST, _REACH, _OTHERS, gap=8),
    _rule(Signal.CONTACTS_BLAST, _OTHERS, _REACH, gap=5),
    _rule(Signal.CONTACTS_BLAST, "contacts"),
    _rule(
        Signal.CONTACTS_BLAST,
        "blast_contacts act_to_kin act_to_circle contact_queue mail_to_others telling_others_hint",
    ),
    _rule(Signal.TOLD_THIRD_PARTY, _ADDRESSEE, _OWED, gap=16),
    _rule(Signal.TOLD_THIRD_PARTY, _OWED, "press_someone relay_request", gap=20),
    _rule(Signal.TOLD_THIRD_PARTY, "press_someone"),
    _rule(
        Signal.TOLD_THIRD_PARTY, "reader_kin debtor_kin recipient_org", _OWED + " disclosed_trouble debt_veiled", gap=30
    ),
    _rule(Signal.VIOLENCE, "violence"),
    _rule(Signal.VIOLENCE, "weapon arson_damage death_goods care_menace stalk_routine"),
    _rule(Signal.VIOLENCE, "death"),
    _rule(Signal.VIOLENCE, "reach_knowledge", "home child kin workplace school", gap=3),
    _rule(Signal.VISIT_MENACE, "visit_rude"),
    _rule(Signal.VISIT_MENACE, "sitting_waiting gang visit_euphemism"),
    _rule(Signal.VISIT_MENACE, "home", "will_do menace", gap=4),
    _rule(Signal.PHONE_BOMBING, "bomb"),
    _rule(Signal.PHONE_BOMBING, "flood_count"),
    _rule(Signal.IMPERSONATE_AUTHORITY, "【police 【court 【procuratorate"),
    _rule(Signal.IMPERSONATE_AUTHORITY, "fake_authority"),
    _rule(Signal.IMPERSONATE_AUTHORITY, "we_sender", "police court procuratorate", gap=10),
    _rule(Signal.FORGED_DOCUMENT, "legal_document", _AUTHORITY, gap=12),
    _rule(Signal.FORGED_DOCUMENT, _AUTHORITY, "legal_document", gap=12),
    _rule(Signal.FALSE_ARREST, "arrest"),
    _rule(Signal.FALSE_ARREST, "jail_euphemism"),
    _rule(Signal.FALSE_ARREST, "crime"),
    _rule(Signal.FALSE_ARREST, "fraud_accusation"),
    _rule(Signal.FALSE_ARREST, "filing", "police procuratorate", gap=6),
    _rule(Signal.FALSE_ARREST, "police procuratorate", "filing", gap=6),
    _rule(Signal.FAMILY_CREDIT, "family_collective", "credit_record dishonest_list permanent_mark", gap=12),
    _rule(Signal.FAMILY_CREDIT, "kin child everyone", "credit_record dishonest_list", gap=8),
    _rule(Signal.FAMILY_CREDIT, "credit_record dishonest_list", "kin child", gap=8),
    _rule(Signal.CHILD_SCHOOL, "child kin", "future school", gap=8),
    _rule(Signal.CHILD_SCHOOL, "study_harm child_contact"),
    _rule(Signal.CHILD_SCHOOL, "future", "child kin", gap=6),
    _rule(Signal.FREEZE_ALL, "freeze", "account wages all_scope property", gap=6),
    _rule(Signal.FREEZE_ALL, "account wages all_scope", "freeze", gap=8),
    _rule(Signal.FREEZE_ALL, "device_lock benefit_cut"),
    _rule(Signal.DOCTORED_PHOTO, "photo_doctored"),
    _rule(Signal.PUBLIC_SHAMING, "exposure"),
    _rule(Signal.PUBLIC_SHAMING, "loud_tools list_of_shame shame_audience online_channel image_making"),
    _rule(Signal.PUBLIC_SHAMING, "everyone", "inform degrade insult ruin", gap=6),
    _rule(Signal.INSULT, "insult"),
    _rule(Signal.INSULT, "animal_insult cheat_conduct upbringing_insult contempt_life character_words sarcasm"),
    _rule(Signal.INSULT, "curse"),
    _rule(Signal.INSULT, "degrade"),
    _rule(Signal.SUSPICIOUS_LINK, "<link>"),
    _rule(Signal.SUSPICIOUS_LINK, "add_social"),
    _rule(Signal.PAY_TO_PERSONAL, "private_pay"),
)
"""Every rule, in the order of the codebook's signals. `night_or_frequent` needs the sending time, not the text."""


def find_signals(concepts: Sequence[Concept], signature: Sequence[str] = ()) -> list[SignalSpan]:
    """Return every place where a rule holds, by rule and position.

    `concepts` are those of the masked text, by start; `signature` the classes in its 【signature】,
    which count as standing at the start.
    """
    everything = [*(Concept(f"【{name}", 0, 1) for name in signature), *concepts]
    names = {concept.name for concept in everything}
    return [
        SignalSpan(rule.signal, start, end)
        for rule in RULES
        if all(step & names for step in rule.steps)
        for start, end in _matches(rule, everything)
    ]


def _matches(rule: Rule, concepts: Sequence[Concept]) -> Iterator[tuple[int, int]]:
    for first in concepts:
        if first.name not in rule.steps[0]:
            continue
        end: int | None = first.end
        for step in rule.steps[1:]:
            end = _next_end(concepts, step, end or 0, rule.gap)
            if end is None:
                break
        if end is not None:
            yield first.start, end


def _next_end(concepts: Sequence[Concept], step: frozenset[str], after: int, gap: int) -> int | None:
    return next((c.end for c in concepts if after <= c.start <= after + gap and c.name in step), None)
