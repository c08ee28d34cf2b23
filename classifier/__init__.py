"""Screen Chinese messages about a debt: lawful reminder, harassment of third parties, threat, defamation.

>>> from classifier import load
>>> finding = load().classify("再不还钱,明天就爆你通讯录")
>>> finding.label.value
'third_party_harassment'
"""

from classifier.classifier import LONGEST_TEXT, Classifier, load
from classifier.errors import (
    CollectionMessageError,
    CorpusError,
    GuidanceDataError,
    InputError,
    MissingExtraError,
    ModelError,
    OutputError,
    RegressionError,
)
from classifier.finding import Evidence, Finding, ModelInfo
from classifier.labels import Label, Signal

__version__ = "0.1.0"

__all__ = [
    "LONGEST_TEXT",
    "Classifier",
    "CollectionMessageError",
    "CorpusError",
    "Evidence",
    "Finding",
    "GuidanceDataError",
    "InputError",
    "Label",
    "MissingExtraError",
    "ModelError",
    "ModelInfo",
    "OutputError",
    "RegressionError",
    "Signal",
    "load",
]
