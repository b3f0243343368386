"""Finding the home's hubs on the network by mDNS (`_hearth._tcp.local.`): addresses only, see `hub.swarm.addresses`."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import structlog

from hub.swarm.addresses import Addresses, Announced, Ports, read_txt, txt

if TYPE_CHECKING:
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

log = structlog.get_logger(__name__)
SERVICE: Final = "_hearth._tcp.local."
_LABEL: Final = 32  # hexadecimal digits of the id; a DNS label holds 63 bytes
_MOST_WAITING: Final = 128
_ASKED_MS: Final = 1000
_AT_ONCE: Final = 4
_LOOK_S: Final = 5.0
_HOSTS_OF_ONE: Final = 4


def own_addresses() -> frozenset[str]:
    """This machine's IPv4 addresses that others can reach."""
    import ifaddr

    found = (ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4)
    return frozenset(a for a in found if isinstance(a, str) and not a.startswith("127."))


class Discovery:
    """Announces this hub and listens for others, while `run` runs; keep that under a supervisor.

    `found(hub)` is called when a member has a new address. `hosts` gives the addresses to announce and is asked again
    every few seconds: interfaces come and go. `open` is for tests: an mDNS instance on chosen interfaces.
    """

    def __init__(
        self,
        addresses: Addresses,
        hub: str,
        members: Iterable[str],
        ports: Ports,
        *,
        name: str = "",
        found: Callable[[str], None] | None = None,
        hosts: Callable[[], frozenset[str]] = own_addresses,
        open: Callable[[], "AsyncZeroconf"] | None = None,  # noqa: A002 - what it does
        look_s: float = _LOOK_S,
    ) -> None:
        self._addresses = addresses
        self._hub = hub
        self._labels = frozenset(member[:_LABEL] for member in members)
        self._ports = ports
        self._name = name
        self._found = found or (lambda hub: None)
        self._hosts = hosts
        self._open = open or _open
        self._look_s = look_s
        self._network: AsyncZeroconf | None = None
        self._said: tuple[frozenset[str], Ports] | None = None
        self._unsure = False
        self._times = 0
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._news = asyncio.Event()
        self._ids: dict[str, str] = {}  # label -> the id that it announced, of those that offer to pair

    def members(self, members: Iterable[str]) -> None:
        """These are the home's hubs from now on."""
        self._labels = frozenset(member[:_LABEL] for member in members)

    def announce(self, ports: Ports, name: str = "") -> None:
        """Announce these ports from now on (within a few seconds)."""
        self._ports, self._name = ports, name
        self._news.set()

    async def run(self) -> None:
        """Announce and listen until cancelled. Without a network it waits for one."""
        quiet = False
        try:
            while True:
                await self._follow(quiet=quiet)
                await self._look_up()
                try:
                    async with asyncio.timeout(self._look_s):
                        await self._news.wait()
                    quiet = False
                except TimeoutError:
                    quiet = True
                    continue
                self._news.clear()
        finally:
            await self._close()

    async def _follow(self, *, quiet: bool) -> None:
        """Be on the interfaces that there are now, and announce what is true now.

        What is new is announced once more when it is `quiet`, a while later: zeroconf answers questions with up to a
        second's delay, and with what was true when they were asked. Such an answer comes after the news and undoes it.
        """
        from zeroconf import Error

        hosts, ports = self._hosts(), self._ports
        known = self._said == (hosts, ports)
        if self._network is not None and known and not (self._unsure and quiet):
            return
        try:
            if self._network is None:
                self._network = self._open()
                await self._listen(self._network)
            else:
                await self._network.async_update_interfaces()
            await self._say(self._network, hosts, ports)
            self._said, self._unsure = (hosts, ports), not known
        except (Error, OSError, RuntimeError) as error:  # a RuntimeError: there is no interface
            log.debug("mDNS does not work now", error=str(error))
            await self._close()

    async def _listen(self, network: "AsyncZeroconf") -> None:
        from zeroconf import ServiceStateChange, Zeroconf
        from zeroconf.asyncio import AsyncServiceBrowser

        def note(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
            self.noticed(name, there=state_change is not ServiceStateChange.Removed)

        self._browser = AsyncServiceBrowser(network.zeroconf, SERVICE, handlers=[note])

    async def _say(self, network: "AsyncZeroconf", hosts: frozenset[str], ports: Ports) -> None:
        from zeroconf.asyncio import AsyncServiceInfo

        label = self._hub[:_LABEL]
        self._times += 1  # in the announcement: one like an earlier one would be no news to those who remember that
        info = AsyncServiceInfo(
            SERVICE,
            f"{label}.{SERVICE}",
            parsed_addresses=sorted(hosts),
            port=ports.mesh or ports.pair or 1,
            properties=txt(self._hub, ports, self._name) | {"n": str(self._times)},
            server=f"{label}.local.",
        )
        if not hosts or ports == Ports():
            return  # nothing that others could reach
        if self._said is None:
            # No probing: another that announces our name is a liar, and renaming ourselves would help it.
            await network.async_register_service(info, cooperating_responders=True)
        else:
            await network.async_update_service(info)

    def noticed(self, name: str, *, there: bool) -> None:
        """Somebody announced `name`, or took that back. Members are looked up first; of others only so many."""
        label = name[: -len(SERVICE) - 1]
        if not there:
            self._waiting.pop(name, None)
            self._addresses.gone(self._ids.pop(label, ""))
            return
        if label == self._hub[:_LABEL]:
            return
        if label in self._labels:
            self._waiting[name] = None
            self._waiting.move_to_end(name, last=False)
            while len(self._waiting) > _MOST_WAITING:
                self._waiting.popitem()
        elif len(self._waiting) < _MOST_WAITING:
            self._waiting[name] = None
        self._news.set()

    async def _look_up(self) -> None:
        from zeroconf.asyncio import AsyncServiceInfo

        network = self._network
        while network is not None and self._waiting:
            names = [self._waiting.popitem(last=False)[0] for _ in range(min(_AT_ONCE, len(self._waiting)))]
            infos = [AsyncServiceInfo(SERVICE, name) for name in names]
            for info, answered in zip(
                infos, await asyncio.gather(*(i.async_request(network.zeroconf, _ASKED_MS) for i in infos)), strict=True
            ):
                if answered:
                    self.resolved(info)

    def resolved(self, info: "AsyncServiceInfo | Any") -> None:
        """What an announcement says in full."""
        said = read_txt(info.properties)
        if said is None:
            return
        hub, ports, name = said
        label = info.name[: -len(SERVICE) - 1]
        if label in self._labels and not hub.startswith(label):
            return  # one that uses a member's place for somebody else
        if ports.pair and len(self._ids) < _MOST_WAITING:
            self._ids[label] = hub
        news = False
        for host in info.parsed_addresses()[:_HOSTS_OF_ONE]:
            news |= self._addresses.heard(Announced(hub, host, ports, name))
        if news:
            self._found(hub)

    async def _close(self) -> None:
        network, self._network, self._said = self._network, None, None
        if network is not None:
            from zeroconf import NotRunningException

            # What waits for it to start must wake before it ends: afterwards it would complain.
            with contextlib.suppress(NotRunningException):
                await network.zeroconf.async_wait_for_start()
            await asyncio.sleep(0)
            await network.async_unregister_all_services()
            await network.async_close()


def _open() -> "AsyncZeroconf":
    from zeroconf import IPVersion
    from zeroconf.asyncio import AsyncZeroconf

    return AsyncZeroconf(ip_version=IPVersion.V4Only)


def on_address(address: str) -> "AsyncZeroconf":
    """mDNS on the interface with this address alone."""
    from zeroconf.asyncio import AsyncZeroconf

    return AsyncZeroconf(interfaces=[address])
