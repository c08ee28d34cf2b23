"""Measures how screenshots are read: messages, characters, labels, time and memory, for each engine.

    python -m benchmarks.pictures [--count N_PER_SEED] [--engine NAME ...] [--set dev|test] [--work FOLDER]

Draws screenshots with `render_phones.py` and reads them through `classifier.pictures`, as `cmc label` does. The
settings (sizes, bands, thresholds of confidence) were chosen on the seeds and texts of `dev`; `--set test`, other
seeds with texts of `datasets/challenge`, is for reporting, and writes `benchmarks/pictures.md`.
"""

import argparse
import json
import resource
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from benchmarks.render_phones import APPS, PHONES, TEXTS, render
from benchmarks.screens import ALIKE, Tally, likeness, plain
from classifier import Classifier, load
from classifier.evaluation import metrics
from classifier.evaluation.report import OUTCOMES, outcome_matrix
from classifier.labels import Label
from classifier.pictures.engines import NAMES, find_engine
from classifier.pictures.reading import read_picture
from classifier.screens.boxes import Screen
from classifier.screens.messages import ScreenMessage, read_screen

TABLE = Path(__file__).with_name("pictures.md")
SEEDS = {"dev": (11, 12), "test": (2026, 2027, 2028)}
SPOILED = {"dev": (13,), "test": (2029,)}
COUNT = {"dev": 22, "test": 45}
"""Pictures for each seed."""
MISREAD = 0.05
"""Share of wrong characters from which a message counts as misread."""

_LINUX_MB = 1024 if sys.platform == "linux" else 1 << 20
_DOUBT_STEPS = (0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995)


_COLUMNS = (
    "engine", "messages", "split F1", "side right", "taken for a reply", "time right", "character errors",
    "labels, clean text", "labels, pictures", "labels the same", "s a picture", "peak MB",
)  # fmt: skip
_ABOUT = """\
# Pictures, measured

Made by `python -m benchmarks.pictures --set {kind}`: {count} screenshots of three phones and three apps, light and
dark, PNG, WEBP, JPEG down to quality 40, one in ten long (seeds {seeds}); texts of `datasets/{texts}`. Sizes and
thresholds were chosen on other seeds ({tuned}) with texts of the corpus; nothing is trained on `challenge`.

A message counts as found if its text is at least {alike:.0%} the same. Character errors: edits a character over the
messages found, blanks and widths aside. Labels: macro-F1 over the incoming messages (policy balanced), a lost one
counted as unrelated. Misread: more than {misread:.0%} of the characters wrong, or badly cut. Spoiled pictures were
shrunk to as little as a quarter, pressed to JPEG 12 to 40, and stand askew. Seconds: one process, one thread, median
and 95 %, on two cores that other programs shared.
"""


@dataclass(frozen=True, slots=True)
class Read:
    """One picture as an engine read it."""

    name: str
    screen: Screen
    seconds: float

    @property
    def messages(self) -> tuple[ScreenMessage, ...]:
        """What the splitter makes of it."""
        return read_screen(self.screen)


@dataclass
class Figures:
    """Counts over pictures."""

    pictures: int = 0
    split: Tally = field(default_factory=Tally)
    characters: int = 0
    wrong: int = 0
    lost: int = 0
    truth: list[frozenset[Label]] = field(default_factory=list)
    clean: list[frozenset[Label]] = field(default_factory=list)
    seen: list[frozenset[Label]] = field(default_factory=list)
    doubts: list[tuple[float, float]] = field(default_factory=list)

    @property
    def character_errors(self) -> float:
        """Edits a character, over the messages that were found."""
        return self.wrong / max(self.characters, 1)


def read_all(paths: Sequence[Path], engine: str) -> tuple[list[Read], float]:
    """Read pictures with one engine in one process; return them, and the most memory it took, in MB."""
    ready = find_engine(engine)
    read_picture(paths[0].read_bytes(), ready)
    found = []
    for path in paths:
        data = path.read_bytes()
        began = perf_counter()
        screen = read_picture(data, ready)
        found.append(Read(path.name, screen, perf_counter() - began))
    own, others = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return found, (own + others) / _LINUX_MB


def edits(left: str, right: str) -> int:
    """Return how many characters must be put in, left out or changed to make one text of the other."""
    above = list(range(len(right) + 1))
    for row, char in enumerate(left, 1):
        here = [row]
        for column, other in enumerate(right, 1):
            here.append(min(above[column] + 1, here[-1] + 1, above[column - 1] + (char != other)))
        above = here
    return above[-1]


def figures_of(read: Sequence[Read], folder: Path, classifier: Classifier) -> dict[str, Figures]:
    """Return figures by style (phone, app), and of `all`."""
    by_style: dict[str, Figures] = defaultdict(Figures)
    for one in read:
        stem = one.name.rsplit(".", 1)[0]
        truth = json.loads((folder / f"{stem}.truth.json").read_text(encoding="utf-8"))
        got = one.messages
        _, phone, app = stem.split("-")
        for style in ("all", phone, app):
            by_style[style].pictures += 1
            by_style[style].split.add(truth, got)
            by_style[style].doubts += [(message.score or 0.0, _misread(message, truth)) for message in got]
        for want in truth:
            best = max(got, key=lambda message: likeness(message.text, want["text"]), default=None)
            found = best is not None and likeness(best.text, want["text"]) >= ALIKE
            for style in ("all", phone, app):
                _add(by_style[style], want, best if found else None, classifier)
    return by_style


def _misread(message: ScreenMessage, truth: Sequence[dict[str, str]]) -> float:
    """Return which share of the nearest true message is wrong in one that was read."""
    text = plain(message.text)
    return min(edits(plain(want["text"]), text) / max(len(plain(want["text"])), 1) for want in truth)


def _add(figures: Figures, want: dict[str, str], got: ScreenMessage | None, classifier: Classifier) -> None:
    text = plain(want["text"])
    if got is None:
        figures.lost += 1
    else:
        wrong = edits(text, plain(got.text))
        figures.characters += len(text)
        figures.wrong += wrong
    if want["side"] == "incoming":
        figures.truth.append(frozenset(Label(name) for name in want["labels"].split("|")))
        figures.clean.append(_labels(classifier, want["text"]))
        figures.seen.append(_labels(classifier, got.text) if got else frozenset({Label.UNRELATED}))


def _labels(classifier: Classifier, text: str) -> frozenset[Label]:
    return frozenset(classifier.classify(text).labels)


def macro_f1(said: Sequence[frozenset[Label]], truth: Sequence[frozenset[Label]]) -> float:
    """Return macro-F1 over the outcomes that occur."""
    found, wanted = outcome_matrix(said), outcome_matrix(truth)
    weights = metrics.resamples(len(said), count=0)
    values = [metrics.f1(weights, found[:, i], wanted[:, i]) for i in range(len(OUTCOMES))]
    return float(metrics.mean_over(values)[0])


@dataclass(frozen=True, slots=True)
class Result:
    """What one engine made of ordinary and of spoiled pictures."""

    engine: str
    read: list[Read]
    memory: float
    figures: dict[str, Figures]
    spoiled: Figures
    unsure_below: float

    def row(self) -> str:
        """Return the row of the main table."""
        one = self.figures["all"]
        found = max(one.split.found, 1)
        seconds = sorted(each.seconds for each in self.read)
        same = sum(a == b for a, b in zip(one.clean, one.seen, strict=True)) / len(one.clean)
        cells = (
            self.engine, f"{one.split.wanted}", f"{one.split.f1:.3f}", f"{one.split.sides / found:.3f}",
            f"{one.split.hidden / found:.3f}", f"{one.split.times / found:.3f}", f"{one.character_errors:.2%}",
            f"{macro_f1(one.clean, one.truth):.3f}", f"{macro_f1(one.seen, one.truth):.3f}", f"{same:.1%}",
            f"{seconds[len(seconds) // 2]:.1f}, {seconds[int(len(seconds) * 0.95)]:.1f}", f"{self.memory:.0f}",
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"

    def doubt_rows(self) -> list[str]:
        """Return what the threshold of confidence holds back."""
        rows = []
        for name, one in (("as drawn", self.figures["all"]), ("spoiled", self.spoiled)):
            good, bad = held_by(one.doubts, self.unsure_below)
            share = sum(wrong > MISREAD for _, wrong in one.doubts) / max(len(one.doubts), 1)
            cells = f"{one.split.f1:.3f} | {one.character_errors:.2%} | {share:.1%} | {bad:.0%} | {good:.1%}"
            rows.append(f"| {self.engine} | {name} | {self.unsure_below} | {cells} |")
        return rows


def table(results: Sequence[Result], kind: str) -> str:
    """Return the measurement as Markdown."""
    seeds, tuned = (", ".join(map(str, (*SEEDS[name], *SPOILED[name]))) for name in (kind, "dev"))
    styles = [*PHONES, *APPS]
    first = results[0].figures["all"]
    lines = [
        _ABOUT.format(
            kind=kind, count=first.pictures, seeds=seeds, texts=TEXTS[kind], tuned=tuned, alike=ALIKE, misread=MISREAD
        ),
        f"| {' | '.join(_COLUMNS)} |",
        "|---" * len(_COLUMNS) + "|",
        *(result.row() for result in results),
        "",
        "Split F1 and character errors by phone and app:",
        "",
        "| engine | " + " | ".join(styles) + " |",
        "|---" * (len(styles) + 1) + "|",
    ]
    for result in results:
        cells = (f"{one.split.f1:.3f}, {one.character_errors:.2%}" for one in map(result.figures.__getitem__, styles))
        lines.append(f"| {result.engine} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "What `low_ocr_confidence` holds back for a person:",
        "",
        "| engine | pictures | unsure below | split F1 | character errors | misread | of these held | others held |",
        "|---|---|---|---|---|---|---|---|",
        *(row for result in results for row in result.doubt_rows()),
    ]
    return "\n".join(lines) + "\n"


def held_by(doubts: Sequence[tuple[float, float]], limit: float) -> tuple[float, float]:
    """Return which share of the well read messages is below a confidence, and of the misread ones."""
    good = [score < limit for score, wrong in doubts if wrong <= MISREAD]
    bad = [score < limit for score, wrong in doubts if wrong > MISREAD]
    return sum(good) / max(len(good), 1), sum(bad) / max(len(bad), 1)


def drawn(folder: Path, seeds: Sequence[int], count: int, kind: str, *, spoil: bool) -> list[Path]:
    """Draw pictures into a folder, unless they are there."""
    if not any(folder.glob("*.truth.json")):
        for seed in seeds:
            render(folder / str(seed), count, seed, kind, 0.0 if spoil else 0.1, spoil=spoil)
        for path in sorted(folder.glob("*/*")):
            path.rename(folder / f"{path.parent.name}_{path.name}")
    return [path for path in sorted(folder.glob("*-*-*.*")) if path.suffix != ".json"]


def measured(engine: str, work: Path, kind: str, count: int, classifier: Classifier) -> Result:
    """Read both sets of pictures with one engine."""
    sets = []
    for name, seeds in (("drawn", SEEDS[kind]), ("spoiled", SPOILED[kind])):
        paths = drawn(work / name, seeds, count, kind, spoil=name == "spoiled")
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            read, memory = pool.submit(read_all, paths, engine).result()
        sets.append((read, memory, figures_of(read, work / name, classifier)))
    (read, memory, figures), (_, _, spoiled) = sets
    limit = find_engine(engine).unsure_below
    return Result(read[0].screen.engine, read, memory, figures, spoiled["all"], limit)


def main() -> None:
    """Draw, read, count, and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, help="pictures for each seed")
    parser.add_argument("--engine", action="append", choices=NAMES)
    parser.add_argument("--set", choices=list(SEEDS), default="dev")
    parser.add_argument("--work", type=Path, help="keep the pictures there")
    given = parser.parse_args()
    classifier = load()
    with tempfile.TemporaryDirectory() as made:
        work, count = given.work or Path(made), given.count or COUNT[given.set]
        results = [measured(name, work, given.set, count, classifier) for name in given.engine or NAMES]
    text = table(results, given.set)
    if given.set == "dev":
        for result in results:
            for name, one in (("drawn", result.figures["all"]), ("spoiled", result.spoiled)):
                for limit in _DOUBT_STEPS:
                    good, bad = held_by(one.doubts, limit)
                    print(f"{result.engine} {name} below {limit}: misread held {bad:.3f}, others held {good:.3f}")
    elif not given.count and not given.engine:
        TABLE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
