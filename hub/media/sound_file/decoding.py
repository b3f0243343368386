"""A sound file of somebody else's to samples, without a byte of it being looked at in the hub's own process."""

import asyncio
import os
from pathlib import Path
from typing import Final

import numpy as np

from hub.core.bus import Bus
from hub.core.errors import HearthError, MediaError
from hub.guard.worker_host import WorkerDown, WorkerHost, WorkerPatience, WorkerUp
from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.media.sound_file.messages import Decoded, DecodeFile, FromDecoder

_ENTRY: Final = "hub.media.sound_file.worker:run"
_MEMORY_MB: Final = 1024
_DECODES_S: Final = 30.0
_PATIENCE: Final = WorkerPatience(load_s=30.0, leave_s=0.5)
_REMEDY: Final = "give a whole wav, flac, mp3 or ogg (Vorbis) file"


async def decoded(data: bytes, bus: Bus, *, most_s: float, entry: str = _ENTRY, search: tuple[Path, ...] = ()) -> Pcm:
    """The sound of a wav, flac, mp3 or ogg file at 16 kHz, mono. It never touches a disk.

    `entry` is what decodes it, found in `search`. Raises `MediaError` for what is none, is longer than `most_s`, or
    kills the process that decodes it; `SealError` where that cannot be sealed.
    """
    most = round(most_s * SAMPLE_RATE)
    given = _memory(data)
    room = _memory(b"", 2 * most)
    host: WorkerHost[FromDecoder] = WorkerHost(
        "sound file", entry, {}, bus, FromDecoder, memory_mb=_MEMORY_MB, patience=_PATIENCE, search=search,
        lost=lambda: "a sound file that was given to it",
    )  # fmt: skip
    try:
        await host.start()
        await host.send(DecodeFile(most), (given, room))
        answer = await _answer(host)
        if answer.cut:
            raise MediaError(f"the file is longer than {most_s:.0f} s", remedy="give a shorter one")
        sound = os.pread(room, 2 * min(max(answer.samples, 0), most), 0)
        return np.frombuffer(sound, "<i2").astype(np.int16)
    finally:
        await host.stop()
        os.close(given)
        os.close(room)


async def _answer(host: WorkerHost[FromDecoder]) -> Decoded:
    try:
        async with asyncio.timeout(_DECODES_S):
            async for said in host.messages():
                if isinstance(said, WorkerDown):
                    raise MediaError("the file ended what decodes it", remedy=_REMEDY)
                if isinstance(said, Decoded):
                    return said
                if not isinstance(said, WorkerUp):
                    raise HearthError.from_wire(said.error)
    except TimeoutError:
        pass
    raise MediaError("the file takes too long to decode", remedy=_REMEDY)


def _memory(data: bytes, size: int = 0) -> int:
    """Anonymous memory that another process can be handed."""
    made = os.memfd_create("sound", os.MFD_CLOEXEC)
    os.truncate(made, size)
    view = memoryview(data)
    while view:
        view = view[os.write(made, view) :]
    return made
