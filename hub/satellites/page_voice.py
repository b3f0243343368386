"""A page as the hub's mouth: a reply goes to it as text and sound, and the hub waits until it has sounded."""

import asyncio
from typing import Final

import structlog

from hub.core.errors import HearthError
from hub.dialogue.tts.speech import Speech, silence
from hub.satellites.page_socket import PageSocket
from hub.satellites.page_wire import MAX_FRAME, Reply, to_page
from hub.satellites.ports import Voice

log = structlog.get_logger(__name__)
PLAYED_S: Final = 5.0
"""How much longer than the sound itself the page may take to say that it has played it."""


class PageVoice:
    """Speaks through one page, one reply at a time. `voice` None: the page shows the text and nothing sounds."""

    def __init__(self, socket: PageSocket, voice: Voice | None, language: str) -> None:
        self._socket = socket
        self._voice = voice
        self._language = language
        self._turn = asyncio.Lock()
        self._number = 0
        self._played = asyncio.Event()

    def played(self, reply: int) -> None:
        """The page says that this reply has sounded."""
        if reply == self._number:
            self._played.set()

    async def say(self, text: str, *, unasked: bool = False) -> None:
        """Return when the page has, or should have, played `text`. Raises `ConnectionError` when it is gone."""
        async with self._turn:
            speech = await self._spoken(text)
            self._number += 1
            self._played.clear()
            reply = Reply(
                number=self._number, text=text, rate=speech.rate, samples=len(speech.samples), unasked=unasked
            )
            await self._socket.send(to_page(reply))
            data = speech.samples.astype("<i2").tobytes()
            for at in range(0, len(data), MAX_FRAME):
                await self._socket.send(data[at : at + MAX_FRAME])
            if not data:
                return
            try:
                async with asyncio.timeout(speech.seconds + PLAYED_S):
                    await self._played.wait()
            except TimeoutError:
                log.debug("a page does not say when it has played")

    async def _spoken(self, text: str) -> Speech:
        if self._voice is None or not text.strip():
            return silence()
        try:
            return await self._voice.synthesize(text, language=self._language)
        except HearthError as error:
            log.warning("a reply could not be spoken", error=str(error))
            return silence()
