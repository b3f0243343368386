"""One life of a worker, given up at moments at which something else happens too."""

import asyncio
import sys

import psutil
import pytest

from hub.guard.framing import Frame, StartOrder, frame
from hub.guard.worker_process import WorkerProcess

ORDER = StartOrder(entry="json:nothing", config=b"\x80", readable=(), devices=(), search=(), memory_mb=512)


def children() -> set[psutil.Process]:
    return set(psutil.Process().children())


async def gone(before: set[psutil.Process]) -> None:
    async with asyncio.timeout(20):
        while children() - before:
            await asyncio.sleep(0.005)


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that do nothing, not even leave."""
    monkeypatch.setattr("hub.guard.worker_process._BOOT", "import time; time.sleep(100)")


@pytest.mark.usefixtures("idle")
async def test_who_stops_listening_is_heard_also_when_something_was_said_just_then() -> None:
    worker = await WorkerProcess.spawn("idle", ORDER, {})
    heard: list[Frame] = []

    async def listen() -> None:
        async for received in worker.frames(lambda: 30.0):
            heard.append(received.kind)

    for turns in range(5):
        listening = asyncio.create_task(listen())
        await asyncio.sleep(0.001)
        worker._reader.feed_data(frame(Frame.HEARTBEAT))
        for _ in range(turns):
            await asyncio.sleep(0)
        listening.cancel()
        async with asyncio.timeout(5):
            [ending] = await asyncio.gather(listening, return_exceptions=True)
        assert isinstance(ending, asyncio.CancelledError)
    assert await worker.end(0.0) == "killed by SIGKILL"


@pytest.mark.usefixtures("idle")
async def test_an_end_that_is_given_up_is_an_end() -> None:
    before = children()
    worker = await WorkerProcess.spawn("idle", ORDER, {})
    ending = asyncio.create_task(worker.end(100.0))
    await asyncio.sleep(0.01)
    ending.cancel()
    await asyncio.gather(ending, return_exceptions=True)
    assert children() == before


@pytest.mark.usefixtures("idle")
@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes")
async def test_a_start_that_is_given_up_leaves_no_process() -> None:
    before = children()
    for turns in range(12):
        spawning = asyncio.create_task(WorkerProcess.spawn("idle", ORDER, {}))
        for _ in range(turns):
            await asyncio.sleep(0)
        spawning.cancel()
        [worker] = await asyncio.gather(spawning, return_exceptions=True)
        if isinstance(worker, WorkerProcess):
            await worker.end(0.0)
    await gone(before)
