"""The work: messages to JSON, on a few threads, with a bounded number of requests admitted.

Threads take pieces of work in the order they came. A batch hands in a piece of a few messages at a
time, so a single message waits for pieces, never for whole batches; and work that nobody waits for
any more ends with its piece.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from time import perf_counter
from typing import TypeVar

from pydantic_core import to_json

from classifier import Classifier, Finding, InputError
from classifier.classifier import check_text
from service.crew import Crew
from service.metrics import Metrics
from service.problems import BUSY, TIMED_OUT, TOO_LARGE, UNREADABLE, ClientGone, Problem, Refused, try_again
from service.settings import Settings

_PIECE_TEXTS = 64
_PIECE_CHARACTERS = 4_000
_MEAN_WEIGHT = 0.05

T = TypeVar("T")


class Desk:
    """Scores messages for requests. Belongs to one event loop."""

    def __init__(self, classifier: Classifier, settings: Settings, metrics: Metrics) -> None:
        self._classifier = classifier
        self._settings = settings
        self._metrics = metrics
        self._crew = Crew(settings.concurrency)
        self._most = settings.concurrency + settings.queue
        self._admitted_now = 0
        self._mean_seconds = 0.0  # from admission to answer

    async def score(self, text: str, policy: str) -> bytes:
        """Return the finding of one message as JSON.

        Raises:
            Refused: the text cannot be judged, there is no place, or it takes too long.

        """
        if problem := self.too_long(text):
            raise Refused(problem.kind, problem.detail)
        return await self.admitted(lambda: self._crew.do_together(self._answers, (text, policy)))

    async def score_batch(self, texts: Sequence[str], policy: str, request_id: str, gone: Callable[[], bool]) -> bytes:
        """Return the findings of messages as JSON, in order, with an error in the place of a text that has none.

        Raises:
            Refused: there is no place, or it takes too long.
            ClientGone: `gone` said so; it is asked before each piece.

        """

        async def work() -> bytes:
            done: list[bytes] = []
            for piece in pieces(texts):
                if gone():
                    raise ClientGone
                done.append(await self.in_thread(partial(self._entries, piece, policy, request_id)))
            return b'{"findings":[' + b",".join(done) + b"]}"

        return await self.admitted(work)

    async def in_thread(self, call: Callable[[], T]) -> T:
        """Run a function on a scoring thread; the event loop goes on meanwhile."""
        return await self._crew.do(call)

    def close(self) -> None:
        """Finish what was handed in."""
        self._crew.close()

    async def admitted(self, work: Callable[[], Awaitable[bytes]]) -> bytes:
        """Do the work of one request.

        Raises:
            Refused: there is no place, or it takes too long.

        """
        if self._admitted_now + self._crew.abandoned >= self._most:
            raise try_again(BUSY, "all places are taken", self._mean_seconds)
        began = perf_counter()
        self._admitted_now += 1
        self._metrics.admitted.inc()
        try:
            async with asyncio.timeout(self._settings.timeout):
                return await work()
        except TimeoutError:
            detail = f"there was no answer within {self._settings.timeout:g} s; send fewer or shorter messages"
            raise try_again(TIMED_OUT, detail, self._mean_seconds) from None
        finally:
            self._admitted_now -= 1
            self._metrics.admitted.dec()
            self._mean_seconds += _MEAN_WEIGHT * (perf_counter() - began - self._mean_seconds)

    def too_long(self, text: str) -> Problem | None:
        """Return what is wrong with the length of a text, if anything."""
        if len(text) <= self._settings.max_text:
            return None
        return Problem(TOO_LARGE, f"a text may have {self._settings.max_text} characters; give one message at a time")

    def judge(self, texts: Sequence[str], policy: str) -> list[Finding | Problem]:
        """Screen and count messages, on the thread that asks: of each the finding, or why there is none."""
        problems = [self.too_long(text) or _unreadable(text) for text in texts]
        fit = [text for text, problem in zip(texts, problems, strict=True) if problem is None]
        findings = self._classifier.classify_many(fit, policy=policy)
        judged = [problem or next(findings) for problem in problems]
        for each in judged:
            if isinstance(each, Finding):
                self._metrics.count_finding(each)
            elif each.kind is UNREADABLE:
                self._metrics.count_unreadable()
        return judged

    def _answers(self, asked: Sequence[tuple[str, str]]) -> list[bytes | Refused]:
        """Return the findings of single messages, each with its policy, as JSON."""
        judged: dict[tuple[str, str], Finding | Problem] = {}
        for policy in {policy for _, policy in asked}:
            texts = [text for text, wanted in asked if wanted == policy]
            judged.update(zip(((text, policy) for text in texts), self.judge(texts, policy), strict=True))
        return [
            to_json(each.to_dict()) if isinstance(each, Finding) else Refused(each.kind, each.detail)
            for each in map(judged.__getitem__, asked)
        ]

    def _entries(self, texts: Sequence[str], policy: str, request_id: str) -> bytes:
        return b",".join(
            to_json(judged.to_dict()) if isinstance(judged, Finding) else error_entry(judged, request_id)
            for judged in self.judge(texts, policy)
        )


def accepted(judged: Finding | Problem) -> Finding:
    """Return the finding.

    Raises:
        Refused: there is none.

    """
    if isinstance(judged, Problem):
        raise Refused(judged.kind, judged.detail)
    return judged


def error_entry(problem: Problem, request_id: str) -> bytes:
    """Return what stands in a batch in the place of a text that has no finding, as JSON."""
    return b'{"error":' + problem.to_json(request_id) + b"}"


def _unreadable(text: str) -> Problem | None:
    try:
        check_text(text)
    except InputError as error:  # its words hold nothing of the text
        return Problem(UNREADABLE, str(error))
    return None


def pieces(texts: Sequence[str]) -> Iterator[list[str]]:
    """Cut a batch into pieces of a few dozen messages.

    >>> [len(piece) for piece in pieces(["短"] * 80 + ["长" * 3_990] * 2)]
    [64, 16, 1, 1]
    """
    piece: list[str] = []
    characters = 0
    for text in texts:
        if piece and (len(piece) == _PIECE_TEXTS or characters + len(text) > _PIECE_CHARACTERS):
            yield piece
            piece, characters = [], 0
        piece.append(text)
        characters += len(text)
    if piece:
        yield piece
