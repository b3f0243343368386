"""What waits for a slow reader, and how it ends."""

import asyncio

from hub.core.arrivals import Arrivals


async def test_what_came_before_the_end_is_read_in_order() -> None:
    arrivals: Arrivals[int] = Arrivals(8)
    reading = asyncio.create_task(_all(arrivals))
    await asyncio.sleep(0)
    arrivals.put(1)
    await asyncio.sleep(0)
    arrivals.put(2)
    arrivals.put(3)
    arrivals.end()
    assert await reading == [1, 2, 3]
    assert await _all(arrivals) == []


async def test_a_reader_goes_on_where_the_one_before_left_off() -> None:
    arrivals: Arrivals[int] = Arrivals(8)
    for item in range(3):
        arrivals.put(item)
    async for item in arrivals:
        assert item == 0
        break
    arrivals.end()
    assert await _all(arrivals) == [1, 2]


async def test_the_oldest_go_first() -> None:
    arrivals: Arrivals[int] = Arrivals(2)
    for item in range(5):
        arrivals.put(item)
    arrivals.end()
    assert await _all(arrivals) == [3, 4]


async def _all(arrivals: Arrivals[int]) -> list[int]:
    return [item async for item in arrivals]
