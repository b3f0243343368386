import asyncio

import pytest

from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.errors import PluginError
from hub.core.events import TaskFailed
from hub.core.supervisor import Supervisor


async def test_a_task_that_raises_is_reported_and_restarted_with_growing_waits() -> None:
    bus, failures, ran = Bus(), [], asyncio.Event()
    bus.subscribe(TaskFailed, failures.append)
    runs = 0

    async def fails_twice() -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise OSError("no cable")
        ran.set()

    supervisor = Supervisor(bus, first_wait_s=0.001)
    supervisor.start("mqtt", fails_twice)
    await asyncio.wait_for(ran.wait(), 10)
    await asyncio.sleep(0)
    assert [f.restart_s for f in failures] == [0.001, 0.002]
    assert "no cable" in failures[0].error
    assert supervisor.failures == {}
    await supervisor.close()


async def test_what_the_hub_says_on_purpose_is_told_as_it_is() -> None:
    bus, failures = Bus(), []
    bus.subscribe(TaskFailed, failures.append)

    async def fails() -> None:
        raise PluginError("it cannot be reached", remedy="is it on?")

    supervisor = Supervisor(bus)
    supervisor.start("lamp", fails, restart=False)
    while not failures:
        await asyncio.sleep(0)
    assert failures[0].error == "it cannot be reached (is it on?)"
    await supervisor.close()


async def test_what_went_wrong_is_over_once_the_task_runs_well_again() -> None:
    supervisor, broken, again = Supervisor(Bus(), first_wait_s=0.001, longest_wait_s=0.05), [True], asyncio.Event()

    async def serve() -> None:
        if broken:
            broken.pop()
            raise OSError("no cable")
        again.set()
        await asyncio.Event().wait()

    supervisor.start("mqtt", serve)
    await asyncio.wait_for(again.wait(), 10)
    assert "no cable" in supervisor.failures["mqtt"]  # it has only just begun again
    async with asyncio.timeout(10):
        while supervisor.failures:
            await asyncio.sleep(0.01)
    assert supervisor.running() == ("mqtt",)
    await supervisor.close()


async def test_without_restart_a_failure_is_final_and_close_cancels() -> None:
    bus, failures = Bus(), []
    bus.subscribe(TaskFailed, failures.append)

    async def fails() -> None:
        raise ValueError("once")

    async def forever() -> None:
        await asyncio.Event().wait()

    supervisor = Supervisor(bus)
    supervisor.start("a", fails, restart=False)
    supervisor.start("b", forever)
    with pytest.raises(ValueError, match="already"):
        supervisor.start("b", forever)
    await asyncio.sleep(0.01)
    assert [f.restart_s for f in failures] == [-1.0]
    assert supervisor.running() == ("b",)
    await supervisor.close()
    assert supervisor.running() == ()


async def test_a_fake_clock_wakes_sleepers_in_order() -> None:
    clock, woke = FakeClock(start=100.0), []

    async def sleeper(seconds: float) -> None:
        await clock.sleep(seconds)
        woke.append((seconds, clock.now()))

    tasks = [asyncio.create_task(sleeper(s)) for s in (2.0, 1.0, 5.0)]
    await asyncio.sleep(0)
    await clock.advance(3)
    assert woke == [(1.0, 101.0), (2.0, 102.0)]
    assert clock.now() == 103.0
    tasks[2].cancel()
