"""A house with sensors, cameras and a clock that the tests turn."""

import asyncio
from typing import Any

from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.entities import Area, Entity, HomeView
from hub.core.events import (
    PresenceChanged,
    Value,
)
from hub.core.settings import PresenceSettings
from hub.core.states import StateTable
from hub.core.traits import PLAIN_CONFIG, TraitConfig
from hub.core.whereabouts import InUse, in_use
from hub.perception.presence.rooms import Rooms
from hub.perception.seen import PeopleSeen

AREAS = {a: Area(id=a, name=a.title()) for a in ("hall", "kitchen", "office", "bedroom", "attic")}
MEASURES = {"motion": "Presence", "occupancy": "Presence", "presence": "Presence", "illuminance": "Measure"}


def sensor(name: str, area: str, measures: str) -> Entity:
    kind, trait = ("sensor", "Measure") if MEASURES[measures] == "Measure" else ("binary_sensor", "Presence")
    return Entity(id=f"{kind}.{name}", name=name, area=area, traits={trait: TraitConfig(measures=measures)})


def plain(entity: str, area: str, trait: str, device_class: str = "") -> Entity:
    return Entity(id=entity, name=entity, area=area, traits={trait: PLAIN_CONFIG}, device_class=device_class)


THINGS = (
    sensor("hall_motion", "hall", "motion"),
    sensor("kitchen_motion", "kitchen", "motion"),
    sensor("office_motion", "office", "motion"),
    sensor("bedroom_radar", "bedroom", "presence"),
    sensor("office_lux", "office", "illuminance"),
    plain("light.office", "office", "OnOff"),
    plain("switch.coffee", "attic", "OnOff"),
    plain("lock.front", "hall", "Lock"),
    plain("media_player.tv", "attic", "Media"),
    plain("binary_sensor.front_door", "hall", "Contact", "door"),
    plain("binary_sensor.hall_window", "hall", "Contact", "window"),
    plain("binary_sensor.phone", "", "Presence", "presence"),
    plain("sensor.watch", "", "Text"),
)


class House:
    def __init__(self, **settings: Any) -> None:
        self.bus, self.clock = Bus(), FakeClock()
        self.states = StateTable(self.bus)
        self.home = HomeView(areas=dict(AREAS), entities={e.id: e for e in THINGS})
        self.told: list[PresenceChanged] = []
        self.bus.subscribe(PresenceChanged, self.told.append)
        self.settings = PresenceSettings(**settings)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "House":
        self.rooms = Rooms(self.bus, self.states, lambda: self.home, self.clock, self.settings)
        self._task = asyncio.create_task(self.rooms.run())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self.rooms.close()

    async def wait(self, seconds: float) -> None:
        while seconds > 0:
            await self.clock.advance(step := min(seconds, 1.0 if seconds < 4000 else 100.0))
            seconds -= step

    def says(self, entity: str, value: Value, *causes: int) -> None:
        trait = next(iter(self.home.entities[entity].traits))
        self.states.set(entity, trait, value, causes=causes)

    async def walk_past(self, name: str, seconds: float = 10.0) -> None:
        self.says(f"binary_sensor.{name}", True)
        await self.wait(seconds)
        self.says(f"binary_sensor.{name}", False)

    async def film(self, area: str, camera: str, seconds: float, **seen: Any) -> None:
        """A camera looks for bodies twice a second."""
        for _ in range(round(seconds * 2)):
            self.rooms.people_seen(area, camera, PeopleSeen(camera=1, t=0.0, **seen))
            await self.wait(0.5)

    def use(self, area: str) -> InUse:
        return in_use(self.states, area)


SOMEBODY, NOBODY, UNKNOWN = InUse(True, 1), InUse(False, 0), InUse()
