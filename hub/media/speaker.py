"""This machine's loudspeaker as a sink."""

import asyncio
from collections.abc import Generator
from typing import Any

from hub.core.errors import MediaError
from hub.media.chunk import Pcm
from hub.media.devices import backends, device_id

_TAIL_S = 0.25  # what the device still holds when it has been given the last sample


class Speaker:
    """Plays through the system's sound. One sound at a time; the next one waits for it."""

    def __init__(self, *, device: str = "") -> None:
        """`device` is part of a device's name, empty for the system's choice. It is opened for each sound."""
        self._wanted = device
        self._turn = asyncio.Lock()
        self._stop = asyncio.Event()

    async def play(self, samples: Pcm, rate: int) -> None:
        """Return once `samples`, int16 mono at `rate` Hz, have sounded, or `stop` was called."""
        async with self._turn:
            self._stop.clear()
            device = await asyncio.to_thread(self._open, rate)
            done = asyncio.Event()
            loop = asyncio.get_running_loop()
            playing = _give(samples, lambda: loop.call_soon_threadsafe(done.set))
            next(playing)
            try:
                device.start(playing)
                waits = [loop.create_task(done.wait()), loop.create_task(self._stop.wait())]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED, timeout=len(samples) / rate + 10)
                for wait in waits:
                    wait.cancel()
                if done.is_set():
                    await asyncio.sleep(_TAIL_S)
            finally:
                await asyncio.to_thread(device.close)

    def _open(self, rate: int) -> Any:
        import miniaudio

        try:
            return miniaudio.PlaybackDevice(
                miniaudio.SampleFormat.SIGNED16,
                nchannels=1,
                sample_rate=rate,
                device_id=device_id(self._wanted, capture=False),
                backends=backends(),
                app_name="Hearth",
            )
        except miniaudio.MiniaudioError as error:
            raise MediaError(
                f"no loudspeaker can be opened: {error.args[0]}",
                remedy="plug one in, or let replies go to a satellite",
            ) from error

    def stop(self) -> None:
        """Cut off the sound that is playing."""
        self._stop.set()

    async def close(self) -> None:
        """Cut off the sound that is playing."""
        self.stop()


def _give(samples: Pcm, ended: Any) -> Generator[Pcm, int, None]:
    wanted = yield samples[:0]
    at = 0
    while at < len(samples):
        part = samples[at : at + wanted]
        at += len(part)
        wanted = yield part
    ended()
