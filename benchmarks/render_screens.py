"""Draws screenshots of chats and inboxes with known messages, for measuring the splitter of `classifier.screens`.

    python benchmarks/render_screens.py OUT COUNT SEED [STYLE ...]

Needs Pillow and a Chinese font (Debian: fonts-noto-cjk); nothing of the project. Writes NAME.png and
NAME.truth.json: the messages from top to bottom with time, sender and side. Texts come from
`datasets/messages`, the replies from the list below.
"""

import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
REPLIES = [
    "你是谁", "我会还的，再给我几天", "请不要再打给我家里人", "发错了吧", "收到", "本月十五号发工资就还你", "别再发了",
    "我已经报警了，你们的录音我都留着", "能不能分三期还", "我没有借过这个钱，你们查清楚再说", "好的谢谢", "在开会",
]  # fmt: skip
NAMES = ["张经理", "李法务", "王姐", "催收-刘", "小陈", "阿强", "周老师", "平台客服", "A贷后管理", "赵"]
GROUPS = ["还款协商群", "幸福里业主群", "同学会", "相亲相爱一家人"]
NUMBERS = ["1069 0000 1234", "10655012345678", "95588", "+86 138 0000 0000", "170 0000 1111", "0755-00001111"]
CARRIERS = ["中国移动", "中国联通", "中国电信", "", ""]
STATUS = ["4G 78%", "5G 56%", "5G 100%", "4G HD 33%", "WiFi 91%", "5G 8"]
DAYS = ["昨天", "今天", "星期四", "3月12日 周二", "2024年3月5日", "周日", "11月2日", ""]


@dataclass
class Sheet:
    """An image that grows downwards."""

    width: int
    height: int
    size: int
    back: str
    ink: str
    faint: str
    rng: random.Random
    image: Image.Image = field(init=False)
    draw: ImageDraw.ImageDraw = field(init=False)
    y: int = 0

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (self.width, self.height), self.back)
        self.draw = ImageDraw.Draw(self.image)

    def font(self, scale: float = 1.0) -> ImageFont.FreeTypeFont:
        """Return the font at a share of the size of the messages."""
        return ImageFont.truetype(FONT, round(self.size * scale))

    def text(self, x: float, y: float, text: str, ink: str, scale: float = 1.0) -> float:
        """Draw text and return its right edge."""
        self.draw.text((x, y), text, ink, self.font(scale))
        return x + self.draw.textlength(text, self.font(scale))

    def wide(self, text: str, scale: float = 1.0) -> float:
        """Return how wide a text is in pixels."""
        return float(self.draw.textlength(text, self.font(scale)))

    def wrapped(self, text: str, room: float) -> list[str]:
        """Break lines as a phone does: anywhere between Chinese characters, not within Latin words."""
        lines: list[str] = []
        for paragraph in text.split("\n"):
            line = word = ""
            for char in paragraph + "\0":
                if char.isascii() and char.isalnum() and len(word) < 20:
                    word += char
                    continue
                for piece in (word, char) if word else (char,):
                    if piece == "\0" or not piece:
                        continue
                    if line and self.wide(line + piece) > room and piece not in "，。！？、；：,.!?;:)）】":
                        lines.append(line)
                        line = ""
                    line += piece
                word = ""
            lines.append(line)
        return lines

    def bubble(self, x: float, lines: list[str], fill: str, ink: str, right: bool = False) -> tuple[float, float]:
        """Draw a bubble at the current height; `x` is its left edge, or its right one."""
        leading = self.size * self.leading
        pad = self.size * 0.65
        inner = max(self.wide(line) for line in lines)
        wide, high = inner + 2 * pad, leading * len(lines) + 2 * pad - (leading - self.size * 1.15)
        left = x - wide if right else x
        self.draw.rounded_rectangle((left, self.y, left + wide, self.y + high), self.size * 0.6, fill)
        for number, line in enumerate(lines):
            self.text(left + pad, self.y + pad + number * leading - self.size * 0.2, line, ink)
        self.y += round(high)
        return left, left + wide

    leading: float = 1.45

    def status(self) -> None:
        """Draw the bar at the top."""
        clock = f"{self.rng.randint(7, 23)}:{self.rng.randint(0, 59):02}"
        left = self.text(self.width * 0.06, self.size * 0.6, clock, self.ink, 0.8)
        carrier = self.rng.choice(CARRIERS)
        if carrier:
            self.text(left + self.size, self.size * 0.6, carrier, self.ink, 0.8)
        right = self.rng.choice(STATUS)
        self.text(self.width * 0.95 - self.wide(right, 0.8), self.size * 0.6, right, self.ink, 0.8)
        self.y = round(self.size * 2.2)

    def centred(self, text: str, ink: str, scale: float) -> None:
        """Draw text in the middle and go below it."""
        self.text((self.width - self.wide(text, scale)) / 2, self.y, text, ink, scale)
        self.y += round(self.size * scale * 1.4)


Said = dict[str, str]


def moment(rng: random.Random) -> str:
    """Return a time as phones show it."""
    day = rng.choice(DAYS)
    hour, minute = rng.randint(0, 23), rng.randint(0, 59)
    if rng.random() < 0.5:
        period = "凌晨" if hour < 6 else "上午" if hour < 12 else "下午" if hour < 18 else "晚上"
        clock = f"{period}{(hour - 1) % 12 + 1}:{minute:02}"
    else:
        clock = f"{hour:02}:{minute:02}"
    return f"{day} {clock}".strip()


def thread(rng: random.Random, texts: list[str], most: int) -> list[tuple[str, str]]:
    """Choose what is said: (side, text)."""
    said = [("incoming", texts.pop()) for _ in range(rng.randint(1, most))]
    for _ in range(rng.choice([0, 1, 1, 2])):
        said.insert(rng.randint(1, len(said)), ("outgoing", rng.choice(REPLIES)))
    return said


def sms_light(sheet: Sheet, texts: list[str]) -> list[Said]:
    """Draw a thread of SMS with times in the middle."""
    rng, truth = sheet.rng, []
    sheet.status()
    peer = rng.choice(NUMBERS)
    sheet.text(sheet.width * 0.04, sheet.y, "‹", "#007aff", 1.4)
    sheet.centred(peer, sheet.ink, rng.choice([0.75, 1.0]))
    sheet.y += sheet.size * 2
    time = ""
    for number, (side, text) in enumerate(thread(rng, texts, 4)):
        if number == 0 or rng.random() < 0.4:
            sheet.y += round(sheet.size * 0.8)
            time = moment(rng)
            if rng.random() < 0.4:
                sheet.centred(rng.choice(["短信/彩信", "信息", "短信"]), sheet.faint, 0.7)
            sheet.centred(time, sheet.faint, 0.7)
            sheet.y += round(sheet.size * 0.5)
        lines = sheet.wrapped(text, sheet.width * 0.68)
        if side == "incoming":
            sheet.bubble(sheet.width * 0.05, lines, "#e9e9eb" if sheet.back == "#ffffff" else "#2c2c2e", sheet.ink)
        else:
            sheet.bubble(sheet.width * 0.95, lines, "#007aff", "#ffffff", right=True)
            if rng.random() < 0.4:
                label = rng.choice(["已送达", "已读 昨天", "已送达"])[:3]
                sheet.text(sheet.width * 0.94 - sheet.wide(label, 0.6), sheet.y + 4, label, sheet.faint, 0.6)
                sheet.y += sheet.size
        truth.append({"text": text, "time": time, "sender": peer if side == "incoming" else "", "side": side})
        sheet.y += round(sheet.size * rng.choice([0.5, 0.9]))
    bottom(sheet, rng.choice(["短信/彩信", "信息", "文本信息"]))
    return truth


def sms_android(sheet: Sheet, texts: list[str]) -> list[Said]:
    """Draw a thread of which the times stand small below the bubbles, or in the middle."""
    rng, truth = sheet.rng, []
    sheet.status()
    peer = rng.choice(NUMBERS)
    end = sheet.text(sheet.width * 0.04, sheet.y, "←", sheet.ink, 1.1)
    sheet.text(end + sheet.size, sheet.y, peer, sheet.ink, 1.1)
    sheet.y += round(sheet.size * 2.6)
    under = rng.random() < 0.5
    time = ""
    for number, (side, text) in enumerate(thread(rng, texts, 4)):
        if not under and (number == 0 or rng.random() < 0.4):
            time = moment(rng)
            sheet.centred(time, sheet.faint, 0.72)
            sheet.y += round(sheet.size * 0.6)
        lines = sheet.wrapped(text, sheet.width * 0.7)
        if side == "incoming":
            left, _ = sheet.bubble(
                sheet.width * 0.04, lines, "#333333" if sheet.back != "#ffffff" else "#eeeeee", sheet.ink
            )
        else:
            _, right = sheet.bubble(sheet.width * 0.96, lines, "#1a5fb4", "#ffffff", right=True)
        if under:
            time = moment(rng)
            x = left + 8 if side == "incoming" else right - sheet.wide(time, 0.65) - 8
            sheet.text(x, sheet.y + 6, time, sheet.faint, 0.65)
            sheet.y += sheet.size
        truth.append({"text": text, "time": time, "sender": peer if side == "incoming" else "", "side": side})
        sheet.y += round(sheet.size * 0.9)
    bottom(sheet, rng.choice(["短信", "输入信息", "发送短信"]))
    return truth


def avatar(sheet: Sheet, x: float, letter: str) -> None:
    """Draw a square with a letter."""
    side = sheet.size * 2.4
    sheet.draw.rounded_rectangle((x, sheet.y, x + side, sheet.y + side), 8, "#7799bb")
    sheet.text(x + side * 0.25, sheet.y + side * 0.1, letter, "#ffffff", 1.2)


def chat(sheet: Sheet, texts: list[str], group: bool) -> list[Said]:
    """Draw a chat with avatars, in a group with names above the bubbles."""
    rng, truth = sheet.rng, []
    sheet.status()
    peer = rng.choice(NAMES)
    title = f"{rng.choice(GROUPS)}({rng.randint(3, 99)})" if group else peer
    sheet.text(sheet.width * 0.04, sheet.y, "‹", sheet.ink, 1.2)
    sheet.text(sheet.width * 0.9, sheet.y, "···", sheet.ink, 1.0)
    sheet.centred(title, sheet.ink, 1.05)
    sheet.y += round(sheet.size * 1.6)
    edge = sheet.width * 0.03
    aside = edge + sheet.size * 3
    time = ""
    for number, (side, text) in enumerate(thread(rng, texts, 4)):
        if number == 0 or rng.random() < 0.35:
            time = moment(rng)
            sheet.centred(time, sheet.faint, 0.72)
            sheet.y += round(sheet.size * 0.8)
        sender = rng.choice(NAMES) if group else peer
        lines = sheet.wrapped(text, sheet.width - 2 * aside - sheet.size * 1.5)
        if side == "incoming":
            avatar(sheet, edge, sender[0])
            if group:
                sheet.text(aside, sheet.y, sender, sheet.faint, 0.72)
                sheet.y += round(sheet.size * 1.15)
            sheet.bubble(aside, lines, "#ffffff" if sheet.back != "#111111" else "#2c2c2c", sheet.ink)
        else:
            avatar(sheet, sheet.width - edge - sheet.size * 2.4, "我")
            sheet.bubble(sheet.width - aside, lines, "#95ec69", "#000000", right=True)
        truth.append({"text": text, "time": time, "sender": sender if side == "incoming" else "", "side": side})
        sheet.y += round(sheet.size * 1.1)
    bottom(sheet, rng.choice(["按住 说话", "", "发送消息"]))
    return truth


def inbox(sheet: Sheet, texts: list[str]) -> list[Said]:
    """Draw a list of conversations: sender, time at the right, first lines of the message."""
    rng, truth = sheet.rng, []
    sheet.status()
    sheet.centred(rng.choice(["信息", "短信"]), sheet.ink, 1.1)
    sheet.y += sheet.size
    for _ in range(rng.randint(3, 5)):
        text = texts.pop().split("\n")[0][:40]
        sender, time = rng.choice(NUMBERS), moment(rng)
        sheet.text(sheet.width * 0.06, sheet.y, sender, sheet.ink, 1.05)
        sheet.text(sheet.width * 0.95 - sheet.wide(time, 0.72), sheet.y + 6, time, sheet.faint, 0.72)
        sheet.y += round(sheet.size * 1.6)
        for line in sheet.wrapped(text, sheet.width * 0.86):
            sheet.text(sheet.width * 0.06, sheet.y, line, sheet.faint, 0.95)
            sheet.y += round(sheet.size * 1.35)
        sheet.y += round(sheet.size * 1.2)
        truth.append({"text": text, "time": time, "sender": sender, "side": "incoming"})
    return truth


def pale(sheet: Sheet) -> str:
    """Return the colour of an incoming bubble."""
    return "#2c2c2e" if sheet.back == "#111111" else "#eef1f5"


def cards(sheet: Sheet, texts: list[str]) -> list[Said]:
    """Draw full-width cards, the time at the right below each."""
    rng, truth = sheet.rng, []
    sheet.status()
    peer = rng.choice(NUMBERS)
    end = sheet.text(sheet.width * 0.05, sheet.y, "<", sheet.ink, 1.1)
    sheet.text(end + sheet.size * 0.6, sheet.y, peer, sheet.ink, 1.15)
    sheet.y += round(sheet.size * 2.4)
    for _ in range(rng.randint(2, 4)):
        text, time = texts.pop(), moment(rng)
        sheet.bubble(sheet.width * 0.04, sheet.wrapped(text, sheet.width * 0.84), pale(sheet), sheet.ink)
        sheet.text(sheet.width * 0.9 - sheet.wide(time, 0.68), sheet.y + 8, time, sheet.faint, 0.68)
        sheet.y += round(sheet.size * 2.2)
        truth.append({"text": text, "time": time, "sender": peer, "side": "incoming"})
    bottom(sheet, "短信/彩信")
    return truth


def office(sheet: Sheet, texts: list[str]) -> list[Said]:
    """Draw names with times above the bubbles, 已读 beside one's own."""
    rng, truth = sheet.rng, []
    sheet.status()
    sheet.text(sheet.width * 0.05, sheet.y, "<", sheet.ink, 1.1)
    sheet.text(sheet.width * 0.14, sheet.y, f"{rng.choice(GROUPS)}({rng.randint(3, 60)})", sheet.ink, 1.1)
    sheet.y += round(sheet.size * 2.4)
    edge, aside = sheet.width * 0.03, sheet.width * 0.03 + sheet.size * 3
    for side, text in thread(rng, texts, 3):
        sender, time = rng.choice(NAMES), moment(rng)
        lines = sheet.wrapped(text, sheet.width * 0.62)
        if side == "incoming":
            avatar(sheet, edge, sender[0])
            sheet.text(aside, sheet.y, f"{sender}  {time}", sheet.faint, 0.7)
            sheet.y += round(sheet.size * 1.2)
            sheet.bubble(aside, lines, pale(sheet), sheet.ink)
        else:
            left, _ = sheet.bubble(sheet.width - edge, lines, "#c9e0ff", "#111111", right=True)
            sheet.text(left - sheet.size * 2.2, sheet.y - sheet.size, "已读", "#3377dd", 0.68)
            time = ""
        truth.append({"text": text, "time": time, "sender": sender if side == "incoming" else "", "side": side})
        sheet.y += round(sheet.size * 1.2)
    bottom(sheet, "发送消息")
    return truth


def lock(sheet: Sheet, texts: list[str]) -> list[Said]:
    """Draw notifications, each with app and age in a small line, then sender, then text."""
    rng, truth = sheet.rng, []
    sheet.status()
    sheet.y += sheet.size
    for _ in range(rng.randint(2, 4)):
        text, sender = texts.pop(), rng.choice(NUMBERS)
        time = rng.choice(["现在", "3分钟前", "昨天 21:07", "1小时前"])
        top = sheet.y
        sheet.y += round(sheet.size * 0.7)
        left = sheet.width * 0.08
        sheet.text(left, sheet.y, "信息", sheet.faint, 0.72)
        sheet.text(sheet.width * 0.92 - sheet.wide(time, 0.72), sheet.y, time, sheet.faint, 0.72)
        sheet.y += round(sheet.size * 1.4)
        sheet.text(left, sheet.y, sender, sheet.ink, 1.05)
        sheet.y += round(sheet.size * 1.5)
        for line in sheet.wrapped(text, sheet.width * 0.84):
            sheet.text(left, sheet.y, line, sheet.ink, 0.95)
            sheet.y += round(sheet.size * 1.4)
        sheet.y += round(sheet.size * 0.5)
        sheet.draw.rounded_rectangle((sheet.width * 0.04, top, sheet.width * 0.96, sheet.y), 24, None, sheet.faint, 1)
        sheet.y += round(sheet.size * 0.8)
        truth.append({"text": text, "time": time, "sender": sender, "side": "incoming"})
    return truth


def room(sheet: Sheet, texts: list[str]) -> list[Said]:
    """Draw names above everybody's bubbles, one's own too; notices between; tight lines."""
    rng, truth = sheet.rng, []
    sheet.status()
    sheet.text(sheet.width * 0.04, sheet.y, "‹ 12", sheet.ink, 1.05)
    sheet.centred(f"{rng.choice(GROUPS)}({rng.randint(3, 400)})", sheet.ink, 1.1)
    sheet.y += round(sheet.size * 1.2)
    edge, aside = sheet.width * 0.025, sheet.width * 0.025 + sheet.size * 2.9
    time = ""
    for number, (side, text) in enumerate(thread(rng, texts, 4)):
        if number == 0 or rng.random() < 0.3:
            time = moment(rng)
            sheet.centred(time, sheet.faint, 0.68)
            sheet.y += round(sheet.size * 0.5)
        elif rng.random() < 0.3:
            sheet.centred(
                rng.choice(["以下为新消息", "小陈撤回了一条消息", "阿强邀请王姐加入了群聊"]), sheet.faint, 0.68
            )
            sheet.y += round(sheet.size * 0.5)
        sender = rng.choice(NAMES)
        lines = sheet.wrapped(text, sheet.width - 2 * aside - sheet.size * 1.2)
        if side == "incoming":
            avatar(sheet, edge, sender[0])
            sheet.text(aside, sheet.y, sender, sheet.faint, 0.66)
            sheet.y += round(sheet.size * 1.1)
            sheet.bubble(aside, lines, pale(sheet), sheet.ink)
        else:
            avatar(sheet, sheet.width - edge - sheet.size * 2.4, "本")
            sheet.text(sheet.width - aside - sheet.wide("本人号", 0.66), sheet.y, "本人号", sheet.faint, 0.66)
            sheet.y += round(sheet.size * 1.1)
            sheet.bubble(sheet.width - aside, lines, "#12b7f5", "#ffffff", right=True)
        truth.append({"text": text, "time": time, "sender": sender if side == "incoming" else "", "side": side})
        sheet.y += round(sheet.size * 0.9)
    bottom(sheet, "")
    return truth


def bottom(sheet: Sheet, label: str) -> None:
    """Draw the input line."""
    y = sheet.height - sheet.size * 2.4
    sheet.draw.rectangle((0, y - sheet.size * 0.6, sheet.width, sheet.height), sheet.back)
    sheet.draw.rounded_rectangle(
        (sheet.width * 0.13, y, sheet.width * 0.87, y + sheet.size * 1.7), 20, None, sheet.faint, 2
    )
    sheet.text(sheet.width * 0.17, y + sheet.size * 0.1, label, sheet.faint, 0.95)


STYLES: dict[str, Callable[[Sheet, list[str]], list[Said]]] = {
    "sms_light": sms_light,
    "sms_android": sms_android,
    "chat": lambda sheet, texts: chat(sheet, texts, group=False),
    "group": lambda sheet, texts: chat(sheet, texts, group=True),
    "inbox": inbox,
    "cards": cards,
    "office": office,
    "lock": lock,
    "room": room,
}


def messages(rng: random.Random) -> list[str]:
    """Return corpus messages that a phone could show and the font can draw."""
    found = []
    for path in sorted(Path("datasets/messages").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row: dict[str, Any] = json.loads(line)
            text = row["text"].strip()
            fits = 4 <= len(text) <= 110 and "ocr" not in row["id"] and row["disguise"] == "none"
            if fits and all(
                c in "\n ，。！？；：、（）【】《》“”…￥" or "\u4e00" <= c <= "\u9fff" or "!" <= c <= "~" for c in text
            ):
                found.append(text)
    rng.shuffle(found)
    return found


def draw(style: str, rng: random.Random, texts: list[str]) -> tuple[Image.Image, list[Said]]:
    """Draw one screenshot in a style; try again where its messages do not fit."""
    width = rng.choice([720, 828, 1080, 1080, 1170])
    dark = rng.random() < 0.3
    colours = ("#111111", "#f0f0f0", "#8e8e93") if dark else ("#ffffff", "#111111", "#85858a")
    if style in ("chat", "group") and not dark:
        colours = ("#ededed", *colours[1:])
    sheet = Sheet(width, round(width * rng.uniform(2.0, 2.25)), round(width * rng.uniform(0.038, 0.046)), *colours, rng)
    sheet.leading = rng.choice([1.35, 1.45, 1.55])
    for _ in range(20):
        sheet.__post_init__()
        state = list(texts)
        truth = STYLES[style](sheet, texts)
        if sheet.y < sheet.height - sheet.size * 3.4:
            return sheet.image, truth
        texts[:] = state[:-1]
    raise SystemExit("no thread fits")


def main(out: Path, count: int, seed: int, styles: list[str]) -> None:
    """Draw `count` screenshots into a folder."""
    rng = random.Random(seed)
    texts = messages(rng)
    out.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        style = styles[number % len(styles)]
        image, truth = draw(style, rng, texts)
        name = f"{number:03}-{style}"
        if rng.random() < 0.5:
            image.save(out / f"{name}.jpg", quality=rng.choice([60, 80]))
        else:
            image.save(out / f"{name}.png")
        (out / f"{name}.truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:] or list(STYLES))
