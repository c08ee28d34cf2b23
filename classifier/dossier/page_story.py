"""The part of the page that tells the story: figures, change, timeline, senders, tactics, other people."""

from collections.abc import Iterable, Iterator

from classifier.dossier import telling
from classifier.dossier.build import Dossier
from classifier.dossier.entries import Entry
from classifier.dossier.page_law import references
from classifier.dossier.page_messages import quoted
from classifier.dossier.thread import Reach, Tactic
from classifier.dossier.timeline import draw
from classifier.dossier.words import Say, label_name, signal_name, when
from classifier.guidance.facts import Lang
from classifier.labels import ACTS, STATES
from classifier.markup import Content, Html, inert, tag

_WIDE, _NARROW = 960, 360
_MOST_WORDS = 4


def story(dossier: Dossier, say: Say) -> Iterator[Html]:
    """Yield the figures, what repeats, how it changed, and what cannot be said."""
    yield bullets(telling.counted(dossier, say))
    yield tag("h3", say("集中与重复", "Bursts and repetition"))
    yield bullets(telling.patterned(dossier, say))
    yield tag("h3", say("前后变化", "How it changed"))
    yield bullets(telling.escalated(dossier, say))
    yield tag("p", telling.rule_of_escalation(say), class_="soft")
    yield tag("h3", say("不能说的，和所作的假定", "What cannot be said, and what was assumed"))
    yield bullets(telling.unsayable(dossier, say))


def bullets(lines: Iterable[str]) -> Html:
    """Return sentences as a list."""
    return tag("ul", *(tag("li", line) for line in lines))


def timeline(dossier: Dossier, say: Say, lang: Lang) -> Iterator[Html]:
    """Yield the picture, wide for paper and screens and narrow for phones, and the same as a table."""
    wide, narrow = draw(dossier.entries, lang, _WIDE), draw(dossier.entries, lang, _NARROW)
    if wide is None or narrow is None:
        yield tag("p", say("没有可读的时间，画不出时间分布。", "No time could be read, so there is nothing to draw."))
        return
    yield Html(wide + narrow)
    days: dict[str, list[Entry]] = {}
    for entry in dossier.entries:
        if entry.day is not None and entry.copy_of is None:
            days.setdefault(entry.day.isoformat(), []).append(entry)
    rows = [
        tag("tr", tag("td", day), tag("td", *(_spot(entry, say) for entry in group))) for day, group in days.items()
    ]
    head = tag("tr", tag("th", say("日期", "Day")), tag("th", say("信息", "Messages")))
    table = tag("table", tag("thead", head), tag("tbody", *rows))
    yield tag("details", tag("summary", say("同样的内容，用表格表示", "The same as a table")), table)


def _spot(entry: Entry, say: Say) -> Html:
    time = entry.message.time
    hour = f"{time.at:%H:%M}" if time is not None and time.clock_known else say("钟点不明", "hour unknown")
    name = say("、", ", ").join(label_name(label, say) for label in entry.labels) or say("未判断", "not judged")
    return tag("div", references([entry.number], say), f" {hour} {name}")


def senders(dossier: Dossier, say: Say) -> Html:
    """Return the table of senders."""
    heads = (
        say("发送人", "Sender"),
        say("条数", "Messages"),
        say("催收信息起止", "Collection messages"),
        say("已判断的", "Judged as"),
    )
    rows = []
    for sender in dossier.story.senders:
        tally = sender.tally
        span = f"{tally.first} – {tally.last}" if tally.first else "–"
        found = [
            f"{label_name(label, say)} {tally.settled[label]}"
            for label in (*ACTS, *reversed(STATES))
            if tally.settled[label]
        ]
        if tally.pending:
            found.append(say(f"待复核 {tally.pending}", f"awaiting a person {tally.pending}"))
        if tally.night:
            found.append(say(f"夜间 {tally.night}", f"at night {tally.night}"))
        name = tag("bdi", inert(sender.name)) if sender.name else say("未注明", "not named")
        cells: tuple[Content, ...] = (name, tally.messages, span, say("，", ", ").join(found))
        kinds = (None, "count", None, None)
        rows.append(
            tag(
                "tr", *(tag("td", cell, class_=k, data_label=h) for cell, k, h in zip(cells, kinds, heads, strict=True))
            )
        )
    head = tag("tr", *(tag("th", name, class_="count" if name is heads[1] else None) for name in heads))
    return tag("table", tag("thead", head), tag("tbody", *rows), class_="senders")


def tactics(dossier: Dossier, say: Say) -> Iterator[Html]:
    """Yield the tactics by first appearance, and the words that name other people."""
    if not dossier.story.tactics:
        yield tag("p", say("没有看到手法信号。", "No signal of a tactic was seen."))
    else:
        yield tag("p", say("按第一次出现的先后：", "In the order of first appearance:"))
        yield tag("ol", *(_tactic(dossier, tactic, say) for tactic in dossier.story.tactics))
    if dossier.story.reached:
        yield tag("h3", say("信息里提到的其他人", "Other people in the messages"))
        yield tag(
            "p",
            say(
                "下面是信息的原话：有的是声称要联系，有的是已经发给别人。是否真的联系了谁，要由当事人说明。",
                "The messages' own words: some announce contact, some went to somebody else. Whether anybody was "
                "reached is for those concerned to say.",
            ),
            class_="soft",
        )
        yield tag("ul", *(_reached(reach, dossier, say) for reach in dossier.story.reached))


def _tactic(dossier: Dossier, tactic: Tactic, say: Say) -> Html:
    first = dossier.numbers[(*tactic.numbers, *tactic.pending)[0]]
    waiting = [say("待复核：", "awaiting a person: "), references(tactic.pending, say)] if tactic.pending else []
    return tag(
        "li",
        tag("strong", signal_name(tactic.signal, say)),
        say("：", ": "),
        when(first.message.time, say),
        say(" 起，", " on; "),
        references(tactic.numbers, say) if tactic.numbers else None,
        say("；", "; ") if tactic.numbers and tactic.pending else None,
        tag("span", *waiting, class_="soft"),
        *map(quoted, tactic.words[:_MOST_WORDS]),
    )


def _reached(reach: Reach, dossier: Dossier, say: Say) -> Html:
    entry = dossier.numbers[reach.number]
    return tag(
        "li",
        references([reach.number], say),
        " ",
        when(entry.message.time, say),
        *map(quoted, reach.words),
        say("（待复核）", " (awaits a person)") if entry.pending else None,
    )
