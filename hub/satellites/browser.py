"""Pages as satellites: the microphone of a phone or a desk is heard, and answered there."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.entities import HomeView
from hub.core.errors import HearthError, NotFoundError, ProtocolError, SwitchedOffError, UnavailableError
from hub.core.events import Replied, StateChanged
from hub.dialogue.dialogue import Dialogue
from hub.satellites.page_socket import PageSocket
from hub.satellites.page_visit import PageVisit
from hub.satellites.page_voice import PageVoice
from hub.satellites.page_wire import VERSION, Over, Ready, Start, Trouble, from_page, to_page
from hub.satellites.ports import Ears, Voice

log = structlog.get_logger(__name__)
MOST_PAGES: Final = 16
GREETING_S: Final = 10.0
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
        self._visits: dict[str, tuple[str, asyncio.Task[None]]] = {}
        self._open: dict[str, PageVisit] = {}
        self._allowed = allowed
        self._closed = False
        self._ears_of = (bus.handle(Replied, self._announce, name="pages"), bus.subscribe(StateChanged, self._switched))

    @property
    def pages(self) -> int:
        """How many listen now."""
        return len(self._open)

    async def attend(self, socket: PageSocket, *, whose: str) -> None:
        """Serve the page of `whose` session until it leaves, stops, or does what it may not: it is told which."""
        try:
            async with asyncio.timeout(GREETING_S):
                start = await self._greeting(socket)
            await self._replace(start.page, whose)
            task = asyncio.get_running_loop().create_task(self._visit(socket, start), name="page that listens")
            self._visits[start.page] = (whose, task)
            try:
                await task
            finally:
                await cancelled(task)
                if self._visits.get(start.page) == (whose, task):
                    del self._visits[start.page]
        except asyncio.CancelledError:
            if _cancelled_ourselves():
                raise
            # Another socket of this page, or the household's switch. A hub that ends says nothing: pages come again.
            if not self._closed:
                await _last_word(socket, Over() if self._allowed() else Trouble.of(_switched_off()))
        except TimeoutError:
            await _last_word(socket, Trouble.of(ProtocolError("the page does not say what it wants")))
        except HearthError as error:
            log.info("page not listened to", error=str(error))
            await _last_word(socket, Trouble.of(error))
        except ConnectionError:
            pass
        else:
            await _last_word(socket, Over())

    async def close(self) -> None:
        """Listen to no page any more."""
        self._closed = True
        for leave in self._ears_of:
            leave()
        self._end_all()
        await asyncio.gather(*(task for _, task in self._visits.values()), return_exceptions=True)

    def _switched(self, event: StateChanged) -> None:
        if event.entity == MICROPHONE and not self._allowed():
            self._end_all()

    def _end_all(self) -> None:
        tasks = [task for _, task in self._visits.values()]
        for task in tasks:
            task.cancel()

    async def _greeting(self, socket: PageSocket) -> Start:
        message = await socket.receive()
        if message is None:
            raise ConnectionError("the page is gone")
        start = from_page(message) if isinstance(message, str) else None
        if not isinstance(start, Start):
            raise ProtocolError("the first message must be start", remedy="reload the page")
        if start.version != VERSION:
            raise ProtocolError(f"the page speaks version {start.version}, the hub {VERSION}", remedy="reload the page")
        if not self._allowed():
            raise _switched_off()
        if start.area and start.area not in self._home().areas:
            raise NotFoundError("there is no such room", remedy="choose another room")
        return start

    async def _replace(self, page: str, whose: str) -> None:
        if page in self._visits:
            owner, task = self._visits[page]
            if owner != whose:
                raise ProtocolError("another page goes by that name", remedy="reload the page")
            await cancelled(task)
        if len(self._visits) >= MOST_PAGES:
            raise UnavailableError(f"{MOST_PAGES} pages are listened to already", remedy="close one of them")

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


def _switched_off() -> SwitchedOffError:
    return SwitchedOffError("the microphones of pages are switched off", remedy="switch them on under Privacy")


def _cancelled_ourselves() -> bool:
    """Whether it is this task that is to end, and not the one that it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _last_word(socket: PageSocket, message: Over | Trouble) -> None:
    with contextlib.suppress(ConnectionError):
        await socket.send(to_page(message))
