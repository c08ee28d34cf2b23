"""What is kept of a row: when, which labels, which group, and a keyed hash of the person; never the text."""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from classifier.bulk.label import OK
from classifier.bulk.sources import Row, Source
from classifier.errors import InputError
from classifier.model.modelfile import Policy
from classifier.text.placeholders import HAN_RUN
from classifier.trends.answers import Answer, fitting_policies, outcomes_of, read_answer
from classifier.trends.periods import Clock, Fault, Told
from classifier.trends.sample import Audit, check_of, stratum_reader, value_of

COUNTED = "counted"
_FEWEST_HAN = 2
_FOREIGN_LETTERS = 10
_SHOWN_SHARE = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which columns are looked at, and how a row is read.

    `once` counts each person once a period. `text`, `person` and `ocr` may be missing.
    """

    time: str
    prefix: str
    groups: tuple[str, ...] = ()
    text: str | None = None
    person: str | None = None
    ocr: str | None = None
    once: bool = False
    period: str = "month"


@dataclass
class Found:
    """What the pass came upon besides the rows."""

    rows: int = 0
    dates: Told = field(default_factory=Told)
    versions: Counter[str] = field(default_factory=Counter)
    codebooks: Counter[str] = field(default_factory=Counter)
    policies: Counter[str] = field(default_factory=Counter)
    fitting: Counter[str] = field(default_factory=Counter)
    judged: int = 0
    audited: int = 0


class RowReader:
    """Reads one row after another, and notes in `found` what it comes upon. The key of persons dies with it."""

    def __init__(
        self, wanted: Wanted, clock: Clock, audit: Audit | None, policies: dict[str, Policy], found: Found
    ) -> None:
        self._wanted, self._clock, self._policies, self._found = wanted, clock, policies, found
        self._labels = audit.labels if audit else {}
        self._checks = audit.checks if audit else {}
        self._stratum = stratum_reader(audit.by if audit else "", wanted.prefix, clock, wanted.time)
        self._salt = secrets.token_bytes(32)
        self._wrong = 0
        self._met = 0

    def record(self, row: Row) -> dict[str, Any]:
        """Return what is kept of a row."""
        wanted, found = self._wanted, self._found
        found.rows += 1
        number = found.rows
        moment = self._clock.read(row[wanted.time])
        found.dates.note(number, moment, row[wanted.time])
        answer = read_answer(row, wanted.prefix)
        self._note(row, answer)
        if number in self._checks:
            self._met += 1
            self._wrong += wanted.text is not None and check_of(row[wanted.text]) != self._checks[number]
        if isinstance(moment, Fault) or answer.status != OK:
            return {"row": number, "account": moment.value if isinstance(moment, Fault) else answer.status}
        text = row[wanted.text] if wanted.text is not None else None
        human = self._labels.get(number)
        found.audited += human is not None
        record: dict[str, Any] = {
            "row": number,
            "account": COUNTED,
            "ts": moment.at,
            "clock": moment.clock_known,
            **{f"o{i}": said for i, said in enumerate(answer.outcomes)},
            "review": answer.needs_review,
            "signals": answer.signals,
            "person": self._person(row),
            "stratum": self._stratum(row),
            "chinese": is_chinese(text) if isinstance(text, str) else None,
            "ocr": _number(row[wanted.ocr]) if wanted.ocr is not None else None,
            **{f"g{i}": value_of(row[name]) for i, name in enumerate(wanted.groups)},
        }
        if human is not None:
            record |= {f"t{i}": true for i, true in enumerate(outcomes_of(human))}
        return record

    def _note(self, row: Row, answer: Answer) -> None:
        if answer.status != OK:
            return
        found = self._found
        found.judged += 1
        found.versions[answer.version] += 1
        found.codebooks[answer.codebook] += 1
        if answer.policy:
            found.policies[answer.policy] += 1
        elif self._policies and found.judged <= _SHOWN_SHARE:
            found.fitting.update(fitting_policies(row, self._wanted.prefix, answer.labels, self._policies))

    def _person(self, row: Row) -> int | None:
        if self._wanted.person is None:
            return None
        value = row[self._wanted.person]
        if value is None or value != value or not str(value).strip():
            return None
        digest = blake2b(str(value).strip().encode("utf-8", "replace"), key=self._salt, digest_size=8)
        return int.from_bytes(digest.digest(), "little")

    def check_audit(self, audit: Audit, source: Source) -> None:
        """Object to a sample that was drawn from something else."""
        if audit.of != source.size:
            raise InputError(
                f"the audit sample was drawn from a table of {audit.of} rows and this one has {source.size}; "
                "draw a new one, or give the table it was drawn from"
            )
        wrong = self._wrong + len(audit.checks) - self._met
        if wrong:
            raise InputError(
                f"{wrong} of {len(audit.checks)} messages of the audit sample are not where they were drawn; "
                "was the table sorted, text edited, or another --text-column named? "
                "give the table as it was, or draw a new sample"
            )
        if not self._found.audited:
            raise InputError("no row of the audit sample has a readable date and an answer; draw a new sample")


def is_chinese(text: str) -> bool:
    """Whether the classifier can read a text at all: at least two Chinese characters, and not mostly Latin letters."""
    han = sum(map(len, HAN_RUN.findall(text)))
    latin = sum(c.isascii() and c.isalpha() for c in text)
    return han >= _FEWEST_HAN and not (latin >= _FOREIGN_LETTERS and latin > 2 * han)


def _number(value: Any) -> float | None:
    try:
        number = float(str(value).strip().rstrip("%"))
    except ValueError:
        return None
    return number if number == number and abs(number) < 1e9 else None
