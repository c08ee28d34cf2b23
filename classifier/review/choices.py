"""The question that a reviewer answers: one choice among all label sets that the codebook allows."""

from itertools import combinations

from classifier.labels import ACTS, LABEL_ZH, STATES, Label
from classifier.model.corpus import said_labels

LabelSet = frozenset[Label]

LABEL_SETS: tuple[LabelSet, ...] = (
    *(frozenset((state,)) for state in STATES),
    *(frozenset(acts) for size in (1, 2, 3) for acts in combinations(ACTS, size)),
)
"""Every valid answer: a state, or one, two or three acts."""

UNSURE = "拿不准 unsure"
"""The choice of a reviewer who cannot say; it counts as no answer."""


def choice(labels: LabelSet) -> str:
    """Return a label set as a reviewer sees it, Chinese first: `威胁恐吓+侮辱诽谤 threat+defamation`."""
    ordered = [label for label in Label if label in labels]
    return f"{'+'.join(LABEL_ZH[label] for label in ordered)} {'+'.join(ordered)}"


def read_choice(value: object) -> LabelSet | None:
    """Return the label set that a cell says, or None where it is empty or the reviewer was unsure.

    Raises:
        ValueError: an unknown label, or a state beside another label.

    """
    return None if str(value or "").strip() in {UNSURE, *UNSURE.split()} else said_labels(value)


CHOICES: tuple[str, ...] = (*map(choice, LABEL_SETS), UNSURE)
"""Every choice, in the order of the drop-down."""
