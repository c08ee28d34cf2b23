import pytest

from classifier.text.normalise import Normaliser
from classifier.text.placeholders import mask, readable


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("应还1,203.55元", "应还<amount>"),
        ("欠了3万多", "欠了<amount>"),
        ("叁仟元整", "<amount>整"),
        ("￥3,482.16", "<amount>"),
        ("3月12日前", "<date>前"),
        ("2026-03-04到期", "<date>到期"),
        ("今日18:00前", "今日<clock>前"),
        ("电话138****2211", "电话<phone>"),
        ("致电400-812-3321", "致电<phone>"),
        ("卡号6222021234567890123", "卡号<account>"),
        ("点t.cn/Ab3d还款", "点<link>还款"),
        ("写信a.b@mail.com", "写信<mail>"),
        ("{name}您好", "<slot>您好"),
        ("逾期12天", "逾期<number>天"),
        ("某某先生", "<mask>先生"),
    ],
)
def test_particulars_become_placeholders(text: str, masked: str) -> None:
    assert readable(mask(Normaliser()(text)).body.text) == masked


@pytest.mark.parametrize(
    ("text", "body", "signature"),
    [
        ("【某某金服】您好", "<signature>您好", "某某金服"),
        ("您好【某某金服】", "您好<signature>", "某某金服"),
        ("您好,【重要】请看", "您好,【重要】请看", ""),
    ],
)
def test_signature_is_taken_from_either_end(text: str, body: str, signature: str) -> None:
    masked = mask(Normaliser()(text))
    assert (readable(masked.body.text), masked.signature) == (body, signature)


def test_offsets_survive_masking() -> None:
    text = "【某某】请还1,203.55元,谢谢"
    body = mask(Normaliser()(text)).body
    at = readable(body.text).index("<amount>") - len("<signature>") + 1
    start, end = body.source(at, at + 1)
    assert text[start:end] == "1,203.55元"
