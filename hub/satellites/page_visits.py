"""Visits of pages, each over a socket of its own, whatever it is that they bring."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final, Generic, Protocol, TypeVar

import structlog

from hub.core.cancelled import cancelled
from hub.core.errors import HearthError, ProtocolError, SwitchedOffError, UnavailableError
from hub.satellites.page_socket import PageSocket
from hub.satellites.page_wire import VERSION, Over, Trouble, to_page

log = structlog.get_logger(__name__)
GREETING_S: Final = 10.0


class Wish(Protocol):
    """What a page says first."""

    @property
    def page(self) -> str:
        """A random name that the page keeps: its new socket takes the place of its old one."""
        ...

    @property
    def version(self) -> int:
        """Of what it speaks."""
        ...


W = TypeVar("W", bound=Wish)
Serve = Callable[[PageSocket, W], Awaitable[None]]


class PageVisits(Generic[W]):
    """Every page that is served now.

    `greet` reads a page's first message and raises what is wrong with it; `serve` returns when the page is done;
    `off` is what the household's switch has a page told, None while it is on.
    """

    def __init__(
        self,
        greet: Callable[[str | bytes], W],
        serve: Serve[W],
        off: Callable[[], SwitchedOffError | None],
        *,
        most: int,
        kind: str,
    ) -> None:
        """No more than `most` pages at a time; `kind` is what such a page is called in the log."""
        self._greet, self._serve, self._off = greet, serve, off
        self._most = most
        self._kind = kind
        self._visits: dict[str, tuple[str, asyncio.Task[None]]] = {}
        self._closed = False

    def __len__(self) -> int:
        return len(self._visits)

    async def attend(self, socket: PageSocket, *, whose: str) -> None:
        """Serve the page of `whose` session until it leaves, stops, or does what it may not: it is told which."""
        try:
            async with asyncio.timeout(GREETING_S):
                wish = await self._greeting(socket)
            await self._replace(wish.page, whose)
            task = asyncio.get_running_loop().create_task(self._served(socket, wish), name=self._kind)
            self._visits[wish.page] = (whose, task)
            try:
                await task
            finally:
                await cancelled(task)
                if self._visits.get(wish.page) == (whose, task):
                    del self._visits[wish.page]
        except asyncio.CancelledError:
            if _cancelled_ourselves():
                raise
            # Another socket of this page, or the household's switch. A hub that ends says nothing: pages come again.
            if not self._closed:
                off = self._off()
                await _last_word(socket, Over() if off is None else Trouble.of(off))
        except TimeoutError:
            await _last_word(socket, Trouble.of(ProtocolError("the page does not say what it wants")))
        except HearthError as error:
            log.info("page not served", kind=self._kind, error=str(error))
            await _last_word(socket, Trouble.of(error))
        except ConnectionError:
            pass
        else:
            await _last_word(socket, Over())

    def put_out(self) -> None:
        """End every visit soon."""
        for _, task in self._visits.values():
            task.cancel()

    async def end_all(self) -> None:
        """End every visit; returns when nothing of any is left."""
        await cancelled(*(task for _, task in self._visits.values()))

    async def close(self) -> None:
        """The hub stops: no page is served any more, and each comes again."""
        self._closed = True
        await self.end_all()

    async def _greeting(self, socket: PageSocket) -> W:
        message = await socket.receive()
        if message is None:
            raise ConnectionError("the page is gone")
        wish = self._greet(message)
        if wish.version != VERSION:
            raise ProtocolError(f"the page speaks version {wish.version}, the hub {VERSION}", remedy="reload the page")
        return wish

    async def _served(self, socket: PageSocket, wish: W) -> None:
        if (off := self._off()) is not None:
            raise off
        await self._serve(socket, wish)

    async def _replace(self, page: str, whose: str) -> None:
        if page in self._visits:
            owner, task = self._visits[page]
            if owner != whose:
                raise ProtocolError("another page goes by that name", remedy="reload the page")
            await cancelled(task)
        if len(self._visits) >= self._most:
            raise UnavailableError(f"{self._most} pages are served already", remedy="close one of them")


def _cancelled_ourselves() -> bool:
    """Whether it is this task that is to end, and not the one that it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _last_word(socket: PageSocket, message: Over | Trouble) -> None:
    with contextlib.suppress(ConnectionError):
        await socket.send(to_page(message))
