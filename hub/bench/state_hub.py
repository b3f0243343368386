"""A hub that shares its home over the mesh, in a process of its own: `python -m hub.bench.state_hub`.

It reads a `mesh_hub.Start` as one line of JSON, then `mesh_hub.Do` lines: `set` makes the lamp of the hub whose id
sorts first `count` percent bright. It prints `mesh_hub.Said` lines: `ready`; `known` once it shows the lamp; `set` and
`seen` with the moment at which the lamp was made, or is shown, so bright (`count`).
"""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import msgspec

from hub.bench.mesh_hub import Do, Said, Start, say, started
from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.clock import SystemClock
from hub.core.events import AvailabilityChanged, StateChanged
from hub.core.settings import Settings
from hub.core.states import StateTable
from hub.guard.connect import Guard
from hub.home.dispatch import Dispatcher
from hub.home.exposure import Exposure
from hub.home.registry import Home
from hub.home.scenes import Scenes
from hub.store.database import Database
from hub.store.home_table import HomeTable
from hub.swarm.mesh import ZenohMesh
from hub.swarm.shared_home import SharedHome

LAMP: Final = "light.lamp"
_ENTITY: Final[dict[str, Any]] = {"id": LAMP, "name": "lamp", "traits": ("Level",)}


class _Hub:
    """The hub of this process."""

    def __init__(self, start: Start, database: Database) -> None:
        places, hub = start.places, start.key.hub
        self.owns = hub == min(places)
        settings = msgspec.convert({"entity": [_ENTITY] if self.owns else []}, Settings)
        bus = Bus()
        self.states = StateTable(bus)
        table = HomeTable(database)
        home = Home(settings, bus, self.states, table.overrides)
        scenes = Scenes(settings)
        exposure = Exposure(home, self.states, scenes, settings.safety)
        dispatcher = Dispatcher(home, self.states, bus, exposure, scenes)
        self.mesh = ZenohMesh(start.key, places, lambda other: places.get(other, ""), Guard(), listen=places[hub])
        self.mesh.watch(lambda alive: say(Said("alive", time.monotonic(), tuple(sorted(alive)))))
        names = {member: member for member in places}
        self.shared = SharedHome(
            self.mesh, home, self.states, dispatcher, exposure, table, bus, SystemClock(), lambda: names
        )
        if not self.owns:
            bus.subscribe(StateChanged, self._seen)
            bus.subscribe(AvailabilityChanged, self._known)

    def _seen(self, event: StateChanged) -> None:
        if event.entity == LAMP and isinstance(event.value, int):
            say(Said("seen", time.monotonic(), count=event.value))

    def _known(self, event: AvailabilityChanged) -> None:
        if event.entity == LAMP and event.available:
            say(Said("known", time.monotonic()))

    def set(self, level: int) -> None:
        """Make the lamp so bright."""
        began = time.monotonic()
        self.states.set(LAMP, "Level", level)
        say(Said("set", began, count=level))


async def run() -> None:
    """Serve standard input until it ends."""
    start, lines = await started()
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(Path(folder) / "hearth.db")
        hub = _Hub(start, database)
        await hub.mesh.start()
        await hub.shared.start()
        sharing = asyncio.create_task(hub.shared.run())
        say(Said("ready", time.monotonic()))
        while line := await lines.readline():
            hub.set(msgspec.json.decode(line, type=Do).count)
        await cancelled(sharing)
        await hub.shared.close()
        await hub.mesh.close()
        await database.close()


if __name__ == "__main__":
    asyncio.run(run())
