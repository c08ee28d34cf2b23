"""The part of the page that names the law and the channels: each provision beside the messages it is cited for."""

from collections.abc import Iterator, Sequence

from classifier.dossier.law import Cited, CitedItem, CitedRule, Law, Turn
from classifier.dossier.words import Say, of, runs
from classifier.guidance import Channel, Provision, Role, Rule
from classifier.guidance.words import ROLE
from classifier.markup import Content, Html, tag

_SHOWN_ROLES = (Role.CONDUCT, Role.IF_DONE, Role.RIGHT, Role.CONTEXT, Role.LIMIT, Role.PROCEDURE, Role.LAWFUL)


def references(numbers: Sequence[int], say: Say) -> Html:
    """Return numbers of messages as links: 第3、5–7条."""
    links: list[Content] = []
    for place, (start, end) in enumerate(runs(numbers)):
        links.append(say("、", ", ") if place else "")
        links.append(tag("a", start, href=f"#m{start}"))
        if end > start:
            links += [say("、", ", ") if end == start + 1 else "–", tag("a", end, href=f"#m{end}")]
    return tag("span", say("第", "no. "), links, say("条", ""), class_="refs")


def _for(one: Cited | CitedItem | CitedRule | Turn, say: Say) -> Html:
    parts: list[Content] = [references(one.numbers, say)] if one.numbers else []
    if one.pending:
        waiting = (say("待复核：", "awaiting a person: "), references(one.pending, say))
        parts += [say("；", "; ") if parts else "", *waiting]
    return tag("span", *parts, class_="soft")


def date_basis(law: Law, say: Say) -> str:
    """Return by which days' law this goes."""
    checked = say(f"法律资料核对于 {law.checked}。", f"The law was checked on {law.checked}.")
    if law.days is None:
        today = say(
            f"信息没有可读的日期，按制作当天（{law.today}）的规定列出。", f"No day is known: law of {law.today}."
        )
        return today + checked
    said = say(
        f"每条信息按收到当天的规定列出（{law.days[0]} 至 {law.days[1]}）；规定改过的，改前、改后的信息各按当时的文本。",
        f"Each message by the law of its own day ({law.days[0]} to {law.days[1]}); where the law changed, messages "
        "before and after go by the text of their time.",
    )
    return said + checked


def law_section(law: Law, say: Say) -> Iterator[Html]:
    """Yield provisions by their role, then rules, then further provisions behind a closed heading."""
    yield tag("p", date_basis(law, say))
    if not (law.basis or law.rules):
        yield tag("p", say("没有需要列出的规定。", "No provision to name."))
    for role in _SHOWN_ROLES:
        cited = [one for one in law.basis if one.provision.role is role]
        if cited:
            yield tag("h3", of(ROLE[role], say))
            yield tag("ul", *(_provision(one, say) for one in cited))
    if law.rules:
        yield tag("h3", say("监管规则与行业规范（多数不是法律）", "Rules and conventions (most are not law)"))
        yield tag("ul", *(_rule(one, say) for one in law.rules))
    if law.more:
        heading = say(
            "更多规定（含刑法；刑法都有门槛，不能凭信息认定）",
            "More (with criminal law; it has thresholds, and messages prove no crime)",
        )
        yield tag("details", tag("summary", heading), tag("ul", *(_provision(one, say) for one in law.more)))


def _provision(one: Cited, say: Say) -> Html:
    provision = one.provision
    return tag(
        "li",
        tag("strong", of(provision.cite, say)),
        " ",
        _for(one, say),
        tag("div", of(provision.plain, say)),
        tag("ul", *(_item(item, say) for item in one.items)) if one.items else None,
        tag("div", say("门槛：", "Threshold: "), of(provision.threshold, say)) if provision.threshold else None,
        *_wording(provision, say),
    )


def _item(one: CitedItem, say: Say) -> Html:
    return tag("li", f"{of(one.item.cite, say)}{say('：', ': ')}{of(one.item.plain, say)} ", _for(one, say))


def _wording(provision: Provision, say: Say) -> Iterator[Html]:
    yield tag("div", _period(provision, say), class_="soft")
    if provision.excerpt is not None:
        yield tag("blockquote", provision.excerpt, lang="zh")
        gist = say("", f"Unofficial gist: {provision.gist_en}")
        if gist:
            yield tag("blockquote", gist)


def _rule(one: CitedRule, say: Say) -> Html:
    rule = one.rule
    points = [tag("li", of(point.text, say)) for point in rule.points]
    return tag(
        "li",
        tag("strong", of(rule.name, say)),
        " ",
        _for(one, say),
        tag("div", f"{of(rule.issuer, say)}{say('；', '; ')}{of(rule.nature, say)}"),
        tag("div", _period(rule, say), class_="soft"),
        tag("ul", *points) if points else None,
    )


def _period(entry: Provision | Rule, say: Say) -> str:
    start, end = entry.in_force_from, entry.in_force_until
    said = say(f"{start} 起施行", f"in force since {start}")
    if end is not None:
        said = say(f"{start} 至 {end} 施行", f"in force from {start} to {end}")
    return said if entry.in_force_from_verified else said + say("（施行日期未核）", " (date not verified)")


def channels_section(law: Law, say: Say) -> Iterator[Html]:
    """Yield where to turn, in order, then what to do first and what to mind."""
    yield tag("ol", *(_turn(turn, say) for turn in law.turns))
    for heading, lines in ((say("先做什么", "Steps"), law.steps), (say("注意", "Mind"), law.cautions)):
        if lines:
            yield tag("h3", heading)
            yield tag("ul", *(tag("li", of(line.text, say)) for line in lines))


def _turn(turn: Turn, say: Say) -> Html:
    channel = turn.channel
    unread = None if channel.verified else tag("span", say("（未核实）", " (unverified)"), class_="soft")
    return tag(
        "li",
        tag("strong", _called(channel, say)),
        unread,
        say("：", ": "),
        of(channel.detail, say),
        " ",
        _for(turn, say),
    )


def _called(channel: Channel, say: Say) -> str:
    name = of(channel.name, say)
    if not channel.phone or name.startswith(channel.phone):
        return name
    return f"{name}{say('（电话', ' (phone')} {channel.phone}{say('）', ')')}"
