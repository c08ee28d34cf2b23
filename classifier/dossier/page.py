"""The page: one HTML file that needs nothing else, may load nothing, runs nothing, and prints on A4."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import classifier
from classifier.dossier.build import Dossier
from classifier.dossier.complaint import Draft
from classifier.dossier.entries import Entry
from classifier.dossier.page_law import channels_section, law_section, references
from classifier.dossier.page_messages import article, labels_of
from classifier.dossier.page_story import bullets, senders, story, tactics, timeline
from classifier.dossier.verifying import how_to_verify
from classifier.dossier.words import Say, say_in, when, why_reviewed
from classifier.guidance.facts import Lang
from classifier.markup import Content, Html, inert, tag

CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
)
"""What the page may do: be styled by itself, and nothing more."""

_STYLE = Path(__file__).with_name("page.css")


def render(dossier: Dossier, drafts: Sequence[Draft], lang: Lang = "zh") -> str:
    """Return the page.

    Args:
        dossier: what to show.
        drafts: the drafts to show at its end.
        lang: of everything but the messages, the wording of laws, and the drafts.

    """
    say = say_in(lang)
    title = say("催收信息档案", "Dossier of collection messages")
    sections = list(_sections(dossier, drafts, say, lang))
    page = tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", http_equiv="Content-Security-Policy", content=CSP),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="referrer", content="no-referrer"),
            tag("title", title),
            tag("style", Html(_STYLE.read_text(encoding="utf-8"))),
        ),
        tag(
            "body",
            tag("header", tag("h1", title), *_head(dossier, say)),
            tag("nav", tag("ul", *(tag("li", tag("a", name, href=f"#{anchor}")) for anchor, name, _ in sections))),
            tag("main", *(tag("section", tag("h2", name), body, id=anchor) for anchor, name, body in sections)),
        ),
        lang="zh-CN" if lang == "zh" else "en",
    )
    return f"<!DOCTYPE html>\n{page}\n"


def _sections(dossier: Dossier, drafts: Sequence[Draft], say: Say, lang: Lang) -> Iterator[tuple[str, str, Content]]:
    waiting = [entry for entry in dossier.entries if entry.pending and entry.copy_of is None]
    if waiting:
        yield "check", say("先由人核对", "Look at these first"), list(_waiting(waiting, say))
    yield "story", say("经过", "What happened"), list(story(dossier, say))
    yield "timeline", say("时间分布", "Timeline"), list(timeline(dossier, say, lang))
    yield "senders", say("发送人", "Senders"), senders(dossier, say)
    yield "tactics", say("手法与涉及的人", "Tactics and other people"), list(tactics(dossier, say))
    yield "law", say("可能涉及的规定", "Law that may bear on this"), list(law_section(dossier.law, say))
    yield "channels", say("找谁、怎么做", "Where to turn, what to do"), list(channels_section(dossier.law, say))
    timed = [entry for entry in dossier.entries if entry.message.time is not None]
    others = [entry for entry in dossier.entries if entry.message.time is None]
    if timed:
        yield "messages", say("信息全文", "The messages"), list(_messages(timed, say))
    if others:
        yield "undated", say("时间不明的信息", "Messages without a known time"), list(_messages(others, say))
    yield "drafts", say("材料草稿", "Drafts"), list(_drafts(drafts, say))
    yield "verify", say("来源与核对", "Sources, and how to verify"), list(_verify(dossier, say))


def _head(dossier: Dossier, say: Say) -> Iterator[Html]:
    whole = dossier.story.whole
    yield tag(
        "p",
        say(
            f"{whole.messages} 条信息 · 制作于 {dossier.made:%Y-%m-%d %H:%M}（{dossier.made.tzname()}）· "
            f"模型 {dossier.model.version}",
            f"{whole.messages} messages · made on {dossier.made:%Y-%m-%d %H:%M} ({dossier.made.tzname()}) · "
            f"model {dossier.model.version}",
        ),
        class_="soft",
    )
    yield tag(
        "div",
        tag(
            "p",
            say(
                "这是机器筛查和整理，不是法律意见，不认定任何人违法；它只看文字，看不出是谁发的、债务是否真实。"
                "信息原文一字未改；黄底和方括号里的小字是本工具加的标记。原信息请留在手机上，不要删除。",
                "This is a machine's screening and arrangement, not legal advice; it finds nobody guilty. It reads "
                "words only: not who sent them, nor whether the debt exists. The messages stand here unchanged; the "
                "yellow ground and the small words in brackets are marks of this tool. Keep the originals on the "
                "phone.",
            ),
        ),
        tag(
            "p",
            say(
                "本页可离线打开，不联网；用浏览器“打印”可存为PDF（A4）。",
                "This page opens offline and loads nothing; print it from the browser to get a PDF on A4.",
            ),
            class_="soft",
        ),
        class_="note",
    )


def _waiting(entries: Sequence[Entry], say: Say) -> Iterator[Html]:
    yield tag(
        "p",
        say(
            f"下面 {len(entries)} 条本工具没有把握，结论和草稿都没有算进去。"
            "投诉、报案或者转给别人以前，请先由人看一遍。有人身危险的不必等，直接打110。",
            f"The tool is unsure of these {len(entries)}; statements and drafts leave them out. Have a person look "
            "before you complain, report, or pass anything on. In danger do not wait: call 110.",
        ),
        class_="note warn",
    )
    yield tag("ul", *(_waiting_line(entry, say) for entry in entries))


def _waiting_line(entry: Entry, say: Say) -> Html:
    why = why_reviewed(entry.finding, say) if entry.finding else ""
    return tag(
        "li", references([entry.number], say), " ", when(entry.message.time, say), " ", *labels_of(entry, say), " ", why
    )


def _messages(entries: Iterable[Entry], say: Say) -> Iterator[Html]:
    return (article(entry, say) for entry in entries)


def _drafts(drafts: Sequence[Draft], say: Say) -> Iterator[Html]:
    yield tag(
        "p",
        say(
            "草稿只写已判断、不待复核的信息；每一处空白由本人填写，每一句由本人核对后再提交。",
            "Drafts (in Chinese, for those who receive them) hold judged messages only. Fill in every blank and check "
            "every sentence before you hand one in.",
        ),
    )
    for draft in drafts:
        yield tag("div", tag("h3", draft.title), tag("p", draft.file, class_="soft"), class_="sheet")
        yield tag("div", inert(draft.text), class_="draft", lang="zh")


def _verify(dossier: Dossier, say: Say) -> Iterator[Html]:
    columns = dossier.columns
    rows: list[tuple[str, Content]] = [
        (
            say("来源文件", "Source"),
            tag("div", inert(file.name), tag("div", file.sha256, class_="hash"), f"{file.size} bytes"),
        )
        for file in dossier.sources
    ]
    rows += [
        (say("行数", "Rows"), dossier.rows),
        (
            say("读取的列", "Columns read"),
            say("、", ", ").join(filter(None, (columns.text, *columns.times, columns.sender))),
        ),
        (say("时区", "Time zone"), str(dossier.options.zone)),
        (say("模型", "Model"), f"{dossier.model.version} (SHA-256 {dossier.model.sha256})"),
        (say("标准", "Codebook"), dossier.model.codebook),
        (say("策略", "Policy"), dossier.options.policy),
        (say("软件版本", "Software"), classifier.__version__),
    ]
    facts = ((tag("dt", name), tag("dd", value)) for name, value in rows)
    yield tag("dl", facts, class_="facts")
    yield tag("h3", say("怎么核对", "How to verify"))
    yield bullets(how_to_verify(say))
