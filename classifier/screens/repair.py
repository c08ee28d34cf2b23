"""Mends the text of one message after OCR: wrapped lines, blanks between characters, confused characters.

Steps are like those of the normaliser: a string in, edits out, so that offsets stay. They run only where an
OCR certainly had a hand in the text; a sender's own disguise is left for the normaliser to see.
"""

import re
from collections.abc import Iterable

from classifier.text.normalise import HAN, Edit

PARTED = re.compile(r"(?<![!-~])[!-~](?: [!-~])+(?![!-~])")
"""Latin letters, digits and marks that an OCR parted one by one: 2 0 2 4."""
BESIDE_CHINESE = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
"""Blanks beside a Chinese character, where no word needs one."""

_CJK = f"{HAN}，。！？；：、（）【】《》“”‘’…￥—"
_BLANK = r"[ \t\u3000\u00a0]+"
_SPACED = re.compile(rf"(?<=[{HAN}]){_BLANK}(?=[{HAN}])")
_CLOSE = re.compile(rf"(?<=[{HAN}])(?=[{HAN}])")
_CUT = re.compile(
    rf"(?<=[{_CJK}]){_BLANK}(?=[{_CJK}0-9A-Za-z¥,.!?;:%*(\[])|(?<=[0-9A-Za-z,.!?;:%*)\]]){_BLANK}(?=[{_CJK}])"
    rf"|(?<=\d){_BLANK}(?=[.,:]\d)|(?<=\d[.,:]){_BLANK}(?=\d)"
)
_FEWEST_SPACED = 3
_SPACED_SHARE = 0.4


def is_spaced(text: str) -> bool:
    """Whether blanks stand between so many Chinese characters that a machine must have put them there."""
    spaced = len(_SPACED.findall(text))
    return spaced >= _FEWEST_SPACED and spaced >= _SPACED_SHARE * (spaced + len(_CLOSE.findall(text)))


def spaces(text: str, *, throughout: bool = False) -> Iterable[Edit]:
    """Remove the blanks that OCR put between characters, where it did so in all of `text`, or in all of its screen."""
    if not throughout and not is_spaced(text):
        return ()
    cuts = {match.start(): match.end() for match in _CUT.finditer(text)}
    for run in PARTED.finditer(text):
        cuts |= {at: at + 1 for at in range(run.start() + 1, run.end(), 2)}
    return [Edit(start, cuts[start], "") for start in sorted(cuts)]


_DIGIT_LIKE = {"o": "0", "O": "0", "〇": "0", "l": "1", "I": "1", "|": "1"}
_MIXED = r"[0-9oOlI|](?:[0-9oOlI|,.]*[0-9oOlI|])?"
_AMOUNT = re.compile(
    rf"(?<![0-9A-Za-z]){_MIXED}(?=\s*(?:元|万|年|月|日|曰|天|期|点|时|分|秒|号|次|人|笔|%|％|小时|个))"
    rf"|(?<=[¥￥]){_MIXED}(?![A-Za-z])"
    rf"|(?<![0-9A-Za-z]){_MIXED}[:：][0-5oO][0-9oOlI](?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z.,])[0-9OlI][0-9OolI]{0,2}(?:,[0-9OolI]{3})+(?:\.[0-9OolI]{1,2})?(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])4[0Oo]{2}(?=-)"
    rf"|(?<![0-9A-Za-z])[12lI][0-9oO]{{3}}[-/.][0-9oOlI]{{1,2}}[-/.][0-9oOlI]{{1,2}}(?![0-9A-Za-z])"
)
_CERTAIN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), right)
    for pattern, right in (
        (r"(?<=[0-9])曰", "日"),
        (r"(?<=[一二三四五六七八九十])曰(?=[内前后起止到至])", "日"),
        (r"(?<=到期|还款|工作|账单|截止|节假)曰", "日"),
        (r"(?<=[今明昨次当近即])曰(?![:：“])", "日"),
        (r"曰(?=前|期)", "日"),
        (
            r"(?<![周月年期岁学世始本之季旬毫粉])末"
            r"(?=还款|还清|还|按时|按期|按约|能|接听|接电|缴|付|结清|偿还|处理|履行|归还|收到|经|及时|予|果)",
            "未",
        ),
        (r"(?<=[仍尚])末(?![尾期])", "未"),
        (r"(?<=[本上下这每]周)未(?=[,，。.!！?？]|$)", "末"),
        (
            r"(?<![自知体异利克各])[己巳](?=逾|经|超|到期|产生|委托|移交|进入|上报|启动|收到|多次|通知|结清|安排|提交"
            r"|列入|联系|严重|还清|被列|发送)",
            "已",
        ),
        (r"(?<=自)已(?!经)(?<![亲各独擅私]自已)", "己"),
        (r"(?<=人民)去(?=院)|去(?=院(?:起诉|传票|强制|立案|判决|执行))", "法"),
        (r"去(?=务(?:部|人员|专员|函|团队|催|处理))", "法"),
        (r"(?<=信用|助学|抵押|网络|小额)货(?=款)", "贷"),
        (r"(?<=逾)[斯朗]", "期"),
        (r"囗", "口"),
        (rf"(?<=[{HAN}])-(?=[共半切直定旦样])|(?<=[第后唯])-(?=[期次天个笔])", "一"),
        (
            r"(?<=申请|借款|贷款|债务|担保|联系|委托|来电|当事|代理|责任|合伙)入(?![职住场院会账帐网伙驻学口库股境围手门户款金])",
            "人",
        ),
        (r"入(?=民法院|民币|民银行|民检察|民调解|员(?!工))", "人"),
        (r"(?<=[日已未到])人(?=账(?!户|单))|(?<=列)人(?=失信|征信|黑名单|名单|被执行)", "入"),
        (r"(?<=还)[歉歀]", "款"),
        (r"(?<=通)汛(?=录)", "讯"),
        (r"(?<=退订回)[丁工](?!\w)|(?<=回)[丁工](?=退订)", "T"),
    )
)
"""A confused character among neighbours that leave no doubt, and what it must be."""


def confusions(text: str) -> Iterable[Edit]:
    """Repair confused characters where what stands beside them leaves no doubt: 3月12曰, 5OO元, 末还款."""
    edits: dict[int, str] = {}
    for number in _AMOUNT.finditer(text):
        if any(c.isdigit() for c in number[0]):
            for i, char in enumerate(number[0], number.start()):
                if char in _DIGIT_LIKE:
                    edits[i] = _DIGIT_LIKE[char]
    for pattern, right in _CERTAIN:
        edits |= dict.fromkeys((match.start() for match in pattern.finditer(text)), right)
    return [Edit(i, i + 1, edits[i]) for i in sorted(edits)]
