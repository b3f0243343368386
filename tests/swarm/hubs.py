"""Whole homes of several hubs in one process: real registries, rules and dispatchers, on a street, by a fake clock."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.commands import Command, CommandResult
from hub.core.entities import Entity
from hub.core.events import Event
from hub.core.settings import Settings
from hub.core.states import StateTable
from hub.core.traits import PLAIN_CONFIG
from hub.home.dispatch import Dispatcher
from hub.home.exposure import Exposure
from hub.home.registry import Home
from hub.home.scenes import Scenes
from hub.plugins.ports.timers import Timers
from hub.sdk.context import StoredTimer
from hub.sdk.device import DeviceCommand
from hub.store.database import Database
from hub.store.home_table import HomeTable
from hub.swarm.shared_home import SharedHome
from tests.swarm.lane import Lane

LAMP = {"id": "light.kitchen", "name": "kitchen light", "area": "kitchen", "traits": ("OnOff", "Level")}
DOOR = {"id": "lock.door", "name": "front door", "traits": ("Lock",), "exposed": True}
DUTY = "device/mqtt/0a1b2c3d4e5f6071"
TRAITS = {"Level": PLAIN_CONFIG}
LAMPS = (Entity(id="light.x", name="lamp 4711", traits=TRAITS), Entity(id="light.y", name="lamp 4712", traits=TRAITS))
AREA = {"id": "kitchen", "name": "Kitchen"}


def home(*entities: Mapping[str, Any], **more: Any) -> Settings:
    """A hearth.toml with virtual things."""
    return msgspec.convert({"area": [AREA], "entity": list(entities), **more}, Settings)


class MemoryTable(HomeTable):
    """Rows as JSON that outlive the hub, without a database."""

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]
        self.rows: dict[tuple[str, str], bytes] = {}

    async def all_rows(self, kind: str, shape: Any, only: str = "") -> dict[str, Any]:
        wanted = {k: v for (what, k), v in self.rows.items() if what == kind and only in ("", k)}
        return {key: msgspec.json.decode(row, type=shape) for key, row in wanted.items()}

    async def change_rows(
        self, rows: Iterable[tuple[str, str, Any]] = (), gone: Iterable[tuple[str, str]] = ()
    ) -> None:
        self.rows.update({(kind, key): msgspec.json.encode(value) for kind, key, value in rows})
        for row in gone:
            self.rows.pop(row, None)

    async def set_row(self, kind: str, key: str, value: Any) -> None:
        await self.change_rows([(kind, key, value)])

    async def delete_row(self, kind: str, key: str) -> bool:
        return self.rows.pop((kind, key), None) is not None


class Hub:
    """One hub: everything that is lost in a power cut."""

    def __init__(self, house: "House", hub: str, settings: Settings) -> None:
        self.id, self.house, self.clock = hub, house, house.clocks[hub]
        self.mesh = house.lane.mesh(hub)
        self.bus = Bus()
        self.events: list[Event] = []
        self.bus.subscribe(Event, self.events.append)
        self.states = StateTable(self.bus)
        table = house.tables[hub]
        self.home = Home(settings, self.bus, self.states, table.overrides, settle_s=0.0)
        scenes = Scenes(settings)
        self.exposure = Exposure(self.home, self.states, scenes, settings.safety)
        self.dispatcher = Dispatcher(self.home, self.states, self.bus, self.exposure, scenes)
        self.dispatcher.route("virtual", self)
        self.shared = SharedHome(
            self.mesh, self.home, self.states, self.dispatcher, self.exposure, table, self.bus, self.clock,
            lambda: {member: f"hub {member}" for member in house.members}, house.tell,
        )  # fmt: skip
        self.timers = Timers(self.shared.timers, self.bus, self.clock, self._ring, self.shared.timers)
        self.tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self.home.load()
        if self.house.lamps:
            self.home.add("virtual", Entity(id="light.kitchen", name="lamp 4711", traits={"Level": PLAIN_CONFIG}))
        await self.shared.start()
        self.shared.timers.tell(self.timers)
        self.tasks = [asyncio.create_task(self.timers.run()), asyncio.create_task(self._look())]

    async def _look(self) -> None:
        while True:
            await self.shared.duties.look()
            await self.clock.sleep(1.0)

    async def deliver(self, command: DeviceCommand) -> None:
        """The device does it at once."""
        self.house.carried_out.append((self.id, command.entity, command.value))
        self.states.set(command.entity, command.trait, command.value, causes=(command.id,))
        command.done()

    async def _ring(self, skill: str, timer: StoredTimer, causes: tuple[int, ...]) -> None:
        if self.house.hubs.get(self.id) is not self:
            await asyncio.Event().wait()  # the power is off
        self.house.rang(self.id, timer)

    async def send(self, entity: str, trait: str, value: Any, **given: Any) -> CommandResult:
        return await self.dispatcher.send(
            Command(entity=entity, trait=trait, value=value, **{"channel": "ui", **given})
        )

    async def stop(self) -> None:
        tasks = [*self.tasks, *(running.task for running in self.shared.duties._running.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.dispatcher.close()


class House:
    """Hubs by id. `homes` are their hearth.tomls; with `where` they keep real databases."""

    def __init__(
        self, homes: Mapping[str, Settings], lane: Lane | None = None, where: Path | None = None, *, lamps: bool = False
    ) -> None:
        self.lamps = lamps
        self.lane, self.homes, self.where = lane or Lane(), dict(homes), where
        self.members = set(homes)
        self.tables: dict[str, Any] = {hub: MemoryTable() for hub in homes}
        self.clocks = {hub: FakeClock() for hub in homes}
        self.hubs: dict[str, Hub] = {}
        self.carried_out: list[tuple[str, str, Any]] = []
        self.rings: list[tuple[str, str]] = []
        self.knowing: dict[str, set[str]] = {}  # timer -> hubs that heard that it rang
        self.twice: list[tuple[str, str]] = []
        self.told: list[tuple[str, str]] = []
        self._databases: dict[str, Database] = {}

    def tell(self, hub: str, what: str) -> None:
        self.told.append((hub, what))

    def rang(self, hub: str, timer: StoredTimer) -> None:
        """Somebody who heard that it rang, by whatever way, must not ring it again."""
        knowing = self.knowing.setdefault(timer.id, set())
        if hub in knowing:
            self.twice.append((hub, timer.id))
        self.rings.append((hub, timer.id))
        knowing |= {hub, *self.hubs[hub].mesh.alive()}

    def __getitem__(self, hub: str) -> Hub:
        return self.hubs[hub]

    async def __aenter__(self) -> "House":
        for hub in sorted(self.homes):
            await self.start(hub)
        await self.settle()
        return self

    async def __aexit__(self, *error: object) -> None:
        for hub in tuple(self.hubs):
            await self.kill(hub)

    async def start(self, hub: str) -> Hub:
        if self.where is not None:
            self._databases[hub] = await Database.open(self.where / f"{hub}.db")
            self.tables[hub] = HomeTable(self._databases[hub])
        self.hubs[hub] = made = Hub(self, hub, self.homes[hub])
        await made.start()
        return made

    async def kill(self, hub: str) -> None:
        """A power cut."""
        self.lane.hung.discard(hub)
        gone = self.hubs.pop(hub)
        self.lane.remove(hub)
        await gone.stop()
        if hub in self._databases:
            await self._databases.pop(hub).close()

    async def restart(self, hub: str) -> Hub:
        if hub in self.hubs:
            await self.kill(hub)
        return await self.start(hub)

    def hang(self, hub: str) -> None:
        """SIGSTOP, seen when the lease is over: the hub does nothing, and the others miss it."""
        self.lane.hung.add(hub)
        for other, mesh in self.lane.meshes.items():
            if other != hub:
                mesh.tell_alive()

    async def resume(self, hub: str, seconds: float) -> None:
        """SIGCONT after so long: its clocks jump, its links are dead, and it takes a moment until they are back."""
        self.jump(hub, seconds)
        self.lane.meshes[hub].tell_alive()  # alone, it finds
        for _ in range(20):
            await asyncio.sleep(0)
        self.lane.hung.discard(hub)
        self.lane.changed()

    def jump(self, hub: str, seconds: float) -> None:
        clock = self.clocks[hub]
        clock._mono += seconds
        clock._now += seconds
        for at, future in tuple(clock._sleepers):
            if at <= clock._mono:
                clock._sleepers.remove((at, future))
                if not future.done():
                    future.set_result(None)

    def wall(self, *sides: str, up: bool = True) -> None:
        """A wall between two groups of hubs, each a string of ids."""
        for one in sides[0]:
            for other in sides[1]:
                self.lane.wall(one, other, up=up)

    def heal(self) -> None:
        self.lane.walls.clear()
        self.lane.loss = self.lane.double = 0.0
        self.lane.changed()

    async def carry(self) -> None:
        """Until nobody has anything to say or hear."""
        for _ in range(12):
            for hub in tuple(self.hubs.values()):
                if hub.id not in self.lane.hung:
                    await hub.shared.pump()
            busy = bool(self.lane._under_way)
            await self.lane.settled()
            await asyncio.sleep(0)
            states = [hub.shared.state for hub in self.hubs.values() if hub.id not in self.lane.hung]
            if not busy and not any(s._waiting or s._cells.unsaid for s in states):
                return

    async def until(self, done: Callable[[], bool]) -> None:
        """Until something is so, where real disks take their time."""
        while not done():
            await self.settle(0.5)
            await asyncio.sleep(0.05)

    async def settle(self, seconds: float = 15.0, step: float = 5.0) -> None:
        """So much time, with digests and rolls and all that they bring."""
        while seconds > 0:
            passed = min(step, seconds)
            seconds -= passed
            while passed > 0:  # together, and by less than a heartbeat
                for name in tuple(self.hubs):
                    if name not in self.lane.hung:
                        await self.clocks[name].advance(min(0.5, passed))
                passed -= 0.5
                await idle()
            for name, hub in tuple(self.hubs.items()):
                if name not in self.lane.hung:
                    await hub.shared.state.compare()
            await self.carry()
            await idle()


class Mqtt:
    """An integration on one hub, and its offer to run there; it is a duty."""

    def __init__(self, house: House, hub: str, *lamps: Entity) -> None:
        self.house, self.hub, self.lamps = house, house[hub], lamps or LAMPS
        self.hub.shared.duties.offer(DUTY, self.run, brings="mqtt")

    async def run(self) -> None:
        home = self.hub.home
        unroute = self.hub.dispatcher.route("mqtt", self)
        for lamp in self.lamps:
            home.add("mqtt", lamp)
        try:
            await asyncio.Event().wait()
        finally:
            unroute()
            for entity in home.owned_by("mqtt"):
                home.remove("mqtt", home.source(entity)[1])

    async def deliver(self, command: DeviceCommand) -> None:
        self.house.carried_out.append((self.hub.id, command.entity, command.value))
        ours = self.hub.home.id_of("mqtt", command.entity)
        assert ours is not None
        self.hub.states.set(ours, command.trait, command.value, causes=(command.id,))
        command.done()


async def idle() -> None:
    """Let what is due on the loop run."""
    for _ in range(20):
        await asyncio.sleep(0)
