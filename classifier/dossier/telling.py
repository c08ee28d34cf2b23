"""The story in sober sentences, in one language; every figure in them is a field of `thread.Story`."""

from collections.abc import Iterable, Iterator

from classifier.dossier.build import Dossier
from classifier.dossier.escalation import Trend
from classifier.dossier.messages import Fault
from classifier.dossier.repeats import Repeat
from classifier.dossier.thread import BURST_MESSAGES, MANY, Burst
from classifier.dossier.words import Say, label_name, numbered, signal_name
from classifier.labels import ACTS, Label, Signal
from classifier.markup import one_line

MOST_LISTED = 20
"""Bursts, and repeated texts, told one by one; further ones are counted."""

_RUNGS = {
    1: ("合法提醒", "lawful reminder"),
    2: ("骚扰第三方或侮辱诽谤", "harassment of third parties or defamation"),
    3: ("威胁恐吓", "threat"),
    4: ("涉及人身或上门的威胁恐吓", "threat of violence or of a menacing visit"),
}


def counted(dossier: Dossier, say: Say) -> Iterator[str]:
    """Yield how many messages there are, of what kind, when and how dense."""
    whole, senders = dossier.story.whole, dossier.story.senders
    named = [sender for sender in senders if sender.name and sender.tally.collecting]
    said = say(
        f"别人发来的信息 {whole.messages} 条，其中催收信息 {whole.collecting} 条",
        f"{whole.messages} messages from others, {whole.collecting} of them collection messages",
    )
    yield said + (
        say(f"，来自 {len(named)} 个号码或名称。", f", from {len(named)} senders.") if named else say("。", ".")
    )
    yield _by_label(dossier, say)
    if whole.first and whole.last:
        yield say(
            f"催收信息有日期的 {whole.dated} 条：{whole.first} 至 {whole.last}，共 {whole.span} 天，"
            f"其中 {whole.days} 天有信息。",
            f"{whole.dated} collection messages with a known day: {whole.first} to {whole.last}, {whole.span} days, "
            f"with messages on {whole.days} of them.",
        )
    if whole.busiest and whole.busiest[1] > 1:
        day, count = whole.busiest
        yield say(
            f"最多的一天是 {day}，{count} 条。（只陈述事实：没有读到对短信条数的限制，对电话次数的限制不套用到短信。）",
            f"Most on one day: {count}, on {day}. (A fact only: no limit on the number of messages was read anywhere, "
            "and limits on calls are not applied to messages.)",
        )
    if whole.clocked:
        yield say(
            f"钟点可知的催收信息 {whole.clocked} 条，其中 {whole.night} 条在22:00至次日8:00之间"
            f"（{_share(whole.night, whole.clocked)}）。",
            f"{whole.clocked} collection messages with a known hour, {whole.night} of them between 22:00 and 8:00 "
            f"({_share(whole.night, whole.clocked)}).",
        )


def _by_label(dossier: Dossier, say: Say) -> str:
    whole = dossier.story.whole
    acts = [(label, whole.settled[label]) for label in ACTS if whole.settled[label]]
    others = [(label, whole.settled[label]) for label in (Label.LAWFUL_REMINDER, Label.UNRELATED)]
    zh = [f"涉嫌{label_name(label, say)} {count} 条" for label, count in acts]
    zh += [f"{label_name(label, say)} {count} 条" for label, count in others if count]
    en = [f"{count} suspected of {label_name(label, say)}" for label, count in acts]
    en += [f"{count} {label_name(label, say)}" for label, count in others if count]
    pending = say(f"待人工复核 {whole.pending} 条，不计入前面各项", f"{whole.pending} await a person, not counted here")
    said = say("机器筛查：" + "，".join([*zh, pending]), "Screened: " + ", ".join([*en, pending]))
    return said + say("。一条可以计入多项。", ". One message may count under several.")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}"


def patterned(dossier: Dossier, say: Say) -> Iterator[str]:
    """Yield what repeats, what comes in bursts, and whether 多次 may be said."""
    story = dossier.story
    yield from _first([_burst(burst, say) for burst in story.bursts], say)
    yield from _first([_repeat(repeat, say) for repeat in story.repeats], say)
    for many in story.many:
        who = one_line(many.sender) or say("未注明的发送人（若为同一人）", "an unnamed sender (if it is one)")
        yield say(
            f"{who} 发来涉嫌恐吓、侮辱的信息 {len(many.numbers)} 条（{numbered(many.numbers, say)}），"
            f"达到本工具称“多次”的 {MANY} 条；"
            "是否属于法律所说的“多次”，由有权机关认定。",
            f"{who} sent {len(many.numbers)} messages suspected of threats or insults ({numbered(many.numbers, say)}); "
            f"this tool says “repeatedly” from {MANY} on, and whether the law does is for the authorities to decide.",
        )
    if not story.many:
        yield say(
            f"没有哪个发送人有 {MANY} 条以上已判断为涉嫌恐吓、侮辱的信息，所以这里不称“多次”。",
            f"No sender has {MANY} or more messages judged to be suspected of threats or insults, so “repeatedly” is "
            "not said here.",
        )


def _first(sentences: list[str], say: Say) -> Iterator[str]:
    yield from sentences[:MOST_LISTED]
    more = len(sentences) - MOST_LISTED
    if more > 0:
        yield say(f"这样的情况另有 {more} 处，不一一列出。", f"And {more} more of this kind.")


def _burst(burst: Burst, say: Say) -> str:
    numbers, count = numbered(burst.numbers, say), len(burst.numbers)
    start, end = f"{burst.start:%Y-%m-%d %H:%M}", f"{burst.end:%H:%M}"
    return say(
        f"{start} 至 {end}，一小时内 {count} 条（{numbers}）。",
        f"{start} to {end}: {count} messages within an hour ({numbers}).",
    )


def _repeat(repeat: Repeat, say: Say) -> str:
    numbers, count = numbered(repeat.numbers, say), len(repeat.numbers)
    same = say("内容相同", "the same words") if repeat.exact else say("内容基本相同", "nearly the same words")
    return say(f"{numbers}{same}，共 {count} 条。", f"{numbers}: {same}, {count} messages.")


def escalated(dossier: Dossier, say: Say) -> Iterator[str]:
    """Yield how the pressure changed, by the rule of `escalation`."""
    found = dossier.story.escalation
    for rung, number in sorted(found.first_on, key=lambda one: one[1]):
        entry = dossier.numbers[number]
        yield say(
            f"第一条“{_RUNGS[rung][0]}”：{entry.day}（第{number}条）。",
            f"First {_RUNGS[rung][1]}: {entry.day} (no. {number}).",
        )
    if found.halves is None or found.trend is Trend.UNKNOWN:
        yield say(
            "前后两半时间里可比的信息太少，不说是否升级。",
            "Too few messages in the two halves of the time to say whether the pressure grew.",
        )
        return
    before, after = found.halves
    said = {
        Trend.RISING: say("施压程度升高", "the pressure grew"),
        Trend.FALLING: say("施压程度降低", "the pressure eased"),
        Trend.STEADY: say("施压程度没有明显变化", "the pressure did not change much"),
    }[found.trend]
    yield say(
        f"前一半（{before.start} 至 {before.end}）{before.messages} 条，平均 {before.rung:.1f} 级，"
        f"{before.with_act} 条涉嫌不当；"
        f"后一半（{after.start} 至 {after.end}）{after.messages} 条，平均 {after.rung:.1f} 级，"
        f"{after.with_act} 条涉嫌不当：{said}。",
        f"First half ({before.start} to {before.end}): {before.messages} messages, mean rung {before.rung:.1f}, "
        f"{before.with_act} suspected of an act. Second half ({after.start} to {after.end}): {after.messages}, "
        f"{after.rung:.1f}, {after.with_act}: {said}.",
    )
    if found.new_tactics:
        names = _signals(found.new_tactics, say)
        yield say(f"后一半才出现的手法：{names}。", f"Tactics seen only in the second half: {names}.")
    if found.dropped_tactics:
        names = _signals(found.dropped_tactics, say)
        yield say(f"只在前一半出现的手法：{names}。", f"Tactics seen only in the first half: {names}.")


def _signals(signals: Iterable[Signal], say: Say) -> str:
    wanted = set(signals)
    return say("；", "; ").join(signal_name(signal, say) for signal in Signal if signal in wanted)


def rule_of_escalation(say: Say) -> str:
    """Return the rule in one sentence."""
    return say(
        "算法：只看已判断、有日期、不待复核的催收信息；四级：1 合法提醒，2 骚扰第三方或侮辱诽谤，"
        "3 威胁恐吓，4 涉及人身或上门的威胁恐吓；按天数分前后两半，各至少3条，平均级差0.5以上才说升高或降低。"
        "级别次序是本工具定的，不是法律。",
        "Rule: only judged, dated collection messages that await nobody; four rungs: 1 lawful reminder, 2 harassment "
        "of third parties or defamation, 3 threat, 4 threat of violence or a menacing visit; the days are cut in two "
        "halves with at least 3 messages each, and a difference of 0.5 in the mean counts. The order of rungs is this "
        "tool's, not the law's.",
    )


def unsayable(dossier: Dossier, say: Say) -> Iterator[str]:
    """Yield what cannot be said from this table, and what was assumed."""
    yield from _about_times(dossier, say)
    if dossier.columns.sender is None:
        yield say(
            "表格没有发送人列：不能说是谁发的，也不能说是不是同一人。",
            "The table has no column of senders: who sent what, and whether it was one person, cannot be said.",
        )
    copies = dossier.story.whole.copies
    if copies:
        yield say(
            f"{copies} 行与另一行的发送人、时间、内容都相同，可能是重复导出：照样列出，不重复计数。",
            f"Rows that equal another in sender, time and text, perhaps exported twice: {copies}; shown, "
            "not counted again.",
        )
    if dossier.left_out:
        yield say(
            f"{dossier.left_out} 行在所选日期之外，没有列出。",
            f"Rows outside the days chosen, not shown: {dossier.left_out}.",
        )
    yield say(
        "这里只有表格里的信息：没有电话记录，也看不出表格是否完整、是否改动过。"
        f"“一小时内 {BURST_MESSAGES} 条”等只是计数，不是违规标准。",
        "This holds only the messages of the table: no calls, and it does not show whether the table is complete or "
        f"was changed. “{BURST_MESSAGES} within an hour” and the like are counts, not limits of any rule.",
    )


def _about_times(dossier: Dossier, say: Say) -> Iterator[str]:
    theirs = [entry for entry in dossier.entries if entry.message.fault is not Fault.OWN]
    if not dossier.columns.times:
        yield say(
            "表格没有时间列：不能说钟点、天数、先后和变化，法律按制作当天的规定列出。",
            "The table has no column of times: nothing can be said of hours, days, order and change, and the law is "
            "that of the day this was made.",
        )
    else:
        unread = [entry.number for entry in theirs if entry.message.time is None]
        if unread:
            yield say(
                f"{numbered(unread, say)}的时间读不出来：排在最后，不计入天数、钟点和变化。",
                f"The time of {numbered(unread, say)} could not be read: they stand last and count for no day or hour.",
            )
    hourless = [e.number for e in theirs if e.message.time is not None and not e.message.time.clock_known]
    if hourless:
        yield say(
            f"{numbered(hourless, say)}只知道日期（表格常用0:00表示没有钟点）：不计入夜间。",
            f"Of {numbered(hourless, say)} only the day is known (tables write 0:00 for no hour): "
            "not counted as night.",
        )
    if any(entry.message.time is not None and entry.message.time.year_assumed for entry in dossier.entries):
        year = dossier.options.year
        yield say(
            f"没有写年份的时间，按使用者给的 {year} 年读。", f"Times without a year were read as of {year}, as given."
        )
