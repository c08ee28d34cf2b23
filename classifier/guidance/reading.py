"""Reading the facts of guidance from `data/*.json`, and refusing data that contradicts itself."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from classifier.errors import GuidanceDataError
from classifier.guidance.facts import (
    Advice,
    Channel,
    Choice,
    Facts,
    Item,
    Line,
    Point,
    Provision,
    Role,
    Rule,
    Text,
    When,
)
from classifier.labels import Label, Signal

DATA = Path(__file__).parent / "data"
NOTICES = ("date-assumed", "older-text", "not-checked", "after-check")
"""Notices about dates that `data/selection.json` must hold."""

_T = TypeVar("_T")
_Dated = TypeVar("_Dated", Provision, Rule)
_Named = TypeVar("_Named", Provision, Rule, Channel, Line)


@lru_cache(maxsize=1)
def facts() -> Facts:
    """Return the facts that ship with the package; read once.

    Raises:
        GuidanceDataError: as `read_facts`.

    """
    return read_facts(DATA)


def read_facts(folder: Path) -> Facts:
    """Read and check `statutes.json`, `rules.json`, `channels.json` and `selection.json` of a folder.

    Raises:
        GuidanceDataError: a file is missing or no JSON, a field is missing, unknown or empty, an id is double or
            leads nowhere, texts of different dates overlap or leave a gap, an excerpt is unverified or without
            English gist, or a criminal article has no threshold.

    """
    try:
        files = {name: _read(folder / f"{name}.json") for name in ("statutes", "rules", "channels", "selection")}
        days = {file["checked"] for file in files.values()}
        if len(days) > 1:
            raise ValueError("the files were checked on different days")
        selection = files["selection"]
        read = Facts(
            checked=date.fromisoformat(selection["checked"]),
            provisions=_by_id(_provision(row) for row in files["statutes"]["statutes"]),
            rules=_by_id(_rule(row) for row in files["rules"]["rules"]),
            channels=_by_id(_channel(row) for row in files["channels"]["channels"]),
            basis=_all(_choice, selection["basis"]),
            more=_all(_choice, selection["more"]),
            rule_order=tuple(selection["rules"]),
            channel_order=_all(_choice, selection["channels"]),
            summaries=_all(_advice, selection["summaries"]),
            uncited=_line(selection["uncited"]),
            cautions=_all(_advice, selection["cautions"]),
            notices=_by_id(_line(row) for row in selection["notices"]),
            steps=_all(_advice, selection["steps"]),
        )
        _check(read)
    except (KeyError, TypeError, ValueError) as error:
        raise GuidanceDataError(f"the guidance data in {folder} is damaged ({error}); install again") from error
    return read


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GuidanceDataError(f"cannot read {path}: {error.strerror}; install again") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path.name} holds no object")
    return content


def _all(read: Callable[[Mapping[str, Any]], _T], rows: Sequence[Mapping[str, Any]]) -> tuple[_T, ...]:
    return tuple(read(row) for row in rows)


def _by_id(entries: Iterable[_Named]) -> dict[str, _Named]:
    found: dict[str, _Named] = {}
    for entry in entries:
        if entry.id in found:
            raise ValueError(f"{entry.id} stands there twice")
        found[entry.id] = entry
    return found


def _known(row: Mapping[str, Any], *names: str) -> None:
    unknown = row.keys() - set(names)
    if unknown:
        raise ValueError(f"unknown field {min(unknown)} in {row.get('id', 'an entry')}")


def _text(row: Mapping[str, str]) -> Text:
    _known(row, "zh", "en")
    if not (row["zh"].strip() and row["en"].strip()):
        raise ValueError("a text is empty in one language")
    return Text(row["zh"], row["en"])


def _day(day: str | None) -> date | None:
    return None if day is None else date.fromisoformat(day)


def _when(row: Mapping[str, Any]) -> When:
    _known(row, "labels", "unless", "unless_only", "signals", "reasons", "needs_review", "before")
    return When(
        labels=frozenset(map(Label, row.get("labels", ()))),
        unless=frozenset(map(Signal, row.get("unless", ()))),
        unless_only=frozenset(map(Signal, row.get("unless_only", ()))),
        signals=frozenset(map(Signal, row.get("signals", ()))),
        reasons=frozenset(row.get("reasons", ())),
        needs_review=row.get("needs_review", False),
        before=_day(row.get("before")),
    )


def _item(row: Mapping[str, Any]) -> Item:
    _known(row, "id", "cite", "plain", "when")
    return Item(row["id"], _text(row["cite"]), _text(row["plain"]), _when(row["when"]))


def _provision(row: Mapping[str, Any]) -> Provision:
    _known(row, *Provision.__dataclass_fields__)
    threshold = row.get("threshold")
    return Provision(
        id=row["id"],
        role=Role(row["role"]),
        law=_text(row["law"]),
        cite=_text(row["cite"]),
        plain=_text(row["plain"]),
        excerpt=row.get("excerpt"),
        gist_en=row.get("gist_en"),
        verified=row["verified"],
        in_force_from=date.fromisoformat(row["in_force_from"]),
        in_force_from_verified=row["in_force_from_verified"],
        in_force_until=_day(row.get("in_force_until")),
        predecessor=row.get("predecessor"),
        threshold=None if threshold is None else _text(threshold),
        limits=tuple(row.get("limits", ())),
        items=_all(_item, row.get("items", ())),
        source=row["source"],
    )


def _point(row: Mapping[str, Any]) -> Point:
    _known(row, "id", "text", "when")
    return Point(row["id"], _text(row["text"]), _when(row["when"]))


def _rule(row: Mapping[str, Any]) -> Rule:
    _known(row, *Rule.__dataclass_fields__)
    when = row.get("when")
    return Rule(
        id=row["id"],
        name=_text(row["name"]),
        issuer=_text(row["issuer"]),
        nature=_text(row["nature"]),
        verified=row["verified"],
        in_force_from=date.fromisoformat(row["in_force_from"]),
        in_force_from_verified=row["in_force_from_verified"],
        in_force_until=_day(row.get("in_force_until")),
        predecessor=row.get("predecessor"),
        when=None if when is None else _when(when),
        points=_all(_point, row["points"]),
        source=row["source"],
    )


def _channel(row: Mapping[str, Any]) -> Channel:
    _known(row, *Channel.__dataclass_fields__)
    return Channel(
        id=row["id"],
        name=_text(row["name"]),
        operator=_text(row["operator"]),
        phone=row["phone"],
        purpose=_text(row["purpose"]),
        detail=_text(row["detail"]),
        verified=row["verified"],
        source=row["source"],
    )


def _line(row: Mapping[str, Any]) -> Line:
    _known(row, "id", "text")
    return Line(row["id"], _text(row["text"]))


def _choice(row: Mapping[str, Any]) -> Choice:
    _known(row, "id", "when")
    return Choice(row["id"], _when(row["when"]))


def _advice(row: Mapping[str, Any]) -> Advice:
    _known(row, "id", "text", "when")
    return Advice(Line(row["id"], _text(row["text"])), _when(row["when"]))


def _check(read: Facts) -> None:
    """Raise ValueError at the first contradiction."""
    for fault in _faults(read):
        raise ValueError(fault)


def _faults(read: Facts) -> Iterator[str]:
    chosen = {choice.id for choice in (*read.basis, *read.more)}
    limits = {name for provision in read.provisions.values() for name in provision.limits}
    yield from (f"no provision {name}" for name in sorted((chosen | limits) - read.provisions.keys()))
    yield from (f"no rule {name}" for name in read.rule_order if name not in read.rules)
    yield from (f"no channel {choice.id}" for choice in read.channel_order if choice.id not in read.channels)
    yield from (f"no notice {name}" for name in NOTICES if name not in read.notices)
    yield from _date_faults(read.provisions)
    yield from _date_faults(read.rules)
    for provision in read.provisions.values():
        criminal = provision.role is Role.CRIMINAL
        if criminal != (provision.threshold is not None):
            yield f"{provision.id}: a criminal article needs a threshold, another provision has none"
        if (provision.excerpt is None) != (provision.gist_en is None):
            yield f"{provision.id}: an excerpt and its English gist go together"
        if provision.excerpt is not None and not provision.verified:
            yield f"{provision.id}: quoted but not verified"
    for choice in read.basis:
        if read.provisions[choice.id].role in (Role.CRIMINAL, Role.THRESHOLD):
            yield f"{choice.id}: criminal law stands under more, not in the basis"
    for rule in read.rules.values():
        if rule.points and not rule.verified:
            yield f"{rule.id}: an unverified rule is shown by name only"
        if bool(rule.points) == (rule.when is not None):
            yield f"{rule.id}: a rule has points, or a condition of its own"


def _date_faults(entries: Mapping[str, _Dated]) -> Iterator[str]:
    for entry in entries.values():
        if entry.predecessor is None:
            continue
        before = entries.get(entry.predecessor)
        if before is None:
            yield f"{entry.id}: no predecessor {entry.predecessor}"
        elif before.in_force_until != entry.in_force_from - timedelta(days=1):
            yield f"{entry.id}: does not begin on the day after {entry.predecessor} ended"
