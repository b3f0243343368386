"""The connections of a device integration."""

import asyncio
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, Final, Protocol

from hub.core.errors import GrantError
from hub.guard.egress import Destination, Reach
from hub.plugins.ports.rate import Rate
from hub.sdk.manifest import Grant
from hub.sdk.places import is_of_the_home

_MOST_OPENING: Final = 2
"""Connections of one stranger being opened at once: each takes one of the hub's threads until somebody answers."""


class Connector(Protocol):
    """Opens a connection to the outside, within the household's policy; every one is a row of the ledger."""

    async def __call__(
        self,
        host: str,
        port: int,
        *,
        who: str,
        why: str,
        reach: Reach = Reach.HOME,
        granted: Sequence[Destination] = (),
    ) -> Any:
        """The open connection; raises `EgressError` when it is not allowed, `OSError` when nobody answers."""
        ...


class ConnectPort:
    """`ctx.connect(host, port)`: a connection that the hub opened and ledgered, to places that were granted.

    A `stranger` reaches the home's network, and beyond it, or this machine, only what its manifest names letter by
    letter.
    """

    def __init__(self, plugin: str, grants: tuple[Grant, ...], connect: Connector, *, stranger: bool = False) -> None:
        self._stranger = stranger
        self._rate = Rate("connections")
        self._opening = asyncio.Semaphore(_MOST_OPENING)
        self._plugin = plugin
        self._why = next((g.why for g in grants if g.port == "connect"), "")
        self._only = tuple(place for g in grants if g.port == "connect" for place in g.only)
        self._connect = connect

    async def __call__(self, host: str, port: int) -> Any:
        """Open it. Raises `GrantError` for a place that the manifest does not name, and what the connector raises."""
        place = f"{host}:{port}"
        if self._only and not any(fnmatchcase(place, p) or fnmatchcase(host, p) for p in self._only):
            raise GrantError(f"{self._plugin} may not connect to {place}", remedy=f"granted: {', '.join(self._only)}")
        if not self._stranger:
            return await self._connect(host, port, who=self._plugin, why=self._why)
        self._rate.take()
        named = place in self._only or host in self._only
        async with self._opening:
            return await self._connect(
                host,
                port,
                who=f"device:{self._plugin}",
                why=self._why,
                reach=Reach.HOME if named and is_of_the_home(host) else Reach.LAN,
                granted=(Destination(host, port),) if named else (),
            )
