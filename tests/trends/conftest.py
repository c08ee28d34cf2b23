import csv
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from classifier import Classifier

TEXTS = {
    "unrelated": ["明天下午三点开会，请带上材料{}", "您的快递{}已到驿站，请凭取件码领取"],
    "lawful_reminder": [
        "您好，您本期账单{}元将于明日到期，请登录官方App还款",
        "温馨提示：您的借款{}元已逾期，请及时处理",
    ],
    "third_party_harassment": ["你是张三的哥哥吧？他欠我们平台{}元，请转告他尽快还款"],
    "threat": ["今天不还那{}块钱就带人去你家打断你的腿"],
    "threat|defamation": ["你这个骗子老赖，不还{}就打断你的腿，把你的照片贴满大街"],
}
WEIGHTS = (40, 30, 12, 12, 6)
HEADER = [
    "编号",
    "时间",
    "平台",
    "用户",
    "内容",
    "status",
    "label",
    "labels",
    "needs_review",
    "signals",
    "model_version",
]

Rows = list[list[Any]]


def write(path: Path, rows: Rows, header: Sequence[str] = HEADER, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def year(version: str, count: int = 2400) -> Rows:
    """A year of answers: two platforms, threats twice as common on one of them from July."""
    rng = random.Random(5)
    rows: Rows = []
    for number in range(count):
        when = datetime(2025, 1, 1) + timedelta(minutes=rng.randrange(365 * 1440))
        platform = rng.choices(["短信", "微信"], [70, 30])[0]
        weights = list(WEIGHTS)
        if platform == "短信" and when.month > 6:
            weights[3] = 40
        labels = rng.choices(list(TEXTS), weights)[0]
        text = rng.choice(TEXTS[labels]).format(rng.randrange(100, 9999))
        signals = "violence" if "threat" in labels else ""
        person = f"139{rng.randrange(300):08}"
        label = labels.split("|")[0]
        review = str(rng.random() < 0.1).lower()
        shown = when.strftime("%Y-%m-%d %H:%M")
        rows.append([number, shown, platform, person, text, "ok", label, labels, review, signals, version])
    return rows


@pytest.fixture
def rows(classifier: Classifier) -> Rows:
    return year(classifier.info.version)


@pytest.fixture
def table(tmp_path: Path, rows: Rows) -> Path:
    return write(tmp_path / "year.csv", rows)


@pytest.fixture
def human() -> Callable[[Path, Path], Path]:
    """Label a drawn sample as people would who agree with the table nine times in ten."""

    def label(sample: Path, table: Path) -> Path:
        rng = random.Random(1)
        answers = {i: row["labels"] for i, row in enumerate(read(table), 1)}
        filled = read(sample)
        for row in filled:
            answer = answers[int(row["audit_row"])]
            row["human_labels"] = answer if rng.random() < 0.9 else rng.choice(["unrelated", "威胁恐吓、侮辱诽谤"])
        header = list(filled[0])
        return write(sample, [[row[name] for name in header] for row in filled], header)

    return label
