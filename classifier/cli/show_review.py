"""What people see of drawn messages, of agreement and of corrections: Chinese first, English beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from classifier.cli.show import padded
from classifier.evaluation.card import interval
from classifier.labels import LABEL_ZH
from classifier.review.agreement import Agreed, Agreement
from classifier.review.pick import Picked, Why
from classifier.review.words import WHY

_RELIABLE, _TENTATIVE = 0.8, 0.667
_PRIVATE = (
    "注意: 表中是他人收到的私人信息,姓名和地址按规则隐去,会有遗漏。"
    " The messages are private; names and addresses are taken out by rule and some are missed."
)


def show_picked(picked: Picked, written: list[Path], form: str, *, raw: bool) -> str:
    """Return what was picked, why, and what to do with it."""
    lines = [
        f"完成 Done: {len(picked.items)} 条 messages → {', '.join(map(str, written))}",
        f"  来自 from {picked.eligible} 行 rows, {len(picked.clusters.sizes) - 1} 批不同信息 different messages",
        *(f"  {WHY[why]}: {count}" for why in Why if (count := picked.count(why))),
    ]
    if form == "sheet":
        lines.append(
            "  请在“您的判断”列选择;每人一份,独立填写。 Fill the column “answer”; one copy a person, each alone."
        )
    lines.append(
        "  填好后 then: cmc corrections add FILLED -o corrections.jsonl"
        + ("" if raw else " --texts LABELLED (原表要保留 keep the labelled table)")
    )
    return "\n".join([*lines, _PRIVATE])


def show_agreement(found: Agreement) -> str:
    """Return the figures for a person, with what they mean."""
    lines = [
        f"{found.messages} 条至少两人判断 messages judged by two or more: {', '.join(found.raters)}",
        f"{'':<26}{'n':>6}  {'一致 agreed':<24}{'α Krippendorff':<26}" + ("κ Cohen" if found.macro_kappa else ""),
        *(_row(f"{LABEL_ZH[label]} {label.value}", agreed) for label, agreed in found.labels.items()),
        _row("整个判断 whole answer", found.whole, count=False),
        f"各类平均 macro over labels   α {interval(found.macro_alpha)}"
        + (f"   κ {interval(found.macro_kappa)}" if found.macro_kappa else ""),
        f"有分歧 disagreements: {len(found.disputed)}",
        _meaning(found.macro_alpha["value"]),
        "α、κ: 1 为完全一致,0 为与随意猜测无异;括号内为 95% 区间。"
        " 1 is full agreement, 0 what chance gives; 95 % intervals in brackets.",
    ]
    if any(name.startswith("machine") for name in found.raters):
        lines.append(
            "其中一方是机器:挑选的信息偏难,这些数字不是出错率;出错率用 cmc evaluate。"
            " One side is the machine: chosen messages are hard ones, so these are no error rates; use cmc evaluate."
        )
    return "\n".join(lines)


def _row(name: str, agreed: Agreed, *, count: bool = True) -> str:
    cells = [interval(agreed.share), interval(agreed.alpha), *([interval(agreed.kappa)] if agreed.kappa else [])]
    number = f"{agreed.said:>6}" if count else f"{'':>6}"
    return f"{padded(name, 36)}{number}  " + "  ".join(f"{cell:<22}" for cell in cells).rstrip()


def _meaning(alpha: float | None) -> str:
    if alpha is None:
        return "各人只给过同一种答案,算不出一致程度。 Everybody gave one and the same answer: agreement cannot be told."
    if alpha >= _RELIABLE:
        return "一致程度高,可以据此下结论(惯例 α ≥ 0.8)。 Agreement is good enough to rest conclusions on (α ≥ 0.8)."
    if alpha >= _TENTATIVE:
        return (
            "尚可,只宜作初步结论;先讨论分歧(0.667–0.8)。 Enough for tentative conclusions; talk about the differences."
        )
    return (
        "一致程度不足,先对照说明统一理解,再重新标注(α < 0.667)。"
        " Too low to rest on: talk the guide through and label again."
    )


def show_parts(report: Mapping[str, Any]) -> str:
    """Return on what the figures of corrections rest, and what the chosen part says."""
    chosen, ties = report["chosen"], report["ties_drawn"]
    lines = [
        f"以上只据随机抽取的 {report['messages']} 条,代表 {report['stands_for']:g} 行,按代表行数加权。"
        f" From the {report['messages']} messages drawn at random alone, for {report['stands_for']:g} rows.",
        f"挑选的 {chosen['messages']} 条中与人一致 {chosen['same']} 条;它们偏难,不能当作正确率。"
        f" Of {chosen['messages']} chosen ones {chosen['same']} agree with people; they are hard ones: no rate.",
        f"票数相同未计 tied: {report['ties']};  旧版标注说明未计 other codebook: {report['outdated']}",
    ]
    if ties:
        lines.append(
            f"注意: 随机部分有 {ties} 条票数相同而未计,它们往往较难,出错率因此偏低;请先裁定(cmc agreement -o)。"
            f" {ties} tied ones of the random part are left out, and hard as a rule: settle them first."
        )
    return "\n".join(lines)
