import asyncio

import pytest

from hub.core.uninterrupted import uninterrupted


async def test_the_result_and_the_error_come_through():
    async def seven():
        return 7

    async def fail():
        raise ValueError("no")

    assert await uninterrupted(seven()) == 7
    with pytest.raises(ValueError, match="no"):
        await uninterrupted(fail())


@pytest.mark.parametrize("fails", [False, True])
async def test_a_cancelled_caller_leaves_after_the_work_is_done(fails):
    go, done = asyncio.Event(), []

    async def work():
        await go.wait()
        done.append(1)
        if fails:
            raise ValueError("no")

    caller = asyncio.ensure_future(uninterrupted(work()))
    await asyncio.sleep(0)
    for _ in range(3):
        caller.cancel()
        await asyncio.sleep(0)
    assert not caller.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done == [1]


async def test_work_that_does_not_end_is_cancelled_when_the_patience_is_over():
    ended = []

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(1)

    caller = asyncio.ensure_future(uninterrupted(work(), patience_s=0.01))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await asyncio.sleep(0)
    assert ended == [1]
