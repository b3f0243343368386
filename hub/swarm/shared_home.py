"""`SharedHome`: the homes of several hubs as one. What the app builds of the shared state, the things and the duties.

shared = SharedHome(mesh, home, states, dispatcher, exposure, table, bus, clock, members)
await shared.start()                        # after Home.load(), before integrations may start or after, as you like
supervisor.start("shared home", shared.run)
Timers(shared.timers, bus, clock, ring, shared.timers)
...
await shared.close()
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from hub.core.bus import Bus
from hub.core.clock import Clock
from hub.core.entities import PEER, Area, Person
from hub.core.events import PeerJoined, PeerLeft
from hub.core.states import StateTable
from hub.home.dispatch import Dispatcher
from hub.home.exposure import Exposure
from hub.home.registry import Home
from hub.store.home_table import HomeTable
from hub.swarm.duty.claims import Claims
from hub.swarm.duty.duties import Duties
from hub.swarm.duty.offers import Offers
from hub.swarm.duty.pulse import Pulse
from hub.swarm.duty.timers import SharedTimers
from hub.swarm.owner import Tell, nobody
from hub.swarm.ports import Mesh
from hub.swarm.state.keeping import StoredCells
from hub.swarm.state.kinds import Claim
from hub.swarm.state.places import Places
from hub.swarm.state.shared import SharedState
from hub.swarm.things.asking import Asking
from hub.swarm.things.household import Household
from hub.swarm.things.moving import Moving
from hub.swarm.things.obeying import Obeying
from hub.swarm.things.remote import RemoteThings
from hub.swarm.things.teller import Teller

_RUN: Final = ("shared_counter", "run")
_LOOK_S: Final = 5.0


class SharedHome:
    """One home over several hubs. `members()` are its hubs, id -> what people call it, this one included; it is called
    for every message, and must be cheap.

    `state`, `things`, `timers` and `duties` may be used once it is started.
    """

    def __init__(
        self,
        mesh: Mesh,
        home: Home,
        states: StateTable,
        dispatcher: Dispatcher,
        exposure: Exposure,
        table: HomeTable,
        bus: Bus,
        clock: Clock,
        members: Callable[[], Mapping[str, str]],
        tell: Tell = nobody,
    ) -> None:
        self._mesh = mesh
        self._home = home
        self._states = states
        self._dispatcher = dispatcher
        self._exposure = exposure
        self._table = table
        self._bus = bus
        self._clock = clock
        self._members = members

        def ids() -> frozenset[str]:
            return frozenset(members())

        def name(hub: str) -> str:
            return members().get(hub, "other")

        self.state = SharedState(mesh, StoredCells(table), clock, ids, tell)
        self._claims = Claims(mesh, self.state, clock, tell)
        self._offers = Offers(mesh, self.state)
        self._pulse = Pulse(mesh, self.state, clock, ids)
        self.timers = SharedTimers(mesh, self.state, self._claims, self._offers, self._pulse)
        self.duties = Duties(mesh, self._claims, self._offers, self._pulse, clock)
        moving = Moving(mesh.hub, home, self.duties.brought_by, self._doer)
        self.things = RemoteThings(mesh, home, states, bus, dispatcher.attribution, table, ids, name, moving, tell)
        self._household = Household(self.state, home, self.things, moving, table.overrides, bus)
        self._places = Places(self.state, home, table)
        self._asking = Asking(mesh, home, exposure, self.things)
        self._obeying = Obeying(mesh, home, exposure, dispatcher, table, clock)
        self._teller: Teller | None = None
        self._alive: frozenset[str] = frozenset()
        self._routes: dict[str, Callable[[], None]] = {}
        self._ends: list[Callable[[], None]] = []

    # -- life ----------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Read what was kept, show it, and answer other hubs. Raises `StoreError`."""
        await self.state.start()
        await self.things.start()
        await self._places.start()
        await self._household.start()
        await self._obeying.start()
        self._claims.start()
        await self._claims.tidy()
        run = (await self._table.all_rows(_RUN[0], int, _RUN[1])).get(_RUN[1], 0) + 1
        await self._keep_run(run)
        self._teller = Teller(
            self._mesh,
            self._home,
            self._states,
            self._exposure,
            self.duties.brought_by,
            self._bus,
            self._clock,
            run,
            self._keep_run,
        )
        self._ends = [
            self._mesh.watch(self._changed),
            self.state.subscribe("duty/device/", lambda keys: self.things.look()),
        ]
        self._changed(self._mesh.alive())

    async def run(self) -> None:
        """Tell, hear, compare, hand over, for ever."""
        assert self._teller is not None
        async with asyncio.TaskGroup() as tasks:
            for part in (self.state, self.things, self._places, self._household, self._teller, self.duties):
                tasks.create_task(part.run())
            tasks.create_task(self._keep_looking())

    async def _keep_looking(self) -> None:
        while True:
            await self._clock.sleep(_LOOK_S)
            self.look()

    def look(self) -> None:
        """Look who is a member: things of one that was removed go, also of one that was off when it was."""
        self._changed(self._mesh.alive())

    async def close(self) -> None:
        """Hand over what this hub does, and leave. Other hubs' things stay, unavailable."""
        while self._ends:
            self._ends.pop()()
        if self._teller is not None:
            self._teller.close()  # what its integrations leave behind is not gone, and not told as gone
        await self.duties.close()
        self.timers.close()
        self._claims.close()
        self._pulse.close()
        await self._obeying.close()
        self._household.close()
        self._places.close()
        self.things.close()
        while self._routes:
            self._routes.popitem()[1]()
        await self.state.close()

    async def pump(self) -> None:
        """Do once what `run` does for ever, and return: for tests and for a hub that is about to stop."""
        assert self._teller is not None
        await self._teller.pump()
        await self.state.pump()
        await self.things.pump()
        await self._places.pump()
        await self._household.pump()

    # -- what the household shares ---------------------------------------------------------------------------------

    async def set_area(self, area: Area) -> None:
        """Make or change an area, at every hub; raises as `SharedState.write` does."""
        await self.state.write({f"area/{area.id}": area})

    async def delete_area(self, area: str) -> None:
        """Remove an area that was made in the app."""
        await self.state.write({}, gone=[f"area/{area}"])

    async def set_person(self, person: Person) -> None:
        """Make or change a person, at every hub; raises as `SharedState.write` does."""
        await self.state.write({f"person/{person.id}": person})

    async def delete_person(self, person: str) -> None:
        """Remove a person who was made in the app."""
        await self.state.write({}, gone=[f"person/{person}"])

    def setting(self, key: str, default: Any = None) -> Any:
        """A setting that all hubs share."""
        cell = self.state.cell(f"setting/{key}")
        return default if cell is None else cell.value

    async def set_setting(self, key: str, value: Any) -> None:
        """Set it, at every hub; None removes it. Raises as `SharedState.write` does."""
        name = f"setting/{key}"
        await self.state.write({}, gone=[name]) if value is None else await self.state.write({name: value})

    def hub_of(self, entity: str) -> str:
        """What people call the hub that an entity is on; empty for this one's own."""
        thing = self.things.thing(entity)
        return "" if thing is None else self._members().get(thing[0], "another hub")

    # -- inside --------------------------------------------------------------------------------------------------------

    async def _keep_run(self, run: int) -> None:
        await self._table.change_rows([(*_RUN, run)])

    def _doer(self, duty: str) -> str:
        claim = self.state.get(f"duty/{duty}")
        return claim.hub if isinstance(claim, Claim) else ""

    def _changed(self, alive: frozenset[str]) -> None:
        for hub in sorted(alive - self._alive):
            self._bus.publish(PeerJoined(peer=hub))
        for hub in sorted(self._alive - alive):
            self._bus.publish(PeerLeft(peer=hub))
        self._alive = alive
        members = set(self._members()) - {self._mesh.hub}
        for hub in members - self._routes.keys():
            self._routes[hub] = self._dispatcher.route_away(PEER + hub, self._asking)
        for hub in self._routes.keys() - members:
            self._routes.pop(hub)()
        self.things.check_members()
