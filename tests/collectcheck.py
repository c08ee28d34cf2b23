"""CollectCheck: behaviour that the codebook asks for, as data (after HateCheck and CheckList).

`functionality`: a text and its labels, every abusive case with its lawful or unrelated twin.
`invariance`: variants of a text that must carry its labels. `direction`: a change that must not
move a score the wrong way. None of it is ever trained on (`test_collectcheck.py` proves it).

`python tests/collectcheck.py` measures the shipped model, rewrites the list of known failures and
the table of pass rates beside the cases.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from classifier import Classifier, load

FOLDER = Path(__file__).parent / "cases" / "collectcheck"
KNOWN_FAILURES = FOLDER / "known_failures.json"
FUNCTIONS: dict[str, str] = json.loads((FOLDER / "functions.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Check:
    """One thing to check; `texts` are what is shown to the classifier."""

    id: str
    kind: str
    function: str
    texts: tuple[str, ...]
    labels: frozenset[str] = frozenset()
    score: str = ""
    direction: str = ""

    def passes(self, classifier: Classifier) -> bool:
        """Whether the classifier behaves as asked."""
        findings = [classifier.classify(text) for text in self.texts]
        if self.kind == "direction":
            before, after = (finding.scores[self.score] for finding in findings)
            return after >= before if self.direction == "up" else after <= before
        return all(set(finding.labels) == self.labels for finding in findings)


def _read(kind: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    return rows


def checks() -> Iterator[Check]:
    """Yield every check, invariance variant by variant."""
    for row in _read("functionality"):
        yield Check(row["id"], "functionality", row["function"], (row["text"],), frozenset(row["labels"]))
    for row in _read("invariance"):
        for number, text in enumerate([row["base"], *row["variants"]]):
            yield Check(f"{row['id']}/{number}", "invariance", row["function"], (text,), frozenset(row["labels"]))
    for row in _read("direction"):
        texts = (row["base"], row["changed"])
        yield Check(row["id"], "direction", row["function"], texts, score=row["score"], direction=row["direction"])


def main() -> None:
    """Measure the shipped model and write down what it does not do yet."""
    classifier = load()
    results = [(check, check.passes(classifier)) for check in checks()]
    failures = {check.id: FUNCTIONS[check.function] for check, passed in results if not passed}
    KNOWN_FAILURES.write_text(json.dumps(failures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    lines = [
        "# CollectCheck: pass rates of the shipped model",
        "",
        f"Model {classifier.info.version}, policy balanced. Made by `python tests/collectcheck.py`.",
        "",
        "| kind | function | what it asks | passed |",
        "|---|---|---|---|",
    ]
    for kind in ("functionality", "invariance", "direction"):
        rates = [passed for check, passed in results if check.kind == kind]
        lines.append(f"| **{kind}** | **all** | | **{sum(rates)} of {len(rates)}** |")
        for function in sorted({check.function for check, _ in results if check.kind == kind}):
            passed = [ok for check, ok in results if (check.kind, check.function) == (kind, function)]
            lines.append(f"| {kind} | {function} | {FUNCTIONS[function]} | {sum(passed)} of {len(passed)} |")
    (FOLDER / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
