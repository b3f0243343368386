"""Pages as cameras: what a phone or a laptop sees comes before the hub's eyes, while somebody there lets it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from hub.core.entities import HomeView
from hub.core.errors import HearthError, NotFoundError, ProtocolError, SwitchedOffError
from hub.perception.eyes.eyes import Eyes
from hub.perception.eyes.lids import Lids
from hub.satellites.page_camera_wire import StartLooking, from_camera
from hub.satellites.page_showing import PageShowing
from hub.satellites.page_socket import PageSocket
from hub.satellites.page_visits import PageVisits
from hub.satellites.page_wire import Trouble, to_page

MOST_PAGES: Final = 4
RATE: Final = 15.0
"""Pictures a second, at most: as of other cameras."""
MakeLooking = Callable[[Eyes, str, str, PageShowing], Callable[[], Awaitable[None]]]
"""Makes what looks at a page's camera: given the eyes, the stream's name, the room, and the page."""


class BrowserCameras:
    """Every page whose camera is looked through. `attend` serves one; a page's new socket takes its old one's place.

    One switch is that of all pages: `run` lasts while it is on; when that ends, nothing of any page is looked at.
    """

    def __init__(
        self,
        entity: str,
        lids: Lids,
        home: Callable[[], HomeView],
        looking: MakeLooking,
        *,
        allowed: Callable[[], bool],
    ) -> None:
        """`entity` is whose switch it is, `allowed` whether it is on."""
        self._entity = entity
        self._lids = lids
        self._home = home
        self._looking = looking
        self._allowed = allowed
        self._ended = False
        self._visits = PageVisits(self._greeting, self._show, self._off, most=MOST_PAGES, kind="page that shows")

    @property
    def entity(self) -> str:
        """Whose switch it is."""
        return self._entity

    @property
    def pages(self) -> int:
        """How many are looked through now."""
        return len(self._visits)

    async def run(self) -> None:
        """Let pages come until cancelled; every one of them is left then."""
        self._ended = False
        try:
            await asyncio.Event().wait()
        finally:
            self._ended = True
            await self._visits.end_all()

    async def attend(self, socket: PageSocket, *, whose: str) -> None:
        """Serve the page of `whose` session until it leaves, stops, or does what it may not: it is told which."""
        await self._visits.attend(socket, whose=whose)

    async def close(self) -> None:
        """The hub stops: every page is left without a word, and comes again."""
        await self._visits.close()

    def _off(self) -> SwitchedOffError | None:
        if self._allowed() and not self._ended:
            return None
        return SwitchedOffError("the cameras of pages are switched off", remedy="switch them on under Privacy")

    def _greeting(self, message: str | bytes) -> StartLooking:
        start = from_camera(message) if isinstance(message, str) else None
        if not isinstance(start, StartLooking):
            raise ProtocolError("the first message must be start", remedy="reload the page")
        if start.area and start.area not in self._home().areas:
            raise NotFoundError("there is no such room", remedy="choose another room")
        return start

    async def _show(self, socket: PageSocket, start: StartLooking) -> None:
        async with self._lids.up() as eyes:
            showing = PageShowing(socket, rate=RATE)
            looking = self._looking(eyes, f"{self._entity}:{start.page}", start.area, showing)
            await showing.run(looking)


class NoEyes:
    """In the place of `BrowserCameras` at a hub that cannot see: says so, and why."""

    def __init__(self, why: HearthError) -> None:
        self._why = why

    async def attend(self, socket: PageSocket, *, whose: str) -> None:
        """Tell the page of `whose` session."""
        await socket.send(to_page(Trouble(code="blind", message=self._why.message, remedy=self._why.remedy)))
