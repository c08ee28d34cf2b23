"""A friendly word where an optional library is missing."""

from collections.abc import Iterator
from contextlib import contextmanager

from classifier.errors import MissingExtraError


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Turn a failed import inside the block into one sentence that names the extra.

    Raises:
        MissingExtraError: an import failed.

    """
    try:
        yield
    except ImportError as error:
        raise MissingExtraError(
            f"this needs the library {error.name}; install the extra [{extra}]: pip install '.[{extra}]'"
        ) from error
