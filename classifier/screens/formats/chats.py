"""Chats as text: QQ's export, and what copying or mailing messages out of WeChat and QQ gives.

| shape | recognised by |
|---|---|
| QQ export | first line `消息记录（此消息记录为…`, or `消息对象:` beside lines `2024-01-02 03:04:05 昵称(10001)` |
| WeChat mailed | lines `—————  2024-03-12  —————`, then `昵称  09:41`, then the message |
| copied, with times | first a line `昵称 2024/3/12 9:41:00`, or three lines `昵称 09:41`, above their messages |
| copied, without | lines `昵称:` above their messages, at least two, the first line being one |
| transcript | every line `昵称:…` with its message, at least two, one of them from 我 |

The messages are taken as they stand: nothing was read off an image. In a QQ export of one conversation who is
not the other side is the owner, and everywhere 我 is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from classifier.screens.boxes import Item, Said, Side
from classifier.screens.formats.head import Format, Head, lines_of
from classifier.screens.times import resolve, shown_time

_QQ_FIRST = re.compile(r"\s*消息记录\s*[（(]此消息记录为文本格式")
_QQ_PEER = re.compile(r"消息对象\s*[::：]\s*(?P<peer>.*)")
_QQ_GROUP = re.compile(r"消息分组\s*[::：].*群")
_QQ_HEADER = re.compile(
    r"(?P<time>(?:19|20)\d\d-\d{1,2}-\d{1,2}\s+(?:上午|下午)?\s*\d{1,2}:\d\d:\d\d(?:\s*[AP]M)?)\s+"
    r"(?P<rank>【[^】]{1,12}】)?(?P<name>.{0,60}?)\s*(?P<id>\(\d{4,12}\)|<[^<>\s]{3,80}>)?\s*"
)
_RULE = re.compile(r"[=\-]{8,}")
_DAY_RULE = re.compile(r"[—–\-=]{3,}\s*(?P<day>(?:19|20)\d\d[-/年.]\d{1,2}[-/月.]\d{1,2}日?)\s*[—–\-=]{3,}")
_NAME = r"(?P<name>[^，。！？；：,!?;:\s][^，。！？；：,!?;:]{0,23}?)"
_NAME_TIME = re.compile(
    rf"{_NAME}\s+(?P<time>(?:(?:19|20)\d\d[-/年.]\d{{1,2}}[-/月.]\d{{1,2}}日?\s+)?(?:上午|下午|晚上|凌晨|中午)?\s*\d{{1,2}}:\d\d(?::\d\d)?(?:\s*[AP]M)?)"
)
_TIME_NAME = re.compile(rf"(?P<time>(?:19|20)\d\d[-/]\d{{1,2}}[-/]\d{{1,2}}\s+\d{{1,2}}:\d\d(?::\d\d)?)\s+{_NAME}")
_NAME_COLON = re.compile(rf"{_NAME}[::：]")
_NAME_SAYS = re.compile(rf"{_NAME}[::：]\s*(?P<says>\S.*)")
_OWN = {"我", "本人", "自己"}
_LOOK = 400


@dataclass(slots=True)
class _Held:
    """A message while its lines are read."""

    time: str
    sender: str
    side: Side
    lines: list[str] = field(default_factory=list)

    def said(self) -> Iterator[Said]:
        """Give the message, if it holds anything."""
        text = "\n".join(self.lines).strip("\n").rstrip()
        if text.strip():
            yield Said(text, self.time, self.sender, self.side)


def _recognise_qq(head: Head) -> bool:
    lines = (head.text or "").splitlines()[:_LOOK]
    if any(_QQ_FIRST.match(line) for line in lines[:5]):
        return True
    return any(_QQ_PEER.match(line) for line in lines) and any(_QQ_HEADER.fullmatch(line) for line in lines)


def _read_qq(path: Path) -> Iterator[Item]:
    peer, group = "", False
    held: _Held | None = None
    before = ""
    peers = _peers(path)
    for line in chain(lines_of(path), [""]):
        stated = _QQ_PEER.fullmatch(line.strip())
        header = _QQ_HEADER.fullmatch(line)
        if stated and _RULE.fullmatch(before.strip()):
            peer = stated["peer"].strip()
            if held:
                yield from held.said()
                held = None
        elif _QQ_GROUP.fullmatch(line.strip()) and held is None:
            group = True
        elif header:
            if held:
                yield from held.said()
            name = header["name"].strip()
            own = name in _OWN or (not group and peer in peers and name != peer)
            known = name in _OWN or (not group and peer in peers)
            side = (Side.OUTGOING if own else Side.INCOMING) if known else Side.UNKNOWN
            held = _Held(_moment(header["time"]), name, side)
        elif held is not None and not (_RULE.fullmatch(line.strip()) and len(line) > 40):
            held.lines.append(line)
        before = line or before
    if held:
        yield from held.said()


def _peers(path: Path) -> set[str]:
    """Return the names that say something, if they are no more than two: then it is no group."""
    names: set[str] = set()
    for line in lines_of(path):
        header = _QQ_HEADER.fullmatch(line)
        if header:
            names.add(header["name"].strip())
            if len(names) > 2:
                return set()
    return names


def _moment(shown: str) -> str:
    return resolve(" ".join(shown.split()), None)


def _recognise_chat(head: Head) -> bool:
    return _shape(islice((head.text or "").splitlines(), _LOOK)) is not None


def _shape(lines: Iterable[str]) -> re.Pattern[str] | None:
    """Return the pattern of the lines that head the messages, None where there are none."""
    filled = [line.strip() for line in lines if line.strip()]
    if len(filled) < 2:
        return None
    days = any(_DAY_RULE.fullmatch(line) for line in filled)
    for pattern in (_NAME_TIME, _TIME_NAME):
        heads = [found for line in filled if (found := pattern.fullmatch(line)) and _is_head(found)]
        dated = [found for found in heads if re.match(r"(?:19|20)\d\d\D", found["time"])]
        first = bool(heads) and pattern.fullmatch(filled[0]) is not None
        if (days and heads) or (first and dated) or (first and len(heads) > 2):
            return pattern
    says = [found["name"] for line in filled if (found := _NAME_SAYS.fullmatch(line))]
    if len(says) == len(filled) and set(says) & _OWN and set(says) - _OWN:
        return _NAME_SAYS
    heads = [found for line in filled if (found := _NAME_COLON.fullmatch(line))]
    names = {found["name"] for found in heads}
    several = len(heads) > 1 and _NAME_COLON.fullmatch(filled[0]) is not None and 2 * len(heads) <= len(filled)
    return _NAME_COLON if several and (len(names) < len(heads) or names & _OWN) else None


def _is_head(found: re.Match[str]) -> bool:
    """Whether a name beside a time is one: 昨天 10:24 is a time alone."""
    return shown_time(found[0]) is None


def _read_chat(path: Path) -> Iterator[Item]:
    return _said(_shape(islice(lines_of(path), _LOOK)), lines_of(path))


def chat_in(text: str) -> tuple[Said, ...]:
    """Return the messages of a copied chat; none where the text is no chat."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    shape = _shape(lines[:_LOOK])
    return tuple(_said(shape, lines)) if shape else ()


def _said(shape: re.Pattern[str] | None, lines: Iterable[str]) -> Iterator[Said]:
    day = ""
    held: _Held | None = None
    for line in lines:
        text = line.strip()
        rule = _DAY_RULE.fullmatch(text)
        header = shape.fullmatch(text) if shape else None
        if rule:
            day = rule["day"]
        opens = header is not None and (shape in (_NAME_COLON, _NAME_SAYS) or _is_head(header))
        if (rule or opens) and held:
            yield from held.said()
            held = None
        if header is not None and opens and not rule:
            name = header["name"].strip()
            own = Side.OUTGOING if name in _OWN else Side.UNKNOWN
            says = header.groupdict().get("says")
            held = _Held(_said_at(day, header), name, own, [says] if says else [])
        elif held is not None:
            held.lines.append(line)
    if held:
        yield from held.said()


def _said_at(day: str, header: re.Match[str]) -> str:
    shown = header.groupdict().get("time") or ""
    return _moment(f"{day} {shown}" if day and not re.match(r"(?:19|20)\d\d", shown) else shown)


QQ_EXPORT = Format("QQ export", _recognise_qq, _read_qq)
CHAT_COPY = Format("copied chat", _recognise_chat, _read_chat)
