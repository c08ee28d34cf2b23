"""Threads that work for one event loop.

A pool that wakes a thread and the loop for every job spends as much time on waking as the edge has for
a request. Here the jobs of one turn of the loop are handed over together, and the loop is woken once
for all results that are there when it comes.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

S = TypeVar("S")
T = TypeVar("T")

_MOST_TOGETHER = 16


class _Job:
    __slots__ = ("begun", "error", "future", "given_up", "item", "result", "work")

    def __init__(
        self, work: Callable[[Sequence[Any]], Sequence[Any]], item: object, future: "asyncio.Future[Any]"
    ) -> None:
        self.work = work
        self.item = item
        self.future = future
        self.begun = False
        self.given_up = False
        self.result: Any = None
        self.error: BaseException | None = None


class Crew:
    """A fixed number of threads, started when there is something to do. Jobs begin in the order they came."""

    def __init__(self, size: int) -> None:
        self.abandoned = 0
        """Jobs under way that nobody waits for any more."""
        self._size = size
        self._jobs: deque[_Job] = deque()
        self._calls: SimpleQueue[bool] = SimpleQueue()
        self._threads: list[Thread] = []
        self._fresh = 0
        self._done: deque[_Job] = deque()
        self._told = False

    async def do(self, call: Callable[[], T]) -> T:
        """Run a function on a thread. If the wait is cancelled, it is not begun, or ends unheard."""
        return await self.do_together(lambda _: (call(),), None)

    async def do_together(self, work: Callable[[Sequence[S]], Sequence[T | Exception]], item: S) -> T:
        """Run `work` on a thread, for this item and for those that wait for the same `work` next to it, at most 16.

        `work` returns a result for each item, in order; one that is an exception is raised to whom it belongs.
        Else as `do`.
        """
        loop = asyncio.get_running_loop()
        job = _Job(work, item, loop.create_future())
        self._jobs.append(job)
        self._fresh += 1
        if self._fresh == 1:
            loop.call_soon(self._wake)
        try:
            result: T = await job.future
        except asyncio.CancelledError:
            if job.begun:
                job.given_up = True
                self.abandoned += 1
            raise
        return result

    def close(self) -> None:
        """Finish what was handed in, and end the threads."""
        for _ in self._threads:
            self._calls.put(False)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _wake(self) -> None:
        wanted = min(self._fresh, self._size)
        self._fresh = 0
        while len(self._threads) < wanted:
            thread = Thread(target=self._work, name=f"score-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        for _ in range(wanted - self._calls.qsize()):  # those not taken yet wake a thread just as well
            self._calls.put(True)

    def _work(self) -> None:
        go_on = True
        while go_on:
            go_on = self._calls.get()
            self._clear_the_table()

    def _clear_the_table(self) -> None:
        while jobs := self._next():
            _run(jobs)
            self._done.extend(jobs)
            if not self._told:  # else the loop is on its way to take what is done
                self._told = True
                jobs[0].future.get_loop().call_soon_threadsafe(self._settle)

    def _next(self) -> list[_Job]:
        """Take the next job, and those behind it that are the same work."""
        taken: list[_Job] = []
        while len(taken) < _MOST_TOGETHER:
            try:
                job = self._jobs.popleft()
            except IndexError:
                break
            if job.future.cancelled():
                continue
            if taken and job.work != taken[0].work:
                self._jobs.appendleft(job)
                break
            job.begun = True
            taken.append(job)
        return taken

    def _settle(self) -> None:
        self._told = False
        while self._done:
            job = self._done.popleft()
            if job.given_up:
                self.abandoned -= 1
            elif job.future.done():
                continue
            elif job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)


def _run(jobs: Sequence[_Job]) -> None:
    try:
        results = jobs[0].work([job.item for job in jobs])
    except BaseException as error:
        if len(jobs) == 1:
            jobs[0].error = error
        for job in jobs if len(jobs) > 1 else ():  # one must not spoil it for the others
            _run([job])
        return
    for job, result in zip(jobs, results, strict=True):
        if isinstance(result, Exception):
            job.error = result
        else:
            job.result = result
