"""The audit of a hub that leaks: each of the leaks that are planted in it is found, and its place is named."""

import base64
import contextlib
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
import structlog

from hub.app import Hub, Parts, running_hub
from hub.bench.audit import checks, trial
from hub.bench.audit.evidence import Evidence
from hub.core.errors import ModelError
from hub.core.events import NotUnderstood
from hub.core.paths import HomePaths
from hub.core.settings import Settings
from hub.guard.sealing.syscalls import this_architecture
from hub.perception.ears.ear_stream import EarStream
from hub.store.database import Database
from hub.store.home_table import HomeTable

pytestmark = [
    pytest.mark.sealed,
    pytest.mark.slow,
    pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64"),
]
Change = Callable[[Settings], Settings]
log = structlog.get_logger("leaky")
PLANTED: list[tuple[str, int]] = []
"""The place that the leaky hub calls."""


def unsealed_worker() -> "subprocess.Popen[bytes]":
    """A process that looks like a worker, and that nothing holds."""
    return subprocess.Popen([sys.executable, "-c", "input()  # hub.guard.worker_main"], stdin=subprocess.PIPE)


@contextlib.contextmanager
def tapped(heard: list[bytes]) -> Iterator[None]:
    """Somebody who listens in on what goes to the ears."""
    feed = EarStream.feed

    async def listening(self: EarStream, samples: Any) -> None:
        heard.append(samples.tobytes())
        await feed(self, samples)

    EarStream.feed = listening  # type: ignore[method-assign]
    try:
        yield
    finally:
        EarStream.feed = feed  # type: ignore[method-assign]


@asynccontextmanager
async def leaky(paths: HomePaths, _see: bool, change: Change) -> AsyncIterator[Hub]:
    """A hub that writes what it hears into its log, its database and an event, and calls somebody."""
    heard: list[bytes] = []

    def leak(_event: Any) -> None:
        sound = b"".join(heard)
        log.debug("heard", sound=sound.hex())
        (paths.root / "cache").mkdir()
        (paths.root / "cache" / "last.raw").write_bytes(
            (np.frombuffer(sound, np.int16) / 32_768).astype("<f4").tobytes()
        )
        hub.bus.publish(NotUnderstood(text=base64.b64encode(sound).decode(), reason="leak"))

    with tapped(heard), socket.create_server(("127.0.0.1", 0)) as stranger, unsealed_worker() as worker:
        async with running_hub(paths, Parts.VOICE | Parts.SATELLITES | Parts.WEB, settings=change) as hub:
            from hub.core.events import SpeechTranscribed

            hub.bus.subscribe(SpeechTranscribed, leak)
            PLANTED[:] = [stranger.getsockname()]
            socket.create_connection(PLANTED[0]).close()
            yield hub
        database = await Database.open(paths.database)
        await HomeTable(database).set_setting("last", base64.b64encode(b"".join(heard)[:90_000]).decode())
        await database.close()
        worker.communicate()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return await trial.trial(leaky, tmp_path_factory.mktemp("audit"), see=False)


@pytest.mark.asyncio(loop_scope="module")
async def test_the_sound_is_found_in_each_place(evidence: Evidence) -> None:
    line = checks.sound_stays(evidence)
    assert not line.ok
    for place in ("hub.log has", "hearth.db has", "cache/last.raw has", "the event NotUnderstood has"):
        assert place in line.detail, place
    assert "as float32" in line.detail and "while it ran" in line.detail


@pytest.mark.asyncio(loop_scope="module")
async def test_sound_in_an_update_in_what_was_sent_and_in_a_packet_is_found(evidence: Evidence) -> None:
    sound = next(trace.data for trace in evidence.sound.traces if trace.form == "float32")
    evidence.update += sound
    evidence.received += sound
    evidence.packets = [b"header" + sound]
    detail = checks.sound_stays(evidence).detail
    for place in ("an update to the other hubs has", "what was sent to the satellite has", "a packet that left"):
        assert place in detail, place


@pytest.mark.asyncio(loop_scope="module")
async def test_a_connection_that_is_not_in_the_ledger_is_named(evidence: Evidence) -> None:
    line = checks.connections_are_in_the_ledger(evidence)
    assert not line.ok
    [stranger] = PLANTED
    assert stranger in evidence.places
    assert f"a connection to {stranger[0]}:{stranger[1]} is not in the ledger" in line.detail


@pytest.mark.asyncio(loop_scope="module")
async def test_bytes_that_are_not_in_the_ledger_are_counted(evidence: Evidence) -> None:
    evidence.received += b"one more"
    assert "bytes to the satellite, and" in checks.connections_are_in_the_ledger(evidence).detail


@pytest.mark.asyncio(loop_scope="module")
async def test_an_unsealed_worker_is_named(evidence: Evidence) -> None:
    line = checks.workers_are_sealed(evidence)
    [bare] = [worker.pid for worker in evidence.workers if not worker.filtered]
    assert not line.ok and f"worker process {bare} runs without" in line.detail
    evidence.told_sealed["ears"] = False
    assert "ears says that it is not sealed" in checks.workers_are_sealed(evidence).detail


@pytest.mark.asyncio(loop_scope="module")
async def test_a_canary_that_nobody_heard_or_saw_proves_nothing(evidence: Evidence) -> None:
    evidence.heard = ""
    evidence.picture = evidence.sound
    assert "nothing was tried" in checks.sound_stays(evidence).detail
    assert "nothing was tried" in checks.picture_stays(evidence).detail


async def test_a_hub_that_does_not_start_is_told_of(tmp_path: Path) -> None:
    from hub.bench.audit.audit import audit

    @asynccontextmanager
    async def broken(_paths: HomePaths, _see: bool, _change: Change) -> AsyncIterator[Hub]:
        raise ModelError("no ears today")
        yield

    lines = {line.check: line async for line in audit(broken, HomePaths(tmp_path), see=False)}
    assert not lines["trial"].ok and "no ears today" in lines["trial"].detail
    assert lines["network"].ok and lines["retention"].ok


async def test_a_hub_without_ears_and_eyes_is_told_of(tmp_path: Path) -> None:
    def start(paths: HomePaths, _see: bool, change: Change) -> Any:
        return running_hub(paths, Parts.TEXT | Parts.SATELLITES | Parts.WEB, settings=change)

    found = await trial.trial(start, tmp_path, see=not trial.blind())
    assert "there are no ears" in checks.sound_stays(found).detail and not checks.sound_stays(found).ok
    assert checks.picture_stays(found).ok and "has no eyes" in checks.picture_stays(found).detail
    assert "no worker was started" in checks.workers_are_sealed(found).detail
    assert "nothing was tried" in checks.connections_are_in_the_ledger(found).detail
