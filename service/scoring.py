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
from service.crew import Crew
from service.metrics import Metrics
from service.problems import BUSY, TIMED_OUT, TOO_LARGE, UNREADABLE, ClientGone, Problem, Refused, try_again
from service.settings import Settings

_PIECE_TEXTS = 16
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
        return await self.admitted(lambda: self.in_thread(lambda: self._finding(text, policy)))

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

    def judge(self, text: str, policy: str) -> Finding:
        """Screen and count one message, on the thread that asks.

        Raises:
            Refused: the text cannot be judged.

        """
        try:
            finding = self._classifier.classify(text, policy=policy)
        except InputError as error:  # its words hold nothing of the text
            self._metrics.count_unreadable()
            raise Refused(UNREADABLE, str(error)) from None
        self._metrics.count_finding(finding)
        return finding

    def _finding(self, text: str, policy: str) -> bytes:
        return to_json(self.judge(text, policy).to_dict())

    def _entry(self, text: str, policy: str, request_id: str) -> bytes:
        problem = self.too_long(text)
        if problem is None:
            try:
                return self._finding(text, policy)
            except Refused as refused:
                problem = refused.problem
        return b'{"error":' + problem.to_json(request_id) + b"}"

    def _entries(self, texts: Sequence[str], policy: str, request_id: str) -> bytes:
        return b",".join(self._entry(text, policy, request_id) for text in texts)


def pieces(texts: Sequence[str]) -> Iterator[list[str]]:
    """Cut a batch into pieces of a few messages.

    >>> [len(piece) for piece in pieces(["短"] * 40 + ["长" * 3_990] * 2)]
    [16, 16, 9, 1]
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
