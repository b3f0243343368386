"""Tasks are cancelled and waited for, however they end."""

import asyncio

import pytest

from hub.core.cancelled import cancelled


async def test_tasks_have_ended_when_it_returns() -> None:
    ended: list[str] = []

    async def sleep(name: str, error: Exception | None = None) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)  # takes its leave
            ended.append(name)
            if error is not None:
                raise error

    tasks = [asyncio.create_task(sleep("one")), asyncio.create_task(sleep("two", ValueError("not heard")))]
    await asyncio.sleep(0)
    await cancelled(*tasks, None)
    assert ended == ["one", "two"] and all(task.done() for task in tasks)
    await cancelled(*tasks)  # once more: they have ended already
    await cancelled()


async def test_who_waits_can_be_cancelled_too() -> None:
    reluctant = asyncio.Event()

    async def stay() -> None:
        forever = asyncio.Event()
        try:
            await forever.wait()
        except asyncio.CancelledError:
            reluctant.set()
            await forever.wait()

    stays = asyncio.create_task(stay())
    await asyncio.sleep(0)
    waiting = asyncio.create_task(cancelled(stays))
    await reluctant.wait()
    waiting.cancel()  # which asks it once more
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert stays.done()
