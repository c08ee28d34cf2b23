"""The names of all cleaning steps.

Each can be switched off by its name (`--no-clean`); then what it would have taken stays in the text.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CleaningStep:
    """A step of cleaning: its name for `--no-clean`, and what it does, in Chinese and English."""

    name: str
    zh: str
    en: str


STEPS: tuple[CleaningStep, ...] = (
    CleaningStep("status_bar", "去掉状态栏", "drops the clock, carrier, network and battery at the top"),
    CleaningStep("title", "去掉标题栏", "takes the title as the sender (group names only drop)"),
    CleaningStep("input_line", "去掉输入框及其下方", "drops the input line and what stands below it"),
    CleaningStep("times", "取出时间行", "takes lines of time as the time of the message"),
    CleaningStep("senders", "取出发送人行", "takes lines with a name or number as the sender"),
    CleaningStep(
        "receipts", "去掉已读、送达", "drops 已读, 送达 and the like; with boxes, what stands beside was sent"
    ),
    CleaningStep("notices", "去掉系统提示和列表按钮", "drops notices and buttons of bubbles and lists"),
    CleaningStep("pages", "去掉页码和箭头", "drops page numbers and arrows"),
    CleaningStep("downloads", "去掉下载提示", "drops download prompts of the app"),
    CleaningStep("scraps", "去掉图标残字", "drops icons, avatars and marks that were read as characters"),
    CleaningStep("replies", "分出自己的回复", "keeps the receiver's own replies (right side) apart, unlabelled"),
    CleaningStep("split", "按气泡拆分", "splits a screen into its messages"),
    CleaningStep("wrapped", "接上折行", "joins lines that a bubble wrapped"),
    CleaningStep("spaces", "去掉汉字间空格", "removes blanks that OCR put between Chinese characters"),
    CleaningStep("confusions", "改正形近误读", "repairs confused characters where the context is certain"),
)
"""Every cleaning step, in the order in which they run."""

STEP_NAMES: tuple[str, ...] = tuple(step.name for step in STEPS)
