"""Messages as a client gives them, read by the rules that hold for tables too."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from classifier.bulk.sources import Row, Source
from classifier.dossier.messages import Columns, Message, SourceFile, read_messages
from service.advice_schemas import Given
from service.problems import TOO_LARGE, Refused
from service.scoring import Desk

COLUMNS = Columns("text", ("time",), "sender")
PASTED = "pasted.json"
"""What the messages are called as a source."""


@dataclass(frozen=True)
class _Rows(Source):
    """A table that is not in a file."""

    given: tuple[Row, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Yield every row."""
        return iter(self.given)


def read_given(messages: Sequence[Given]) -> list[Message]:
    """Return messages with their times read, and the reason why one is not judged."""
    rows = tuple(message.model_dump(include={"text", "sender", "time"}) for message in messages)
    return list(
        read_messages(_Rows(Path(PASTED), "pasted", ("text", "sender", "time"), len(rows), given=rows), COLUMNS)
    )


def pasted_file(messages: Sequence[Given]) -> tuple[SourceFile, bytes]:
    """Return the messages as a file, which a dossier names as its source."""
    rows = [message.model_dump(include={"text", "sender", "time"}) for message in messages]
    content = json.dumps(rows, ensure_ascii=False, indent=1).encode("utf-8")
    return SourceFile(PASTED, sha256(content).hexdigest(), len(content)), content


def check_size(messages: Sequence[Given], most: int, desk: Desk) -> None:
    """See that there are not too many messages, and none too long.

    Raises:
        Refused: there are, or there is.

    """
    if len(messages) > most:
        raise Refused(TOO_LARGE, f"a request may have {most} messages; send fewer at a time")
    for message in messages:
        if problem := desk.too_long(message.text):
            raise Refused(problem.kind, problem.detail)
