"""One page that listens: its sound to the ears, what is heard and answered back to it."""

import asyncio
import time
from typing import Final

import numpy as np
import structlog

from hub.core.cancelled import cancelled
from hub.core.errors import HearthError, ProtocolError
from hub.dialogue.dialogue import Dialogue, Turn
from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.satellites.conversing import converse
from hub.satellites.page_socket import PageSocket
from hub.satellites.page_stream import PageStream
from hub.satellites.page_voice import PageVoice
from hub.satellites.page_wire import End, Missed, Played, Start, Stop, Talk, ToPage, Trouble, from_page, to_page
from hub.satellites.ports import EarStream

log = structlog.get_logger(__name__)
_BYTES_A_S: Final = 2 * SAMPLE_RATE
_FASTER: Final = 1.25
"""How much faster than time sound may come: two clocks are never the same."""
_AT_ONCE_S: Final = 20.0
"""Sound that may come at once, when the page or the network was held up."""
_LEAST_COST: Final = 640
"""Bytes that every message counts as at least: a flood of tiny ones is a flood."""
_MOST_WAITING: Final = 128


class Allowance:
    """How much a page may still send: refilled with time, and never more than `_AT_ONCE_S` of sound."""

    def __init__(self) -> None:
        self._left = _AT_ONCE_S * _BYTES_A_S
        self._at = time.monotonic()

    def spend(self, size: int) -> None:
        """Count a message of this many bytes. Raises `ProtocolError` when it was one too many."""
        now = time.monotonic()
        full = _AT_ONCE_S * _BYTES_A_S
        self._left = min(full, self._left + (now - self._at) * _BYTES_A_S * _FASTER) - max(size, _LEAST_COST)
        self._at = now
        if self._left < 0:
            raise ProtocolError("sound comes faster than time", remedy="send what a microphone hears as it hears it")


def samples_of(data: bytes) -> Pcm:
    """The samples of a message. Raises `ProtocolError` when one is cut through."""
    if len(data) % 2:
        raise ProtocolError("half a sample", remedy="send int16 samples")
    return np.frombuffer(data, "<i2").astype(np.int16)


class PageVisit:
    """Give it the ears' stream for a page; `run` returns when the page, or the turn that it asked for, is done."""

    def __init__(self, socket: PageSocket, start: Start, ears: EarStream, dialogue: Dialogue, voice: PageVoice) -> None:
        self._socket = socket
        self._start = start
        self._ears = ears
        self._dialogue = dialogue
        self._voice = voice
        self._stream = PageStream(ears, self._tell, once=not start.wake)
        self._sound: asyncio.Queue[Pcm | None] = asyncio.Queue(_MOST_WAITING)

    async def run(self) -> None:
        """Raises `ProtocolError` for a page that does what it may not, `ConnectionError` when it is gone."""
        loop = asyncio.get_running_loop()
        works = [loop.create_task(work) for work in (self._read(), self._hear())]
        feeder = loop.create_task(self._feed())
        try:
            if not self._start.wake:
                await self._stream.listen()
            done, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await cancelled(*works, feeder)

    async def announce(self, text: str) -> None:
        """Say something unasked, deaf meanwhile. Raises `ConnectionError` when the page is gone."""
        if not self._start.act:
            return
        await self._stream.mute(True)
        try:
            await self._voice.say(text, unasked=True)
        finally:
            await self._stream.mute(False)

    def hears(self, area: str) -> bool:
        """Whether what is said in `area` (empty: everywhere) is to be said here."""
        return area in ("", self._start.area)

    async def _tell(self, message: ToPage) -> None:
        await self._socket.send(to_page(message))

    async def _hear(self) -> None:
        if self._start.act:
            await converse(self._stream, self._dialogue, self._answer, self._failed)
            return
        async for _ in self._stream:
            pass  # the page was told, and that is all that it wants

    async def _answer(self, turn: Turn) -> None:
        if turn.reason:
            await self._tell(Missed(reason=turn.reason, text=turn.text))
        await self._voice.say(turn.reply)

    async def _failed(self, error: HearthError) -> None:
        await self._tell(Trouble.of(error))

    async def _read(self) -> None:
        """Take the page's messages until it stops. What it says never waits for the ears."""
        allowance = Allowance()
        while (message := await self._socket.receive()) is not None:
            allowance.spend(len(message))
            if isinstance(message, bytes):
                self._queue(samples_of(message))
                continue
            asked = from_page(message)
            if isinstance(asked, Stop):
                return
            if isinstance(asked, Played):
                self._voice.played(asked.reply)
            elif isinstance(asked, Talk):
                await self._stream.listen()
            elif isinstance(asked, End):
                self._queue(None)
            else:
                raise ProtocolError("the page has started already", remedy="open another socket")
        raise ConnectionError("the page is gone")

    def _queue(self, samples: Pcm | None) -> None:
        if self._sound.full():
            self._sound.get_nowait()
            log.warning("the ears do not keep up with a page")
        self._sound.put_nowait(samples)

    async def _feed(self) -> None:
        while True:
            samples = await self._sound.get()
            try:
                if samples is None:
                    await self._ears.end()
                else:
                    await self._ears.feed(samples)
            except HearthError as error:
                log.warning("a page is not heard", error=str(error))
