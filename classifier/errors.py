"""Every error that this package raises on purpose.

    CollectionMessageError
    ├── InputError        what was given cannot be read or is not text
    ├── OutputError       the result cannot be written where it was asked for
    ├── ModelError        the model file is missing, damaged, or of a newer format
    ├── CorpusError       a training message or a lexicon file breaks its format
    ├── GuidanceDataError a data file of the guidance is damaged or contradicts itself
    ├── RegressionError   a model is worse than the figures it was held against
    └── MissingExtraError an optional library is needed for what was asked

Each message is one sentence that says what is wrong and what to try, and never
holds the text of a message under study.
"""


class CollectionMessageError(Exception):
    """Base of all errors of this package."""


class InputError(CollectionMessageError):
    """The input is unreadable, of an unknown kind, or lacks a column."""


class OutputError(CollectionMessageError):
    """The output cannot be written, or writing it would destroy the input."""


class ModelError(CollectionMessageError):
    """The model file is missing, damaged, incompatible, or of a newer format."""


class CorpusError(CollectionMessageError):
    """A corpus row or a lexicon file breaks its documented format."""


class GuidanceDataError(CollectionMessageError):
    """A data file of the guidance is missing, damaged, or contradicts itself."""


class RegressionError(CollectionMessageError):
    """A model fell behind stored figures, or breaks a bound."""


class MissingExtraError(CollectionMessageError):
    """A library of an optional extra is not installed."""
