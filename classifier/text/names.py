"""Names of people: found by surname and what stands around it, with no claim to find all.

- a surname before a title (王先生, 李姐): the surname; 小王, 老李, 阿强 whole
- a surname with a mask (王某某, 张*明, 陈某辉): whole, since what is left of a name still narrows it
- a surname with one or two characters more: by points for the words before and after it, for
  characters usual in names, and for where jieba cuts; an ordinary word is no name
- names with a middle dot, and @handles that a blank ends

A name without a surname (建国, 丽丽) is missed unless 阿 stands before it. 某某, 某先生 and ** name
nobody and stay.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from classifier.text.particulars import TAKEN, Span
from classifier.text.tokens import words_with_spans

_TABLE: dict[str, str] = json.loads(
    Path(__file__).with_name("tables").joinpath("names.json").read_text(encoding="utf-8")
)
_GIVEN = frozenset(_TABLE["given"])  # characters usual in given names
_NEVER = frozenset(_TABLE["never"])  # characters that end a name
_FUNCTION = frozenset(_TABLE["function"])  # surnames that are hardly ever one: 于, 和, 向
_DOUBTFUL = frozenset(_TABLE["doubtful"])  # surnames that begin many words: 高, 金, 安
_WORDS = frozenset(_TABLE["words"].split())  # words with the shape of a name
_NO_NICK = frozenset(_TABLE["no_nick"].split())
_NO_NICK_BEFORE_HAN = frozenset(_TABLE["no_nick_before_han"].split())
_NO_AH = frozenset(_TABLE["no_ah"])
_NO_DOUBLE = frozenset(_TABLE["no_double"].split())


def _any(words: str) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(words.split(), key=lambda word: (-len(word), word)))) + ")"


_HAN = "[\u4e00-\u9fff]"
_SURNAME = f"(?:{_any(_TABLE['compound'])}|[{_TABLE['single']}])"
_ONE_SURNAME = re.compile(_SURNAME)
_TITLE = _any(_TABLE["titles"])
_ONE_TITLE = re.compile(rf"{_TITLE}|[总哥姐叔伯婶嫂姨爷工家队]")
_BEFORE = re.compile(rf"{_any(_TABLE['before'])}[ ::是为的(「\"“'、,@您你下]{{0,2}}$")
_BEFORE_ONE = frozenset(_TABLE["before_one"])
_AFTER = re.compile(f"{_TITLE}(?!事务所|函|费)|{_any(_TABLE['after'])}")
_AFTER_ONE = re.compile(f"[{_TABLE['after_one']}]")
_AFTER_NICK = re.compile(f"[{_TABLE['after_one']}家房还又别请收打找问吗呢吧啊头]")
_FIRM_AFTER = re.compile(rf"{_HAN}{{0,4}}(?:有限|商行|事务所|资管|资产管理|农商|农信|小贷|金服|社区|法务|网络|科技)")
_SIGN = re.compile(r"【[^【】\n]{1,24}】|\[[^\[\]\n]{1,24}\]")
_WINDOW = 8

_SOUND = f"[{_TABLE['sounds']}]"
_MORE_SOUND = f"[{_TABLE['sounds']}{_TABLE['sounds_dotted']}]"
_DOTTED = re.compile(rf"{_MORE_SOUND}{{2,6}}[·•・.]{_MORE_SOUND}{{2,6}}(?:[·•・.]{_MORE_SOUND}{{2,6}})?")
_HANDLE = re.compile(rf"(?<![a-z0-9])@([^\s@:,，。、!?…;(){TAKEN}]{{1,16}})(?=\s|$)")
_NO_HANDLE = re.compile(
    r"所有|全体|各位|大家|某|业主|家长们|官|客服|[楼栋区]|all|every|本群|群主|一[下遍]|本人|[你他她我]|投诉|物业|管家"
    r"|公司|银行|机构|法院|^[大二三四五六七八九小老]?[叔姑舅姨哥姐弟妹爷奶爸妈伯婶嫂]+$"
)
_SPACED = re.compile(rf"(?:姓 ?名|户 ?名|尊 ?敬 ?的) ?:? ?({_SURNAME} {_HAN}(?: {_HAN})?)(?!{_HAN})")
_LABELLED = re.compile(rf"(?:姓名|户名|名字|叫做|名叫)[ :是]{{0,2}}({_SURNAME}{_HAN}{{1,2}})(?!{_HAN})")
_LONE = re.compile(rf"(?:姓|书记员|助理|经理|承办|经办|联系人|专员)[ :(]{{0,2}}({_SURNAME})(?!(?!的){_HAN}|[*x])")
_TITLED = re.compile(
    rf"({_SURNAME})(?:{_TITLE}|总(?![共额计和之是会算想监部裁结归数务站体在有得能要来])|[哥姐叔伯婶嫂姨爷](?!们)"
    rf"|队(?!{_HAN})|工(?![作程资厂地人商友伍员牌行]))"
)
_GROUP_TITLE = re.compile("同学|同志|老师|老板|家长|工友|专员|教练|领导")
_MASKED = re.compile(
    rf"(?<!{_HAN}){_SURNAME}{_HAN}某(?!某|{_HAN})"
    rf"|(?<!令){_SURNAME}(?:某某?|[*×○●]{{1,3}}|xx?(?![a-z0-9]))({_HAN}?)|(?<!令){_SURNAME}{_HAN}[*×○●](?![\d*×])"
)
_NO_PERSON = re.compile(
    "银行|平台|公司|金融|消|科技|贷|分期|花|呗|法院|[市县区省镇村]|信托|商|集团|小额|机构|保险|律所?|融|app|快递|网|团|宝|东|条"
    "|支行|农|大学|学校|医院|酒店|资产|投|租赁|[处时日月天人地些种个类部局楼栋号元%]|单位"
)
_NICK = re.compile(rf"(?<![大老小阿])[小老]({_SURNAME})")
_AH = re.compile(rf"阿({_HAN})")
_DOUBLE = re.compile(rf"([{_TABLE['given']}])\1")
_FOREIGN = re.compile(f"{_SOUND}{{3,8}}")

_SURE = 20.0
_STRONG = 4.0
_TITLED_POINTS = 8.0
_ENOUGH = 5.5
_SHORT = 5.4  # less than any full name, so that 石小龙 is not read as 小龙


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    points: float
    start: int
    end: int


def names(text: str) -> Iterator[Span]:
    """Find names of people in a folded text."""
    cuts = _Cuts.of(text)
    candidates = [*_forms(text, cuts), *_short(text, cuts), *_announced(text, cuts), *_full(text, cuts)]
    taken = [False] * len(text)
    found: list[Span] = []

    def take(start: int, end: int) -> None:
        if not any(taken[start:end]):
            taken[start:end] = [True] * (end - start)
            found.append((start, end))

    for candidate in sorted(candidates, key=lambda c: (-c.points, c.start)):
        take(candidate.start, candidate.end)
    for name in dict.fromkeys(text[start:end] for start, end in found if end - start >= 3):
        for again in re.finditer(re.escape(name), text):
            take(*again.span())
    yield from sorted(found)


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Where jieba begins and ends a word."""

    starts: frozenset[int]
    ends: frozenset[int]

    @classmethod
    def of(cls, text: str) -> "_Cuts":
        words = words_with_spans(text)
        return cls(frozenset(start for _, start, _ in words), frozenset(end for _, _, end in words))


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _is_announced(text: str, start: int) -> bool:
    return _BEFORE.search(text[max(0, start - _WINDOW) : start]) is not None


def _forms(text: str, cuts: _Cuts) -> Iterator[_Candidate]:
    """Yield what has the form of a name: masked, titled, labelled, spaced, with a dot, a handle."""
    yield from (_Candidate(_SURE, *m.span()) for m in _DOTTED.finditer(text))
    yield from (_Candidate(_SURE, *m.span(1)) for m in _HANDLE.finditer(text) if not _NO_HANDLE.search(m[1]))
    for pattern in (_SPACED, _LABELLED, _LONE):
        yield from (_Candidate(_SURE, *m.span(1)) for m in pattern.finditer(text) if _NEVER.isdisjoint(m[1]))
    for match in _MASKED.finditer(text):
        start, end = match.span()
        apart = end in cuts.ends or _AFTER_ONE.match(text, end) is not None
        if match[1] and not (match[1] in _GIVEN and apart and not _AFTER.match(text, end - 1)):
            end -= 1
        if (
            _stands_apart(text, start)
            and not _NO_PERSON.match(text, end)
            and _NEVER.isdisjoint(text[start:end].replace("某", ""))
        ):
            yield _Candidate(_SURE - 1, start, end)
    for match in _TITLED.finditer(text):
        start, end = match.span(1)
        plain = match[1] not in _FUNCTION or not _GROUP_TITLE.match(text, end)
        if plain and match[0] not in _WORDS and text[start : end + 1] not in _WORDS and _stands_apart(text, start):
            yield _Candidate(_TITLED_POINTS, start, end)


def _stands_apart(text: str, start: int) -> bool:
    """Whether a surname at `start` is not the tail of a longer word."""
    if not _is_han(text[start - 1 : start]) or start == 0:
        return True
    cued = _is_announced(text, start) or text[start - 1] in _BEFORE_ONE
    return cued or (text[start] not in _FUNCTION and text[start - 1 : start + 1] not in _WORDS)


def _short(text: str, cuts: _Cuts) -> Iterator[_Candidate]:
    """Yield 小王, 老李 and 阿强."""
    for match in (*_NICK.finditer(text), *_AH.finditer(text)):
        word, end = match[0], match.end()
        if word in _NO_NICK or (word[0] == "阿" and (match[1] in _NO_AH or match[1] not in _GIVEN)):
            continue
        alone = not _is_han(text[end : end + 1])
        followed = _AFTER_NICK.match(text, end) is not None or _AFTER.match(text, end) is not None
        if alone or (word not in _NO_NICK_BEFORE_HAN and text[end] != "八" and (followed or end in cuts.ends)):
            yield _Candidate(_SHORT, *match.span())


def _announced(text: str, cuts: _Cuts) -> Iterator[_Candidate]:
    """Yield what has no surname but is announced as a person: 女儿朵朵, 我叫拉巴次仁."""
    for match in (*_DOUBLE.finditer(text), *_FOREIGN.finditer(text)):
        start, end = match.span()
        if match[0] in _NO_DOUBLE or not _is_announced(text, start):
            continue
        if _right(text, end) and (end in cuts.ends or not _is_han(text[end : end + 1])):
            yield _Candidate(_ENOUGH, start, end)


def _full(text: str, cuts: _Cuts) -> Iterator[_Candidate]:
    """Yield surnames with one or two characters after them that have points enough."""
    signs = [m.span() for m in _SIGN.finditer(text)]
    for match in _ONE_SURNAME.finditer(text):
        start, given = match.span()
        if _ONE_TITLE.match(text, given):
            continue
        before = text[max(0, start - _WINDOW) : start]
        left = _left(before)
        if left < _STRONG and (before[-1:].isdigit() or any(low <= start < high for low, high in signs)):
            left = 0.0  # 1张, 【华夏
        for end in (given + 1, given + 2):
            if end > len(text) or not all(map(_is_han, text[given:end])) or not _NEVER.isdisjoint(text[given:end]):
                break
            right = _right(text, end)
            supported = (left == _STRONG and right + end - given >= 3) or (left and right == _STRONG)
            joins = match[0] in "和向与" and _ONE_SURNAME.match(text, given)  # 和秦医生
            if joins or (match[0] in _FUNCTION and not supported) or _FIRM_AFTER.match(text, end):
                continue
            points = left + right + _inner(text, match, end, cuts, left, right)
            if _is_han(text[end : end + 1]) and _AFTER_ONE.match(text, end - 1):
                points -= 2
            if points >= _ENOUGH:
                yield _Candidate(points, start, end)


def _left(before: str) -> float:
    if _BEFORE.search(before):
        return _STRONG
    return 2.0 if not _is_han(before[-1:]) or before[-1] in _BEFORE_ONE else 0.0


def _right(text: str, end: int) -> float:
    if _AFTER.match(text, end):
        return _STRONG
    if not _is_han(text[end : end + 1]):
        return 2.0
    return 1.5 if _AFTER_ONE.match(text, end) else 0.0


def _inner(text: str, surname: re.Match[str], end: int, cuts: _Cuts, left: float, right: float) -> float:
    """Weigh a candidate by itself: its characters, and where jieba cuts."""
    announced = left == _STRONG
    start, given = surname.span()
    single = given - start == 1
    usual = sum(char in _GIVEN for char in text[given:end])
    begins_with_word = single and text[start : start + 2] in _WORDS and start + 2 in cuts.ends
    stands_alone = announced and usual == end - given and not _is_han(text[end : end + 1])
    if text[start:end] in _WORDS or (begins_with_word and not stands_alone):
        return -_SURE
    if surname[0] in _FUNCTION and usual < end - given:
        return -_SURE
    points = usual - 1.5 * (end - given - usual) + (end - given - 1)
    points += 1 if start in cuts.starts else left / 2 - 2
    points += 1 if end in cuts.ends else -1 if announced or right == _STRONG else -3
    if given in cuts.starts and end - given == 2:
        points -= 1.5
    if surname[0] in _DOUBTFUL and not announced:
        points -= 1.5
    return points
