"""How well redaction finds things, on authored cases (`cases/redact.json`).

A span counts as found if kind, start and end are right. Cases marked `held_out` were written after the
rules and looked at once; the rules were then mended where they showed plain errors, so the figures
of that first look (`FIRST_LOOK`) are the honest ones for text that the rules have not seen. Amounts are
measured on the cases that mark them.

`python tests/redaction.py` rewrites the table `cases/redact-results.md`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.text.redact import DEFAULT_KINDS, KIND_ZH, Kind, redact

CASES = Path(__file__).parent / "cases" / "redact.json"
RESULTS = CASES.with_name("redact-results.md")


@dataclass(frozen=True)
class Figures:
    """Spans found right, found wrong and missed; cases that hold the kind, and spans no part of which is readable."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    cases: int = 0
    hidden: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 if nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 1 if nothing is there."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


FIRST_LOOK: dict[Kind, Figures] = {
    Kind.PHONE: Figures(12, 1, 2),
    Kind.LANDLINE: Figures(9, 0, 0),
    Kind.ID_NUMBER: Figures(9, 0, 0),
    Kind.BANK_CARD: Figures(8, 0, 0),
    Kind.PLATE: Figures(9, 0, 0),
    Kind.EMAIL: Figures(6, 0, 0),
    Kind.LINK: Figures(7, 0, 0),
    Kind.SOCIAL_ID: Figures(6, 0, 2),
    Kind.CASE_NUMBER: Figures(9, 0, 0),
    Kind.REFERENCE: Figures(7, 0, 2),
    Kind.ADDRESS: Figures(13, 5, 7),
    Kind.NAME: Figures(32, 1, 18),
    Kind.AMOUNT: Figures(12, 0, 1),
}
"""The held-out cases with the rules as they were before anyone had seen these cases."""


def read_cases() -> list[dict[str, Any]]:
    """Read the authored cases."""
    cases: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))
    return cases


def kinds_of(case: dict[str, Any]) -> frozenset[Kind]:
    """Return the kinds to redact in a case."""
    return DEFAULT_KINDS | ({Kind.AMOUNT} if case.get("amounts") else set())


def measure(cases: Iterable[dict[str, Any]]) -> dict[Kind, Figures]:
    """Compare what redaction finds with what the cases mark."""
    counts = {kind: [0, 0, 0, 0, 0] for kind in Kind}
    for case in cases:
        spans = redact(case["text"], kinds=kinds_of(case)).spans
        found = {(span.start, span.end, span.kind) for span in spans}
        meant = {(span["start"], span["end"], Kind(span["kind"])) for span in case["spans"]}
        covered = {i for span in spans for i in range(span.start, span.end)}
        for kind in {kind for _, _, kind in meant}:
            counts[kind][3] += 1
        for span in found | meant:
            counts[span[2]][0 if span in found & meant else 1 if span in found else 2] += 1
        for start, end, kind in meant:
            counts[kind][4] += covered.issuperset(range(start, end))
    return {kind: Figures(*numbers) for kind, numbers in counts.items()}


def _rates(figures: Figures) -> str:
    return f"{figures.precision:.3f} | {figures.recall:.3f}"


def main() -> None:
    """Measure and write the table."""
    cases = read_cases()
    tuned = measure(case for case in cases if not case.get("held_out"))
    held_out = measure(case for case in cases if case.get("held_out"))
    empty = sum(not case["spans"] for case in cases)
    lines = [
        "# Redaction: what the rules find",
        "",
        f"{len(cases)} authored cases, {empty} of them with nothing to find; made by `python tests/redaction.py`.",
        "A span is right if its kind and both ends are. *First look*: held-out cases, with the rules as they were",
        "before these cases were seen; *now*: the same after plain errors that they showed were mended. *Hidden*:",
        "share of the spans in held-out cases that are covered whole, by a placeholder of whatever kind.",
        "",
        "| kind | cases | tuned: precision | recall | held-out cases | first look: precision | recall | now: precision"
        " | recall | hidden |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for kind in Kind:
        spans = held_out[kind].right + held_out[kind].missed
        lines.append(
            f"| {kind.value} {KIND_ZH[kind]} | {tuned[kind].cases} | {_rates(tuned[kind])} | {held_out[kind].cases}"
            f" | {_rates(FIRST_LOOK[kind])} | {_rates(held_out[kind])} | {held_out[kind].hidden / spans:.3f} |"
        )
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
