"""The model card: prose written by hand, tables filled in from measured figures.

The card holds lines `<!-- figures: NAME -->` and `<!-- end -->`; what stands between them is replaced.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from classifier.errors import InputError
from classifier.labels import LABEL_ZH, SIGNAL_ZH, Label, Signal

Figures = Mapping[str, Any]
_BLOCK = re.compile(r"(<!-- figures: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def fill(card: str, figures: Figures) -> str:
    """Return the card with every block replaced by its table.

    Raises:
        InputError: a block has a name for which there is no table.

    """

    def block(match: re.Match[str]) -> str:
        if match[2] not in TABLES:
            raise InputError(f"the card asks for figures named {match[2]!r}; there are: {', '.join(TABLES)}")
        return match[1] + TABLES[match[2]](figures) + "\n" + match[3]

    return _BLOCK.sub(block, card)


def interval(figure: Figures, percent: bool = False) -> str:
    """Return a value with its interval, as a share or in percent; a dash where nothing was measured."""
    value, low, high = figure["value"], figure["low"], figure["high"]
    if value is None or low is None or high is None:
        return "–"
    if percent:
        return f"{value:.1%} [{low * 100:.1f}, {high * 100:.1f}]".replace("%", " %")
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _model(figures: Figures) -> str:
    model = figures["model"]
    labels = ", ".join(f"{label.value} {model['labels'][label.value]}" for label in Label)
    return table(
        ["", ""],
        [
            ["version", model["version"]],
            ["codebook", model["codebook"]],
            ["trained on", f"{model['messages']} messages in {model['families']} families ({labels})"],
            ["file", f"{figures['file']['bytes'] / 1e6:.1f} MB, JSON and plain arrays"],
            ["thresholds", f"`{figures['policy']}`: " + _thresholds(figures)],
        ],
    )


def _thresholds(figures: Figures) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in figures["thresholds"][figures["policy"]].items())


def _labels(figures: Figures) -> str:
    return _metrics(figures["held_out"])


def _challenge(figures: Figures) -> str:
    return _metrics(figures["challenge"])


def _metrics(held_out: Figures) -> str:
    rows = [
        [
            f"`{label.value}` {LABEL_ZH[label]}",
            row["positives"],
            *(interval(row[name]) for name in ("precision", "recall", "f1", "average_precision")),
        ]
        for label in Label
        for row in [held_out["labels"][label.value]]
    ]
    foot = (
        f"\n\nMacro-F1 {interval(held_out['macro_f1'])}; expected calibration error "
        f"{interval(held_out['calibration_error'])}; to review {interval(held_out['needs_review'], True)}, holding "
        f"{interval(held_out['errors_in_review'], True)} of the errors. Accused: lawful reminders "
        f"{interval(held_out['lawful_accused'], True)}, unrelated {interval(held_out['unrelated_accused'], True)}."
    )
    return table(["label", "messages", "precision", "recall", "F1", "average precision"], rows) + foot


def _policies(figures: Figures) -> str:
    rates = ("lawful_accused", "lawful_accused_weighted", "unrelated_accused", "unrelated_accused_weighted")
    acts = [label for label in Label if label not in (Label.LAWFUL_REMINDER, Label.UNRELATED)]
    return table(
        [
            *("policy", "macro-F1", "lawful accused", "the same, weighted", "unrelated accused", "the same, weighted"),
            *(f"recall {act.value}" for act in acts),
        ],
        [
            [
                f"`{name}`",
                interval(row["macro_f1"]),
                *(interval(row[rate], True) for rate in rates),
                *(interval(row["recall"][act.value]) for act in acts),
            ]
            for name, row in figures["policies"].items()
        ],
    )


def _robustness(figures: Figures) -> str:
    return table(
        ["writing", "macro-F1", "lost", "lawful accused (weighted)", "unrelated accused (weighted)"],
        [
            [
                "as given" if name == "none" else name,
                interval(row["macro_f1"]),
                interval(row["lost"]) if "lost" in row else "",
                interval(row["lawful_accused"], True),
                interval(row["unrelated_accused"], True),
            ]
            for name, row in figures["robustness"].items()
        ],
    )


def _slices(figures: Figures) -> str:
    return table(
        ["", "", "messages", "wrongly accused", "missed"],
        [
            [facet, value, row["messages"], interval(row["accused"], True), interval(row["missed"], True)]
            for facet, values in figures["slices"].items()
            for value, row in values.items()
        ],
    )


def _swaps(figures: Figures) -> str:
    return table(
        [
            *("group", "terms × templates", "wrongly accused", "worst term", "missed", "worst term"),
            *("subgroup AUC", "BPSN AUC", "BNSP AUC", "spread of the score"),
        ],
        [
            [
                group,
                f"{row['terms']} × {row['templates']}",
                *(cell for name in ("accused", "missed") for cell in (f"{row[name]:.1%}", _worst(row, name))),
                *(f"{row[name]:.3f}" for name in ("subgroup_auc", "bpsn_auc", "bnsp_auc", "spread")),
            ]
            for group, row in figures["swaps"].items()
        ],
    )


def _worst(row: Figures, name: str) -> str:
    """Return the term that fares worst, or a dash where all terms fare alike."""
    term, rate = row[f"{name}_worst"]
    return f"{term} {rate:.1%}" if rate > row[name] else "–"


def _evidence(figures: Figures) -> str:
    row = figures["evidence"]
    return table(
        ["of the flagged labels of held-out messages", row["flagged"]],
        [
            ["the marked words alone keep the label", interval(row["label_kept"], True)],
            ["deleting them lowers the score of the label", interval(row["score_lowered"], True)],
            ["spans that start and end at the edge of a word", interval(row["word_edges"], True)],
        ],
    )


def _signals(figures: Figures) -> str:
    return table(
        ["signal", "", "named by the author", "shown", "precision", "coverage", "label fits"],
        [
            [
                f"`{name}`",
                SIGNAL_ZH[Signal(name)],
                row["named"],
                row["shown"],
                *(interval(row[key]) for key in ("precision", "coverage", "fits")),
            ]
            for name, row in figures["signals"].items()
        ],
    )


TABLES: dict[str, Callable[[Figures], str]] = {
    "model": _model,
    "labels": _labels,
    "policies": _policies,
    "challenge": _challenge,
    "robustness": _robustness,
    "slices": _slices,
    "swaps": _swaps,
    "evidence": _evidence,
    "signals": _signals,
}
"""What a card can ask for."""
