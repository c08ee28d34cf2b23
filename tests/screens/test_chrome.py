from collections.abc import Callable

import pytest

from classifier.screens import chrome
from classifier.screens.repair import confusions, spaces
from classifier.text.normalise import Normalised


@pytest.mark.parametrize(
    "text",
    [
        "10:24 5G 78%□", "10:24 中国移动 4G 78%", "下午3:22  ul 5G 87%", "ll 中国联通 HD 56%",
        "21:21 “中国移动       4G 78%", "14:23       4G HD 33%", "12:52 5G8", "20:18 ▐▐ 5G", "09:41 1.2KB/s 蓝牙 66%",
    ],
)  # fmt: skip
def test_status_bars(text: str) -> None:
    assert chrome.is_status_bar(text)


@pytest.mark.parametrize(
    "text", ["10:24", "10:24 来我公司谈", "你的4G套餐78%已用完", "中国移动", "100%", "下午3:22开会4G"]
)
def test_lines_that_only_mention_parts_of_a_status_bar(text: str) -> None:
    assert not chrome.is_status_bar(text)


@pytest.mark.parametrize(
    ("text", "peer"),
    [
        ("‹ 12 1069 0000 1234 ›", "1069 0000 1234"), ("< 170 0000 1111", "170 0000 1111"), ("95588", "95588"),
        ("还款协商群(8)", ""), ("＜ 同学会（46）…", ""), ("未知号码", ""), ("今天还钱", None),
        ("您好(8)，请还款", None),
    ],
)  # fmt: skip
def test_titles_name_the_other_side(text: str, peer: str | None) -> None:
    assert chrome.title_of(text) == peer


@pytest.mark.parametrize(
    ("check", "yes", "no"),
    [
        (chrome.is_input_line, ["短信/彩信", "+ 发送短信", "按住 说话", "输入消息", "[iMessage 信息]  ↑"],
         ["回复确认", "请按短信处理"]),
        (chrome.is_receipt, ["已读", "已 送 达", "送达 10:24", "3人未读", "发送失败"],
         ["已读不回", "已送达法院"]),
        (chrome.is_notice, ["以下为新消息", "小陈撤回了一条消息", "复制 转发 删除", "查看更多消息"],
         ["删除你的资料", "邀请你还款"]),
        (chrome.is_page, ["1/3 >", "‹ ›", "下一页", "第2页 共5页"],
         ["1/3的欠款", "返回单位"]),
        (chrome.is_download, ["下载App查看更多", "查看原图", "打开微信", "下载原图(1.2M)"],
         ["请下载App还款到账户内", "打开你的门"]),
        (chrome.is_scrap, ["□", "○ ○", "..|", "口"],
         ["？？？", "好", "……", "3"]),
    ],
)  # fmt: skip
def test_chrome_is_the_whole_line_or_none(check: Callable[[str], bool], yes: list[str], no: list[str]) -> None:
    assert [text for text in yes if not check(text)] == []
    assert [text for text in no if check(text)] == []


def mended(text: str) -> str:
    joined = Normalised.of(text).edited(spaces(text))
    return joined.edited(confusions(joined.text)).text


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("您 己 逾 期 3 天 ， 本 金 5OO 元", "您已逾期3天，本金500元"),
        ("请于2O24-03-l2前还款", "请于2024-03-12前还款"),
        ("到期曰3月20曰，今曰末还", "到期日3月20日，今日未还"),
        ("末按时还款，自已看着办", "未按时还款，自己看着办"),
        ("欠款l2,6OO.OO，致电4OO-123", "欠款12,600.00，致电400-123"),
        ("人民去院传票，去务部", "人民法院传票，法务部"),
        ("申请入与借款入的责任", "申请人与借款人的责任"),
        ("退订回丁", "退订回T"),
        ("2 0 2 4 年 共 欠 1 , 2 0 0 元 整 数", "2024年共欠1,200元整数"),
    ],
)
def test_certain_confusions_are_repaired(text: str, right: str) -> None:
    assert mended(text) == right
    assert mended(right) == right


@pytest.mark.parametrize(
    "text",
    [
        "周末还款", "月末按揭", "自己逾期自己还", "去院子里", "货款啥时候打", "O2O平台", "一周未还", "亲自已经去过",
        "去法院路上", "您好 请还款 谢谢", "App 下载 Link", "王 明 欠款", "申请入职", "贷款-个人",
    ],
)  # fmt: skip
def test_words_that_stand_for_themselves_stay(text: str) -> None:
    assert mended(text) == text
