"""Readiness that can be false: messages whose findings are known, scored the way requests are."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier import Classifier
from service.problems import NOT_READY, Refused
from service.scoring import Desk

STORED = Path(__file__).with_name("canary.json")
TOLERANCE = 0.1
"""How far a score may be from the stored one: a retrained model passes, a broken one does not."""
_SECONDS_BETWEEN = 1.0
_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Canary:
    """A message and what must be said of it."""

    text: str
    labels: tuple[str, ...]
    scores: dict[str, float]
    evidence: tuple[str, ...]


def read_canaries(path: Path = STORED) -> tuple[Canary, ...]:
    """Read the stored messages and answers."""
    rows: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return tuple(Canary(r["text"], tuple(r["labels"]), r["scores"], tuple(r["evidence"])) for r in rows)


def differences(classifier: Classifier, canaries: Sequence[Canary]) -> list[str]:
    """Say in which respects the answers differ from those stored; none: as it should be."""
    found = []
    for number, canary in enumerate(canaries):
        told = classifier.classify(canary.text).to_dict()
        if tuple(told["labels"]) != canary.labels:
            found.append(f"{number}: labels")
        if told["scores"].keys() != canary.scores.keys():
            found.append(f"{number}: names of scores")
        elif any(abs(told["scores"][name] - score) > TOLERANCE for name, score in canary.scores.items()):
            found.append(f"{number}: scores")
        covered = [range(item["start"], item["end"]) for item in told["evidence"]]
        for words in canary.evidence:
            start = canary.text.index(words)
            if not any(set(range(start, start + len(words))) & set(span) for span in covered):
                found.append(f"{number}: evidence")
    return found


class Readiness:
    """Asks the canaries at most once a second, however often it is asked itself."""

    def __init__(self, desk: Desk, classifier: Classifier, canaries: Sequence[Canary] | None = None) -> None:
        self._desk = desk
        self._classifier = classifier
        self._canaries = read_canaries() if canaries is None else canaries
        self._lock = asyncio.Lock()
        self._asked = -_SECONDS_BETWEEN
        self._detail = "not asked yet"

    async def check(self) -> None:
        """Return if the classifier answers as stored.

        Raises:
            Refused: it answers something else, fails, or is silent.

        """
        async with self._lock:
            if time.monotonic() - self._asked >= _SECONDS_BETWEEN:
                self._detail = await self._ask()
                self._asked = time.monotonic()
        if self._detail:
            raise Refused(NOT_READY, self._detail)

    async def _ask(self) -> str:
        try:
            async with asyncio.timeout(_SECONDS):
                found = await self._desk.in_thread(lambda: differences(self._classifier, self._canaries))
        except TimeoutError:
            return f"the canary had no answer within {_SECONDS:g} s"
        except Exception as error:
            return f"the canary could not be scored ({type(error).__name__})"
        return "the canary was judged differently: " + ", ".join(found) if found else ""
