"""The demo's clip at three levels through the real ears: three hubs hear it, the right one answers, each time."""

import asyncio

import numpy as np
import pytest

from hub.core.bundled import bundled
from hub.core.bus import Bus
from hub.core.events import Event, WakeHeard
from hub.core.settings import Settings
from hub.guard.syscalls import this_architecture
from hub.inference.store import ModelStore
from hub.media.decode import AudioFile
from hub.perception.ears.build import build_ears
from hub.satellites.arbitrated import ArbitratedEars
from hub.satellites.ports import EarStream
from hub.swarm.arbitration.arbiter import Arbiter
from tests.swarm.street import Street

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sealed,
    pytest.mark.timeout(300),
    pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64"),
]
TIMES = 20
PIECE = 1280


def clip() -> np.ndarray:
    with AudioFile(bundled("config") / "demo" / "clips" / "01_light_on.flac") as file:
        return np.concatenate([np.asarray(piece) for piece in file.read()])


def at(level: float, samples: np.ndarray, seed: int) -> np.ndarray:
    """The clip in a room: so much of it, the room's own noise, and of that half a second before and more after."""
    padded = np.concatenate((np.zeros(8_000), samples * level, np.zeros(20_000)))
    return np.clip(padded + np.random.default_rng(seed).normal(0, 10, len(padded)), -32768, 32767).astype(np.int16)


async def answered(stream: EarStream, heard: list[Event]) -> None:
    async for event in stream:
        heard.append(event)


async def test_twenty_times_the_same_clip_is_answered_once_by_the_right_hub() -> None:
    ears = build_ears(Settings(), ModelStore(), Bus())
    await ears.start()
    loop = asyncio.get_running_loop()
    street, presence = Street(late_s=0.001), {"near": 0.9, "next door": 0.35, "far": 0.35}
    arbiters = {area: Arbiter(area, presence.__getitem__, street.mesh(area)) for area in presence}
    running = [asyncio.create_task(arbiter.run()) for arbiter in arbiters.values()]
    heard: dict[str, list[Event]] = {area: [] for area in presence}
    try:
        streams = {
            area: await ArbitratedEars(ears, arbiter, Bus()).open_stream(area, area=area)
            for area, arbiter in arbiters.items()
        }
        reading = [asyncio.create_task(answered(streams[area], heard[area])) for area in presence]
        samples = clip()
        for time in range(TIMES):
            levels = {"near": 1.0, "next door": 0.4, "far": 0.15}
            sounds = {area: at(level, samples, time * 3 + n) for n, (area, level) in enumerate(levels.items())}
            due = loop.time()
            for begin in range(0, len(samples) + 28_000, PIECE):
                for area, sound in sounds.items():
                    await streams[area].feed(sound[begin : begin + PIECE])
                due += PIECE / 16_000
                await asyncio.sleep(max(0.0, due - loop.time()))
            await asyncio.sleep(0.5)
            assert {area: sum(isinstance(e, WakeHeard) for e in heard[area]) for area in heard} == {
                "near": time + 1,
                "next door": 0,
                "far": 0,
            }
        for task in reading:
            task.cancel()
        for stream in streams.values():
            await stream.close()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await ears.stop()
