"""Measures `classifier.screens`: how well screenshots are split, and what OCR noise costs the labels.

    python benchmarks/screens.py [--gather FOLDER] [--messages N]

Writes `benchmarks/screens.md`. The screenshots are drawn by `render_screens.py` and were read by RapidOCR
(boxes) and Tesseract (plain text); what the engines gave is kept in `tests/cases/screens/rendered.jsonl`, so
no engine is needed here. `--gather` makes that file anew from a folder that holds, for each screenshot,
NAME.truth.json, NAME.rapid.json (RapidOCR's `to_json`) and NAME.txt (`tesseract -l chi_sim --psm 6`).
"""

import argparse
import difflib
import json
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier import Classifier, load
from classifier.evaluation import metrics
from classifier.evaluation.perturbations import PERTURBATIONS
from classifier.evaluation.report import OUTCOMES, outcome_matrix
from classifier.labels import Label
from classifier.model.corpus import read_corpus
from classifier.screens.boxes import Screen, screen_of_text
from classifier.screens.formats.ocr_json import screens_in
from classifier.screens.messages import ScreenMessage, read_screen

ROOT = Path(__file__).resolve().parent.parent
RENDERED = ROOT / "tests" / "cases" / "screens" / "rendered.jsonl"
TABLE = Path(__file__).with_name("screens.md")
ALIKE = 0.9
SEED = 2026
CONDITIONS = ("boxes", "lines", "tesseract")
"""RapidOCR with boxes; the same as text, a visual row a line; Tesseract's text."""


@dataclass(frozen=True)
class Shot:
    """One screenshot: what it shows, and what the engines read."""

    style: str
    truth: list[dict[str, str]]
    boxes: list[Any]
    tesseract: str

    def screen(self, condition: str) -> Screen:
        """Return the screen under one condition."""
        if condition == "tesseract":
            return screen_of_text(self.tesseract)
        if condition == "lines":
            return screen_of_text(_as_text(self.boxes))
        found = screens_in(self.boxes) or []
        assert isinstance(found[0], Screen)
        return found[0]


def _as_text(lines: list[Any]) -> str:
    """Return boxes as the plain text of most tools: a row of the image a line."""
    rows: list[tuple[float, list[Any]]] = []
    for box, text, _ in sorted(lines, key=lambda line: line[0][1] + line[0][3]):
        middle, height = (box[1] + box[3]) / 2, box[3] - box[1]
        if rows and abs(rows[-1][0] - middle) < 0.4 * height:
            rows[-1][1].append((box, text))
        else:
            rows.append((middle, [(box, text)]))
    return "\n".join(" ".join(text for _, text in sorted(row, key=lambda part: part[0][0])) for _, row in rows)


def read_shots(path: Path = RENDERED) -> list[Shot]:
    """Return the kept screenshots."""
    return [Shot(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def gather(folder: Path) -> None:
    """Write what the engines gave of a folder of screenshots into one file."""
    with RENDERED.open("w", encoding="utf-8") as out:
        for truth in sorted(folder.glob("*.truth.json")):
            name = truth.name.removesuffix(".truth.json")
            boxes = []
            for line in json.loads(truth.with_name(f"{name}.rapid.json").read_text(encoding="utf-8")):
                xs, ys = [p[0] for p in line["box"]], [p[1] for p in line["box"]]
                boxes.append([[min(xs), min(ys), max(xs), max(ys)], line["txt"], line["score"]])
            shot = {
                "style": name.split("-", 1)[1],
                "truth": json.loads(truth.read_text(encoding="utf-8")),
                "boxes": boxes,
                "tesseract": truth.with_name(f"{name}.txt").read_text(encoding="utf-8").rstrip("\f\n"),
            }
            out.write(json.dumps(shot, ensure_ascii=False) + "\n")


def plain(text: str) -> str:
    """Return a text without blanks and widths, for comparing."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def likeness(left: str, right: str) -> float:
    """Return how alike two texts are, 0 to 1; 0 where they are far from it."""
    matcher = difflib.SequenceMatcher(None, plain(left), plain(right), autojunk=False)
    return matcher.ratio() if min(matcher.real_quick_ratio(), matcher.quick_ratio()) > ALIKE / 2 else 0.0


@dataclass
class Tally:
    """Counts over screenshots."""

    wanted: int = 0
    given: int = 0
    found: int = 0
    sides: int = 0
    hidden: int = 0
    times: int = 0

    def add(self, truth: Sequence[dict[str, str]], got: Sequence[ScreenMessage]) -> None:
        """Count one screenshot: a message counts as found if its text is nearly the same."""
        left = list(got)
        self.wanted += len(truth)
        self.given += len(got)
        for want in truth:
            best = max(left, key=lambda message: likeness(message.text, want["text"]), default=None)
            if best is not None and likeness(best.text, want["text"]) >= ALIKE:
                left.remove(best)
                self.found += 1
                self.hidden += best.outgoing and want["side"] == "incoming"
                self.sides += best.outgoing == (want["side"] == "outgoing")
                self.times += plain(best.time) == plain(want["time"])

    @property
    def f1(self) -> float:
        """F1 of the messages."""
        return 2 * self.found / max(self.wanted + self.given, 1)


def split_figures(shots: Iterable[Shot]) -> dict[tuple[str, str], Tally]:
    """Return counts by condition and style, `all` among the styles."""
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for shot in shots:
        for condition in CONDITIONS:
            got = read_screen(shot.screen(condition))
            for style in (shot.style, "all"):
                tallies[condition, style].add(shot.truth, got)
    return tallies


CARRIERS = ("中国移动", "中国联通", "中国电信")
TITLES = ("‹ 1069 0000 1234", "未知号码", "< 95588", "+86 138 0000 0000 ›")
TIMES = ("昨天 下午3:45", "3月12日 周二 09:41", "今天 10:24", "2024年3月5日 21:07", "星期四 上午 9:12")


def noisy_screen(texts: Sequence[str], rng: random.Random) -> str:
    """Wrap messages into the text of a screenshot as an OCR would give it.

    Status bar, title, a time above each message, lines broken at the width of a bubble, in two of five screens
    blanks between all characters, in every other one half of the confusable characters confused, input line.
    """
    width = rng.randint(13, 20)
    spaced, confused = rng.random() < 0.4, rng.random() < 0.5
    lines = [f"{rng.randint(8, 22)}:{rng.randint(10, 59)} {rng.choice(CARRIERS)} 4G {rng.randint(5, 99)}%"]
    lines.append(rng.choice(TITLES))
    for text in texts:
        lines.append(rng.choice(TIMES))
        body = PERTURBATIONS["OCR: confused characters"](text, rng) if confused else text
        for paragraph in body.split("\n"):
            lines += [" ".join(part) if spaced else part for part in wrapped(paragraph, width)]
    lines.append("短信/彩信")
    return "\n".join(lines)


def wrapped(text: str, width: int) -> list[str]:
    """Break a line as a bubble does: by width, Latin letters and digits taking half."""
    lines, room = [""], float(width)
    for char in text:
        room -= 0.5 if char.isascii() else 1.0
        if room < 0 and lines[-1]:
            lines.append("")
            room = width - (0.5 if char.isascii() else 1.0)
        lines[-1] += char
    return lines


def recovered(texts: Sequence[str], rng: random.Random) -> tuple[list[str], int]:
    """Return, for each message of a noisy screen, what cleaning gives back, and how many pieces were made."""
    got = read_screen(screen_of_text(noisy_screen(texts, rng)))
    best = [max(got, key=lambda m, t=text: likeness(m.text, t), default=None) for text in texts]  # type: ignore[misc]
    return [message.text if message is not None else "" for message in best], len(got)


Labelled = tuple[str, frozenset[Label]]
"""A message and its labels."""


def label_figures(classifier: Classifier, examples: Sequence[Labelled], seed: int = SEED) -> dict[str, Any]:
    """Return macro-F1 of the labels on the messages as they are, and as read back from noisy screens."""
    rng = random.Random(seed)
    truth = outcome_matrix([labels for _, labels in examples])
    clean, noisy, raw = [], [], []
    pieces = exact = 0
    at = 0
    while at < len(examples):
        batch = [text for text, _ in examples[at : at + rng.randint(1, 3)]]
        at += len(batch)
        state = rng.getstate()
        back, made = recovered(batch, rng)
        rng.setstate(state)
        raw += [noisy_screen(batch, rng)] * len(batch)
        pieces += made
        exact += sum(plain(a) == plain(b) for a, b in zip(batch, back, strict=True))
        clean += [_labels(classifier, text) for text in batch]
        noisy += [_labels(classifier, text) for text in back]
    return {
        "messages": len(examples),
        "pieces": pieces,
        "exact": exact / len(examples),
        "clean": _macro(clean, truth),
        "noisy": _macro(noisy, truth),
        "raw": _macro([_labels(classifier, text) for text in raw], truth),
        "same": sum(a == b for a, b in zip(clean, noisy, strict=True)) / len(examples),
    }


def _labels(classifier: Classifier, text: str) -> frozenset[Label]:
    return frozenset(classifier.classify(text).labels) if text.strip() else frozenset({Label.UNRELATED})


def _macro(said: Sequence[frozenset[Label]], truth: metrics.Mask) -> float:
    found = outcome_matrix(said)
    weights = metrics.resamples(len(said), count=0)
    values = [metrics.f1(weights, found[:, i], truth[:, i]) for i in range(len(OUTCOMES))]
    return float(metrics.mean_over(values)[0])


def samples(count: int, seed: int = SEED) -> dict[str, list[Labelled]]:
    """Return a seeded sample of the corpus without messages written as screens, and the cases never trained on."""
    corpus = [(e.text, e.labels) for e in read_corpus(ROOT / "datasets") if "ocr" not in e.id]
    random.Random(seed).shuffle(corpus)
    challenge = [row for path in sorted((ROOT / "datasets" / "challenge").glob("*.jsonl")) for row in _lines(path)]
    random.Random(seed).shuffle(challenge)
    cases = json.loads((ROOT / "tests/cases/collectcheck/functionality.json").read_text(encoding="utf-8"))
    return {
        "corpus, trained on": corpus[:count],
        "challenge, not trained on": _labelled(challenge[:count]),
        "CollectCheck, not trained on": _labelled(cases),
    }


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _labelled(rows: Iterable[dict[str, Any]]) -> list[Labelled]:
    return [(row["text"], frozenset(Label(label) for label in row["labels"])) for row in rows]


def table(tallies: dict[tuple[str, str], Tally], labels: dict[str, dict[str, Any]]) -> str:
    """Return both measurements as Markdown."""
    styles = sorted({style for _, style in tallies} - {"all"})
    rows = [
        "# Screens, measured",
        "",
        "Made by `python benchmarks/screens.py`. Screenshots drawn by `render_screens.py`; a message counts as found",
        f"if its text is at least {ALIKE:.0%} the same. Boxes and lines: RapidOCR; tesseract: its plain text.",
        "The last three columns: with boxes, of the messages found.",
        "",
        "| style | messages | F1, boxes | F1, lines | F1, tesseract | side right | taken for a reply | time right |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for style in ("all", *styles):
        boxes, lines, tesseract = (tallies[condition, style] for condition in CONDITIONS)
        found = max(boxes.found, 1)
        rows.append(
            f"| {style} | {boxes.wanted} | {boxes.f1:.3f} | {lines.f1:.3f} | {tesseract.f1:.3f} "
            f"| {boxes.sides / found:.3f} | {boxes.hidden / found:.3f} | {boxes.times / found:.3f} |"
        )
    rows += [
        "",
        f"Macro-F1 of the labels (policy balanced, seed {SEED}) of messages as written, of the same out of noisy",
        "screens (`noisy_screen`), cleaned and split, and of those screens whole, as they stand:",
        "",
        "| messages | | as written | cleaned | as they stand | text came back whole | labels the same |",
        "|---|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {name} | {of['messages']} | {of['clean']:.3f} | {of['noisy']:.3f} | {of['raw']:.3f} "
        f"| {of['exact']:.1%} | {of['same']:.1%} |"
        for name, of in labels.items()
    ]
    return "\n".join(rows) + "\n"


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--gather", type=Path)
    parser.add_argument("--messages", type=int, default=1500)
    given = parser.parse_args()
    if given.gather:
        gather(given.gather)
    classifier = load()
    labels = {name: label_figures(classifier, found) for name, found in samples(given.messages).items()}
    text = table(split_figures(read_shots()), labels)
    TABLE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
