import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from classifier import Classifier
from classifier.bulk.label import Job, label_table
from classifier.bulk.sources import open_source
from classifier.labels import Label
from classifier.review.choices import choice

Run = Callable[..., Result]
OneLine = Callable[[Result], str]
Fill = Callable[..., Path]
LabelSet = frozenset[Label]

REMINDER = "【{}】{}您好，您本期账单{}元将于{}日到期，请登录官方App按时还款，如已还款请忽略"
FORMULA = '=HYPERLINK("http://x.cn","点我")不还钱就打断你的腿'
CONTROL = "再不还钱\x07就爆你通讯录\r\n让你全家不得安宁"
NAMED = "{}，你欠的{}元今晚不还，明天就去你公司找你们领导，电话13{:09}"
OTHERS = [
    FORMULA,
    CONTROL,
    "@所有人 明天下午三点开会，请带上材料",
    "你就是个老赖骗子，全家都不要脸",
    "您的验证码是482913，五分钟内有效，请勿告诉他人",
    "请问是王强的朋友吗？他在我们平台的贷款逾期了，请转告他今天处理",
    "本人因失业暂时无力偿还，被催收天天打电话骂，怎么办",
    "【正衡律所】张伟，请于三日内与我所联系协商还款，否则委托人将依法起诉",
]
SAME = "尊敬的客户，您的话费余额不足，请及时充值"


def texts() -> list[str]:
    """Messages of a small table: two blasts, one text many times over, odd ones, and rows without a text."""
    names = ["张伟", "王晓燕", "李国强", "陈芳", "刘德海", "赵敏", "周杰", "孙丽华"]
    lenders = ["晨星分期", "小麦钱包", "云朵借条"]
    rows = [REMINDER.format(lenders[n % 3], names[n % 8], 100 + 37 * n, n % 28 + 1) for n in range(24)]
    rows += [NAMED.format(names[n % 8], 500 + 91 * n, 800000000 + 12345 * n) for n in range(16)]
    return [*rows, *OTHERS, "", *([SAME] * 12)]


@pytest.fixture(scope="session")
def labelled(classifier: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A labelled table of the messages of `texts`."""
    folder = tmp_path_factory.mktemp("labelled")
    with (folder / "in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("编号", "内容"), *enumerate(texts())])
    label_table(classifier, Job(open_source(folder / "in.csv"), folder / "labelled.csv"))
    return folder / "labelled.csv"


def rows_of(sheet: Path) -> list[dict[str, Any]]:
    """The rows of a review sheet, by the last word of each heading."""
    from openpyxl import load_workbook

    heading, *rows = load_workbook(sheet).worksheets[0].iter_rows(values_only=True)
    return [dict(zip([str(name).split()[-1] for name in heading], row, strict=True)) for row in rows]


@pytest.fixture
def fill() -> Fill:
    """Answer a review sheet as a person would: choose from the list in each row, and save it under another name."""

    def answer(sheet: Path, to: Path, annotator: str | None, judge: Callable[[str], LabelSet | str | None]) -> Path:
        from openpyxl import load_workbook

        book = load_workbook(sheet)
        page = book.worksheets[0]
        at = {str(cell.value).split()[-1]: cell.column for cell in page[1]}
        for row in range(2, page.max_row + 1):
            said = judge(str(page.cell(row, at["text"]).value))
            page.cell(row, at["answer"]).value = choice(said) if isinstance(said, frozenset) else said
            page.cell(row, at["annotator"]).value = annotator
        book.save(to)
        return to

    return answer


def by_words(text: str) -> LabelSet:
    """Judge a message of `texts` by its words, right in every case."""
    acts = {
        Label.THIRD_PARTY_HARASSMENT: ("通讯录", "领导", "朋友吗"),
        Label.THREAT: ("打断", "不得安宁", "领导"),
        Label.DEFAMATION: ("老赖", "不要脸"),
    }
    found = frozenset(act for act, words in acts.items() if any(word in text for word in words))
    lawful = any(word in text for word in ("账单", "余额不足", "律所"))
    return found or frozenset([Label.LAWFUL_REMINDER if lawful else Label.UNRELATED])
