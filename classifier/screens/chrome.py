"""What stands on a screen and is no message: patterns over a line folded to half-width (`key`).

A pattern must cover the whole line, so that a message that mentions 短信 or 4G is never touched.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from classifier.screens.repair import BESIDE_CHINESE
from classifier.screens.times import ShownTime, shown_time
from classifier.text.normalise import HAN

_WIDE_GAP = re.compile(r"\s{2,}")
_LONGEST = 60
_LONGEST_NAME = 24


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """Return a line as the patterns see it: half-width, lower case, no blanks beside Chinese."""
    return BESIDE_CHINESE.sub("", unicodedata.normalize("NFKC", text).strip().lower())


_STATUS_TOKENS = {
    "clock": re.compile(
        r"(?:上午|下午|晚上|凌晨|早上|中午)?(?<!\d)(?:[01]?\d|2[0-3]):[0-5]\d(?!\d)(?::[0-5]\d)?(?:\s*[ap]m)?"
    ),
    "carrier": re.compile(
        r"(?:中国)?(?:移动|联通|电信|广电)|cmcc|china ?(?:mobile|unicom|telecom|broadnet)"
        r"|无服务|无sim卡|仅限紧急呼叫|飞行模式"
    ),
    "net": re.compile(
        r"(?<![a-z0-9])(?:[2345]g[a+]?\+?\s?\d{0,3}|lte|volte|vowifi|hd\d?|wi-?fi\d?|wlan|nr)(?![a-z0-9])"
    ),
    "battery": re.compile(r"(?<!\d)(?:100|[1-9]?\d)%"),
    "speed": re.compile(r"(?<!\d)\d{1,4}(?:\.\d+)?\s*[km]?b?/s"),
    "aside": re.compile(r"蓝牙|闹钟|静音|勿扰|省电|充电中?|定位|热点|(?<![a-z])(?:vpn|nfc|gps)(?![a-z])"),
}
_STATUS_ENOUGH = (
    {"clock", "carrier"}, {"clock", "net"}, {"clock", "battery"}, {"clock", "speed"},
    {"carrier", "net"}, {"carrier", "battery"}, {"net", "battery"}, {"clock", "aside"},
)  # fmt: skip
_STATUS_REST = 10

_NUMBER = r"\+?(?:86)?[\s-]*\d(?:[\d\s*x-]{3,24})\d"
_BACK = r"[<‹く〈《←⟨〈«]"
_ON = r"[>›〉》…⋯⋮:·.☰三=\s]"
_TITLE = re.compile(
    rf"{_BACK}\s*(?:\d{{1,2}}\+?\s+)?(?P<backed>[^，。！？；,!?;]{{0,24}}?){_ON}*"
    rf"|(?P<number>{_NUMBER}){_ON}*"
    rf"|(?P<group>[^，。！？；,!?;]{{1,24}}[((]\d{{1,4}}[))]){_ON}*"
    rf"|(?P<plain>短信/彩信|彩信|imessage(?:信息)?|未知号码|陌生号码|未知联系人|陌生人|骚扰电话|未知号码[^，。！？,!?]{{0,8}}|通知类?短信|服务号|信息|短信|消息|微信|聊天信息|详情){_ON}*"
)
_INPUT = re.compile(
    r"[\[+⊕○◯口〇\s]*(?:短信/彩信|短信|彩信|文本信息|信息|imessage(?:信息)?|rcs消息|增强信息|"
    r"发(?:送)?(?:短信|消息|信息)|编辑(?:短信|信息)|新信息|"
    r"(?:请)?输入(?:消息|信息|内容|文字|短信|你想说的)[^，。]{0,6}|"
    r"按住\s*说话|说点什么.{0,4}|写短信|sms|text message)"
    r"[\]+⊕○◯口〇☺\s.…↑]*(?:发送)?[+⊕○◯\s]*|发送"
)
_LABELS = {"短信/彩信", "短信", "彩信", "信息", "通知", "imessage", "imessage信息", "微信"}
_RECEIPT = re.compile(
    r"[✓√v/]*(?:对方)?(?:已读|已送达|送达|已发送|未送达|发送失败|发送成功|未读|\d{1,4}人(?:已读|未读)|全部已读|以短信形式发送|点击重试|重试)"
    r"(?:\s*\d{1,2}:\d{2}|[✓√v/]*)?[>›]?"
)
_NOTICE = re.compile(
    r"[—–\-·=~]*(?:以[下上]为?(?:是)?(?:新消息|最新消息|历史消息|打招呼的内容)|以上是打招呼的内容|查看(?:更多|历史|全部)?(?:消息|信息|聊天记录)|"
    r"加载更多|没有更多(?:了|消息)?|\d{1,4}条(?:新|未读)(?:消息|信息|短信)|新消息|未读消息|"
    r"(?:复制|转发|分享|收藏|删除|多选|全选|引用|提醒|翻译|朗读|更多|取消|举报|屏蔽|拉黑|编辑|回复|呼叫|详情|清空|免打扰|搜索|筛选|设置|完成|选择|\s|[|·/])+|"
    r".{1,12}撤回了一条消息|.{1,16}(?:邀请|将).{1,20}加入了?群聊|.{1,16}(?:加入|退出)了?群聊|你已添加了.{1,16},?现在可以开始聊天了[。.]?|"
    r"消息已发出,但被对方拒收了[。.]?|(?:举报|报告)(?:垃圾|骚扰)(?:信息|短信)|(?:加入|添加(?:到|至))(?:黑名单|通讯录|联系人)|"
    r"(?:此|该)发(?:件|信)人不在(?:您|你)的联系人列表中[。.]?|(?:此|该)号码被\d+人标记为.{1,8}|标记为(?:已读|骚扰).{0,4}|全部(?:标为|设为)?已读|"
    r"(?:sim卡?|卡)\s?[12]|长按.{0,10}(?:复制|选择|更多).{0,6}|双击.{0,10}|轻触.{0,10}|切换到会话|展开全文|收起|"
    r"(?:微信|信息|短信|消息)(?:\(\d+\))?(?:通讯录|联系人)(?:发现|动态|骚扰拦截|服务号?)?我?|(?:通知|短信|信息|微信|消息)[·•\s]*(?:现在|刚刚|\d+分钟前))"
    r"[—–\-·=~>›]*"
)
_PAGE = re.compile(
    r"[<>‹›«»〈〉←→↑↓⇧⇩⌃⌄∧∨▲▼◀▶△▽\s|]+|[<‹←]?\s*第?\d{1,3}\s*/\s*\d{1,3}页?\s*[>›→]?|第\d{1,3}页(?:共\d{1,3}页)?|"
    r"[<‹«←]?(?:上一页|下一页|上一条|下一条|上一张|下一张|返回|返回顶部|回到顶部|回到底部)+[>›»→]?"
)
_DOWNLOAD = re.compile(
    r"(?:点击|立即|马上|免费|去|用|在)?(?:下载|打开|安装|更新)(?:并(?:安装|打开))?(?:微信|短信|qq|支付宝|浏览器|.{0,8}(?:app|客户端|应用|安装包))"
    r"(?:打开|查看|体验|阅读|使用)?(?:更多|全文|完整内容|详情|原文)?[>›!]?|"
    r"(?:立即|马上|免费|点击)下载|(?:下载|查看|保存)(?:原图|原文件|图片|附件|视频)(?:\([\d.]+[kmg]b?\))?|下载中.{0,6}|点击下载(?:附件|图片|彩信)"
)
_SCRAP = re.compile(r"[\s□○●◯◎■◆▲△▽▼⊙⊕⊖☰∨∧<>‹›⋮⋯…·•|_\-=~^`'\"“”‘’°*#@©®+,.、:;\\/()\[\]{}\x7f口〇]{1,6}")
_NUMBER_LINE = re.compile(rf"(?:发件人|发信人|来自|号码|from)?[::]?\s*(?P<sender>{_NUMBER})")
_NAMED = re.compile(r"(?:发件人|发信人|来自|from)[::]\s*(?P<sender>.{1,24})|(?:收件人|收信人|to)[::]\s*.{0,24}")
_NAME = re.compile(rf"[{HAN}a-z0-9_·.*@()\-\s]{{1,14}}")
_BEFORE_TIME = re.compile(r"(?:时间|日期|[于至前到在为日:：])$")
_TIME_END = re.compile(r"(?:[\dolp天日曰前刚在一二三四五六]|[ap]m)\s*$", re.IGNORECASE)
_PARTS = re.compile(r"[\s·•]+")
_TWICE = re.compile(r"(\w)[\s|]+(?P<name>\1[^，。！？,!?:：]{0,9})")


def is_status_bar(text: str) -> bool:
    """Whether a line is the bar at the top of a phone's screen.

    >>> is_status_bar("10:24 中国移动 4G 78%□"), is_status_bar("10:24 开会，带4G卡")
    (True, False)
    """
    plain = _WIDE_GAP.sub(" ", unicodedata.normalize("NFKC", text).strip().lower())
    if len(plain) > _LONGEST:
        return False
    plain = re.sub(rf"(?<=[{HAN}])\s+(?=[{HAN}])", "", plain)
    found = set()
    for name, pattern in _STATUS_TOKENS.items():
        plain, count = pattern.subn(" ", plain)
        if count:
            found.add(name)
    rest = re.sub(r"\s+", "", plain)
    if any("\u4e00" <= c <= "\u9fff" and c not in "口山川回〇" for c in rest) or len(rest) > _STATUS_REST:
        return False
    return any(need <= found for need in _STATUS_ENOUGH)


def title_of(text: str) -> str | None:
    """Return whom a title names ("" where nobody), None where the line is no title.

    >>> title_of("‹ 12 1069 0000 1234 ›"), title_of("还款协商群(8)"), title_of("今天还钱")
    ('1069 0000 1234', '', None)
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    found = _TITLE.fullmatch(plain) if len(plain) <= _LONGEST else None
    if found is None or not any(c.isalnum() for c in plain):
        return None
    if found["group"] or found["plain"]:
        return ""
    name = (found["number"] or found["backed"] or "").strip(" <>‹›…·:")
    if re.fullmatch(r".{1,24}\(\d{1,3}\)|信息|短信|消息|微信|返回", name):
        return ""
    return name


def is_group_title(text: str) -> bool:
    """Whether a title names a group, by the number of its members."""
    return re.search(r"\w\s*[(（]\d{1,3}[)）]", text) is not None


def is_input_line(text: str) -> bool:
    """Whether a line is the field in which an answer is typed."""
    return _INPUT.fullmatch(key(text)) is not None


def is_label(text: str) -> bool:
    """Whether a line says what kind of message follows, as phones do above a time."""
    return key(text) in _LABELS


def is_receipt(text: str) -> bool:
    """Whether a line says that what stands above was sent or read."""
    return _RECEIPT.fullmatch(key(text)) is not None


def is_notice(text: str) -> bool:
    """Whether a line is a notice of the app, or a row of its buttons."""
    return len(text) <= _LONGEST and _NOTICE.fullmatch(key(text)) is not None


def is_page(text: str) -> bool:
    """Whether a line is a page number or arrows."""
    return _PAGE.fullmatch(key(text)) is not None


def is_download(text: str) -> bool:
    """Whether a line is a prompt of the app to download or open something."""
    return len(text) <= _LONGEST and _DOWNLOAD.fullmatch(key(text)) is not None


def is_clutter(text: str, off: Collection[str]) -> bool:
    """Whether a line is a notice, a page number or a prompt to download whose step is not switched off."""
    return (
        (is_notice(text) and "notices" not in off)
        or (is_page(text) and "pages" not in off)
        or (is_download(text) and "downloads" not in off)
    )


def is_scrap(text: str) -> bool:
    """Whether a line is nothing but marks, as icons are read."""
    plain = key(text)
    return bool(plain) and _SCRAP.fullmatch(plain) is not None and not set(plain) <= set(".…")


def sender_of(text: str) -> str | None:
    """Return the sender that a line names and nothing else ("" for 收件人), None where it is another line.

    >>> sender_of("发件人：10690000"), sender_of("138 0000 0000"), sender_of("还款")
    ('10690000', '138 0000 0000', None)
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _NAMED.fullmatch(plain.lower()) or _NUMBER_LINE.fullmatch(plain.lower())
    if found is None:
        return None
    sender = found["sender"]
    if sender is None:
        return ""
    digits = sum(c.isdigit() for c in sender)
    return plain[-len(sender) :].strip() if found.re is _NAMED or digits >= len("10086") else None


def is_name(text: str) -> bool:
    """Whether a line could be somebody's name: short, and without a mark of punctuation."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    return _NAME.fullmatch(plain) is not None and any(c.isalpha() for c in plain)


def name_and_time(text: str, *, closed: bool = False) -> tuple[str, ShownTime] | None:
    """Return the name and the time where a line holds the two and nothing else: 张经理 昨天 下午3:45.

    With `closed` no blank need stand between them: some OCR drops it.

    >>> name_and_time("张经理 昨天 下午3:45")[0], name_and_time("张经理昨天3:45")
    ('张经理', None)
    """
    text = _WIDE_GAP.sub(" ", text.strip())
    if len(text) > _LONGEST or not _TIME_END.search(text) or shown_time(text):
        return None
    places = [(part.start(), part.end()) for part in _PARTS.finditer(text)]
    if closed:
        places = sorted({*places, *((i, i) for i in range(1, len(text)))})
    for end, start in places:
        sender, time = text[:end], shown_time(text[start:])
        if time is not None and (start > end or (time.whole and not _BEFORE_TIME.search(sender))):
            named = is_name(sender) or sender_of(sender) is not None
            return (sender, time) if named and len(sender) <= _LONGEST_NAME else None
    return None


def name_beside_avatar(text: str) -> str | None:
    """Return a name whose first character, read off the avatar, stands once more before it: 阿 阿强."""
    found = _TWICE.fullmatch(text.strip())
    return found["name"] if found else None
