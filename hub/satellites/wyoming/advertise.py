"""Telling the network by mDNS that the hub serves Wyoming. Names and addresses only; nobody is trusted for them."""

import ipaddress
import re
from typing import Final

import ifaddr
from zeroconf import Error, IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from hub.core.errors import UnavailableError

SERVICE: Final = "_wyoming._tcp.local."


class Advertiser:
    """Announces one service until closed. `zeroconf` is for tests: an instance on chosen interfaces."""

    def __init__(self, zeroconf: AsyncZeroconf | None = None) -> None:
        self._zeroconf = zeroconf
        self._info: AsyncServiceInfo | None = None

    async def start(self, name: str, host: str, port: int) -> None:
        """Announce `name` at `host`:`port`; a wildcard or a name as host stands for all of this machine's addresses.

        Raises `UnavailableError` when the network does not take announcements.
        """
        label = re.sub(r"[^A-Za-z0-9 _-]", "", name).strip()[:40] or "Hearth"
        info = AsyncServiceInfo(
            SERVICE,
            f"{label}.{SERVICE}",
            parsed_addresses=_addresses_of(host),
            port=port,
            server=f"{label.lower().replace(' ', '-')}-wyoming.local.",
        )
        try:
            if self._zeroconf is None:
                self._zeroconf = AsyncZeroconf(ip_version=IPVersion.V4Only)
            await self._zeroconf.async_register_service(info, allow_name_change=True)
        except (Error, OSError, RuntimeError) as error:  # a RuntimeError: there is no interface
            raise UnavailableError(f"mDNS does not work here: {error}", remedy="is there a network?") from error
        self._info = info

    async def close(self) -> None:
        """Take the announcement back."""
        if self._zeroconf is None:
            return
        if self._info is not None:
            await self._zeroconf.async_unregister_service(self._info)
            self._info = None
        await self._zeroconf.async_close()
        self._zeroconf = None


def _addresses_of(host: str) -> list[str]:
    try:
        return own_addresses() if ipaddress.ip_address(host).is_unspecified else [host]
    except ValueError:
        return own_addresses()


def own_addresses() -> list[str]:
    """This machine's IPv4 addresses that others can reach."""
    found = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    return [a for a in found if isinstance(a, str) and not ipaddress.ip_address(a).is_loopback]
