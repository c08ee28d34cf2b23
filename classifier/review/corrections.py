"""The corrections file: what people said of messages, one JSON line each, only ever added to.

It holds texts as they were received, so it stays on this machine and can be read by its owner alone. A later line of
the same person about the same text stands for an earlier one; nothing is taken out.
"""

import fcntl
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.bulk.encoding import json_objects
from classifier.errors import InputError, OutputError
from classifier.labels import CODEBOOK_VERSION
from classifier.model.corpus import parse_labels
from classifier.review.choices import LabelSet
from classifier.review.refs import Part, content_hash, read_ref

_LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Correction:
    """What one person said of one message.

    Attributes:
        text: the message as it was received; `sha256` is its hash.
        labels: a valid label set.
        annotator: who said so.
        part: how the message came to be reviewed; error rates rest on `Part.RANDOM` alone.
        weight: rows of its table that the message stands for, where it was drawn at random; else 0.
        ref: the reference it went out under, "" for a message from elsewhere.
        codebook, model: versions of the codebook and of the model that had judged it, "" where unknown.
        date: the day it was taken in, as YYYY-MM-DD.
        final: whether it settles what others disagree on.
        note: what the reviewer added.

    """

    text: str
    labels: LabelSet
    annotator: str
    part: Part
    weight: float
    ref: str
    codebook: str
    model: str
    date: str
    final: bool
    note: str

    @property
    def sha256(self) -> str:
        """The hash by which corrections of one text are found."""
        return content_hash(self.text)

    def says_as(self, other: "Correction | None") -> bool:
        """Whether another one by the same person leaves nothing to add."""
        return other is not None and (self.labels, self.ref, self.final, self.note) == (
            other.labels,
            other.ref,
            other.final,
            other.note,
        )

    def line(self) -> str:
        """Return it as a line of the file."""
        row = {
            "sha256": self.sha256,
            "text": self.text,
            "labels": sorted(self.labels),
            "annotator": self.annotator,
            "part": self.part.value,
            "weight": self.weight,
            "ref": self.ref,
            "codebook": self.codebook,
            "model_version": self.model,
            "date": self.date,
            "final": self.final,
            "note": self.note,
        }
        return json.dumps(row)  # in ASCII: a lone surrogate comes back as it was


def is_corrections(path: Path) -> bool:
    """Whether a file is one of corrections, by its first line."""
    try:
        with path.open(encoding="utf-8") as file:
            row = json.loads(file.readline(_LONGEST_LINE))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(row, dict) and {"sha256", "labels", "annotator", "part"} <= set(row)


def read_corrections(path: Path) -> list[Correction]:
    """Read every line, in order.

    Raises:
        InputError: the file cannot be read, or a line is none of ours, was changed, or is cut.

    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {type(error).__name__}; give a file of corrections") from error
    return [_correction(row, f"{path} line {number}") for number, row in json_objects(text.split("\n"))]


def _correction(row: dict[str, Any] | None, where: str) -> Correction:
    try:
        if row is None:
            raise ValueError("it is cut or no JSON")
        found = Correction(
            str(row["text"]),
            parse_labels(row["labels"]),
            str(row["annotator"]),
            Part(row["part"]),
            float(row["weight"]),
            str(row["ref"]),
            str(row["codebook"]),
            str(row["model_version"]),
            str(row["date"]),
            bool(row["final"]),
            str(row["note"]),
        )
        if found.sha256 != row["sha256"]:
            raise ValueError("its text does not match its hash")
    except (ValueError, KeyError, TypeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise InputError(f"{where} is no correction: {reason}; remove the line and import its sheet anew") from error
    return found


def add_corrections(path: Path, found: Sequence[Correction]) -> int:
    """Append those that say something new, all or none; return how many.

    Raises:
        InputError: the file holds something else.
        OutputError: it cannot be written; then it is as it was.

    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}; choose another place") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # another import waits its turn
        known = latest(read_corrections(path))
        os.fchmod(handle, 0o600)
        new = [one for one in found if not one.says_as(known.get((one.sha256, one.annotator)))]
        _append(handle, "".join(one.line() + "\n" for one in new).encode(), path)
    finally:
        os.close(handle)
    return len(new)


def _append(handle: int, data: bytes, path: Path) -> None:
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        data = b"\n" + data  # a last line without its end was written by another program
    try:
        if os.write(handle, data) != len(data):
            raise OSError(28, "no space left")
        os.fsync(handle)
    except OSError as error:
        os.ftruncate(handle, size)
        raise OutputError(f"cannot write {path}: {error.strerror}; nothing was added") from error


def latest(corrections: Iterable[Correction]) -> dict[tuple[str, str], Correction]:
    """Return what stands, by hash and person: the last that each said of each text, in the order of the file."""
    standing: dict[tuple[str, str], Correction] = {}
    for one in corrections:
        key = one.sha256, one.annotator
        standing.pop(key, None)
        standing[key] = one
    return standing


@dataclass(frozen=True, slots=True)
class Settled:
    """A message whose labels people agree on; `part` is random if it ever was drawn so, `weight` sums over draws."""

    text: str
    labels: LabelSet
    part: Part
    weight: float


@dataclass(frozen=True, slots=True)
class Adjudication:
    """Messages that are settled, and how many are not.

    `ties` counts those of which as many people say one thing as another, `ties_drawn` those of them that were drawn at
    random, `outdated` what was said by another codebook.
    """

    settled: list[Settled]
    ties: int
    ties_drawn: int
    outdated: int


def adjudicate(corrections: Sequence[Correction]) -> Adjudication:
    """Settle each message by the final word on it, else by the majority of those who judged it."""
    standing: dict[str, list[Correction]] = {}
    outdated = 0
    for one in latest(corrections).values():
        if one.codebook == CODEBOOK_VERSION:
            standing.setdefault(one.sha256, []).append(one)
        else:
            outdated += 1
    weights = _weights(corrections)
    settled = []
    ties = []
    for sha256, voices in standing.items():
        final = [one for one in voices if one.final]
        votes = Counter(one.labels for one in (final[-1:] or voices)).most_common(2)
        if len(votes) == 1 or votes[0][1] > votes[1][1]:
            weight = weights.get(sha256, 0.0)
            part = Part.RANDOM if weight else voices[0].part
            settled.append(Settled(voices[0].text, votes[0][0], part, weight))
        else:
            ties.append(sha256)
    return Adjudication(settled, len(ties), sum(sha256 in weights for sha256 in ties), outdated)


def _weights(corrections: Iterable[Correction]) -> dict[str, float]:
    """Return the rows that each randomly drawn text stands for, each draw counted once however many judged it."""
    drawn: dict[tuple[str, str], float] = {}
    for one in corrections:
        ref = read_ref(one.ref)
        if one.part is Part.RANDOM and ref is not None:
            drawn[one.sha256, ref.draw] = one.weight
    weights: dict[str, float] = {}
    for (sha256, _), weight in drawn.items():
        weights[sha256] = weights.get(sha256, 0.0) + weight
    return weights
