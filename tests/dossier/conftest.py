import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from classifier import Classifier, Evidence, Finding, Label, ModelInfo, Signal
from classifier.bulk.sources import open_source
from classifier.dossier import Dossier, Options, build
from classifier.labels import SCORES, SIGNAL_ACTS

CASES = Path(__file__).parents[1] / "cases" / "dossier"
NOW = datetime(2026, 3, 1, 12, 0)
MODEL = ModelInfo("0123456789ab", "ab" * 32, "1")

Make = Callable[..., Finding]


@pytest.fixture(scope="session")
def case() -> dict[str, Any]:
    """The authored thread: what is known of it beforehand."""
    read: dict[str, Any] = json.loads((CASES / "thread.json").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="session")
def thread_file() -> Path:
    return CASES / "thread.csv"


@pytest.fixture(scope="session")
def found() -> Make:
    """A finding as said: labels, words for signals, reasons for review."""

    def make(
        text: str, labels: Iterable[str], signals: Mapping[str, str] | None = None, review: Iterable[str] = ()
    ) -> Finding:
        named, reasons, words = tuple(map(Label, labels)), tuple(review), dict(signals or {})
        scores = {name: 0.9 if name == "collection" or name in named else 0.1 for name in SCORES}
        spans = []
        for name, quoted in words.items():
            start = text.index(quoted)
            act = next((act for act in SIGNAL_ACTS[Signal(name)] if act in named), None)
            spans.append(Evidence(start, start + len(quoted), quoted, act, Signal(name), 0.0))
        ordered = tuple(signal for signal in Signal if signal in words)
        return Finding(
            named[0],
            named,
            scores,
            bool(reasons),
            reasons,
            "balanced",
            ordered,
            tuple(sorted(spans, key=_start)),
            MODEL,
        )

    return make


def _start(item: Evidence) -> int:
    return item.start


@pytest.fixture(scope="session")
def stand_in(found: Make) -> Callable[[Mapping[str, Finding] | None], Classifier]:
    """A classifier that says what it is told to; of anything else, that it is a lawful reminder."""

    def make(findings: Mapping[str, Finding] | None = None) -> Classifier:
        class StandIn:
            info = MODEL

            def classify(self, text: str, *, policy: str = "balanced") -> Finding:
                return (findings or {}).get(text) or found(text, ["lawful_reminder"])

        return cast(Classifier, StandIn())

    return make


@pytest.fixture(scope="session")
def reader(case: dict[str, Any], thread_file: Path, found: Make, stand_in: Callable[..., Classifier]) -> Classifier:
    """A classifier that says of the authored thread what its author says."""
    rows = list(open_source(thread_file).rows())
    said = {int(row): found(rows[int(row) - 1]["短信内容"], **finding) for row, finding in case["rows"].items()}
    return stand_in({rows[row - 1]["短信内容"]: finding for row, finding in said.items()})


@pytest.fixture(scope="session")
def thread(reader: Classifier, thread_file: Path) -> Dossier:
    return build(reader, open_source(thread_file), now=NOW)


@pytest.fixture
def dossier_of(tmp_path: Path, stand_in: Callable[..., Classifier]) -> Callable[..., Dossier]:
    """The dossier of rows, each a mapping of columns, with what a stand-in says of their texts."""

    def make(
        rows: Iterable[Mapping[str, Any]], findings: Mapping[str, Finding] | None = None, **options: Any
    ) -> Dossier:
        path = tmp_path / "table.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return build(stand_in(findings), open_source(path), Options(**options), now=NOW)

    return make
