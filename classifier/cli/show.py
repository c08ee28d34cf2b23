"""What people see of findings, summaries and tables: Chinese first, English beside it."""

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.evaluation.card import interval
from classifier.finding import Finding
from classifier.labels import COLLECTION, LABEL_EN, LABEL_ZH, SIGNAL_EN, SIGNAL_ZH, Label, Signal
from classifier.text.hidden import is_hidden

if TYPE_CHECKING:
    from classifier.bulk.label import Summary
    from classifier.bulk.sources import Source
    from classifier.model.modelfile import Model
    from classifier.pictures.crew import Pictures

_SCORE_ZH = {COLLECTION: "是催收信息", **{label.value: name for label, name in LABEL_ZH.items()}}
_SCORE_EN = {COLLECTION: "collection message", **{label.value: name for label, name in LABEL_EN.items()}}
_REVIEW = {
    "abusive_passage": ("全文看不明显,但其中有一句像是施压或恐吓", "one sentence of it, taken alone, looks abusive"),
    "low_ocr_confidence": ("图片上的字可能读错了,请对照原图", "the picture may have been misread: compare it"),
    "not_chinese": ("几乎没有中文,本工具读不懂", "hardly any Chinese: this tool cannot read it"),
    "too_short": ("太短,无从判断", "too short to say"),
    "near_threshold": ("判断接近界线,请人工复核", "close to the line: a person should look at it"),
    "fraud_signal": (
        "有链接或私人收款:若不认识对方,先向官方号码核实,核实前不要付款",
        "link or private account: unless you know the sender, verify with the official number before paying",
    ),
}
_UNSURE = {"near_threshold", "not_chinese", "too_short"}
_BAR = 20


def _name(label: Label) -> str:
    return f"{LABEL_ZH[label]} ({LABEL_EN[label]})"


def padded(text: str, width: int) -> str:
    """Pad to a width in terminal cells, where a Chinese character takes two."""
    return text + " " * (width - sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text))


def _printable(text: str) -> str:
    """Keep line breaks and visible characters; a sender must not drive the reader's terminal."""
    return "".join("\ufffd" if is_hidden(char) else char for char in text)


def marked(text: str, finding: Finding) -> str:
    """Return the message with each span of evidence in 〔 〕."""
    covered: list[tuple[int, int]] = []
    for item in finding.evidence:
        if covered and item.start <= covered[-1][1]:
            covered[-1] = (covered[-1][0], max(covered[-1][1], item.end))
        else:
            covered.append((item.start, item.end))
    pieces: list[str] = []
    done = 0
    for start, end in covered:
        pieces += (text[done:start], "〔", text[start:end], "〕")
        done = end
    return _printable("".join((*pieces, text[done:])))


def show_finding(text: str, finding: Finding) -> str:
    """Return the finding of one message for a person to read."""
    unsure = " (不能确定 undecided)" if _UNSURE & {*finding.review_reasons} else ""
    lines = [f"结论 Finding{unsure}: " + " + ".join(_name(label) for label in finding.labels)]
    lines.append(_review_line(finding))
    lines += ["", "概率 Probabilities:"]
    for name, score in finding.scores.items():
        bar = padded("█" * round(score * _BAR), _BAR)
        lines.append(f"  {padded(_SCORE_ZH[name], 12)}{score:6.1%} {bar} {_SCORE_EN[name]}")
    lines += ["", "原文与依据 Message with evidence:", *("  " + line for line in marked(text, finding).split("\n"))]
    if finding.signals:
        lines += ["", "手法 Signals:"]
        lines += [
            f"  · {SIGNAL_ZH[signal]} ({SIGNAL_EN[signal]}){_where(finding, signal)}" for signal in finding.signals
        ]
    lines += [
        "",
        "说明: 机器筛查,不是法律结论;信息未离开本机。 A screening, not a verdict of law; nothing left this machine.",
        f"模型 Model {finding.model.version} · 策略 policy {finding.policy}",
    ]
    return "\n".join(lines)


def _review_line(finding: Finding) -> str:
    if not finding.needs_review:
        return "人工复核 Review: 把握较大,仍可人工核对 (fairly sure; a person may still check)"
    reasons = [_REVIEW[reason] for reason in finding.review_reasons]
    zh, en = ";".join(r[0] for r in reasons), "; ".join(r[1] for r in reasons)
    return f"人工复核 Review: 需要 — {zh} (needed: {en})"


def _where(finding: Finding, signal: Signal) -> str:
    quoted = dict.fromkeys(item.text for item in finding.evidence if item.signal == signal)
    return ": " + "、".join(f"「{_printable(' '.join(text.split()))}」" for text in quoted) if quoted else ""


def show_summary(summary: "Summary", output: Path, source: "Source | None" = None) -> str:
    """Return what came of labelling a table, and which formats of screens it was read from."""
    lines = [
        f"完成 Done: {summary.rows} 行 rows → {output} (信息列 text column: {summary.text_column})",
        "  一行可计入多类 one row may count in several:",
    ]
    if source is not None and source.kinds:
        lines.insert(1, "  读作 read as: " + ", ".join(f"{name} ({count})" for name, count in source.kinds))
    if summary.resumed:
        lines.append(f"  接续 resumed after {summary.resumed} rows")
    lines += [f"  {padded(LABEL_ZH[label], 14)}{summary.labels[label.value]:>8}  {LABEL_EN[label]}" for label in Label]
    lines.append(f"  {padded('需人工复核', 14)}{summary.needs_review:>8}  needs review")
    if summary.clusters is not None:
        lines.append(f"  {padded('不同信息', 14)}{summary.clusters:>8}  different messages (clusters)")
    lines += [f"  {padded('未判断', 14)}{count:>8}  skipped: {reason}" for reason, count in summary.skipped.items()]
    return "\n".join(lines)


def show_pictures(pictures: "Pictures") -> str:
    """Return by what pictures were read and where that is kept, or how to have them read."""
    if pictures.engine is None:
        return "  图片未读:没有安装文字识别 pictures not read, no text recognition is installed; get it: ./setup --ocr"
    return (
        f"  识图 pictures: {pictures.read} 新读 read, {pictures.known} 已读过 known before ({pictures.label})\n"
        f"  识别文字存于 what was read is kept in {pictures.folder} (含私人信息,用完可删 private text: "
        "delete it when you are done; a new run then reads the pictures again)"
    )


def show_training(model: "Model", output: Path, sha256: str) -> str:
    """Return what was trained and where it went."""
    facts = model.facts
    return "\n".join(
        [
            f"训练完成 Trained model {model.version} from {facts['messages']} messages in {facts['families']} families",
            *(
                f"  {padded(LABEL_ZH[label], 14)}{facts['labels'][label.value]:>8}  {LABEL_EN[label]}"
                for label in Label
            ),
            f"  → {output}  sha256 {sha256}",
        ]
    )


def show_evaluation(report: Mapping[str, Any]) -> str:
    """Return the metrics table of `evaluate_file`, 95 % intervals in brackets."""
    lines = [
        f"{report['messages']} messages, model {report['model']['version']}, policy {report['policy']}",
        f"macro-F1 over five outcomes   {interval(report['macro_f1'])}",
        f"lawful reminders accused      {interval(report['lawful_accused'])}",
        f"unrelated messages accused    {interval(report['unrelated_accused'])}",
        f"expected calibration error    {interval(report['calibration_error'])}",
        f"needs review                  {interval(report['needs_review'])}",
        f"errors held by review         {interval(report['errors_in_review'])}",
        "",
        f"{'label':<24}{'n':>6}  {'precision':<22}{'recall':<22}{'F1':<22}average precision",
    ]
    for label, figures in report["labels"].items():
        cells = "".join(f"{interval(figures[name]):<22}" for name in ("precision", "recall", "f1", "average_precision"))
        lines.append(f"{label:<24}{figures['positives']:>6}  {cells}")
    for origin, figures in report.get("origins", {}).items():
        lines.append(f"origin {origin:<17}{figures['messages']:>6}  macro-F1 {interval(figures['macro_f1'])}")
    return "\n".join(lines)


def show_comparison(table: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """Return the results table of `compare_on` as Markdown, one block a split."""
    lines: list[str] = []
    for split, systems in table.items():
        lines += [
            f"**{split}**",
            "",
            "| system | macro-F1 | "
            + " | ".join(f"F1 {label.value}" for label in Label)
            + " | lawful accused | unrelated accused | calibration error |",
            "|---" * (5 + len(Label)) + "|",
        ]
        for name, figures in systems.items():
            f1s = (interval(figures["labels"][label.value]["f1"]) for label in Label)
            rates = (interval(figures[key]) for key in ("lawful_accused", "unrelated_accused", "calibration_error"))
            lines.append(f"| {name} | " + " | ".join((interval(figures["macro_f1"]), *f1s, *rates)) + " |")
        lines.append("")
    return "\n".join(lines)
