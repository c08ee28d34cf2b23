"""Many messages as one dossier: their story, a page to print, a table, drafts of complaints, and hashes.

>>> from classifier.dossier import Message, judge, read_moment, tell
>>> from classifier import load
>>> times = map(read_moment, ["2026-01-02 23:12", "2026年1月3日 上午9:05"])
>>> rows = [Message(n, "今天不还钱就带人去你家打断你的腿", "170", time) for n, time in enumerate(times, 1)]
>>> story = tell(judge(rows, load().classify))
>>> story.whole.collecting, story.whole.night, story.many
(2, 1, ())

`build` and `write_dossier` do all of it for a table; `cmc dossier` is a thin layer over them.
"""

from classifier.dossier.build import Dossier, Options, build
from classifier.dossier.entries import Entry, judge
from classifier.dossier.messages import Columns, Message, find_columns, read_messages
from classifier.dossier.page import render
from classifier.dossier.thread import Story, tell
from classifier.dossier.write import check_place, contents, write_dossier
from classifier.times import CHINA, Moment, Unread, read_moment, read_zone

__all__ = [
    "CHINA",
    "Columns",
    "Dossier",
    "Entry",
    "Message",
    "Moment",
    "Options",
    "Story",
    "Unread",
    "build",
    "check_place",
    "contents",
    "find_columns",
    "judge",
    "read_messages",
    "read_moment",
    "read_zone",
    "render",
    "tell",
    "write_dossier",
]
