"""What people see of guidance: a few lines below a finding, or all of it; in Chinese or in English."""

from collections.abc import Iterable, Iterator

from classifier.guidance import Channel, Guidance, Line, Provision, Role, Rule
from classifier.guidance.facts import Lang, Text
from classifier.guidance.words import ROLE

_SHORT_CHANNELS = 3
_WORDS = {
    "title": Text("怎么办", "What to do"),
    "day": Text("按 {on} 的规定", "law of {on}"),
    "today": Text("未给信息日期,按今天 {on} 的规定", "no date given: law of today, {on}"),
    "checked": Text("资料核对于 {checked}", "facts checked on {checked}"),
    "basis": Text("依据", "Basis"),
    "and_more": Text(" 等{count}条", " and {count} more"),
    "mind": Text("注意", "Mind"),
    "all": Text("全部依据、渠道和步骤: cmc check --full", "All provisions, channels and steps: cmc check --full"),
    "steps": Text("先做什么", "Steps"),
    "law": Text("法律依据", "Law"),
    "rules": Text("监管规则与行业规范", "Rules and conventions"),
    "channels": Text("找谁,按顺序", "Where to turn, in order"),
    "cautions": Text("注意", "Mind"),
    "more": Text("更多", "More"),
    "more_criminal": Text(
        "更多 (刑法都有门槛,单凭一条信息不能认定)", "More (criminal law has thresholds; one message proves no crime)"
    ),
    "phone": Text("电话", "phone"),
    "text": Text("原文", "Chinese text"),
    "gist": Text("大意 (非官方)", "Unofficial gist"),
    "threshold": Text("门槛", "Threshold"),
    "unverified": Text("未核实", "unverified"),
    "since": Text("{start} 起施行", "in force since {start}"),
    "period": Text("{start} 至 {end} 施行", "in force from {start} to {end}"),
    "unread": Text("施行日期未核", "date not verified"),
}


def show_guidance(guidance: Guidance, lang: Lang = "zh", *, full: bool = False) -> str:
    """Return guidance for a person to read: at most eight lines, or everything."""
    return "\n".join(_full(guidance, lang) if full else _short(guidance, lang))


def _word(name: str, lang: Lang, **words: str) -> str:
    return _WORDS[name].in_(lang).format(**words)


def _heading(guidance: Guidance, lang: Lang) -> str:
    assumed = any(line.id == "date-assumed" for line in guidance.cautions)
    day = _word("today" if assumed else "day", lang, on=guidance.on.isoformat())
    checked = _word("checked", lang, checked=guidance.checked.isoformat())
    return f"{_word('title', lang)} ({day}; {checked}):"


def _short(guidance: Guidance, lang: Lang) -> Iterator[str]:
    yield _heading(guidance, lang)
    yield f"  {guidance.summary.text.in_(lang)}"
    unchecked = [line for line in guidance.cautions if line.id == "not-checked"]
    if guidance.basis:
        yield f"  {_word('basis', lang)}: {guidance.basis[0].cite.in_(lang)}{_rest(len(guidance.basis), lang)}"
    elif unchecked:
        yield f"  {_word('basis', lang)}: {unchecked[0].text.in_(lang)}"
    for number, channel in enumerate(guidance.channels[:_SHORT_CHANNELS], 1):
        yield f"  {number}. {_called(channel, lang)}: {channel.purpose.in_(lang)}"
    yield f"  {_word('mind', lang)}: {guidance.cautions[0].text.in_(lang)}"
    yield f"  {_word('all', lang)}"


def _rest(count: int, lang: Lang) -> str:
    if count == 1:
        return ""
    return _word("and_more", lang, count=str(count if lang == "zh" else count - 1))


def _called(channel: Channel, lang: Lang) -> str:
    """Return the name of a channel, with its number where the name does not begin with it."""
    name = channel.name.in_(lang)
    if not channel.phone or name.startswith(channel.phone):
        return name
    return f"{name} ({_word('phone', lang)} {channel.phone})"


def _full(guidance: Guidance, lang: Lang) -> Iterator[str]:
    yield _heading(guidance, lang)
    yield f"  {guidance.summary.text.in_(lang)}"
    yield from _section("steps", lang, _numbered(guidance.steps, lang))
    yield from _section("law", lang, _provisions(guidance.basis, lang))
    yield from _section("rules", lang, _rules(guidance.rules, lang))
    yield from _section("channels", lang, _channels(guidance.channels, lang))
    yield from _section("cautions", lang, (f"  · {line.text.in_(lang)}" for line in guidance.cautions))
    criminal = any(provision.role is Role.CRIMINAL for provision in guidance.more)
    yield from _section("more_criminal" if criminal else "more", lang, _provisions(guidance.more, lang))


def _section(name: str, lang: Lang, lines: Iterable[str]) -> Iterator[str]:
    """Yield a heading and its lines, nothing if there are none."""
    found = list(lines)
    if found:
        yield from ("", f"{_word(name, lang)}:", *found)


def _numbered(lines: Iterable[Line], lang: Lang) -> Iterator[str]:
    return (f"  {number}. {line.text.in_(lang)}" for number, line in enumerate(lines, 1))


def _provisions(provisions: Iterable[Provision], lang: Lang) -> Iterator[str]:
    for provision in provisions:
        yield f"  · {provision.cite.in_(lang)} [{ROLE[provision.role].in_(lang)}; {_period(provision, lang)}]"
        yield f"    {provision.plain.in_(lang)}"
        if provision.threshold is not None:
            yield f"    {_word('threshold', lang)}: {provision.threshold.in_(lang)}"
        if provision.excerpt is not None:
            quoted = provision.excerpt.replace("\n", "\n    ")
            yield f"    {_word('text', lang)}: 「{quoted}」"
        if provision.gist_en is not None and lang == "en":
            yield f"    {_word('gist', lang)}: {provision.gist_en}"


def _rules(rules: Iterable[Rule], lang: Lang) -> Iterator[str]:
    for rule in rules:
        yield f"  · {rule.name.in_(lang)} [{_period(rule, lang)}]"
        yield f"    {rule.issuer.in_(lang)}; {rule.nature.in_(lang)}"
        yield from (f"    - {point.text.in_(lang)}" for point in rule.points)


def _channels(channels: Iterable[Channel], lang: Lang) -> Iterator[str]:
    for number, channel in enumerate(channels, 1):
        mark = "" if channel.verified else f" [{_word('unverified', lang)}]"
        yield f"  {number}. {_called(channel, lang)}{mark}: {channel.detail.in_(lang)}"


def _period(entry: Provision | Rule, lang: Lang) -> str:
    """Return when a text is in force, and whether its first day was read anywhere."""
    start = entry.in_force_from.isoformat()
    if entry.in_force_until is None:
        said = _word("since", lang, start=start)
    else:
        said = _word("period", lang, start=start, end=entry.in_force_until.isoformat())
    return said if entry.in_force_from_verified else f"{said} ({_word('unread', lang)})"
