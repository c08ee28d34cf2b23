"""Threads that work for one event loop.

A pool that wakes a thread and the loop for every job spends as much time on waking as the edge has for
a request. Here the jobs of one turn of the loop are handed over together, and the loop is woken once
for all results that are there when it comes.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class _Job:
    __slots__ = ("begun", "call", "error", "future", "given_up", "result")

    def __init__(self, call: Callable[[], Any], future: "asyncio.Future[Any]") -> None:
        self.call = call
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
        loop = asyncio.get_running_loop()
        job = _Job(call, loop.create_future())
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
        while self._jobs:
            try:
                job = self._jobs.popleft()
            except IndexError:  # another thread was faster
                return
            if job.future.cancelled():
                continue
            job.begun = True
            try:
                job.result = job.call()
            except BaseException as error:
                job.error = error
            self._done.append(job)
            if not self._told:  # else the loop is on its way to take what is done
                self._told = True
                job.future.get_loop().call_soon_threadsafe(self._settle)

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
