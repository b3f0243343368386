"""Telling the network by mDNS that the hub serves Wyoming. Names and addresses only; nobody is trusted for them."""

import ipaddress
import re
from typing import Final

import ifaddr
from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

SERVICE: Final = "_wyoming._tcp.local."


class Advertiser:
    """Announces one service until closed. `zeroconf` is for tests: an instance on chosen interfaces."""

    def __init__(self, zeroconf: AsyncZeroconf | None = None) -> None:
        self._zeroconf = zeroconf
        self._info: AsyncServiceInfo | None = None

    async def start(self, name: str, host: str, port: int) -> None:
        """Announce `name` at `host`:`port`; a wildcard host stands for all of this machine's own."""
        addresses = own_addresses() if ipaddress.ip_address(host).is_unspecified else [host]
        label = re.sub(r"[^A-Za-z0-9 _-]", "", name).strip()[:40] or "Hearth"
        self._info = AsyncServiceInfo(
            SERVICE,
            f"{label}.{SERVICE}",
            parsed_addresses=addresses,
            port=port,
            server=f"{label.lower().replace(' ', '-')}-wyoming.local.",
        )
        if self._zeroconf is None:
            self._zeroconf = AsyncZeroconf(ip_version=IPVersion.V4Only)
        await self._zeroconf.async_register_service(self._info, allow_name_change=True)

    async def close(self) -> None:
        """Take the announcement back."""
        if self._zeroconf is None:
            return
        if self._info is not None:
            await self._zeroconf.async_unregister_service(self._info)
            self._info = None
        await self._zeroconf.async_close()
        self._zeroconf = None


def own_addresses() -> list[str]:
    """This machine's IPv4 addresses that others can reach."""
    found = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    return [a for a in found if isinstance(a, str) and not ipaddress.ip_address(a).is_loopback]
