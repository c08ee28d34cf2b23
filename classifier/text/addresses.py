"""Addresses: the part of a message that says where somebody lives or works, from the province to the door.

Only what leads to a door, a house, an estate or a village is an address. A town, a district, a court or
"your village" is none. Offices look like homes, so their addresses are found too.

An address is a chain of parts that follow each other. The parts are found from left to right; what the
chain holds decides whether it is exact enough to be one.
"""

import re
from collections.abc import Iterator

from classifier.text.particulars import Span

# A Chinese character that may stand in a place's name: no verb, particle or pronoun that comes before one.
_H = r"[^\W\da-z_到在去从的了是我你您他她们这那就住往给让把被吗呢吧啊来跟或及也还说找请某哪]"
_N = r"(?:\d{1,5}|[一二三四五六七八九十百]{1,4})"
_PROVINCE = (
    "(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西"
    "|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆)(?:省|市|(?:壮族|回族|维吾尔)?自治区)?"
)
# What stands before 村 or 小区 where no name does: your village, every estate.
_VAGUE = (
    r"(?!(?:(?:\w{0,5}[为有是])?[贵貴]|\w{0,4}(?:户籍|高档|[一二两三几]个)|\w?和|本|咱|全|同|各|该|其|邻|老|农|当|整|地|行政"
    "|所在地?|居住地?|现居住地?|辖区|周边|附近|隔壁|目标)(?:村|社区|小区|广场|宿舍|花园|大厦))"
)
_ROAD = (
    "(?:大道|大街|胡同|公路|横街|(?<![修跑铺带探让问认赶半网思退出绝死活同顺套财销弯堵拦线电])路(?!口(?!岸)|上|过|人|费|边|灯|况|演|由|径|程|线)"
    rf"|街(?!道|上|坊|边|头)|巷(?!子)|道(?=\d|{_H}{{1,5}}(?:[楼里园]\d|小区|\d+号)))"
)
_STRETCH = r"(?:[东西南北中](?=\d))?(?:[一二三四五六七八九十东西南北中\d]段|\w\w段(?=\d))?"
_SECTION = r"(?:[东西南北a-z\d]区|[一二三四五六七八九十\d]期)?(?!门|里|保安|物业)"
_BUILDING = r"(?:栋|幢|座|号?楼|号院|-|区|期|#)"
_ESTATE = (
    rf"(?:(?<={_H}{_H})小区|花园|家园|公寓|新村|新城|山庄|公馆|[名佳嘉雅]苑|[尊官府名]邸|[豪华雅][府庭园]|诚园|一品|(?:[园府城湾庭轩阁苑]|(?<![家区村城市县这那哪屋楼心手])里|(?<!邻)居)"
    rf"(?=\d{{1,3}}{_BUILDING}|[a-z]座|{_N}(?:期|号楼|栋|幢|座)|[东西南北a-z]区))"
)
_SITE = (
    "(?:产业园|科技园|创业园|创意园|软件园|工业[园区]|商务园|物流园|文体园|宿舍|大厦|写字楼|广场|国际城|国际|时代|天街"
    "|酒店|宾馆|旅馆|招待所|市场|商城|港(?=[a-z]?\\d+[栋座幢]))"
)
_INDOORS: tuple[tuple[str, str], ...] = (
    ("door", r"(?:\d{1,3}(?:[\-—]\d{1,4}){2,3}(?:室|户|号)?|\d{1,3}区\d{1,3}号楼?)(?![\d\-:年月日])"),
    (
        "building",
        rf"(?:(?:{_N}(?:-\d{{1,2}}(?=号楼))?|[a-z]\d?)\s?[\-—]?\s?(?:栋|幢|座|号楼|号塔|#楼?|塔)|[一二三四五六七八九]座)(?!业委会)",
    ),
    ("unit", rf"(?:{_N}|[a-z甲乙丙丁])\s?(?:单元|门(?=\d)|梯(?=\d))"),
    (
        "number",
        rf"[甲乙丙丁]?{_N}(?:[\-—]\d{{1,4}})*\s?(?:号大院|号院|号(?:仓|铺|门面|摊位)?(?!码|线|机|文|令|案|店|楼)|弄|院)"
        r"(?:附\d+号|之[一二三四五\d]+)?",
    ),
    (
        "room",
        r"(?:\d{3,4}(?:\s?(?:室|户|号房|房|号))?(?![\d:%*]|[.,]\d|元|块|万|年|天|次)|\d{1,2}[\-—]\d{1,4}(?:室|户)?(?![\d\-:])"
        rf"|[b-z]?{_N}(?:楼|层|号摊位|号铺|号门面)(?:\d{{2,4}}室?|[a-h](?![a-z]))?|(?:[a-z]\d{{1,4}}|\d{{1,2}}[a-f])(?:室|号)?(?![a-z\d]|{_H}{{2,8}}园))",
    ),
)
_PARTS: tuple[tuple[str, str], ...] = (
    ("area", _PROVINCE),
    *_INDOORS,
    ("group", rf"(?:{_N}(?:村民)?(?:组|队|社)|(?<=村){_H}{{1,3}}组)(?!长|织)"),
    (
        "area",
        rf"{_H}{{1,7}}?(?:自治州|自治县|地区|市(?!场)|盟|(?<!小)(?<!社)(?<!工业)区|县|旗|街道办事处|街道|镇|乡|办事处)"
        "(?!人民(?!.{0,2}[路街大])|法院|公安|分局|政府|长(?![江征安春沙城兴乐])|里的|间|域)",
    ),
    ("road", rf"{_H}{{1,5}}?{_ROAD}{_STRETCH}"),
    (
        "village",
        rf"{_VAGUE}{_H}{{1,5}}?(?:村委会?(?={_H}{{1,4}}(?:屯|组|队|村|{_N}号))|居委会?(?={_N}组)|(?<!行政)(?<!农)(?<!全)村"
        rf"|(?<!街道)(?<!小)社区|(?:屯|(?<!山)庄|寨|坳)村?)(?!委|干|支|长|民|里|口|上|头|[市区县镇乡路街期]|小区|{_N}期|\d{{1,3}}{_BUILDING})",
    ),
    (
        "hamlet",
        rf"{_VAGUE}{_H}{{1,4}}?(?:坪|塘|垭|坝|营|堡|圩|沟|湾|岭|[里家庄子]铺)村?(?=\s?{_N}(?:号|组|队|社))",
    ),
    ("estate", rf"{_VAGUE}(?:[a-z]?\d?{_H}{{1,10}}?|[a-z]\d){_ESTATE}{_SECTION}"),
    ("site", rf"{_VAGUE}(?:[a-z]?\d?{_H}{{2,10}}?|[a-z]\d){_SITE}{_SECTION}"),
)
_NAMED = frozenset({"road", "village", "hamlet", "estate", "site"})


def _alternatives(parts: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}{i}>{pattern})" for i, (name, pattern) in enumerate(parts)))


_PART = _alternatives(_PARTS)
_INDOOR_PART = _alternatives(_INDOORS)
_BEFORE_DOOR = re.compile(rf"{_H}{{2,8}}(?=\d{{1,3}}(?:[\-—]\d{{1,4}}){{2,3}})")
_CROSSING = re.compile(rf"[与和]{_H}{{1,5}}?(?:大道|大街|路|街)(?:交叉口|交汇处|交口|口)?")
_STARTS = re.compile(rf"(?<!{_H})(?={_H})|(?<![\da-z\-.:])(?={_N})|(?<![a-z\d])(?=[a-z]\d?[栋座幢])|(?={_PROVINCE})")
# Words that stand before an address without a mark between, and are none of it.
_LEADING = re.compile(
    r"(?:址|处|您?名下|[工农建中招交]行|\w{0,4}?(?:住址|地址|住所|地方|所在地|户籍地?|籍贯|现住|家住|位于|坐落)|老家|单位|公司|门牌|快递|麻烦|一定|上门|收|寄|放|送|贴"
    r"|兹有|我村|村[东西南北]头|于(?!都|洪|家)|和(?!平|县|顺|谐|睦|田|政|龙|静|硕|布|庄|兴|家)|那边|对面|出租屋|房子|我家|家|仓库|厂房"
    r"|店铺|门店|工地|\w{1,3}家(?![庄口村屯沟湾坳坪铺岗集寨堡塘营桥嘴坡河洼峪浜渡园里巷胡弄界港边沱坝山岭梁湖台窑楼坟埠店花属])"
    r"|派人|坐标|定位|于是|目前|现|已经|已|刚|又|再|每天|今天|明天|昨天|停|约|见|关于|房号|租|是|辖区|[贵本](?!州|阳|港|溪|池|安|定))+"
)
_CUE = re.compile(
    "(?:住|住址|地址|家在|家就在|就在|人在|躲在|户籍地?|老家|单位|寄到|寄往|送到|送货|收货|位于|坐落|门牌|现居|娘家是?|房子在"
    "|开到|[出来]租屋在|去)[ :是在于]{0,3}$"
)


def addresses(text: str) -> Iterator[Span]:
    """Find addresses in a folded text."""
    at = 0
    while (found := _next_chain(text, at)) is not None:
        start, end, exact = found
        if exact:
            yield start, end
        at = end


def _next_chain(text: str, at: int) -> tuple[int, int, bool] | None:
    for match in _STARTS.finditer(text, at):
        start = match.start()
        leading = _LEADING.match(text, start)
        for begin in dict.fromkeys((leading.end() if leading else start, start)):
            end, kinds = _chain(text, begin)
            if kinds:
                return begin, end, _is_exact(kinds, bool(_CUE.search(text[max(0, begin - 8) : begin])))
    return None


def _chain(text: str, start: int) -> tuple[int, list[str]]:
    """Return where the chain of parts that begins at `start` ends, and the kinds of its parts."""
    end = at = start
    kinds: list[str] = []
    inside = False
    while True:
        match = (_INDOOR_PART if inside else _PART).match(text, at)
        kind = (match.lastgroup or "").rstrip("0123456789") if match else ""
        if match is None and kinds and not inside:
            match = _BEFORE_DOOR.match(text, at) or (_CROSSING.match(text, at) if kinds[-1] == "road" else None)
            kind = "estate"
        if match is None or (kind == "room" and not kinds):
            return end, kinds
        kinds.append(kind)
        inside = kind in ("building", "unit", "room", "door")
        at = end = match.end()
        if text[at : at + 1] in (" ", "的" if kind == "area" else " "):
            at += 1


def _is_exact(kinds: list[str], cued: bool) -> bool:
    """Whether a chain leads to a house, an estate or a village."""
    seen = set(kinds)
    areas = kinds.count("area")
    named = sum(kind in _NAMED for kind in kinds)
    return bool(
        (named and seen & {"number", "building", "door", "group"})
        or (areas and seen & {"building", "door"})
        or ("building" in seen and seen & {"unit", "room"})
        or (areas and seen & {"village", "estate"})
        or (areas >= 2 and named)
        or (areas and named >= 2)
        or (seen & {"estate", "site"} and "room" in seen)
        or (cued and seen & {"village", "estate", "road", "door"})
    )
