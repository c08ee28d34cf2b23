r"""Numbers and addresses of the net that lead to a person: phones, documents, cards, plates, e-mail, links, ids.

Every pattern looks around itself for ASCII letters and digits instead of using word boundaries:
to `re` a Chinese character is a letter, so that `\b` never matches between 电 and 1. Texts are
folded (`particulars.fold`): half-width, lower case.

Kept on purpose: short official numbers (110, 12378, 95588), 400 and 800 numbers and 106… senders (they
name a firm, not a person), the last digits of a card (尾号1234), codes, dates and staff numbers.
"""

import re
from collections.abc import Iterable, Iterator

from classifier.text.particulars import Finder, Kind, Span

_GAP = r"[ \-–—.·_()\t\u200b\u00a0]"
_MASK = r"[*x×●•■]"
_HAN_DIGITS = dict(zip("零〇○一幺二两三四五六七八九", "00011223456789", strict=True))

_MAIL = re.compile(r"(?<![a-z0-9._%+\-*])[a-z0-9*][a-z0-9._%+\-*]{0,63}\s?@\s?[a-z0-9\-*]+(?:\.[a-z0-9\-]+)+")
_LINK_CHARACTERS = r"[a-z0-9\-._~:/?#\[\]@!$&'*+;=%]"
_TOP_LEVEL = (
    "(?:com|cn|net|org|cc|top|vip|xyz|club|info|me|io|app|link|ltd|shop|site|tv|co|la|url|im|win|pub|ink|fun|work|ly|gg|gd|ws|us|hk"
    "|tw|biz|mobi|asia|wang|ren|cloud|store|tk|ml|cf|life|space|host|red|plus|ai|so|online|live|tech|icu|gov|edu)"
)
_LINK = re.compile(
    rf"(?:(?:https?|ftp|weixin|alipays?|tbopen|snssdk\d*|taobao)[:;]/{{1,2}}|https?:){_LINK_CHARACTERS}+"
    r"|(?<![a-z0-9.@\-])[a-z0-9\-]{1,40}(?:\.[a-z0-9\-]{1,40})*"
    rf"\.{_TOP_LEVEL}(?![a-z0-9\-])(?::\d+)?(?:[/?]{_LINK_CHARACTERS}*)?"
)

_PHONE = re.compile(
    rf"(?<![0-9*.])(?<![a-z0-9][\-_])(?:\(?(?:\+|00)?86\)?{_GAP}?)?"
    rf"(?:(?:1|(?<![a-z])l)(?:{_GAP}{{0,2}}[3-9])(?:{_GAP}{{0,2}}[0-9ol]){{9}}|1[3-9]\d,\d{{4}},\d{{4}})(?![0-9*]|[\-_]?[a-z])"
)
_PHONE_MASKED = re.compile(
    rf"(?<![0-9a-z*])(?:\+?86{_GAP}?)?1[3-9]\d{{0,2}}[ \-]?{_MASK}{{2,9}}[ \-]?\d{{0,4}}(?![0-9*])"
)
_HAN_DIGIT = "[零〇○一幺二两三四五六七八九]"
_PHONE_HAN = re.compile(
    rf"(?<!{_HAN_DIGIT}|[0-9])[一幺1][三四五六七八九3-9](?: ?(?:{_HAN_DIGIT}|[0-9])){{9}}(?!{_HAN_DIGIT}|[0-9])"
)
_LANDLINE = re.compile(
    rf"(?<![0-9a-z*.])(?<![0-9][\-:])(?:\+?86{_GAP}?)?\(?0(?:{_GAP}{{0,3}}[0-9]){{9,11}}(?:-\d{{3,5}})?(?![0-9*])"
    rf"|(?<![0-9a-z*.])(?:\+|00)86{_GAP}?(?:10|2\d|[3-9]\d\d){_GAP}?[2-8]\d{{6,7}}(?![0-9*])"
    rf"|(?<![0-9a-z*.])\(?0(?:10|2\d|[3-9]\d\d)\)?[ \-–—]{{0,2}}"
    rf"(?:\d{{1,5}}{_MASK}{{2,7}}\d{{0,4}}|{_MASK}{{3,8}}\d{{0,4}})(?![0-9*])"
)
_LANDLINE_LOCAL = re.compile(r"(?:座机|固话|固定电话|市话)(?:号码?)?[::是 ]{0,2}([2-8]\d{3}[ \-]?\d{3,4})(?![0-9*])")
_AREA = re.compile(r"0(?:10|2[0-57-9]|[3-9]\d\d)")

_DOCUMENT_CUE = re.compile(
    rf"(?:身\s?份\s?证|证\s?件|身份|公民身份|[老旧]证|证号)(?:号码|证号|编号|号|件)?[ :：为是(]{{0,4}}"
    rf"((?:{_GAP}?[0-9*×●•]){{13,17}}{_GAP}?[0-9x*×●•]{{1,3}})(?![0-9a-z*])"
)
_DOCUMENT = re.compile(rf"(?<![0-9a-z*])[1-8](?:{_GAP}{{0,2}}[0-9]){{16}}{_GAP}{{0,2}}[0-9x](?![0-9a-z*])")
_DOCUMENT_MASKED = re.compile(r"(?<![0-9a-z*])[1-8]\d{2,9}[*×●•x]{4,12}\d{0,4}[0-9x](?![0-9a-z*])")
_PASSPORT = re.compile(r"(?:护照|通行证|军官证|士兵证)(?:号码|号)?[ ::为是]{0,3}([a-z]{0,2}\d{7,10})(?![0-9a-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_BIRTH = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")

_CARD = re.compile(rf"(?<![0-9a-z*.])\d(?:{_GAP}{{0,2}}\d){{11,20}}(?![0-9*]|{_GAP}?[a-z])")
_CARD_MASKED = re.compile(
    rf"(?<![0-9a-z*.])(?:\d{{4}}[ \-]?){{1,3}}\d{{0,3}}[ \-]?{_MASK}{{2,12}}"
    rf"(?:[ \-]?{_MASK}{{2,4}})*[ \-]?\d{{0,5}}(?![0-9*])"
)
_CARD_CUE = re.compile(
    r"(?:卡|账号|账户|帐号|帐户|户头|存折|折子|银行|[工农建中招交]行|邮储|信用社|农商行|汇到|汇至|打到|转到|转账|转至|收款|存到|退到|户名|对公)"
    r"[^0-9\n,。;,;\ue0ff]{0,12}$"
)

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"[{_PROVINCES}] ?[a-hj-np-z](?:[ ·.・\-]{{0,3}}[a-hj-np-z0-9*]){{3,7}}"
    r"(?:[ ·.]?[挂学警港澳领])?(?![a-z0-9*])"
)

_SOCIAL_CUE = (
    r"(?:(?:[微薇威维徽]\s?❤?\ufe0f?\s?信|[微薇]❤\ufe0f?|微x|薇|卫星|扣扣|企鹅|球球|[v+]信|v❤\ufe0f?|抖音|快手|小红书|陌陌|微博|钉钉|财付通"
    r"|支付宝|飞机|电报|群号|q群|qq群)|(?<![a-z])(?:wei?xin|wechat|vx|wx|v号?|q ?q|q|tg|telegram|whatsapp)(?![a-z]))"
)
_SOCIAL = re.compile(
    rf"{_SOCIAL_CUE}(?:\s?(?:同步|账号|帐号|号码|号|群|id|搜索?|:|是|为|加|[ +@❤\ufe0f\[\](),]))*?"
    r"(wxid_[a-z0-9]{4,24}|(?=\d{0,4}[a-z])[a-z0-9][a-z0-9_\-]{5,19}|[1-9](?: ?\d){4,11}"
    r"|[一二三四五六七八九](?:[零〇一二三四五六七八九]){4,10}|[1-9]\d{1,5}[*]{2,6}\d{0,4}|[a-z]{1,6}\d{1,8}[*]{2,6}\d{0,4})"
    r"(?![a-z0-9@*_\-]|\.[a-z])"
)
_SOCIAL_AFTER = re.compile(r"(?<![0-9a-z*.])([1-9]\d{5,10})(?=(?:这个|这?是?我的?)?(?:qq|微信|扣扣|v信|企鹅))")

_COURT = f"{_PROVINCES}兵军最穗深"
_BRACKETED_YEAR = r"[(\[〔【<]\s?(?:19|20)\d\d\s?[)\]〕】>]\s?"
_COUNT = r"第?\s?\d[\d*x]*(?:[、,,]\d+)*\s?号(?:之[一二三四五六七八九十\d]+)?"
_CASE = re.compile(
    rf"(?:{_BRACKETED_YEAR}|(?<!\d)20\d\d\s?(?=[{_COURT}]\d))[{_COURT}][\u4e00-\u9fff0-9*x ]{{0,16}}?"
    rf"(?:民|刑|执|行|调|仲|破|保|字|裁|督|异|恢|辖|认|赔|非)[\u4e00-\u9fff ]{{0,6}}?{_COUNT}"
    rf"|{_BRACKETED_YEAR}(?:[\u4e00-\u9fff]{{1,8}}(?:仲|调|民初|民终|执)[\u4e00-\u9fff]{{0,4}}){_COUNT}"
    rf"|(?:[{_COURT}][\u4e00-\u9fff]{{0,4}}|[\u4e00-\u9fff])仲[\u4e00-\u9fff]{{0,4}}"
    rf"{_BRACKETED_YEAR}[\u4e00-\u9fff]{{0,3}}{_COUNT}"
)

_REFERENCE_ID = (
    rf"(?=[^\s,。;]{{0,24}}\d-?\d-?\d-?\d)[a-z0-9](?:[a-z0-9\-_*]|[贷借合保担字第{_PROVINCES}]{{1,4}}(?=\d)){{5,34}}"
)
_REFERENCE = re.compile(
    r"(?:(?:合同|借款|贷款|借据|订单|运单|快递|工单|投诉|保单|流水|交易|受理|报案|回执|客户|学籍|车架|发动机|档案|案件|申请|授信|协议|票据|发票"
    r"|房产证|产权证|病历|住院|挂号|社保|医保|公积金|会员|用户|户|学)[单(]{0,2}(?:编号|号码|单号|流水号|账号|id|号)|工单|订单|单号|借据|运单|流水"
    r"|(?:顺丰|中通|圆通|申通|韵达|极兔|ems|邮政|京东)(?:快递|速运|单号)?)"
    rf"[ ::为是()#]{{0,4}}({_REFERENCE_ID})"
    rf"|(?:合同|快递|车架|发动机|保单)[ ::]?((?=[a-z0-9\-]{{10}}){_REFERENCE_ID})"
)

_UNIT = r"(?:元整?|块钱|块|rmb|人民币|圆整?)"
_NUMERAL = "[零一二两三四五六七八九十百千万亿几壹贰叁肆伍陆柒捌玖拾佰仟]"
_AMOUNT = re.compile(
    rf"(?<![0-9a-z.*])(?:\d+(?:\.\d+)?[wk]\d?|\d{{1,4}}[万块]\d)(?![a-z0-9.])"
    rf"|(?:[¥$]|人民币)\s?\d[\d,]{{0,15}}(?: \d{{3}})*(?:\.\d+)?\s?(?:[万千]?{_UNIT}|[万千](?!\w))?"
    rf"|(?<![0-9a-z.*])(?:\d[\d,.]{{0,15}}[\-~至到])?\d[\d,]{{0,15}}(?: \d{{3}})*(?:\.\d+)?\s?"
    rf"(?:多|余|几)?(?:多万|余万|万多|万余|万|千多|千|百|亿)?\s?{_UNIT}"
    rf"|(?<![0-9a-z.*])\d[\d,]{{0,15}}(?:\.\d+)?\s?(?:万多|万余|万|千多|亿|w|k\d?)(?![a-z0-9\u4e00-\u9fff])"
    rf"|(?<![0-9a-z.*])\d[\d,]{{0,15}}(?:\.\d+)?\s?(?:万多|万余|多万|余万|万|亿)(?!{_UNIT})(?![人次户份条家名个位])"
    rf"|(?:人民币)?{_NUMERAL}{{1,9}}(?:多|余|来)?{_UNIT}(?:{_NUMERAL}[毛角](?:{_NUMERAL}分)?)?"
    rf"|(?<!{_NUMERAL})[一两二三四五六七八九]万[一二三四五六七八九](?:千)?(?![个人次年天月])"
)


def digits(text: str) -> str:
    """Return the digits of a number, however written; `x` stays, as the check digit of an ID number."""
    return "".join(
        _HAN_DIGITS.get(c, c)
        for c in text.replace("o", "0").replace("l", "1")
        if c.isdecimal() or c in _HAN_DIGITS or c == "x"
    )


def is_luhn(number: str) -> bool:
    """Whether a number of digits ends in its Luhn check digit."""
    doubled = (int(c) * (1 + i % 2) for i, c in enumerate(reversed(number)))
    return sum(n // 10 + n % 10 for n in doubled) % 10 == 0


def is_id_number(number: str) -> bool:
    """Whether 17 digits and a check digit (0-9, x) make a valid number of a Chinese identity card."""
    if not re.fullmatch(r"[1-8]\d{16}[\dx]", number) or not _BIRTH.match(number, 6):
        return False
    return "10x98765432"[sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=False)) % 11] == number[17]


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """Yield what a pattern matches, or its group where one took part."""
    for match in pattern.finditer(text):
        yield match.span(match.lastindex or 0)


def emails(text: str) -> Iterable[Span]:
    """Find e-mail addresses."""
    return _spans(_MAIL, text)


def links(text: str) -> Iterator[Span]:
    """Find links, with or without a scheme."""
    for start, end in _spans(_LINK, text):
        yield start, start + len(text[start:end].rstrip(".,;:!?'*~])"))


def phones(text: str) -> Iterator[Span]:
    """Find mobile numbers: plain, split, masked, in Chinese digits, with O for 0."""
    found = [(start, end) for start, end in _spans(_PHONE, text) if _evenly_split(text[start:end])]
    for start, end in _spans(_PHONE_MASKED, text):
        if 9 <= len(re.sub(r"^\+?86(?=\D?1)|[ \-]", "", text[start:end])) <= 13:
            found.append((start, end))
    return iter(_apart([*found, *_han_phones(text)]))


_MOSTLY_HAN = 6


def _han_phones(text: str) -> Iterator[Span]:
    for start, end in _spans(_PHONE_HAN, text):
        if sum(c in _HAN_DIGITS for c in text[start:end]) >= _MOSTLY_HAN:
            yield start, end


def _evenly_split(number: str) -> bool:
    """Whether a number is whole, in a few groups, or split everywhere; and has few letters for digits."""
    number = re.sub(r"^(?:\+|00)?86[ \-]?", "", number)
    gaps = len(re.findall(rf"(?:{_GAP})+", number))
    return (gaps <= 3 or gaps >= 8 or not re.search(r"[^0-9 ]", number)) and number.count("o") + number.count("l") <= 4


def landlines(text: str) -> Iterator[Span]:
    """Find numbers with an area code, whole or masked, and local ones after 座机 or 固话."""
    for start, end in _spans(_LANDLINE_LOCAL, text):
        yield start, end
    for start, end in _spans(_LANDLINE, text):
        number = re.sub(r"-\d{3,5}$", "", text[start:end]) if end - start > 13 else text[start:end]
        bare = re.sub(r"^(?:86|0086)0?", "0", re.sub(r"[^0-9*x×●•■]", "", number))
        area = _AREA.match(bare)
        if area is None or not 6 <= len(bare) - area.end() <= 8 or bare[area.end()] in "01":
            continue
        yield start + (text[start] == "(" and ")" not in number), end


def documents(text: str) -> Iterator[Span]:
    """Find ID numbers: valid ones anywhere, others and masked ones after 身份证 or 证件; passports after their name."""
    found = [(start, end) for start, end in _spans(_DOCUMENT, text) if is_id_number(digits(text[start:end]))]
    found += ((start, end) for start, end in _spans(_DOCUMENT_MASKED, text) if end - start == 18)
    for start, end in _spans(_DOCUMENT_CUE, text):
        found.append((end - len(text[start:end].lstrip(" -(")), end))
    return iter(_apart([*found, *_spans(_PASSPORT, text)]))


def cards(text: str) -> Iterator[Span]:
    """Find bank cards and accounts: by Luhn digit anywhere, any long number after 卡号, 账户 and the like."""
    for start, end in _apart([*_spans(_CARD, text), *_spans(_CARD_MASKED, text)]):
        number = digits(text[start:end])
        cued = bool(_CARD_CUE.search(text[max(0, start - 20) : start]))
        if re.search(_MASK, text[start:end]):
            whole = len(re.sub(r"[ \-]", "", text[start:end])) >= 10 and (cued or number.startswith("62"))
        elif cued:
            whole = len(number) >= 12
        else:
            whole = 15 <= len(number) <= 19 and number[0] in "34569" and is_luhn(number)
        if whole:
            yield start, end


def plates(text: str) -> Iterator[Span]:
    """Find number plates, masked ones too."""
    for start, end in _spans(_PLATE, text):
        body = re.sub(r"[^a-z0-9*]", "", text[start + 1 : end])[1:]
        figures = sum(c.isdigit() for c in body)
        if (4 <= len(body) <= 6 and figures >= 2) or ("*" in body and 3 <= len(body) <= 7):
            yield start, end


def social_ids(text: str) -> Iterator[Span]:
    """Find ids after 微信, QQ, 抖音号 and the like; a number that is a phone is left to `phones`."""
    found = [s for s in _spans(_SOCIAL, text) if not _is_mobile(text[slice(*s)])]
    return iter(_apart([*found, *_spans(_SOCIAL_AFTER, text)]))


def _is_mobile(number: str) -> bool:
    return re.fullmatch(r"1[3-9](?:\d{9}|\d?[*x]{3,}\d{2,4})", number.replace(" ", "")) is not None


def case_numbers(text: str) -> Iterator[Span]:
    """Find numbers of court and arbitration cases."""
    return _spans(_CASE, text)


def references(text: str) -> Iterator[Span]:
    """Find numbers of contracts, orders, parcels and the like, by the word before them."""
    return _spans(_REFERENCE, text)


def amounts(text: str) -> Iterator[Span]:
    """Find sums of money."""
    return _spans(_AMOUNT, text)


def _apart(spans: list[Span]) -> list[Span]:
    """Return spans in order; of two that overlap, the longer one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s[0] - s[1], s)):
        if all(span[1] <= start or end <= span[0] for start, end in kept):
            kept.append(span)
    return sorted(kept)


FINDERS: tuple[tuple[Kind, Finder], ...] = (
    (Kind.EMAIL, emails),
    (Kind.LINK, links),
    (Kind.CASE_NUMBER, case_numbers),
    (Kind.REFERENCE, references),
    (Kind.ID_NUMBER, documents),
    (Kind.PLATE, plates),
    (Kind.SOCIAL_ID, social_ids),
    (Kind.PHONE, phones),
    (Kind.LANDLINE, landlines),
    (Kind.BANK_CARD, cards),
    (Kind.AMOUNT, amounts),
)
"""In the order in which they claim characters."""
