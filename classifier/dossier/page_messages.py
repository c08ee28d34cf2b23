"""The part of the page that shows every message: whole, with its evidence marked, its hash, and what is said of it."""

from collections.abc import Iterator

from classifier.dossier.entries import Entry
from classifier.dossier.words import FAULT, UNREAD, Say, label_name, of, signal_name, when, why_reviewed
from classifier.finding import Evidence, Finding
from classifier.markup import Html, Span, inert, marked, tag
from classifier.text.hidden import is_hidden

_LONG = 900
"""Characters from which a message may be cut by the end of a printed page."""


def article(entry: Entry, say: Say) -> Html:
    """Return one message."""
    message, finding = entry.message, entry.finding
    spans = [Span(item.start, item.end, (_name(item, say),)) for item in finding.evidence] if finding else []
    classes = ("message", finding.label.value if finding else "", "long" if len(message.text) > _LONG else "")
    return tag(
        "article",
        tag("header", tag("h3", say(f"第{entry.number}条", f"No. {entry.number}")), *_head(entry, say)),
        tag("div", marked(message.text, spans), class_="text", lang="zh") if message.text else None,
        tag("footer", *(tag("p", line) for line in _foot(entry, say))),
        id=f"m{entry.number}",
        class_=" ".join(filter(None, classes)),
    )


def _name(item: Evidence, say: Say) -> str:
    """Name a mark by its act, which is short; the tactic stands below the message."""
    if item.label is not None:
        return label_name(item.label, say)
    return signal_name(item.signal, say) if item.signal is not None else say("依据", "evidence")


def quoted(words: str) -> Html:
    """Return words of a message in 「 」, on one line."""
    return tag("span", "「", tag("bdi", inert(" ".join(words.split()))), "」")


def _badge(words: str, kind: str) -> Html:
    """Return a word in a frame; it is told from others by what it says, not by its colour."""
    return tag("span", words, class_=f"badge {kind}")


def _head(entry: Entry, say: Say) -> Iterator[Html]:
    message = entry.message
    yield tag("span", when(message.time, say))
    yield (
        tag("bdi", inert(message.sender), class_="given")
        if message.sender
        else tag("span", say("发送人不明", "sender unknown"), class_="soft")
    )
    yield from labels_of(entry, say)
    if entry.at_night and entry.collects:
        yield _badge(say("夜间", "night"), "plain")
    if entry.copy_of:
        yield _badge(say(f"与第{entry.copy_of}条重复", f"equals no. {entry.copy_of}"), "plain")


def labels_of(entry: Entry, say: Say) -> Iterator[Html]:
    """Yield the labels of a message as badges, or why it has none."""
    if entry.message.fault:
        yield _badge(of(FAULT[entry.message.fault], say), "plain")
    for label in entry.labels:
        suspected = say("涉嫌", "suspected: ") if label in entry.acts else ""
        yield _badge(suspected + label_name(label, say), label.value)
    if entry.pending:
        yield _badge(say("待人工复核", "awaits a person's look"), "pending")


def _foot(entry: Entry, say: Say) -> Iterator[Html]:
    message, finding = entry.message, entry.finding
    if finding is not None:
        if finding.needs_review:
            yield Html(tag("strong", say("先由人看：", "Look first: ")) + tag("span", why_reviewed(finding, say)))
        if finding.signals:
            yield _tactics(finding, say)
    if message.unread is not None and message.time_given:
        yield Html(
            tag("span", say("表格里的时间：", "Time in the table: "), class_="soft")
            + tag("bdi", inert(message.time_given), class_="given")
            + tag("span", say("，", ", ") + of(UNREAD[message.unread], say), class_="soft")
        )
    hidden = sum(map(is_hidden, message.text.replace("\r\n", "\n")))
    if hidden:
        yield tag(
            "span",
            say(
                f"含 {hidden} 个看不见的字符，在原处用方框写出编码。",
                f"{hidden} characters without a look of their own, shown in place by their codes.",
            ),
            class_="soft",
        )
    yield Html(
        tag(
            "span",
            say(f"表格第 {message.row} 行 · SHA-256 ", f"Row {message.row} of the table · SHA-256 "),
            class_="soft",
        )
        + tag("span", message.sha256, class_="hash")
    )


def _tactics(finding: Finding, say: Say) -> Html:
    said = [tag("span", say("手法：", "Tactics: "), class_="soft")]
    for place, signal in enumerate(finding.signals):
        words = list(dict.fromkeys(item.text for item in finding.evidence if item.signal is signal))
        said += [
            tag("span", say("；", "; ") if place else "", signal_name(signal, say)),
            *map(quoted, words),
        ]
    return Html("".join(said))
