"""`ctx.fetch`: requests that the hub makes for plugins, through the guard, to granted hosts and nowhere else."""

import asyncio
import contextlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from hub.core.errors import GrantError, UnavailableError, ValueRefusedError
from hub.guard.connect import Guard
from hub.plugins.messages import Fetch
from hub.plugins.ports.http_exchange import HttpExchange
from hub.plugins.ports.rate import Rate
from hub.sdk.context import Fetched
from hub.sdk.manifest import Grant
from hub.sdk.places import Address, Place, check_granted, parse_place, parse_url

_MOST_AT_ONCE: Final = 8
_MOST_OF_ONE: Final = 3
_LONGEST_S: Final = 20.0


class Fetching:
    """Makes requests, a few at a time, in threads of its own. `await close()` it."""

    def __init__(self, guard: Guard, *, longest_s: float = _LONGEST_S) -> None:
        self.guard = guard
        self.longest_s = longest_s
        self._threads = ThreadPoolExecutor(_MOST_AT_ONCE, thread_name_prefix="fetch")
        self._running: set[HttpExchange] = set()

    async def make(self, exchange: HttpExchange) -> Fetched:
        """Carry it out. Raises what it raises, and `UnavailableError` when it takes too long."""
        self._running.add(exchange)
        try:
            async with asyncio.timeout(self.longest_s):
                return await asyncio.get_running_loop().run_in_executor(self._threads, exchange.run)
        except TimeoutError:
            text = f"no whole answer within {self.longest_s:g} s"
            raise UnavailableError(text, remedy="ask for less, or later") from None
        finally:
            exchange.end()  # whoever waited does so no longer
            self._running.discard(exchange)

    async def close(self) -> None:
        """End all requests."""
        for exchange in tuple(self._running):
            exchange.end()
        self._threads.shutdown(wait=False, cancel_futures=True)


class GrantedFetch:
    """One plugin's requests, within its grants."""

    def __init__(self, plugin: str, grants: tuple[Grant, ...], fetching: Fetching | None) -> None:
        self._plugin = plugin
        self._who = f"skill:{plugin}"
        self._why = next((grant.why for grant in grants if grant.port == "fetch"), "")
        self._places = granted_places(grants)
        self._fetching = fetching
        self._slots = asyncio.Semaphore(_MOST_OF_ONE)
        self._rate = Rate("requests")

    async def __call__(self, ask: Fetch) -> Fetched:
        """Make the request. Raises as `hub.sdk.context.FetchPort` says."""
        fetching = self._fetching
        if fetching is None:
            raise UnavailableError("nothing can be fetched here", remedy="a hub that runs can")
        self._rate.take()
        exchange = HttpExchange(ask, self._who, self._why, fetching.guard, self._places, self._check)
        async with self._slots:
            return await fetching.make(exchange)

    def _check(self, url: str) -> Address:
        """Where the URL leads, if that is granted; a refusal is a row of the ledger."""
        address = parse_url(url)
        try:
            check_granted(address, self._places, self._plugin)
        except GrantError:
            assert self._fetching is not None
            self._fetching.guard.ledger.refused(self._who, address.where, self._why)
            raise
        return address


def granted_places(grants: Iterable[Grant]) -> tuple[Place, ...]:
    """The places that may be fetched from; what is none, which no manifest can name, is left out."""
    places: list[Place] = []
    for name in (name for grant in grants if grant.port == "fetch" for name in grant.only):
        with contextlib.suppress(ValueRefusedError):
            places.append(parse_place(name))
    return tuple(places)
