"""What a message holds that points to a person: the kinds, and the text in which they are looked for."""

from collections.abc import Callable, Iterable
from enum import StrEnum


class Kind(StrEnum):
    """What a span of a message is. The value is the name on the command line and in tables."""

    PHONE = "phone"
    LANDLINE = "landline"
    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    EMAIL = "email"
    LINK = "link"
    SOCIAL_ID = "social_id"
    CASE_NUMBER = "case_number"
    REFERENCE = "reference"
    ADDRESS = "address"
    NAME = "name"
    AMOUNT = "amount"


KIND_ZH: dict[Kind, str] = {
    Kind.PHONE: "手机号",
    Kind.LANDLINE: "座机号",
    Kind.ID_NUMBER: "证件号",
    Kind.BANK_CARD: "银行卡号",
    Kind.PLATE: "车牌号",
    Kind.EMAIL: "邮箱",
    Kind.LINK: "链接",
    Kind.SOCIAL_ID: "社交账号",
    Kind.CASE_NUMBER: "案号",
    Kind.REFERENCE: "单号",
    Kind.ADDRESS: "地址",
    Kind.NAME: "姓名",
    Kind.AMOUNT: "金额",
}
"""The word in the placeholder of each kind."""

Span = tuple[int, int]
Finder = Callable[[str], Iterable[Span]]
"""Looks at a folded text and gives spans [start, end) of it, in order, without overlap."""

TAKEN = "\ue0ff"
"""Stands in a folded text for each character that is already part of a span."""


_FOLDED: dict[int, str] = {
    **{ord("A") + i: chr(ord("a") + i) for i in range(26)},
    **{0xFF01 + i: chr(0x21 + i).lower() for i in range(94)},
    **{0x1D7CE + i: str(i % 10) for i in range(50)},  # digits in bold, double-struck and so on
    0x3000: " ",
    0xFFE5: "¥",
}


def fold(text: str) -> str:
    """Return `text` with half-width and lower-case characters; every character keeps its place."""
    return text.translate(_FOLDED)
