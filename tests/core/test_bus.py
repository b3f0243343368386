import asyncio

import pytest

from hub.core.bus import Bus, Overflow
from hub.core.errors import RawMediaError
from hub.core.events import Event, StateChanged, WorkerLost


def lost(name: str) -> WorkerLost:
    return WorkerLost(worker=name, lost="nothing")


def test_a_callback_hears_its_type_and_no_other() -> None:
    bus, heard = Bus(), []
    bus.subscribe(WorkerLost, heard.append)
    event = lost("a")
    bus.publish(event)
    bus.publish(StateChanged(entity="light.a", trait="OnOff", value=True))
    assert heard == [event]


def test_a_base_class_hears_its_subclasses_and_cancel_ends_it() -> None:
    bus, heard = Bus(), []
    cancel = bus.subscribe(Event, heard.append)
    bus.publish(lost("a"))
    cancel()
    cancel()
    bus.publish(lost("b"))
    assert [e.worker for e in heard] == ["a"]


def test_a_callback_that_raises_hurts_only_itself() -> None:
    bus, heard = Bus(), []

    def broken(_event: WorkerLost) -> None:
        raise RuntimeError("broken on purpose")

    bus.subscribe(WorkerLost, broken)
    bus.subscribe(WorkerLost, heard.append)
    bus.publish(lost("a"))
    assert len(heard) == 1


def test_only_events_travel() -> None:
    with pytest.raises(RawMediaError):
        Bus().publish(b"pcm")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("full", "kept", "dropped"),
    [(Overflow.DROP_OLDEST, ["2", "3"], 2), (Overflow.DROP_NEWEST, ["0", "1"], 2), (Overflow.LATEST, ["3"], 3)],
)
async def test_a_full_queue_follows_its_policy(full: Overflow, kept: list[str], dropped: int) -> None:
    bus = Bus()
    with bus.stream(WorkerLost, size=2, full=full) as stream:
        for n in range(4):
            bus.publish(lost(str(n)))
        assert stream.dropped == dropped
        stream.close()
        assert [e.worker async for e in stream] == kept


async def test_a_handler_that_hangs_or_raises_stalls_nobody() -> None:
    bus, heard, done = Bus(), [], asyncio.Event()

    async def hangs(_event: WorkerLost) -> None:
        await asyncio.Event().wait()

    async def raises_then_works(event: WorkerLost) -> None:
        if event.worker == "0":
            raise RuntimeError("broken on purpose")
        heard.append(event.worker)
        if event.worker == "999":
            done.set()

    cancels = [bus.handle(WorkerLost, hangs, size=4), bus.handle(WorkerLost, raises_then_works, size=2000)]
    for n in range(1000):
        bus.publish(lost(str(n)))
    await asyncio.wait_for(done.wait(), 10)
    assert heard == [str(n) for n in range(1, 1000)]
    for cancel in cancels:
        cancel()


async def test_a_closed_stream_ends_its_waiting_reader() -> None:
    stream = Bus().stream(WorkerLost)
    reader = asyncio.create_task(stream.get())
    await asyncio.sleep(0)
    stream.close()
    with pytest.raises(StopAsyncIteration):
        await reader
