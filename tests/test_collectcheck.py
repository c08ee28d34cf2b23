import importlib.util
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from classifier import Classifier, load
from classifier.evaluation.fairness import read_swaps
from classifier.model.corpus import read_corpus
from classifier.text.normalise import Normaliser

_SPEC = importlib.util.spec_from_file_location("collectcheck", Path(__file__).with_name("collectcheck.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
collectcheck = importlib.util.module_from_spec(_SPEC)
sys.modules["collectcheck"] = collectcheck
_SPEC.loader.exec_module(collectcheck)

CHECKS = list(collectcheck.checks())
KNOWN: dict[str, str] = json.loads(collectcheck.KNOWN_FAILURES.read_text(encoding="utf-8"))
DATASETS = Path(__file__).parents[1] / "datasets"
NEAR = 0.7


@pytest.fixture(scope="module")
def shipped() -> Classifier:
    return load()


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(c, id=c.id, marks=pytest.mark.xfail(strict=True, reason=KNOWN[c.id]) if c.id in KNOWN else ())
        for c in CHECKS
    ],
)
def test_behaves_as_the_codebook_asks(shipped: Classifier, check: "collectcheck.Check") -> None:  # type: ignore[name-defined]
    assert check.passes(shipped)


def test_the_suite_is_large_and_every_abusive_case_has_its_twin() -> None:
    rows = json.loads((collectcheck.FOLDER / "functionality.json").read_text(encoding="utf-8"))
    by_id = {row["id"]: row for row in rows}
    assert len(CHECKS) >= 600
    for row in rows:
        if not {"lawful_reminder", "unrelated"} & set(row["labels"]):
            twin = by_id[row["twin"]]
            assert twin["twin"] == row["id"]
            assert twin["labels"] != row["labels"]


def test_known_failures_are_checks_that_exist() -> None:
    assert set(KNOWN) <= {check.id for check in CHECKS}


def _shingles(text: str) -> set[str]:
    plain = "".join(char for char in Normaliser()(text).text if char.isalnum())
    return {plain[i : i + 3] for i in range(max(1, len(plain) - 2))}


def _near(texts: Mapping[str, str], others: Sequence[set[str]]) -> list[str]:
    """Return the ids of texts that come near to one of the others (Jaccard index of character trigrams)."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, shingles in enumerate(others):
        for shingle in shingles:
            holders[shingle].append(number)
    found: list[str] = []
    for name, text in texts.items():
        shingles = _shingles(text)
        shared = Counter(number for shingle in shingles for number in holders.get(shingle, ()))
        found += (
            name
            for number, count in shared.most_common(3)
            if len(shingles) > 4 and count / len(shingles | others[number]) >= NEAR
        )
    return found


def _measured() -> dict[str, dict[str, str]]:
    """Everything that the model is measured on, by name."""
    challenge = {example.id: example.text for example in read_corpus(DATASETS, "challenge")}
    templates, _ = read_swaps(DATASETS / "swaps.json")
    return {
        "collectcheck": {f"{check.id} {n}": text for check in CHECKS for n, text in enumerate(check.texts)},
        "challenge": challenge,
        "swaps": {text: text for text, _ in templates},
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["collectcheck", "challenge", "swaps"])
def test_nothing_that_measures_stands_in_the_corpus(name: str) -> None:
    corpus = [_shingles(example.text) for example in read_corpus(DATASETS)]
    assert _near(_measured()[name], corpus) == []


def test_the_search_for_near_duplicates_finds_one() -> None:
    assert _near({"a": "您的欠款今天必须还清,否则后果自负"}, [_shingles("您的欠款今天必须还清否则后果自负!")]) == ["a"]
