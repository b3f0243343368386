"""The Wyoming satellites of a home: those of hearth.toml, and those that the household adds while the hub runs."""

import asyncio
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from msgspec import Struct

from hub.core.errors import LockedError, NotFoundError, ValueRefusedError
from hub.core.settings import SatelliteSettings
from hub.core.supervisor import Supervisor
from hub.satellites.stream_names import entity_of

if TYPE_CHECKING:
    from hub.satellites.ports import Connector
    from hub.satellites.wyoming.satellite import WyomingSatellite

ROWS: Final = "satellite"
MOST_SATELLITES: Final = 64
_HOST: Final = re.compile(r"[A-Za-z0-9._:-]{1,253}")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_LONGEST_NAME: Final = 60


class SatelliteTable(Protocol):
    """Where those that were added are kept. All raise `StoreError`; what they wrote is on the disk when they return."""

    async def all_rows(self, kind: str, shape: Any) -> dict[str, Any]:
        """The rows of a kind by id."""
        ...

    async def set_row(self, kind: str, key: str, value: Any) -> None:
        """Keep a row."""
        ...

    async def delete_row(self, kind: str, key: str) -> bool:
        """Forget a row."""
        ...


class Switchboard(Protocol):
    """The switches of microphones."""

    def expect(self, stream: str, name: str = "", area: str = "") -> None:
        """There is such a microphone."""
        ...

    def forget(self, stream: str) -> None:
        """There is no longer."""
        ...


class KnownSatellite(Struct, frozen=True, kw_only=True):
    """A satellite. `state`: connected, away (`trouble` says why), or waiting: the hub does not hear yet, or not at all.

    `locked`: hearth.toml decides on it.
    """

    name: str
    host: str
    port: int
    area: str
    state: str
    trouble: str = ""
    locked: bool = False


async def added_satellites(
    table: SatelliteTable, declared: Collection[SatelliteSettings]
) -> dict[str, SatelliteSettings]:
    """What was added, by name; where hearth.toml has one of that name by now, that one counts. Raises `StoreError`."""
    rows: Mapping[str, SatelliteSettings] = await table.all_rows(ROWS, SatelliteSettings)
    taken = {about.name for about in declared}
    return {name: about for name, about in rows.items() if name not in taken}


class SatelliteList:
    """Keeps them, and keeps them connected once the hub hears. `await load()` first.

    `areas()` are the ids of the home's areas, `connect` opens connections to the home's network.
    """

    def __init__(
        self,
        declared: Sequence[SatelliteSettings],
        table: SatelliteTable,
        areas: Callable[[], Collection[str]],
        connect: "Connector",
        supervisor: Supervisor,
    ) -> None:
        self._declared = {about.name: about for about in declared}
        self._table, self._areas, self._connect = table, areas, connect
        self._supervisor = supervisor
        self._added: dict[str, SatelliteSettings] = {}
        self._make: Callable[[SatelliteSettings], WyomingSatellite] | None = None
        self._board: Switchboard | None = None
        self._lock = asyncio.Lock()
        self.running: dict[str, WyomingSatellite] = {}
        """Those that the hub keeps connected, by name."""

    async def load(self) -> None:
        """Read which were added. Raises `StoreError`."""
        self._added = await added_satellites(self._table, self._declared.values())

    def wanted(self) -> list[SatelliteSettings]:
        """All satellites, those of hearth.toml first."""
        return [*self._declared.values(), *self._added.values()]

    def switch_with(self, board: Switchboard) -> None:
        """Each microphone has its switch there, from before its first sound."""
        self._board = board
        for about in self.wanted():
            board.expect(_stream(about.name), about.name, about.area)

    def begin(self, make: "Callable[[SatelliteSettings], WyomingSatellite]") -> None:
        """The hub hears: connect to all, and to what is added from now on."""
        self._make = make
        for about in self.wanted():
            self._start(about)

    def all(self) -> list[KnownSatellite]:
        """All satellites, and how they fare."""
        return [self._known(about) for about in self.wanted()]

    def has(self, host: str, port: int, *, own: bool) -> bool:
        """Whether one is at `host:port`; `own`: that is an address of this machine."""
        hosts = (host, *_LOOPBACK) if own else (host,)
        return any(about.host in hosts and about.port == port for about in self.wanted())

    async def add(self, name: str, host: str, port: int, area: str) -> KnownSatellite:
        """Keep a satellite that is there and says that it is one, and connect to it; or give one another room.

        Raises `ValueRefusedError`, `LockedError`, `StoreError`; of a new one `UnavailableError` or `EgressError` where
        it is not reached and `ProtocolError` where it is none.
        """
        about = SatelliteSettings(name=" ".join(name.split()), host=host.strip(), port=port, area=area)
        self._check(about)
        async with self._lock:
            before = self._added.get(about.name)
            self._check_alone(about, before)
            if before is None:
                await self._meet(about)
            await self._table.set_row(ROWS, about.name, about)
            await self._let_go(about.name)
            self._added[about.name] = about
            if self._board is not None:
                self._board.expect(_stream(about.name), about.name, about.area)
            self._start(about)
        return self._known(about)

    async def remove(self, name: str) -> KnownSatellite:
        """Let go of a satellite that was added. Raises `LockedError`, `NotFoundError`, `StoreError`."""
        async with self._lock:
            if name in self._declared:
                raise LockedError(f"hearth.toml decides on {name[:80]}", remedy="remove its [[satellite]] there")
            about = self._added.get(name)
            if about is None:
                raise NotFoundError(f"there is no satellite {name[:80]!r}", remedy="GET /api/v1/satellites lists them")
            await self._table.delete_row(ROWS, name)
            await self._let_go(name)
            del self._added[name]
            if self._board is not None:
                self._board.forget(_stream(name))
        return self._known(about)

    def _check(self, about: SatelliteSettings) -> None:
        name = about.name
        if not name or len(name) > _LONGEST_NAME or ":" in name or not name.isprintable():
            remedy = f"give it a name of 1 to {_LONGEST_NAME} letters, without a colon"
            raise ValueRefusedError("it cannot be called so", remedy=remedy)
        if not _HOST.fullmatch(about.host):
            raise ValueRefusedError("this is no address", remedy="give its name or address in this home")
        if about.area and about.area not in self._areas():
            raise ValueRefusedError(f"there is no area {about.area[:80]!r}", remedy="make it first, under Rooms")

    def _check_alone(self, about: SatelliteSettings, before: SatelliteSettings | None) -> None:
        if about.name in self._declared:
            raise LockedError(f"hearth.toml has a satellite {about.name!r}", remedy="give this one another name")
        if before is not None and (before.host, before.port) != (about.host, about.port):
            remedy = f"give it another name, or remove the one at {before.host}:{before.port} first"
            raise ValueRefusedError(f"there is a satellite {before.name!r} already", remedy=remedy)
        for other in self.wanted():
            if other.name == about.name:
                continue
            if (other.host, other.port) == (about.host, about.port):
                raise ValueRefusedError(f"that is {other.name!r}, which the home has", remedy="remove it first")
            if entity_of(_stream(other.name)) == entity_of(_stream(about.name)):
                remedy = "give it a name that differs in letters from a to z, or in digits"
                raise ValueRefusedError(f"its microphone would have the switch of {other.name!r}", remedy=remedy)
        if before is None and len(self._added) >= MOST_SATELLITES:
            raise ValueRefusedError(f"{MOST_SATELLITES} satellites were added already", remedy="remove one first")

    async def _meet(self, about: SatelliteSettings) -> None:
        """Raise unless there is a satellite that says so."""
        # What speaks to satellites is loaded when one is spoken to: a command that only reads the home does not wait.
        from hub.satellites.wyoming.satellite_link import LIMITS, SatelliteLink
        from hub.satellites.wyoming.wire import Wire

        reader, writer = await self._connect(about.host, about.port, "to see whether it is a satellite")
        link = SatelliteLink(Wire(reader, writer, LIMITS))
        try:
            await link.describe()
        finally:
            await link.close()

    def _start(self, about: SatelliteSettings) -> None:
        if self._make is None:
            return
        satellite = self._make(about)
        self.running[about.name] = satellite
        self._supervisor.start(satellite.stream, satellite.run)

    async def _let_go(self, name: str) -> None:
        satellite = self.running.pop(name, None)
        if satellite is not None:
            await self._supervisor.stop(satellite.stream)

    def _known(self, about: SatelliteSettings) -> KnownSatellite:
        satellite = self.running.get(about.name)
        connected = satellite is not None and satellite.connected
        trouble = "" if satellite is None or connected else satellite.trouble
        return KnownSatellite(
            name=about.name, host=about.host, port=about.port, area=about.area,
            state="connected" if connected else "away" if trouble else "waiting",
            trouble=trouble, locked=about.name in self._declared,
        )  # fmt: skip


def _stream(name: str) -> str:
    return f"satellite:{name}"
