import asyncio
import threading
from collections.abc import Callable, Sequence

import pytest

from service.crew import Crew


async def settled(crew: Crew) -> bool:
    for _ in range(400):
        if crew.abandoned == 0:
            return True
        await asyncio.sleep(0.005)
    return False


@pytest.mark.parametrize("size", [1, 3])
def test_each_job_gets_its_own_result(size: int) -> None:
    async def run() -> None:
        crew = Crew(size)

        def job(number: int) -> Callable[[], float]:
            return lambda: 1 / number

        for _ in range(20):
            results = await asyncio.gather(*(crew.do(job(number)) for number in range(1, 60)))
            assert results == [1 / number for number in range(1, 60)]
        with pytest.raises(ZeroDivisionError):
            await crew.do(job(0))
        crew.close()

    asyncio.run(run())


@pytest.mark.parametrize("size", [1, 3])
def test_the_same_work_is_done_together_and_one_does_not_spoil_it_for_the_others(size: int) -> None:
    async def run() -> None:
        crew, together = Crew(size), []

        def half(numbers: Sequence[int]) -> list[float | Exception]:
            together.append(len(numbers))
            if 13 in numbers:
                raise RuntimeError("thirteen")
            return [ValueError(str(number)) if number % 2 else number / 2 for number in numbers]

        tasks = [asyncio.create_task(crew.do_together(half, number)) for number in range(40)]
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for number, result in enumerate(results):
            if number % 2 == 0:
                assert result == number / 2
            else:
                assert isinstance(result, RuntimeError if number == 13 else ValueError)
        assert 1 < max(together) <= 16
        assert await crew.do(lambda: "alone") == "alone"
        crew.close()

    asyncio.run(run())


def test_no_more_threads_work_than_there_are() -> None:
    async def run() -> None:
        crew, let, working, most = Crew(3), threading.Event(), [0], [0]
        lock = threading.Lock()

        def job() -> None:
            with lock:
                working[0] += 1
                most[0] = max(most[0], working[0])
            let.wait(10)
            with lock:
                working[0] -= 1

        tasks = [asyncio.create_task(crew.do(job)) for _ in range(30)]
        while working[0] < 3:
            await asyncio.sleep(0.005)
        let.set()
        await asyncio.gather(*tasks)
        assert most == [3]
        crew.close()

    asyncio.run(run())


def test_a_quick_job_does_not_wait_for_a_slow_one_that_came_with_it() -> None:
    async def run() -> None:
        crew, let = Crew(1), threading.Event()
        quick, slow = asyncio.create_task(crew.do(lambda: 1)), asyncio.create_task(crew.do(lambda: let.wait(10)))
        assert await asyncio.wait_for(quick, 5) == 1
        assert not slow.done()
        let.set()
        assert await slow
        crew.close()

    asyncio.run(run())


def test_what_was_given_up_is_counted_until_it_ends() -> None:
    async def run() -> None:
        crew, let, begun, waited = Crew(1), threading.Event(), threading.Event(), []

        def job() -> None:
            begun.set()
            let.wait(10)

        under_way = asyncio.create_task(crew.do(job))
        waiting = asyncio.create_task(crew.do(lambda: waited.append(1)))
        await asyncio.to_thread(begun.wait, 5)
        under_way.cancel()
        waiting.cancel()
        await asyncio.wait([under_way, waiting])
        assert crew.abandoned == 1
        let.set()
        assert await settled(crew)
        assert waited == []
        crew.close()

    asyncio.run(run())


def test_closing_finishes_what_was_handed_in() -> None:
    async def run() -> None:
        crew, done = Crew(2), []
        tasks = [asyncio.create_task(crew.do(lambda: done.append(1))) for _ in range(50)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.to_thread(crew.close)
        assert len(done) == 50
        await asyncio.gather(*tasks)

    asyncio.run(run())
