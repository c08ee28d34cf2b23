"""The regression gate: what a new model may not lose, and bounds that every model must hold.

`regressions` compares figures with those stored beside the shipped model; `broken_bounds` looks at
the new figures alone. Both return sentences; no sentence, no objection.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from classifier.labels import Label

Figures = Mapping[str, Any]

MAY_FALL = 0.01
"""Points of macro-F1, and of a label's F1 twice as many, that a new model may lose."""
MAY_RISE = 0.005
"""Points that a rate of false accusation or the calibration error may gain."""
MAY_GROW = 1.15
"""Times the size and the load ratio of the model file may grow."""
LOAD_NOISE = 1.5
"""Load time is noisy on a shared machine, even as a ratio."""

ROBUSTNESS_LOST = 0.03
ROBUSTNESS_ACCUSED = 0.01
LABEL_KEPT = 0.85
SCORE_LOWERED = 0.99
WORD_EDGES = 0.95
CALIBRATION = 0.04
SIZE_BYTES = 8_000_000
LOAD_RATIO = 12.0
SWAP_AUC = 0.9
SWAP_RATE_GAP = 0.1
SLICE_ACCUSED = 0.15
SLICE_MISSED = 0.4


def regressions(stored: Figures, new: Figures) -> list[str]:
    """Return what `new` has lost beside `stored`, one sentence each."""
    return list(_regressions(stored, new))


def _regressions(stored: Figures, new: Figures) -> Iterator[str]:
    before, after = stored["held_out"], new["held_out"]
    yield from _fell("macro-F1", before["macro_f1"], after["macro_f1"], MAY_FALL)
    for label in Label:
        yield from _fell(
            f"F1 of {label.value}", before["labels"][label]["f1"], after["labels"][label]["f1"], 2 * MAY_FALL
        )
    for name in ("lawful_accused", "unrelated_accused", "calibration_error"):
        was, now = before[name]["value"], after[name]["value"]
        if now > was + MAY_RISE:
            yield f"{name} rose from {was:.4f} to {now:.4f}, by more than {MAY_RISE}"
    was, now = stored["file"]["bytes"], new["file"]["bytes"]
    if now > was * MAY_GROW:
        yield f"the model file grew from {was} to {now} bytes, more than {MAY_GROW} times"
    was, now = stored["file"]["load_ratio"], new["file"]["load_ratio"]
    if now > was * LOAD_NOISE:
        yield f"loading takes {now} times as long as unpacking, it was {was}"


def _fell(name: str, before: Mapping[str, float], after: Mapping[str, float], most: float) -> Iterator[str]:
    if after["value"] < before["value"] - most:
        yield f"{name} fell from {before['value']:.4f} to {after['value']:.4f}, by more than {most}"


def broken_bounds(figures: Figures) -> list[str]:
    """Return the bounds that `figures` do not hold, one sentence each."""
    return list(_broken(figures))


def _broken(figures: Figures) -> Iterator[str]:
    plain = figures["robustness"]["none"]
    for name, row in figures["robustness"].items():
        if name != "none" and row["lost"]["value"] > ROBUSTNESS_LOST:
            yield f"{name} costs {row['lost']['value']:.4f} of macro-F1, more than {ROBUSTNESS_LOST}"
        for rate in ("lawful_accused", "unrelated_accused"):
            if row[rate]["value"] > plain[rate]["value"] + ROBUSTNESS_ACCUSED:
                yield f"{name} raises {rate} to {row[rate]['value']:.4f}"
    evidence = figures["evidence"]
    for name, least in (("label_kept", LABEL_KEPT), ("score_lowered", SCORE_LOWERED), ("word_edges", WORD_EDGES)):
        if evidence[name]["value"] < least:
            yield f"evidence: {name} is {evidence[name]['value']:.4f}, below {least}"
    if figures["held_out"]["calibration_error"]["value"] > CALIBRATION:
        yield f"the calibration error is above {CALIBRATION}"
    if figures["file"]["bytes"] > SIZE_BYTES:
        yield f"the model file is larger than {SIZE_BYTES} bytes"
    if figures["file"]["load_ratio"] > LOAD_RATIO:
        yield f"loading takes more than {LOAD_RATIO} times as long as unpacking"
    for group, row in figures["swaps"].items():
        for name in ("subgroup_auc", "bpsn_auc", "bnsp_auc"):
            if row[name] < SWAP_AUC:
                yield f"{group}: {name} is {row[name]:.4f}, below {SWAP_AUC}"
        for name in ("accused", "missed"):
            term, rate = row[f"{name}_worst"]
            if rate > row[name] + SWAP_RATE_GAP:
                yield f"{group}: {term} is {name} in {rate:.4f}, the whole group in {row[name]:.4f}"
    for facet, values in figures["slices"].items():
        for value, row in values.items():
            for name, most in (("accused", SLICE_ACCUSED), ("missed", SLICE_MISSED)):
                rate = row[name]["value"]
                if rate is not None and rate > most:
                    yield f"{facet} {value}: {name} {rate:.4f}, above {most}"
