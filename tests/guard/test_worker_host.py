import asyncio
import os
import signal
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from hub.core.bus import Bus
from hub.core.errors import HearthError, ModelError, WorkerDiedError
from hub.core.events import Event, WorkerLost, WorkerReady
from hub.guard.worker_host import WorkerDown, WorkerHost, WorkerPatience, WorkerUp
from tests.guard.conftest import Start

pytestmark = pytest.mark.sealed


class Said(msgspec.Struct, tag=True):
    text: str


async def answers(host: WorkerHost[Any], count: int) -> list[Any]:
    found: list[Any] = []
    async with asyncio.timeout(60):
        async for answer in host.messages():
            found.append(answer)
            if len(found) == count:
                break
    return found


async def test_messages_and_sound_go_in_and_messages_come_out(host: Start, bus: Bus) -> None:
    ready: list[WorkerReady] = []
    bus.subscribe(WorkerReady, ready.append)
    worker = await host("echo")
    assert worker.status.sealed
    assert [(e.worker, e.sealed) for e in ready] == [("sample", True)]
    await worker.send(Said("world"))
    await worker.send_sound(7, b"\1\0\2\0\xff\xff")
    assert await answers(worker, 3) == [
        WorkerUp(1),
        {"type": "Said", "text": "hello world"},
        {"type": "Said", "text": "stream 7: 3 samples, sum 2"},
    ]


@pytest.mark.parametrize("order", ["die", "raise", "talk big", "send garbage", "send sound", "send nonsense"])
async def test_a_worker_that_dies_or_breaks_the_rules_is_replaced(host: Start, bus: Bus, order: str) -> None:
    events: list[Event] = []
    bus.subscribe((WorkerReady, WorkerLost), events.append)
    worker: WorkerHost[Any] = await host("echo", lost=lambda: "your last sentence")
    if order == "send nonsense":
        worker._decoder = msgspec.msgpack.Decoder(Said)  # type: ignore[assignment]
    first = worker.pid
    await worker.send(Said(order))
    up, down, again = await answers(worker, 3)
    assert (up, again) == (WorkerUp(1), WorkerUp(2))
    assert isinstance(down, WorkerDown)
    assert down.reason
    assert worker.pid != first
    assert [type(e) for e in events] == [WorkerReady, WorkerLost, WorkerReady]
    assert isinstance(events[1], WorkerLost)
    assert events[1].lost == "your last sentence"
    await worker.send(Said("again"))
    async for answer in worker.messages():
        assert answer in ({"type": "Said", "text": "hello again"}, Said("hello again"))
        break


async def test_a_worker_steps_back_behind_the_hub(host: Start) -> None:
    worker = await host("echo")
    assert worker.pid is not None
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, worker.pid) == min(own + 5, 19)


async def test_kill_9_from_outside_is_survived(host: Start) -> None:
    worker = await host("echo")
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    _, down, up = await answers(worker, 3)
    assert down == WorkerDown("killed by SIGKILL")
    assert up == WorkerUp(2)


async def test_a_worker_that_hangs_is_killed(host: Start) -> None:
    worker = await host("echo", patience=WorkerPatience(silent_s=1.5, first_wait_s=0.01))
    await worker.send(Said("hang"))
    _, down, up = await answers(worker, 3)
    assert "did not answer" in down.reason
    assert up == WorkerUp(2)


async def test_an_idle_worker_is_left_in_peace(host: Start) -> None:
    worker = await host("echo", patience=WorkerPatience(silent_s=1.5))
    first = worker.pid
    await asyncio.sleep(2.5)  # longer than its deadline: only heartbeats keep it alive
    assert worker.pid == first


async def test_what_keeps_it_from_starting_is_told(host: Start) -> None:
    with pytest.raises(ModelError, match="no such model"):
        await host("no_model")
    with pytest.raises(WorkerDiedError, match="SIGSEGV"):
        await host("dies_early")
    with pytest.raises(HearthError, match="sample_workers"):
        await host("not_there")


async def test_it_gets_nothing_of_the_hubs_environment(host: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTH_SECRET", "a token")
    worker = await host("echo")
    await worker.send(Said("environment"))
    _, facts = await answers(worker, 2)
    assert "HEARTH_SECRET" not in facts["found"]
    assert "HOME" not in facts["found"]


async def test_it_holds_its_two_sockets_and_no_other_descriptor(host: Start) -> None:
    worker = await host("echo")
    await worker.send(Said("descriptors"))
    _, facts = await answers(worker, 2)
    targets = [target for number, target in facts["found"].items() if int(number) > 2]
    assert len([t for t in targets if t.startswith("socket:")]) == 2
    assert [t for t in targets if not t.startswith("socket:")] == []
    assert facts["found"]["0"] == facts["found"]["1"] == "/dev/null"


async def test_descriptors_are_handed_over_with_the_message_that_needs_them(host: Start) -> None:
    worker = await host("echo")
    for text in ("first secret", "second secret"):
        memory = os.memfd_create("handed over")
        os.write(memory, text.encode())
        await worker.send(Said("take 1"), (memory,))
        os.close(memory)
    _, *said = await answers(worker, 3)
    assert said == [{"type": "Said", "text": "first secret"}, {"type": "Said", "text": "second secret"}]


async def test_a_worker_that_waits_for_a_descriptor_in_vain_says_so(host: Start) -> None:
    worker = await host("echo")
    memory = os.memfd_create("handed over")
    await worker.send(Said("take 2"), (memory,))
    os.close(memory)
    _, down, _ = await answers(worker, 3)
    assert "1 of 2 descriptors came" in down.reason


async def test_what_it_writes_to_stderr_is_logged_short_and_printable(host: Start) -> None:
    with capture_logs() as logs:
        worker = await host("echo")
        await worker.send(Said("complain"))
        await answers(worker, 2)
        async with asyncio.timeout(30):
            while len([entry for entry in logs if entry["event"] == "worker says"]) < 2:
                await asyncio.sleep(0.01)
    lines = [entry["line"] for entry in logs if entry["event"] == "worker says"]
    assert lines[0] == "first line"
    assert lines[1].startswith("?[31msecond? liney")
    assert len(lines[1]) <= 300


async def test_nothing_can_be_sent_while_it_is_down(host: Start) -> None:
    worker = await host("echo")
    await worker.stop()
    assert not worker.up
    with pytest.raises(WorkerDiedError):
        await worker.send(Said("hello?"))


async def test_stopping_leaves_no_process(host: Start) -> None:
    worker = await host("echo")
    pid = worker.pid
    assert pid is not None
    await worker.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_much_sound_waits_and_none_is_lost(host: Start) -> None:
    worker = await host("echo")
    block = b"\1\0" * 16_000

    async def send() -> None:
        for _ in range(200):
            await worker.send_sound(1, block)

    sending = asyncio.create_task(send())
    found = await answers(worker, 201)
    await sending
    assert {a["text"] for a in found[1:]} == {"stream 1: 16000 samples, sum 16000"}
