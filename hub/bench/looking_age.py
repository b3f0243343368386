"""How old what is seen is when the hub knows it: 640 x 480 at 25 frames a second into the real eyes, on one core.

Beside it MediaPipe called in a plain loop on the same frames on the same core (`hub.bench.plain_loop`).
"""

import asyncio
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from hub.bench.measure import Measure, compare
from hub.bench.plain_loop import WARM, LoopAges, LoopOrder
from hub.core.bundled import bundled
from hub.core.bus import Bus
from hub.core.errors import UnavailableError
from hub.core.settings import Settings
from hub.guard.worker_host import WorkerHost
from hub.inference.store import ModelStore
from hub.media.film import Film
from hub.media.frame import VideoFrame
from hub.media.slot import SlotWriter
from hub.perception.eyes.build import build_eyes, eyes_config
from hub.perception.eyes.eyes import Eyes
from hub.perception.eyes.view import View
from hub.perception.seen import HandsSeen

RATE: Final = 25.0
SECONDS: Final = 20.0
TARGET_MS: Final = 100.0


def measure_age() -> list[Measure]:
    """p95 of the age of results in milliseconds, ours and the plain loop's with every model and with hands alone."""
    film = bundled("config") / "demo" / "films" / "gestures.mp4"
    with one_core():
        ours, passed_over = asyncio.run(_ours(film))
        everything = asyncio.run(_plain(film, people=True))
        hands = asyncio.run(_plain(film, people=False))
    name = "age of results, 640x480 at 25/s, one core, p95"
    loop = "MediaPipe in a plain loop, hands, faces and bodies"
    return [
        compare(
            "gesture",
            name,
            _p95(ours),
            "ms",
            peer=_p95(everything),
            peer_name=loop,
            target=TARGET_MS,
            lower_is_better=True,
        ),
        compare(
            "gesture",
            f"{name}, beside hands alone",
            _p95(ours),
            "ms",
            peer=_p95(hands),
            peer_name="MediaPipe in a plain loop, hands alone",
            lower_is_better=True,
        ),
        compare("gesture", "age of results, median", statistics.median(ours), "ms", lower_is_better=True),
        compare("gesture", "frames passed over for newer ones", passed_over, "%", lower_is_better=True),
    ]


@contextmanager
def one_core() -> Iterator[None]:
    """This process, and those that it starts, on one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


async def _ours(film: Path) -> tuple[list[float], float]:
    """Milliseconds from a frame's coming to its result in the hub, and the share of frames passed over in percent."""
    with film.open("rb") as file, Film(file, str(film)) as opened:
        frames = [frame.pixels for frame in opened.frames()]
    bus = Bus()
    eyes = await asyncio.to_thread(build_eyes, Settings(), ModelStore(), bus)
    await eyes.start()
    try:
        view = await eyes.open("bench")
        # The writer's end takes descriptors over that the slot keeps for itself.
        writer = SlotWriter(*map(os.dup, view.slot.for_writer()))
        came: dict[float, float] = {}
        ages: list[float] = []
        noting = asyncio.create_task(_note(view, came, ages))
        await _show(writer, frames, came)
        await view.end()
        await noting
        writer.close()
        return ages[WARM:], _passed_over(eyes, view, len(came))
    finally:
        await eyes.stop()


async def _show(writer: SlotWriter, frames: list[Any], came: dict[float, float]) -> None:
    began = time.monotonic()
    for number in range(round(RATE * SECONDS)):
        t = number / RATE
        await asyncio.sleep(max(0.0, began + t - time.monotonic()))
        came[t] = time.monotonic()
        writer.put(VideoFrame(frames[number % len(frames)].copy(), "bench", t))


async def _note(view: View, came: dict[float, float], ages: list[float]) -> None:
    async for seen in view:
        if isinstance(seen, HandsSeen):
            ages.append((time.monotonic() - came[seen.t]) * 1000)


def _passed_over(_eyes: Eyes, view: View, shown: int) -> float:
    looked = view.ended.frames if view.ended is not None else 0
    return 100.0 * (shown - looked) / shown


async def _plain(film: Path, *, people: bool) -> list[float]:
    config, files = await asyncio.to_thread(eyes_config, ModelStore())
    order = LoopOrder(film=str(film), models=config, rate=RATE, seconds=SECONDS, people=people)
    host: WorkerHost[LoopAges] = WorkerHost(
        "plain-loop",
        "hub.bench.plain_loop:run",
        msgspec.to_builtins(order),
        Bus(),
        LoopAges,
        readable=(*files, film),
    )
    await host.start()
    try:
        async for said in host.messages():
            if isinstance(said, LoopAges):
                return list(said.ages_ms)
    finally:
        await host.stop()
    raise UnavailableError("the plain loop said nothing", remedy="see `hearth doctor`")


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
