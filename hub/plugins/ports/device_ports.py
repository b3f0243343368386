"""The connections of a device integration."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final, Protocol

from hub.core.errors import EgressError, GrantError
from hub.guard.egress import Destination, Reach
from hub.plugins.ports.rate import Rate
from hub.sdk.manifest import Grant
from hub.sdk.places import is_address, is_of_the_home

_MOST_OPENING: Final = 2
"""Connections of one stranger being opened at once: each takes one of the hub's threads until somebody answers."""

_ROUTERS: Final = (".fritz.box",)
"""Names that a home's own router answers for."""


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
    letter. Nor is any other name looked up for it, but those that the household `told` it: who is asked for a name is
    told something too, and a resolver passes that on to whom the name belongs.
    """

    def __init__(
        self,
        plugin: str,
        grants: tuple[Grant, ...],
        connect: Connector,
        *,
        stranger: bool = False,
        told: Collection[str] = (),
    ) -> None:
        self._told = told
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
        if not named and not self._harmless(host):
            raise EgressError(f"{self._plugin} may not look up {host[:80]!r}", remedy="give the device's address")
        async with self._opening:
            return await self._connect(
                host,
                port,
                who=f"device:{self._plugin}",
                why=self._why,
                reach=Reach.HOME if named and is_of_the_home(host) else Reach.LAN,
                granted=(Destination(host, port),) if named else (),
            )

    def _harmless(self, host: str) -> bool:
        """Whether looking for it tells nobody outside the home what a stranger chose."""
        return is_address(host) or is_of_the_home(host) or host.endswith(_ROUTERS) or host in self._told


def texts(config: object) -> frozenset[str]:
    """Every text that the household wrote into the settings of an integration."""
    if isinstance(config, str):
        return frozenset((config,))
    inside = config.values() if isinstance(config, Mapping) else config if isinstance(config, list | tuple) else ()
    return frozenset().union(*map(texts, inside))
