"""Draws screenshots of three phones and three apps with known messages, for measuring how pictures are read.

    python -m benchmarks.render_phones OUT COUNT SEED [--texts dev|test] [--long SHARE] [--spoil]

Needs Pillow and Debian's fonts-noto-cjk. Phones: like iOS, like Android, an older one with few pixels. Apps: SMS,
WeChat, QQ. Light and dark; PNG, WEBP, and JPEG of several qualities; one in ten is a long screenshot. Texts of
the seeds for tuning (dev) come from `datasets/messages`, those for reporting (test) from `datasets/challenge`,
which nothing is trained on. Writes NAME.png and the like, and NAME.truth.json.
"""

import argparse
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageFont

from benchmarks.render_screens import CARRIERS, FONT, GROUPS, NAMES, NUMBERS, REPLIES, STATUS, Said, Sheet, moment

ROOT = Path(__file__).resolve().parent.parent
TEXTS = {"dev": "messages", "test": "challenge"}
_SIMPLIFIED = 2  # of the faces in the font file, that of mainland China
_LONGEST = 160
_FEWEST, _MOST = 2, 5
_PUNCTUATION = set("\n ，。！？；：、（）【】《》“”‘’…—￥·～＋－＝％")


@dataclass(frozen=True, slots=True)
class Phone:
    """How a phone draws: its widths in pixels, height and sizes as shares of the width."""

    widths: tuple[int, ...]
    high: float
    size: float
    leading: float
    radius: float
    gap: float


PHONES = {
    "ios": Phone((750, 1125, 1170, 1290), 2.165, 0.0436, 1.3, 0.9, 0.45),
    "android": Phone((720, 1080, 1440), 2.22, 0.041, 1.42, 0.5, 0.8),
    "old": Phone((480, 540), 1.7, 0.047, 1.25, 0.15, 0.6),
}


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size, index=_SIMPLIFIED)


@dataclass
class Paper(Sheet):
    """A sheet with the glyphs of mainland China and the bubbles of one phone."""

    radius: float = 0.6
    dark: bool = False
    gap_between: float = 0.6

    def font(self, scale: float = 1.0) -> ImageFont.FreeTypeFont:
        """Return the font at a share of the size of the messages."""
        return _font(max(round(self.size * scale), 8))

    def bubble(self, x: float, lines: list[str], fill: str, ink: str, right: bool = False) -> tuple[float, float]:
        """Draw a bubble at the current height; `x` is its left edge, or its right one."""
        leading, pad = self.size * self.leading, self.size * 0.6
        wide = max(self.wide(line) for line in lines) + 2 * pad
        high = leading * (len(lines) - 1) + self.size * 1.15 + 2 * pad
        left = x - wide if right else x
        corner = min(self.size * self.radius, high / 2)
        self.draw.rounded_rectangle((left, self.y, left + wide, self.y + high), corner, fill)
        for number, line in enumerate(lines):
            self.text(left + pad, self.y + pad + number * leading - self.size * 0.2, line, ink)
        self.y += round(high)
        return left, left + wide

    def top(self, title: str, back: str, more: str) -> None:
        """Draw the status bar and the title."""
        clock = f"{self.rng.randint(7, 23)}:{self.rng.randint(0, 59):02}"
        left = self.text(self.width * 0.06, self.size * 0.5, clock, self.ink, 0.8)
        if carrier := self.rng.choice(CARRIERS):
            self.text(left + self.size, self.size * 0.5, carrier, self.ink, 0.75)
        right = self.rng.choice(STATUS)
        self.text(self.width * 0.95 - self.wide(right, 0.8), self.size * 0.5, right, self.ink, 0.8)
        self.y = round(self.size * 2.3)
        self.text(self.width * 0.03, self.y, back, self.ink, 1.2)
        if more:
            self.text(self.width * 0.9, self.y, more, self.ink)
        self.centred(title, self.ink, 1.05)
        self.y += round(self.size * 1.4)

    def face(self, x: float, colour: str) -> None:
        """Draw a round picture of somebody."""
        side = self.size * 2.4
        self.draw.rounded_rectangle((x, self.y, x + side, self.y + side), side * 0.15, colour)
        middle = x + side / 2
        self.draw.ellipse(
            (middle - side * 0.18, self.y + side * 0.2, middle + side * 0.18, self.y + side * 0.55), "#eee"
        )
        self.draw.ellipse((x + side * 0.2, self.y + side * 0.62, x + side * 0.8, self.y + side * 1.2), "#eee")
        self.draw.rectangle((x, self.y + side, x + side, self.y + side * 1.2), self.back)


Thread = list[tuple[str, str]]


def sms(paper: Paper, said: Thread, group: bool) -> list[Said]:
    """Draw a thread of SMS."""
    rng, truth, peer, time = paper.rng, [], paper.rng.choice(NUMBERS), ""
    paper.top(peer, "‹", "")
    their, ink = ("#26262a", "#f2f2f2") if paper.dark else ("#e9e9eb", "#111111")
    mine = rng.choice(["#007aff", "#34c759", "#1a73e8"])
    for number, (side, text) in enumerate(said):
        if number == 0 or rng.random() < 0.35:
            time = _time(paper, rng.choice(["短信/彩信", "信息", "", ""]))
        if side == "incoming":
            paper.bubble(paper.width * 0.045, paper.wrapped(text, paper.width * 0.66), their, ink)
        else:
            paper.bubble(paper.width * 0.955, paper.wrapped(text, paper.width * 0.62), mine, "#ffffff", right=True)
        truth.append(_said(text, time, peer, side))
        paper.y += round(paper.size * paper.gap_between)
    _bottom(paper, rng.choice(["短信/彩信", "信息", "输入信息"]))
    return truth


def wechat(paper: Paper, said: Thread, group: bool) -> list[Said]:
    """Draw a chat of WeChat, alone or in a group."""
    colours = (
        ("#2c2c2c", "#d8d8d8", "#3eb575", "#0b0b0b") if paper.dark else ("#ffffff", "#111111", "#95ec69", "#111111")
    )
    return _chat(paper, said, group, colours, "···", "按住 说话")


def qq(paper: Paper, said: Thread, group: bool) -> list[Said]:
    """Draw a chat of QQ: names above the bubbles in groups, one's own blue."""
    colours = (
        ("#262629", "#eaeaea", "#0065b8", "#ffffff") if paper.dark else ("#ffffff", "#03081a", "#12b7f5", "#ffffff")
    )
    return _chat(paper, said, group, colours, "≡", "")


def _chat(
    paper: Paper, said: Thread, group: bool, colours: tuple[str, str, str, str], more: str, label: str
) -> list[Said]:
    rng, truth, time = paper.rng, [], ""
    their, their_ink, mine, my_ink = colours
    peer = rng.choice(NAMES)
    paper.top(f"{rng.choice(GROUPS)}({rng.randint(3, 99)})" if group else peer, "‹", more)
    edge = paper.width * 0.03
    aside = edge + paper.size * 3
    for number, (side, text) in enumerate(said):
        if number == 0 or rng.random() < 0.35:
            time = _time(paper, "")
        sender = rng.choice(NAMES) if group else peer
        lines = paper.wrapped(text, paper.width - 2 * aside - paper.size * 1.4)
        if side == "incoming":
            paper.face(edge, rng.choice(["#7799bb", "#bb8866", "#669977", "#8877aa"]))
            if group:
                paper.text(aside, paper.y - paper.size * 0.2, sender, paper.faint, 0.72)
                paper.y += round(paper.size * 1.1)
            paper.bubble(aside, lines, their, their_ink)
        else:
            paper.face(paper.width - edge - paper.size * 2.4, "#5577cc")
            paper.bubble(paper.width - aside, lines, mine, my_ink, right=True)
        truth.append(_said(text, time, sender, side))
        paper.y += round(paper.size * (paper.gap_between + 0.4))
    _bottom(paper, label)
    return truth


APPS: dict[str, Callable[[Paper, Thread, bool], list[Said]]] = {"sms": sms, "wechat": wechat, "qq": qq}


def _said(text: str, time: str, sender: str, side: str) -> Said:
    return {"text": text, "time": time, "sender": sender if side == "incoming" else "", "side": side}


def _time(paper: Paper, label: str) -> str:
    paper.y += round(paper.size * 0.7)
    if label:
        paper.centred(label, paper.faint, 0.68)
    time = moment(paper.rng)
    paper.centred(time, paper.faint, 0.7)
    paper.y += round(paper.size * 0.6)
    return time


def _bottom(paper: Paper, label: str) -> None:
    y = max(paper.y + paper.size, paper.height - paper.size * 2.6)
    box = (paper.width * 0.13, y, paper.width * 0.87, y + paper.size * 1.7)
    paper.draw.rounded_rectangle(box, paper.size * 0.8, None, paper.faint, 2)
    paper.text(paper.width * 0.17, y + paper.size * 0.1, label, paper.faint, 0.95)
    paper.y = round(y + paper.size * 2.2)


def texts_of(kind: str, rng: random.Random) -> list[dict[str, Any]]:
    """Return the messages of a set that a phone could show and the font can draw: text and labels."""
    folder = ROOT / "datasets" / TEXTS[kind]
    rows = [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    found = [
        {"text": row["text"].strip(), "labels": row["labels"]}
        for row in rows
        if 4 <= len(row["text"].strip()) <= _LONGEST and "ocr" not in str(row.get("id", ""))
    ]
    found = [row for row in found if all(map(_is_drawn, row["text"]))]
    rng.shuffle(found)
    return found


def _is_drawn(char: str) -> bool:
    return char in _PUNCTUATION or "\u4e00" <= char <= "\u9fff" or "!" <= char <= "~"


def draw(phone: Phone, app: str, rng: random.Random, rows: list[dict[str, Any]], long: bool) -> tuple[Any, list[Said]]:
    """Draw one screenshot; of a thread that does not fit the last messages are left for the next one."""
    width = rng.choice(phone.widths)
    dark, group = rng.random() < 0.35, app != "sms" and rng.random() < 0.4
    ground = rng.choice(["#ffffff", "#ededed", "#f5f6fa"]) if app != "sms" else "#ffffff"
    colours = (
        ("#000000" if app == "sms" else "#111111", "#f0f0f0", "#8e8e93") if dark else (ground, "#111111", "#77777c")
    )
    high = round(width * (rng.uniform(3.5, 7.0) if long else phone.high))
    wanted = rng.randint(8, 16) if long else rng.randint(_FEWEST, _MOST)
    said: Thread = []
    by_text: dict[str, list[str]] = {}
    for _ in range(min(wanted, len(rows))):
        row = rows.pop()
        by_text[row["text"]] = row["labels"]
        said.append(("incoming", row["text"]))
        if rng.random() < 0.3:
            said.append(("outgoing", rng.choice(REPLIES)))
    state = rng.getstate()
    while True:
        rng.setstate(state)
        paper = Paper(width, high + width * 4, round(width * phone.size), *colours, rng)
        paper.leading, paper.radius, paper.dark, paper.gap_between = phone.leading, phone.radius, dark, phone.gap
        paper.height = high
        truth = APPS[app](paper, said, group)
        if paper.y <= high or len(said) == 1:
            break
        side, text = said.pop()
        if side == "incoming":
            rows.insert(0, {"text": text, "labels": by_text[text]})
    for each in truth:
        each["labels"] = "|".join(by_text.get(each["text"], []))
    return paper.image.crop((0, 0, width, max(high, paper.y))), truth


def save(image: Image.Image, place: Path, rng: random.Random) -> Path:
    """Save a picture as phones and messengers do: PNG, WEBP, or JPEG of some quality."""
    suffix, quality = rng.choice([(".png", 0), (".png", 0), (".jpg", 85), (".jpg", 60), (".jpg", 40), (".webp", 75)])
    path = place.with_suffix(suffix)
    options: dict[str, Any] = {"quality": quality} if quality else {}
    image.save(path, **options)
    return path


def spoiled(image: Image.Image, rng: random.Random) -> Image.Image:
    """Return a picture as it comes out of many forwardings: shrunk, pressed hard, blown up again, a little askew."""
    share = rng.uniform(0.25, 0.6)
    small = image.resize((round(image.width * share), round(image.height * share)), Image.Resampling.BILINEAR)
    held = io.BytesIO()
    small.rotate(rng.uniform(-1.5, 1.5), fillcolor="#444444").save(held, "JPEG", quality=rng.randint(12, 40))
    with Image.open(held) as pressed:
        return pressed.resize(image.size, Image.Resampling.BILINEAR)


def render(out: Path, count: int, seed: int, kind: str, long: float = 0.1, *, spoil: bool = False) -> None:
    """Draw `count` screenshots into a folder: every phone with every app in turn."""
    rng = random.Random(seed)
    rows = texts_of(kind, rng)
    out.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        phone, app = list(PHONES)[number % 3], list(APPS)[number // 3 % 3]
        image, truth = draw(PHONES[phone], app, rng, rows, rng.random() < long)
        place = out / f"{number:03}-{phone}-{app}"
        save(spoiled(image, rng) if spoil else image, place, rng)
        truth_file = place.with_suffix(".truth.json")
        truth_file.write_text(json.dumps(truth, ensure_ascii=False, indent=1), encoding="utf-8")


def main() -> None:
    """Draw screenshots as the arguments say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--texts", choices=["dev", "test"], default="dev")
    parser.add_argument("--long", type=float, default=0.1)
    parser.add_argument("--spoil", action="store_true")
    given = parser.parse_args()
    render(given.out, given.count, given.seed, given.texts, given.long, spoil=given.spoil)


if __name__ == "__main__":
    main()
