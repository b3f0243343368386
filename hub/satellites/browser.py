"""Pages as satellites: the microphone of a phone or a desk is heard, and answered there."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from hub.core.bus import Bus
from hub.core.entities import HomeView
from hub.core.errors import NotFoundError, ProtocolError, SwitchedOffError
from hub.core.events import Replied, StateChanged
from hub.dialogue.dialogue import Dialogue
from hub.satellites.page_socket import PageSocket
from hub.satellites.page_visit import PageVisit
from hub.satellites.page_visits import PageVisits
from hub.satellites.page_voice import PageVoice
from hub.satellites.page_wire import Ready, Start, from_page, to_page
from hub.satellites.ports import Ears, Voice

log = structlog.get_logger(__name__)
MOST_PAGES: Final = 16
MICROPHONE: Final = "microphone.browser"
"""The entity whose switch is that of all pages."""


class BrowserSatellites:
    """Every page that listens. `attend` serves one; a page's new socket takes the place of its old one.

    `plain` are the ears without arbitration, for a microphone that is only tried; `phrases` how wake words are spoken;
    `allowed` whether the household lets pages listen, which `MICROPHONE` tells when it changes.
    """

    def __init__(
        self,
        ears: Ears,
        plain: Ears,
        dialogue: Dialogue,
        voice: Voice | None,
        bus: Bus,
        home: Callable[[], HomeView],
        *,
        phrases: Mapping[str, str],
        language: str,
        allowed: Callable[[], bool] = lambda: True,
    ) -> None:
        self._ears, self._plain = ears, plain
        self._dialogue = dialogue
        self._voice = voice
        self._home = home
        self._phrases = phrases
        self._language = language
        self._visits = PageVisits(self._greeting, self._visit, self._off, most=MOST_PAGES, kind="page that listens")
        self._open: dict[str, PageVisit] = {}
        self._allowed = allowed
        self._ears_of = (bus.handle(Replied, self._announce, name="pages"), bus.subscribe(StateChanged, self._switched))

    @property
    def pages(self) -> int:
        """How many listen now."""
        return len(self._open)

    async def attend(self, socket: PageSocket, *, whose: str) -> None:
        """Serve the page of `whose` session until it leaves, stops, or does what it may not: it is told which."""
        await self._visits.attend(socket, whose=whose)

    async def close(self) -> None:
        """Listen to no page any more."""
        for leave in self._ears_of:
            leave()
        await self._visits.close()

    def _switched(self, event: StateChanged) -> None:
        if event.entity == MICROPHONE and not self._allowed():
            self._visits.put_out()

    def _off(self) -> SwitchedOffError | None:
        if self._allowed():
            return None
        return SwitchedOffError("the microphones of pages are switched off", remedy="switch them on under Privacy")

    def _greeting(self, message: str | bytes) -> Start:
        start = from_page(message) if isinstance(message, str) else None
        if not isinstance(start, Start):
            raise ProtocolError("the first message must be start", remedy="reload the page")
        if start.area and start.area not in self._home().areas:
            raise NotFoundError("there is no such room", remedy="choose another room")
        return start

    async def _visit(self, socket: PageSocket, start: Start) -> None:
        name = f"browser:{start.page}"
        source = self._ears if start.act else self._plain
        ears = await source.open_stream(name, area=start.area, publish=start.act)
        visit = PageVisit(socket, start, ears, self._dialogue, PageVoice(socket, self._voice, self._language))
        try:
            words = tuple(self._phrases.get(word, word) for word in source.words) if start.wake else ()
            await socket.send(to_page(Ready(words=words)))
            self._open[name] = visit
            await visit.run()
        finally:
            self._open.pop(name, None)
            await ears.close()

    async def _announce(self, event: Replied) -> None:
        if event.stream:
            return
        visits = [visit for visit in self._open.values() if visit.hears(event.origin.area)]
        for failure in await asyncio.gather(*(v.announce(event.text) for v in visits), return_exceptions=True):
            if isinstance(failure, BaseException):
                log.warning("not announced on a page", error=str(failure))
