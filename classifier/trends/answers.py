"""The classifier's answers in a table: where `cmc label` put them, what they say, and by which policy."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from classifier.bulk.label import OK, PREFIX, RESULT_COLUMNS
from classifier.bulk.sources import Row, Source, find_text_column
from classifier.classifier import decide
from classifier.labels import ACTS, SCORES, STATES, Label
from classifier.model.corpus import parse_labels
from classifier.model.modelfile import Policy

ANY_ACT = "any_act"
"""Name of the outcome that at least one abusive act was found."""

OUTCOMES: tuple[str, ...] = (*(str(label) for label in (*STATES, *ACTS)), ANY_ACT)
"""What is counted: the five labels, and any act."""

UNREADABLE = "labels unreadable"
UNJUDGED = "not judged"

_NEEDED = ("status", "labels", "model_version")
_YES = frozenset({"true", "1", "yes", "是"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of one row; `status` is `OK`, or why nothing was said."""

    status: str
    labels: frozenset[Label] = frozenset()
    signals: str = ""
    needs_review: bool = False
    version: str = ""
    codebook: str = ""
    policy: str = ""

    @property
    def outcomes(self) -> tuple[bool, ...]:
        """Whether each of `OUTCOMES` was said."""
        return outcomes_of(self.labels)


def outcomes_of(labels: frozenset[Label]) -> tuple[bool, ...]:
    """Return labels as one bool for each of `OUTCOMES`."""
    return (*(Label(name) in labels for name in OUTCOMES[:-1]), bool(labels & set(ACTS)))


def answer_prefix(columns: Iterable[str]) -> str | None:
    """Return the prefix of the columns that `cmc label` added last, or None if it added none."""
    taken = set(columns)
    found = None
    prefix = ""
    while len(prefix) <= max(map(len, taken), default=0):
        if all(prefix + name in taken for name in _NEEDED):
            found = prefix
        prefix += PREFIX
    return found


def message_column(source: Source, prefix: str, wanted: str | None = None) -> str:
    """Return the column of a labelled table that holds the message; none of ours is taken for it.

    Raises:
        InputError: no such column, or no obvious choice.

    """
    ours = {prefix + name for name in RESULT_COLUMNS}
    own = replace(source, columns=tuple(name for name in source.columns if name not in ours))
    return find_text_column(own, wanted)


def read_answer(row: Row, prefix: str) -> Answer:
    """Return what a labelled row says."""
    status = str(row.get(prefix + "status") or UNJUDGED)
    if status != OK:
        return Answer(status)
    try:
        labels = parse_labels(_listed(row.get(prefix + "labels")))
    except ValueError:
        return Answer(UNREADABLE)
    finding = row.get(prefix + "finding")
    whole: Mapping[str, Any] = finding if isinstance(finding, dict) else {}
    return Answer(
        OK,
        labels,
        "|".join(_listed(row.get(prefix + "signals"))),
        str(row.get(prefix + "needs_review")).strip().lower() in _YES,
        str(row.get(prefix + "model_version") or ""),
        str(whole.get("model", {}).get("codebook", "")),
        str(whole.get("policy", "")),
    )


def label_set(labels: frozenset[Label]) -> str:
    """Return labels joined by `|`, in the order of the codebook."""
    return "|".join(label for label in Label if label in labels)


def fitting_policies(row: Row, prefix: str, labels: frozenset[Label], policies: Mapping[str, Policy]) -> Iterator[str]:
    """Yield the policies under which a row's scores give its labels: which one was used stands in no flat table."""
    try:
        scores = {name: float(row[f"{prefix}score_{name}"]) for name in SCORES}
    except (KeyError, TypeError, ValueError):
        yield from policies
        return
    for name, policy in policies.items():
        if frozenset(decide(scores, policy)) == labels:
            yield name


def _listed(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [part for part in str(value or "").split("|") if part]
