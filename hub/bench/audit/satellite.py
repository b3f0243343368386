"""The audit's own satellite: it sends the canary sound to the hub, and keeps every byte that the hub sends it."""

import asyncio
from typing import Any, Final

from wyoming.audio import AudioChunk
from wyoming.event import Event, async_read_event, async_write_event
from wyoming.info import Attribution, Info, Satellite
from wyoming.ping import Pong
from wyoming.pipeline import PipelineStage, RunPipeline

from hub.media.chunk import SAMPLE_RATE, Pcm

_PIECE: Final = SAMPLE_RATE // 10


class _Counted:
    """A stream reader that keeps what was read of it."""

    def __init__(self, reader: asyncio.StreamReader, kept: bytearray) -> None:
        self._reader, self._kept = reader, kept

    async def readline(self) -> bytes:
        line = await self._reader.readline()
        self._kept += line
        return line

    async def readexactly(self, count: int) -> bytes:
        data = await self._reader.readexactly(count)
        self._kept += data
        return data


class AuditSatellite:
    """Use it in an `async with`; a hub connects to `port` of this machine. `received` is all that it ever sent."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.port = 0
        self.cut_off = False
        """Whether the connection broke, so that some of it may not have come."""
        self._kinds: set[str] = set()
        self._arrived = asyncio.Condition()
        self._gone = asyncio.Event()
        self._gone.set()
        self._writer: asyncio.StreamWriter | None = None
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "AuditSatellite":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        if self._writer is not None:
            self._writer.close()
        await self._gone.wait()

    async def told(self, *kinds: str) -> None:
        """Return once an event of one of these kinds has come."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: self._kinds & set(kinds))

    async def say(self, samples: Pcm) -> None:
        """Let the hub hear the samples; it must have connected."""
        await self.told("run-satellite")
        stages: dict[str, Any] = {"start_stage": PipelineStage.WAKE, "end_stage": PipelineStage.TTS}
        await self._send(RunPipeline(**stages, restart_on_end=True).event())
        await self.told("detect")
        for begin in range(0, len(samples), _PIECE):
            audio = samples[begin : begin + _PIECE].astype("<i2").tobytes()
            await self._send(AudioChunk(rate=SAMPLE_RATE, width=2, channels=1, audio=audio).event())

    async def _send(self, event: Event) -> None:
        assert self._writer is not None
        await async_write_event(event, self._writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._gone.clear()
        counted: Any = _Counted(reader, self.received)
        try:
            while (event := await async_read_event(counted)) is not None:
                await self._answer(event)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.cut_off = True
        finally:
            writer.close()
            self._gone.set()

    async def _answer(self, event: Event) -> None:
        if event.type == "describe":
            await self._send(_info())
        elif event.type == "ping":
            await self._send(Pong().event())
        elif event.type == "audio-stop":
            await self._send(Event("played"))
        async with self._arrived:
            self._kinds.add(event.type)
            self._arrived.notify_all()


def _info() -> Event:
    about: dict[str, Any] = {
        "attribution": Attribution(name="Hearth", url=""), "installed": True, "description": "", "version": "1",
    }  # fmt: skip
    return Info(satellite=Satellite(name="audit", area="kitchen", **about)).event()
