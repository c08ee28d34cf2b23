"""Drafts for 12378, 12321 and the police: what happened in sober words, blanks for what only the person knows.

A draft states what the messages say and suspects (涉嫌, 可能不符合); it finds nobody guilty. It rests on settled
messages alone; those that wait for a person are named so that they can be added by hand. Every name of a law or a rule
comes from `classifier.guidance` for the day of its messages. Drafts are in Chinese: that is what their readers read.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from classifier.dossier.build import Dossier
from classifier.dossier.entries import Entry
from classifier.dossier.law import REPEATED_ITEMS, Cited
from classifier.dossier.thread import MANY
from classifier.dossier.words import label_name, numbered, say_in, when
from classifier.guidance import Provision, Role
from classifier.labels import ACTS, Label
from classifier.markup import one_line, visible

BLANK = "＿＿＿＿＿＿"
LONGEST_QUOTE = 200
"""Characters of a message that a draft quotes; the whole stands in `messages.csv`."""

MOST_QUOTED = 15
_POLICE_LAW = "治安管理处罚法"
_SAY = say_in("zh")
_HEAD = (
    "【草稿】由机器筛查结果整理，不是法律意见，也不认定任何人违法。",
    f"提交前请逐条核对原信息，补全“{BLANK}”处，删去不符合事实的内容。",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft to be finished by hand: the name of its file, its title, and its text in lines."""

    file: str
    title: str
    text: str


def drafts(dossier: Dossier) -> tuple[Draft, ...]:
    """Write the three drafts. One without a message to rest on says so and claims nothing."""
    acts = [entry for entry in dossier.entries if entry.settled and entry.acts]
    police = {number for turn in dossier.law.turns if turn.channel.id == "110" for number in turn.numbers}
    grave = [entry for entry in acts if entry.number in police]
    plans: tuple[tuple[str, str, Sequence[Entry], Callable[[Dossier, Sequence[Entry]], Iterator[str]]], ...] = (
        (
            "complaint-12378.txt",
            "投诉书（12378，国家金融监督管理总局）",
            [entry for entry in dossier.entries if entry.settled and (entry.acts or entry.at_night)],
            _to_regulator,
        ),
        ("complaint-12321.txt", "骚扰信息举报（12321）", acts, _to_spam_centre),
        ("police-report.txt", "报案材料（公安机关）", grave, _to_police),
    )
    return tuple(
        Draft(file, title, "\n".join([title, "", *_HEAD, "", *(write(dossier, of) if of else _nothing(dossier)), ""]))
        for file, title, of, write in plans
    )


def _nothing(dossier: Dossier) -> Iterator[str]:
    yield "本档案里没有可以写进这份材料的信息（已判断、不待复核、涉嫌不当的催收信息）。"
    yield from _pending(dossier)


def _pending(dossier: Dossier) -> Iterator[str]:
    waiting = [entry.number for entry in dossier.entries if entry.pending and entry.copy_of is None]
    if waiting:
        yield f"另有{numbered(waiting, _SAY)}待人工复核，没有写入；本人核对后可以自行补充。"


def _person(role: str) -> Iterator[str]:
    yield f"一、{role}"
    yield f"姓名：{BLANK}    证件号码：{BLANK}"
    yield f"联系电话：{BLANK}    联系地址：{BLANK}"
    yield "与债务的关系（选一项）：□ 借款人本人    □ 与债务无关    □ 保证人、共同借款人等    □ 其他"


def _senders(entries: Sequence[Entry]) -> str:
    names = dict.fromkeys(one_line(entry.message.sender) for entry in entries)
    return "、".join(name or "（表格没有注明）" for name in names)


def _to_regulator(dossier: Dossier, entries: Sequence[Entry]) -> Iterator[str]:
    yield from _person("投诉人")
    yield ""
    yield "二、被投诉机构"
    yield f"机构名称：{BLANK}（按合同或官方App填写；信息里自称的名称不一定真实）"
    yield f"产品或合同编号：{BLANK}    是否已先向机构投诉、工单号：{BLANK}"
    yield f"发送号码或名称：{_senders(entries)}"
    yield ""
    yield "三、事实"
    yield from _facts(dossier, entries)
    yield ""
    yield "四、可能不符合的规定（按信息当天的规定列出，是否违反由贵机构认定）"
    yield from _rules(dossier, entries)
    yield from _basis(dossier, entries, lambda provision: provision.law.zh != _POLICE_LAW)
    yield from _date_ground(dossier, entries)
    yield ""
    yield "五、请求"
    yield "1. 核实上述信息是否由被投诉机构或其委托的催收机构发送。"
    if any(entry.acts for entry in entries):
        yield "2. 如属实，责令停止上述方式的催收。"
    else:
        yield "2. 如属实，要求不在上述时段催收。"
    if any(Label.THIRD_PARTY_HARASSMENT in entry.acts for entry in entries):
        yield "3. 停止联系与债务无关的第三人，说明其联系方式的来源。"
    yield "（本投诉不涉及是否欠款、欠多少，债务另行核实、协商。）"
    yield ""
    yield from _close(dossier, "投诉人")


def _to_spam_centre(dossier: Dossier, entries: Sequence[Entry]) -> Iterator[str]:
    yield from _person("举报人")
    yield f"接收号码：{BLANK}    所属运营商：{BLANK}"
    yield ""
    yield "二、被举报号码"
    for sender in dict.fromkeys(entry.message.sender for entry in entries):
        sent = [entry for entry in entries if entry.message.sender == sender]
        yield f"{_senders(sent)}：{len(sent)} 条（{numbered([entry.number for entry in sent], _SAY)}）"
    yield ""
    yield "三、信息原文"
    yield from _quotes(dossier, entries)
    yield from _pending(dossier)
    yield ""
    yield "四、请求"
    yield "核实并依规处置上述号码。（本举报只针对号码，不涉及债务。）"
    yield ""
    yield from _close(dossier, "举报人")


def _to_police(dossier: Dossier, entries: Sequence[Entry]) -> Iterator[str]:
    yield "有人身危险或者正在被滋扰的，不必写材料，马上打110。"
    yield ""
    yield from _person("报案人")
    yield ""
    yield "二、对方"
    yield f"身份：{BLANK}（不知道的写“不明”）"
    yield f"发送号码或名称：{_senders(entries)}"
    yield ""
    yield "三、事实"
    yield from _facts(dossier, entries)
    yield f"线下情况（来电、上门、跟踪、他人被联系等，本档案看不到，请本人补充；没有的写“无”）：{BLANK}"
    yield ""
    yield "四、可能不符合的规定（按信息当天的规定列出，是否违法由公安机关认定）"
    yield from _basis(dossier, entries, lambda provision: provision.law.zh == _POLICE_LAW)
    yield from _date_ground(dossier, entries)
    yield ""
    yield "五、请求"
    yield "1. 依法受理、调查，并出具受案回执。"
    yield "2. 依法处理，制止继续发送。"
    yield ""
    yield from _close(dossier, "报案人")


def _facts(dossier: Dossier, entries: Sequence[Entry]) -> Iterator[str]:
    days = sorted(entry.day for entry in entries if entry.day is not None)
    span = f"{days[0]} 至 {days[-1]}，" if days else ""
    undated = len(entries) - len(days)
    yield (
        f"{span}上述号码或名称发来下列信息 {len(entries)} 条"
        + (f"（其中 {undated} 条时间不明）" if undated else "")
        + "："
    )
    for act in ACTS:
        found = [entry.number for entry in entries if act in entry.acts]
        if found:
            yield f"· 涉嫌{label_name(act, _SAY)}：{len(found)} 条（{numbered(found, _SAY)}）"
    night = [entry.number for entry in entries if entry.at_night]
    if night:
        yield f"· 在22:00至次日8:00之间收到：{len(night)} 条（{numbered(night, _SAY)}）"
    shown = {entry.number for entry in entries}
    for repeat in dossier.story.repeats:
        if shown.issuperset(repeat.numbers):
            same = "内容相同" if repeat.exact else "内容基本相同"
            yield f"· {numbered(repeat.numbers, _SAY)}{same}"
    yield from (f"· {sentence}" for sentence in _many(dossier, shown))
    yield "信息原文："
    yield from _quotes(dossier, entries)
    yield from _pending(dossier)


def _many(dossier: Dossier, shown: set[int]) -> Iterator[str]:
    for many in dossier.story.many:
        numbers = [number for number in many.numbers if number in shown]
        if len(numbers) >= MANY:
            who = one_line(many.sender) or "未注明的发送人（若为同一人）"
            yield f"{who} 多次发来涉嫌恐吓、侮辱的信息，共 {len(numbers)} 条（{numbered(numbers, _SAY)}）"


def _quotes(dossier: Dossier, entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries[:MOST_QUOTED]:
        names = "、".join(f"涉嫌{label_name(act, _SAY)}" for act in entry.acts) or "夜间发送"
        sender = one_line(entry.message.sender) or "发送人不明"
        yield f"第{entry.number}条  {when(entry.message.time, _SAY)}  {sender}（{names}）："
        text = entry.message.text
        more = f"……（全文 {len(text)} 字，见 messages.csv）" if len(text) > LONGEST_QUOTE else ""
        quoted = visible(text[:LONGEST_QUOTE]).replace("\n", "\n    ")
        yield f"    “{quoted}{more}”"
    if len(entries) > MOST_QUOTED:
        yield f"其余 {len(entries) - MOST_QUOTED} 条见附件 messages.csv。"


def _basis(dossier: Dossier, entries: Sequence[Entry], laws: Callable[[Provision], bool]) -> Iterator[str]:
    """Yield the provisions that conduct may not comply with, each with its messages."""
    shown = {entry.number for entry in entries}
    conduct = [one for one in dossier.law.basis if one.provision.role is Role.CONDUCT and laws(one.provision)]
    cited = [one for one in conduct if shown.intersection(one.numbers)]
    yield from (_citation(one, shown) for one in cited)
    repeated = {
        number for one in cited for item in one.items if item.item.id in REPEATED_ITEMS for number in item.numbers
    }
    alone = sorted((repeated & shown) - {number for many in dossier.story.many for number in many.numbers})
    if alone:
        yield (
            f"  （其中第五项以“多次”或者滋扰、纠缠、跟踪为要件；{numbered(alone, _SAY)}的发送人此类信息不足 {MANY} 条，"
            "是否适用请贵单位认定。）"
        )
    if not cited and any(entry.acts for entry in entries):
        yield "· 信息当天适用的法律条文没有核对过，不引用。"
    elif not cited:
        yield "  （夜间发送只涉及行业规范和推荐性标准，另有约定或者同意的除外；没有引用法律条文。）"


def _citation(one: Cited, shown: set[int]) -> str:
    said = [
        f"{item.item.cite.zh}（{_those(item.numbers, shown)}）"
        for item in one.items
        if shown.intersection(item.numbers)
    ]
    return f"· {one.provision.cite.zh}" + ("：" + "，".join(said) if said else f"（{_those(one.numbers, shown)}）")


def _those(numbers: Iterable[int], shown: set[int]) -> str:
    return numbered([number for number in numbers if number in shown], _SAY)


def _rules(dossier: Dossier, entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the rules and conventions whose text was checked, each with its nature and its messages."""
    shown = {entry.number for entry in entries}
    for one in dossier.law.rules:
        if one.rule.verified and shown.intersection(one.numbers):
            yield f"· {one.rule.name.zh}（{one.rule.nature.zh}；{_those(one.numbers, shown)}）"


def _date_ground(dossier: Dossier, entries: Sequence[Entry]) -> Iterator[str]:
    undated = [entry.number for entry in entries if entry.number in dossier.law.undated]
    if undated:
        yield f"  （{numbered(undated, _SAY)}时间不明，按 {dossier.law.today} 的规定列出；查明时间后请重新核对。）"
    yield f"  （法律资料核对于 {dossier.law.checked}。）"


def _close(dossier: Dossier, role: str) -> Iterator[str]:
    yield "附件：dossier.html（每条信息全文、时间、号码和SHA-256）、messages.csv、hashes.txt。"
    yield "原信息保留在手机上，可当面出示。"
    yield f"以上由本人核对，所述属实。    {role}（签名）：{BLANK}    日期：{BLANK}"
