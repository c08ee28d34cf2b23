"""Signals: the tactics that a message shows, as small rules over concept classes.

A signal explains a finding and chooses what to tell the receiver; it never decides a label. A rule is a sequence of
steps; the next step must begin after the one before it ends, at most `gap` characters later, and the words from the
first to the last are the span that is shown. In a step, and in what must stand beside it:

| written | means |
| --- | --- |
| `home visit` | a word of one of these classes |
| `-police` | in a step: the word is not, not even in part, also one of this class; beside: none stands anywhere |
| `+gang` | only words of three characters or more: the short ones of a broad class mean too much else |
| `【police` | a class found in the 【signature】, which stands at the start |

Two signals share their words and differ in who reads them: a debt *told* to a third person, and contact *announced*
to the debtor. They look at the balance of the message (`_SPOKEN_OF` less `_SPOKEN_TO`, in classes).
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from classifier.labels import Signal
from classifier.text.lexicon import Concept

_SHORT = 2
_BEFORE = 4


@dataclass(frozen=True, slots=True)
class Words:
    """Word classes: a word of `any` counts, unless it shares a character with one of `but`; of `long`, no short one."""

    any: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()
    long: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """A signal is seen where `steps` follow one another within `gap` characters.

    Attributes:
        beside: what must stand anywhere in the message (`any`), and what must not (`but`).
        unless: classes that void the match where one of their words overlaps it or ends at most 4 characters before.
        least, most: the balance of the message, from spoken to the debtor (below 0) to spoken of them (above).

    """

    signal: Signal
    steps: tuple[Words, ...]
    gap: int = 6
    beside: Words = Words()
    unless: frozenset[str] = frozenset()
    least: int = -100
    most: int = 100


@dataclass(frozen=True, slots=True)
class SignalSpan:
    """Where a signal is seen: characters [start, end) of the masked text."""

    signal: Signal
    start: int
    end: int


def _words(names: str) -> Words:
    marked = {mark: [name[1:] for name in names.split() if name[0] == mark] for mark in "-+"}
    plain = [name for name in names.split() if name[0] not in marked]
    return Words(frozenset((*plain, *marked["+"])), frozenset(marked["-"]), frozenset(marked["+"]))


def _rule(
    signal: Signal, *steps: str, gap: int = 6, beside: str = "", unless: str = "", least: int = -100, most: int = 100
) -> Rule:
    return Rule(signal, tuple(map(_words, steps)), gap, _words(beside), frozenset(unless.split()), least, most)


_SPOKEN_OF = _words(
    "third_person debtor_kin kin_rank kin_address kin_duty recipient_org crowd_address press_someone relay_request "
    "passing_word influence_appeal ask_whereabouts guarantor_talk employer_deduct relief_for_him not_liable_reader "
    "debt disclosed_trouble owe_shortfall rent_utility"
).any
"""Classes of a message that speaks of the debtor to somebody else, and tells the debt."""

_SPOKEN_TO = _words(
    "will_do act_to_kin act_to_circle others_instead contact_authorised contact_queue contact_done mail_to_others "
    "telling_others_hint kompromat_price job_visit_hint verify workflow_notice reach_knowledge private_material "
    "image_making online_channel social_graph other_phone workplace village leverage_hint discipline_org"
).any
"""Classes of a message that tells the debtor what will be done around them."""

_OTHERS = "contacts kin reader_kin workplace village school named_relation everyone guarantor other_phone group_chat"
_REACH = "contact_verb inform visit visit_rude bomb exposure verify"
_ANNOUNCED = (
    "act_to_kin act_to_circle contact_queue blast_contacts telling_others_hint kompromat_price job_visit_hint "
    "contact_done contact_authorised"
)
_OWED = (
    "debt overdue bill late_fee private_debt owe_shortfall ask_money_casual disclosed_trouble debt_veiled rent_utility"
)
_RELAY = "press_someone relay_request passing_word"
_PLACE = "home workplace public_place visit"
_FUTURE = "future study_harm -family_collective"
_ACCOUNT = "account wages -credit_record"
_ADD_SOCIAL = "add_social -first_person -group_chat -autodebit"

RULES: tuple[Rule, ...] = (
    _rule(Signal.CONTACTS_BLAST, "will_do", _OTHERS, most=3, unless="no_third_contact"),
    _rule(Signal.CONTACTS_BLAST, "we_sender first_person", _OTHERS, gap=8, most=1, unless="no_third_contact"),
    _rule(Signal.CONTACTS_BLAST, _REACH, _OTHERS, gap=8, most=1, unless="no_third_contact"),
    _rule(Signal.CONTACTS_BLAST, _ANNOUNCED, most=1, unless="no_third_contact"),
    _rule(
        Signal.CONTACTS_BLAST,
        "kin reader_kin workplace village school contacts named_relation other_phone mail_to_others letter_to_body "
        "discipline_org gatekeeper_org -other_matter_relay",
        most=0,
        unless="no_third_contact",
    ),
    _rule(Signal.TOLD_THIRD_PARTY, "third_person kin reader_kin named_relation debtor_kin", _OWED, gap=10, least=2),
    _rule(Signal.TOLD_THIRD_PARTY, _OWED, _RELAY, gap=20, least=1),
    _rule(
        Signal.TOLD_THIRD_PARTY,
        _RELAY + " influence_appeal crowd_address disclosed_trouble kin_duty not_liable_reader family_pay_hint",
        least=1,
    ),
    _rule(Signal.TOLD_THIRD_PARTY, _OWED, least=2),
    _rule(Signal.VIOLENCE, "violence -contact_verb"),
    _rule(Signal.VIOLENCE, "weapon arson_damage -bomb -visit_rude"),
    _rule(Signal.VIOLENCE, "body_part veiled_body_harm"),
    _rule(Signal.VIOLENCE, "care_menace"),
    _rule(Signal.VIOLENCE, "death_goods", beside="-image_making -photo_doctored"),
    _rule(
        Signal.VISIT_MENACE,
        "visit_rude -suspend_service -loud_tools -online_channel -contact_verb",
        beside="-police",
    ),
    _rule(Signal.VISIT_MENACE, "gang -first_person", beside="-police"),
    _rule(Signal.VISIT_MENACE, "+sitting_waiting -chat_reply -will_do", beside="-police"),
    _rule(Signal.VISIT_MENACE, "sitting_waiting -evade", "home workplace public_place", gap=4),
    _rule(Signal.VISIT_MENACE, _PLACE + " act_to_circle gang", "sitting_waiting until_paid -evade", gap=8),
    _rule(Signal.VISIT_MENACE, "deadline", "visit", gap=3),
    _rule(Signal.VISIT_MENACE, "visit", "loud_tools exposure", gap=12),
    _rule(Signal.VISIT_MENACE, "visit -will_do", beside="menace disclaim_harm leverage_hint"),
    _rule(Signal.VISIT_MENACE, "seize_goods -collateral -pay"),
    _rule(Signal.PHONE_BOMBING, "bomb phone_noise_hint"),
    _rule(Signal.PHONE_BOMBING, "flood_count -everyone -evade -deadline"),
    _rule(Signal.PHONE_BOMBING, "contact_verb repeated_contact contacts", "until_paid"),
    _rule(Signal.PHONE_BOMBING, "property reply_contact other_phone", "unrest", gap=12),
    _rule(Signal.IMPERSONATE_AUTHORITY, "【police 【court 【procuratorate"),
    _rule(Signal.IMPERSONATE_AUTHORITY, "fake_authority -police"),
    _rule(Signal.IMPERSONATE_AUTHORITY, "fake_authority", beside="-we_sender -filing"),
    _rule(Signal.IMPERSONATE_AUTHORITY, "officer_intro -dossier"),
    _rule(Signal.IMPERSONATE_AUTHORITY, "court -suit -named_relation -mediation", beside="-lawyer -【lawyer"),
    _rule(Signal.IMPERSONATE_AUTHORITY, "police", beside="private_pay"),
    _rule(
        Signal.IMPERSONATE_AUTHORITY,
        "police -disclaim_harm",
        "debt overdue pay lender_org ask_money_casual",
        gap=12,
        beside="-filing -criminal_clause",
    ),
    _rule(Signal.IMPERSONATE_AUTHORITY, "mediation", beside="police village -suit -case_progress"),
    _rule(
        Signal.FORGED_DOCUMENT,
        "legal_document -lawyer -mail_to_others -others_responded",
        beside="arrest police court procuratorate suit image_making",
    ),
    _rule(Signal.FALSE_ARREST, "arrest crime criminal_clause dialect_police case_status_menace"),
    _rule(Signal.FALSE_ARREST, "jail_euphemism -chitchat"),
    _rule(Signal.FALSE_ARREST, "fraud_accusation -overdue -insult"),
    _rule(Signal.FALSE_ARREST, "filing -disclaim_harm"),
    _rule(Signal.FALSE_ARREST, "police -disclaim_harm", beside="filing dossier case_progress"),
    _rule(
        Signal.FAMILY_CREDIT,
        "family_collective -kin_duty -negation",
        beside="credit_record dishonest_list permanent_mark future",
    ),
    _rule(
        Signal.FAMILY_CREDIT,
        "kin child everyone",
        "credit_record dishonest_list permanent_mark -account",
        gap=8,
        beside="-future",
    ),
    _rule(Signal.FAMILY_CREDIT, "credit_record dishonest_list permanent_mark", "kin child", gap=8, beside="-future"),
    _rule(Signal.CHILD_SCHOOL, "child", _FUTURE, gap=12),
    _rule(Signal.CHILD_SCHOOL, "child", "school -group_chat", gap=12, beside="-stalk_routine -loud_tools"),
    _rule(
        Signal.CHILD_SCHOOL,
        "future -family_collective -job_harm -event_gift -cantonese_family",
        beside="-discipline_org",
    ),
    _rule(Signal.CHILD_SCHOOL, "study_harm -job_harm", beside="-discipline_org"),
    _rule(Signal.CHILD_SCHOOL, "child_contact -group_chat -reader_kin", beside="future school -stalk_routine"),
    _rule(Signal.FREEZE_ALL, "freeze -negation"),
    _rule(Signal.FREEZE_ALL, _ACCOUNT + " property all_scope", "freeze", gap=8),
    _rule(Signal.FREEZE_ALL, _ACCOUNT, _ACCOUNT + " all_scope", gap=4),
    _rule(Signal.FREEZE_ALL, "all_scope", _ACCOUNT, gap=3),
    _rule(Signal.FREEZE_ALL, "+account +wages -credit_record -private_pay", "deadline"),
    _rule(Signal.FREEZE_ALL, "device_lock -pay"),
    _rule(Signal.DOCTORED_PHOTO, "photo_doctored"),
    _rule(Signal.DOCTORED_PHOTO, "image_making -first_person -legal_document", beside="-loud_tools -list_of_shame"),
    _rule(
        Signal.DOCTORED_PHOTO,
        "private_material -permanent_mark -dossier -event_gift",
        beside="photo image_making leverage_hint -insult -cheat_conduct -loud_tools -list_of_shame",
    ),
    _rule(Signal.PUBLIC_SHAMING, "exposure -kompromat_price -named_relation"),
    _rule(Signal.PUBLIC_SHAMING, "loud_tools list_of_shame shame_audience stream_shame print_paste"),
    _rule(Signal.PUBLIC_SHAMING, "online_channel -named_relation -press_someone"),
    _rule(Signal.PUBLIC_SHAMING, "group_chat crowd_address"),
    _rule(Signal.PUBLIC_SHAMING, "public_place everyone", "insult cheat_conduct debt", gap=8),
    _rule(
        Signal.INSULT,
        "insult animal_insult ironic_insult upbringing_insult character_words contempt_life sarcasm unkept_word_mock "
        "degrade",
    ),
    _rule(Signal.INSULT, "cheat_conduct -evade -overdue"),
    _rule(Signal.INSULT, "curse -exposure -loud_tools"),
    _rule(Signal.SUSPICIOUS_LINK, "<link>", beside="debt overdue pay link_click rollover_pawn"),
    _rule(Signal.SUSPICIOUS_LINK, _ADD_SOCIAL, "<number> <mask> <phone> <account>"),
    _rule(Signal.SUSPICIOUS_LINK, _ADD_SOCIAL, beside="private_pay"),
    _rule(
        Signal.PAY_TO_PERSONAL,
        "+private_pay -autodebit -trade_debt -transaction -dossier -photo -lawful_dun_formula -contact_verb",
        beside="-lawful_limits",
        unless="negation",
    ),
    _rule(Signal.PAY_TO_PERSONAL, "private_pay account lender_org", "<account>", gap=10, beside="-autodebit"),
    _rule(Signal.PAY_TO_PERSONAL, "<account>", "private_pay", gap=8),
    _rule(Signal.PAY_TO_PERSONAL, "account", "<phone>", gap=2, beside="private_pay paid_settled_state"),
    _rule(Signal.PAY_TO_PERSONAL, "collector_org my_kin", "account private_pay", gap=3),
    _rule(Signal.PAY_TO_PERSONAL, "deduct_fail", "private_pay"),
)
"""Every rule, in the order of the codebook's signals. `night_or_frequent` needs the sending time, not the text."""

_BEGUN_BY: dict[str, tuple[int, ...]] = {
    name: tuple(number for number, rule in enumerate(RULES) if name in rule.steps[0].any)
    for name in frozenset().union(*(rule.steps[0].any for rule in RULES))
}
"""The numbers of the rules that a word of a class can begin."""


def find_signals(concepts: Sequence[Concept], signature: Sequence[str] = ()) -> list[SignalSpan]:
    """Return every place where a rule holds, by rule and position.

    `concepts` are those of the masked text, by start; `signature` the classes in its 【signature】,
    which count as standing at the start.
    """
    where: dict[str, list[Concept]] = {}
    for concept in (*(Concept(f"【{name}", 0, 1) for name in signature), *concepts):
        where.setdefault(concept.name, []).append(concept)
    names = frozenset(where)
    balance = len(names & _SPOKEN_OF) - len(names & _SPOKEN_TO)
    begun = (RULES[number] for number in sorted({n for name in names for n in _BEGUN_BY.get(name, ())}))
    return [
        SignalSpan(rule.signal, start, end)
        for rule in begun
        if rule.least <= balance <= rule.most and _may_hold(rule, names)
        for start, end in _matches(rule, where)
    ]


def _may_hold(rule: Rule, names: Set[str]) -> bool:
    needed, barred = rule.beside.any, rule.beside.but
    if not barred.isdisjoint(names) or (needed and needed.isdisjoint(names)):
        return False
    return len(rule.steps) == 1 or not any(step.any.isdisjoint(names) for step in rule.steps[1:])


def _matches(rule: Rule, where: Mapping[str, Sequence[Concept]]) -> Iterator[tuple[int, int]]:
    found = [_find(step, where) for step in rule.steps]
    voiding = _of(rule.unless, where)
    for first in found[0]:
        end: int | None = first.end
        for words in found[1:]:
            end = _next_end(words, end or 0, rule.gap)
            if end is None:
                break
        if end is not None and not any(c.start < end and first.start - _BEFORE <= c.end for c in voiding):
            yield first.start, end


def _next_end(words: Sequence[Concept], after: int, gap: int) -> int | None:
    return next((word.end for word in words if after <= word.start <= after + gap), None)


def _find(words: Words, where: Mapping[str, Sequence[Concept]]) -> list[Concept]:
    """Return the words that count, by start, the longest first."""
    others = _of(words.but, where)
    found = [
        word
        for word in _of(words.any, where)
        if not (word.name in words.long and word.end - word.start <= _SHORT)
        and not any(other.start < word.end and word.start < other.end for other in others)
    ]
    return sorted(found, key=lambda word: (word.start, -word.end))


def _of(names: Set[str], where: Mapping[str, Sequence[Concept]]) -> list[Concept]:
    return [concept for name in names & where.keys() for concept in where[name]]
