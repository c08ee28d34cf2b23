"""Choosing what to say for a finding: provisions in force on the day, rules, channels, cautions and steps.

A label calls for the law on its act; a signal adds what its tactic is about. Wording suspects and never finds
guilt, since one message shows neither who sent it nor how often.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from classifier.finding import Finding
from classifier.guidance.facts import (
    Advice,
    Case,
    Channel,
    Choice,
    Facts,
    Lang,
    Line,
    Provision,
    Rule,
    Text,
)
from classifier.guidance.reading import facts
from classifier.labels import ACTS, LABEL_EN, LABEL_ZH, SIGNAL_ACTS, Label


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the law says about a finding, and where to turn; a screening, never a verdict.

    Attributes:
        summary: one sentence.
        basis: provisions in force on `on`, the nearest first; never criminal law.
        rules: departmental rules, standards and conventions of that day, each with the points that bear on the case.
        channels: where to turn, in order.
        cautions: what to mind, the most pressing first, notices about the date last.
        steps: what to do, in order.
        more: further provisions; criminal articles with their thresholds come last.
        checked: the day the facts were checked.
        on: the day whose law this is.

    """

    summary: Line
    basis: tuple[Provision, ...]
    rules: tuple[Rule, ...]
    channels: tuple[Channel, ...]
    cautions: tuple[Line, ...]
    steps: tuple[Line, ...]
    checked: date
    on: date
    more: tuple[Provision, ...]

    def to_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return plain JSON values; texts in one language, or both under `zh` and `en`."""
        return {
            "on": self.on.isoformat(),
            "checked": self.checked.isoformat(),
            "summary": self.summary.to_dict(lang),
            "basis": [provision.to_dict(lang) for provision in self.basis],
            "rules": [rule.to_dict(lang) for rule in self.rules],
            "channels": [channel.to_dict(lang) for channel in self.channels],
            "cautions": [line.to_dict(lang) for line in self.cautions],
            "steps": [line.to_dict(lang) for line in self.steps],
            "more": [provision.to_dict(lang) for provision in self.more],
        }


def advise(finding: Finding, on: date | None = None, *, known: Facts | None = None) -> Guidance:
    """Say which law bears on a finding, where to turn, what to do and what to mind.

    Args:
        finding: what the classifier said of the message.
        on: the day the message came; None means today, and a caution says so.
        known: the facts to choose from, by default those that ship.

    """
    known = known or facts()
    case = Case(
        frozenset(finding.labels),
        frozenset(finding.signals),
        frozenset(finding.review_reasons),
        finding.needs_review,
        on or date.today(),
    )
    law = _law_case(case)
    basis_ids = _chosen(known.basis, law)
    basis = tuple(_cited(provision, law) for provision in _in_force(known, basis_ids, case.on))
    return Guidance(
        summary=_summary(known, case, finding.labels, cited=bool(basis)),
        basis=basis,
        rules=tuple(_rules(known, law)),
        channels=tuple(known.channels[name] for name in _chosen(known.channel_order, case)),
        cautions=(*_lines(known.cautions, case), *_notices(known, case, basis_ids, assumed=on is None)),
        steps=tuple(_lines(known.steps, case)),
        checked=known.checked,
        on=case.on,
        more=tuple(_more(known, law, {provision.id for provision in basis})),
    )


def _law_case(case: Case) -> Case:
    """Return the case as the law is chosen by it: without an act, a tactic accuses nobody."""
    if case.labels & set(ACTS):
        return case
    counts = Label.UNRELATED not in case.labels
    return replace(case, signals=frozenset(s for s in case.signals if counts and not SIGNAL_ACTS[s]))


def _chosen(choices: Iterable[Choice], case: Case) -> list[str]:
    return list(dict.fromkeys(choice.id for choice in choices if choice.when.holds(case)))


def _lines(advices: Iterable[Advice], case: Case) -> Iterator[Line]:
    return (advice.line for advice in advices if advice.when.holds(case))


def _in_force(known: Facts, names: Iterable[str], on: date) -> Iterator[Provision]:
    found = (known.provision_on(name, on) for name in names)
    return (provision for provision in found if provision is not None)


def _cited(provision: Provision, case: Case) -> Provision:
    """Return the provision cited by those of its items that are about the case."""
    items = [item for item in provision.items if item.when.holds(case)]
    if not items:
        return provision
    zh, en = [item.cite.zh for item in items], [item.cite.en for item in items]
    # 第一款第一项、第五项: the paragraph is named once
    common = zh[0][: zh[0].rfind("第")]
    return replace(
        provision,
        cite=Text(
            provision.cite.zh + "、".join([zh[0], *(name.removeprefix(common) for name in zh[1:])]),
            f"{provision.cite.en}, {', '.join(en)}",
        ),
        plain=Text(
            provision.plain.zh + "".join(f"{item.cite.zh}：{item.plain.zh}" for item in items),
            f"{provision.plain.en} " + " ".join(f"[{item.cite.en}] {item.plain.en}" for item in items),
        ),
    )


def _rules(known: Facts, case: Case) -> Iterator[Rule]:
    """Yield the rules of the day that say something about the case, each once."""
    seen: set[str] = set()
    for name in known.rule_order:
        rule = known.rule_on(name, case.on)
        if rule is None or rule.id in seen:
            continue
        seen.add(rule.id)
        points = tuple(point for point in rule.points if point.when.holds(case))
        if points or (rule.when is not None and rule.when.holds(case)):
            yield replace(rule, points=points)


def _more(known: Facts, case: Case, shown: set[str]) -> Iterator[Provision]:
    """Yield further provisions; a criminal article only with every interpretation that sets its threshold."""
    for provision in _in_force(known, _chosen(known.more, case), case.on):
        limits = [known.provision_on(name, case.on) for name in provision.limits]
        if provision.id in shown or None in limits:
            continue
        shown = {*shown, provision.id}
        yield _cited(provision, case)
        yield from (limit for limit in limits if limit is not None)


def _summary(known: Facts, case: Case, labels: Iterable[Label], *, cited: bool) -> Line:
    line = next(_lines(known.summaries, case))
    acts = [label for label in labels if label in ACTS]
    if not acts:
        return line
    line = line if cited else known.uncited
    first, last = ", ".join(LABEL_EN[act] for act in acts[:-1]), LABEL_EN[acts[-1]]
    names = Text("、".join(LABEL_ZH[act] for act in acts), f"{first} and {last}" if first else last)
    return replace(line, text=line.text.filled(acts=names))


def _notices(known: Facts, case: Case, chosen: Iterable[str], *, assumed: bool) -> Iterator[Line]:
    """Yield what must be said about the date."""
    then = {name: known.provision_on(name, case.on) for name in chosen}
    missing = dict.fromkeys(known.provisions[name].law for name, found in then.items() if found is None)
    holds = {
        "not-checked": bool(missing),
        "older-text": any(found is not None and found.id != name for name, found in then.items()),
        "date-assumed": assumed,
        "after-check": case.on > known.checked,
    }
    words: dict[str, Text | str] = {
        "on": case.on.isoformat(),
        "checked": known.checked.isoformat(),
        "laws": Text("、".join(f"《{law.zh}》" for law in missing), "; ".join(law.en for law in missing)),
    }
    for name in (name for name, said in holds.items() if said):
        line = known.notices[name]
        yield replace(line, text=line.text.filled(**words))
