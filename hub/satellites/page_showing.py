"""One page that shows its camera: asked for picture after picture, each handed on to the tap that decodes it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from hub.core.cancelled import cancelled
from hub.core.errors import HearthError, ProtocolError, UnavailableError
from hub.media.asked_pictures import PictureFeed
from hub.media.encoded import EncodedPicture
from hub.satellites.page_camera_wire import Looking, Show, from_camera
from hub.satellites.page_socket import PageSocket
from hub.satellites.page_wire import Stop, to_page

SILENT_S: Final = 20.0
"""How long a page may take for a picture: one that is hidden for a while is slow."""


class PageShowing:
    """Give its `feed` to a device, and its `report` to whoever looks; `run` returns when the page is done."""

    def __init__(self, socket: PageSocket, *, rate: float) -> None:
        """At most `rate` pictures a second are asked for."""
        self.feed = PictureFeed()
        self._socket = socket
        self._step = 1 / rate
        self._awaited: asyncio.Future[EncodedPicture] | None = None
        self._trouble: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def report(self, error: HearthError | None) -> None:
        """Why nothing is seen: that ends it."""
        if error is not None and not self._trouble.done():
            self._trouble.set_exception(error)

    async def run(self, look: Callable[[], Awaitable[None]]) -> None:
        """Show until the page stops, `look` running meanwhile.

        Raises `ProtocolError` or `MediaError` for a page that does what it may not, `ConnectionError` when it is gone,
        and what keeps the hub from looking.
        """
        works: list[asyncio.Future[None]] = [
            asyncio.ensure_future(each) for each in (self._read(), self._ask(), look())
        ]
        try:
            done, _ = await asyncio.wait((*works, self._trouble), return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        finally:
            await cancelled(*works, self._trouble)
            self.feed.close()
            if self._awaited is not None and self._awaited.done() and not self._awaited.cancelled():
                self._awaited.result().release()

    async def _read(self) -> None:
        while (message := await self._socket.receive()) is not None:
            if isinstance(message, str):
                if isinstance(from_camera(message), Stop):
                    return
                raise ProtocolError("it has begun already", remedy="reload the page")
            if self._awaited is None or self._awaited.done():
                raise ProtocolError("a picture that nobody asked for", remedy="send one for each `show`")
            self._awaited.set_result(EncodedPicture(message))
        raise ConnectionError("the page is gone")

    async def _ask(self) -> None:
        """A picture each time that the tap is done with the last one. Older than that asking none is ever looked at."""
        loop = asyncio.get_running_loop()
        shown, due = 0, loop.time()
        while True:
            await self.feed.asked()
            if shown == 1:
                await self._socket.send(to_page(Looking()))
            await asyncio.sleep(due - loop.time())
            due = max(loop.time(), due + self._step)
            picture = await self._next()
            try:
                await self.feed.send(picture)
            finally:
                picture.release()
            shown += 1

    async def _next(self) -> EncodedPicture:
        self._awaited = asyncio.get_running_loop().create_future()
        await self._socket.send(to_page(Show()))
        try:
            async with asyncio.timeout(SILENT_S):
                return await self._awaited
        except TimeoutError:
            raise UnavailableError("the page sends no pictures", remedy="let the page be seen, and try again") from None
