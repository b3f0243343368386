"""Hands before cameras, told on the live socket to who asks: each look has to be asked for, so none ever queues.

A page that is slow asks less often and gets the newest look then; the ones between are gone. A page that does not ask
for a while watches no more.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import msgspec

from hub.web.live_client import LiveClient

LAPSES_S: Final = 10.0
"""Who has not asked for so long has left."""


class Look(Protocol):
    """The hands before one camera now."""

    @property
    def camera(self) -> str:
        """The camera's entity."""
        ...


class HandSource(Protocol):
    """Where hands come from. What it tells fits a struct of JSON."""

    @property
    def allowed(self) -> bool:
        """Whether the household allows it."""
        ...

    @property
    def cameras(self) -> Sequence[str]:
        """The cameras that look for hands."""
        ...

    def watch(self, watcher: Any) -> Callable[[], None]:
        """Tell `watcher` (`drawn`, `turned`) until what is returned is called."""
        ...


class HandsFeed:
    """Tells every client that watches. `source` is asked for when somebody comes."""

    def __init__(self, source: Callable[[], HandSource | None]) -> None:
        self._source = source
        self._watching: dict[LiveClient, _Page] = {}

    def watch(self, client: LiveClient) -> None:
        """Tell the client the next look at hands; the first time also how things stand."""
        page = self._watching.get(client)
        if page is None:
            source = self._source()
            if source is None:
                client.tell(_standing(None))  # the hub starts; a page asks again
                return
            page = self._watching[client] = _Page(client, source, lambda: self.left(client))
        page.ask()

    def left(self, client: LiveClient) -> None:
        """Nothing more is for the client."""
        page = self._watching.pop(client, None)
        if page is not None:
            page.close()


class _Page:
    def __init__(self, client: LiveClient, source: HandSource, lapse: Callable[[], None]) -> None:
        self._client = client
        self._source = source
        self._lapse = lapse
        self._asked = False
        self._newest: dict[str, Look] = {}
        self._lapses: asyncio.TimerHandle | None = None
        self._leave = source.watch(self)
        self.turned()

    def ask(self) -> None:
        """The page waits for a look."""
        self._forget_lapse()
        self._lapses = asyncio.get_running_loop().call_later(LAPSES_S, self._lapse)
        self._asked = True
        self._tell()

    def drawn(self, hands: Look) -> None:
        """A look at a camera's hands; the one before is of no use any more."""
        self._newest[hands.camera] = hands
        self._tell()

    def turned(self) -> None:
        """How things stand."""
        if not self._source.allowed:
            self._newest.clear()
        self._client.tell(_standing(self._source))

    def close(self) -> None:
        """Watch no more."""
        self._leave()
        self._newest.clear()
        self._forget_lapse()

    def _forget_lapse(self) -> None:
        if self._lapses is not None:
            self._lapses.cancel()

    def _tell(self) -> None:
        if not self._asked or not self._newest or self._client.unread:
            return
        looks = [msgspec.to_builtins(look) for look in self._newest.values()]
        self._newest.clear()
        self._asked = False
        self._client.tell({"event": "HandsDrawn", "looks": looks})


def _standing(source: HandSource | None) -> dict[str, Any]:
    allowed, cameras = (False, []) if source is None else (source.allowed, list(source.cameras))
    return {"event": "HandsWatched", "allowed": allowed, "cameras": cameras}
