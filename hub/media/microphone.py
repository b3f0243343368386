"""This machine's microphone as a source."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Generator
from typing import Any

import numpy as np
import structlog

from hub.core.errors import MediaError
from hub.media.chunk import SAMPLE_RATE, AudioChunk
from hub.media.devices import backends, device_id

log = structlog.get_logger(__name__)
_LONGEST_WAIT_S = 30  # of sound, kept while its listener is busy


class Microphone:
    """Captures 16 kHz mono. Sound waits, up to half a minute of it, until it is taken; nothing is dropped before."""

    def __init__(self, stream: str = "microphone", *, device: str = "", chunk_ms: int = 80) -> None:
        """`device` is part of a device's name, empty for the system's choice. The device is opened when iterated."""
        self._name = stream
        self._wanted = device
        self._chunk_ms = chunk_ms
        self._queue: deque[bytearray] = deque(maxlen=_LONGEST_WAIT_S * 1000 // chunk_ms)
        self._arrived = asyncio.Event()
        self._closed = False
        self._device: Any = None
        self.lost_chunks = 0

    @property
    def stream(self) -> str:
        """The stream's name."""
        return self._name

    async def __aiter__(self) -> AsyncIterator[AudioChunk]:
        self._device = await asyncio.to_thread(self._open)
        feeding = self._feed(asyncio.get_running_loop())
        next(feeding)
        position = 0
        try:
            self._device.start(feeding)
            while not self._closed:
                while self._queue:
                    samples = np.frombuffer(self._queue.popleft(), np.int16)
                    yield AudioChunk(samples, self._name, position / SAMPLE_RATE)
                    position += len(samples)
                self._arrived.clear()
                await self._arrived.wait()
        finally:
            device, self._device = self._device, None
            await asyncio.to_thread(device.close)

    def _open(self) -> Any:
        import miniaudio

        try:
            return miniaudio.CaptureDevice(
                miniaudio.SampleFormat.SIGNED16,
                nchannels=1,
                sample_rate=SAMPLE_RATE,
                buffersize_msec=self._chunk_ms,
                device_id=device_id(self._wanted, capture=True),
                backends=backends(),
                app_name="Hearth",
            )
        except miniaudio.MiniaudioError as error:
            raise MediaError(
                f"no microphone can be opened: {error.args[0]}",
                remedy="plug one in, allow it in the system's sound settings, or use a satellite",
            ) from error

    def _feed(self, loop: asyncio.AbstractEventLoop) -> Generator[None, bytearray, None]:
        while True:  # runs on the device's own thread
            data = yield
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._put, data)

    def _put(self, data: bytearray) -> None:
        if len(self._queue) == self._queue.maxlen:
            self.lost_chunks += 1
            if self.lost_chunks == 1:
                log.warning("sound was lost: its listener is too slow", stream=self._name)
        self._queue.append(data)
        self._arrived.set()

    async def close(self) -> None:
        """Stop capturing."""
        self._closed = True
        self._arrived.set()
