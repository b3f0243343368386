"""Listening for what announces itself on the network."""

import asyncio
from collections.abc import Mapping
from typing import Final

from hub.core.announced import Announced
from hub.core.errors import UnavailableError

SERVICES: Final = {"_mqtt._tcp.local.": "mqtt", "_wyoming._tcp.local.": "wyoming"}
_MOST: Final = 200
_LONGEST_NAME: Final = 120


async def announced(seconds: float, more: Mapping[str, str] | None = None) -> list[Announced]:
    """Listen for `seconds` and return what was announced, at most 200 services; `more`: service type -> kind.

    Raises `UnavailableError` when there is no network to listen on.
    """
    from zeroconf import ServiceStateChange, Zeroconf
    from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

    services = {**(more or {}), **SERVICES}
    seen: dict[tuple[str, str], None] = {}

    def note(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is ServiceStateChange.Added and len(seen) < _MOST:
            seen[service_type, name] = None

    found: list[Announced] = []
    try:
        zeroconf = AsyncZeroconf()
    except (OSError, RuntimeError) as error:  # a RuntimeError: there is no interface
        raise UnavailableError(f"cannot listen for announcements: {error}", remedy="is there a network?") from error
    async with zeroconf as network:
        browser = AsyncServiceBrowser(network.zeroconf, list(services), handlers=[note])
        await asyncio.sleep(seconds)
        for kind, name in seen:
            info = AsyncServiceInfo(kind, name)
            if await info.async_request(network.zeroconf, 500) and info.port:
                label = "".join(c for c in name.removesuffix("." + kind)[:_LONGEST_NAME] if c.isprintable())
                found += [Announced(services[kind], label, host, info.port) for host in info.parsed_addresses()[:4]]
        await browser.async_cancel()
    return sorted(found, key=lambda a: (a.kind, a.name, a.host))
