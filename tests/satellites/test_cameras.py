import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.core.bus import Bus
from hub.core.entities import Entity
from hub.core.errors import MediaError, StoreError, ValueRefusedError
from hub.core.events import StateChanged, TaskFailed
from hub.core.settings import CameraSettings
from hub.core.states import StateTable
from hub.core.supervisor import Supervisor
from hub.satellites.cameras import OWNER, Cameras, ForPages, local_id
from hub.sdk.device import DeviceCommand


class Device:
    """A camera that notes whether it is open."""

    def __init__(self, trouble: bool = False) -> None:
        self.open = False
        self.times = 0
        self.closes_s = 0.0
        self.trouble = trouble

    async def run(self) -> None:
        self.open, self.times = True, self.times + 1
        try:
            if self.trouble:
                raise MediaError("unplugged", remedy="plug it in")
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(self.closes_s)
            self.open = False


class Kept:
    """Switches on a disk that may be full."""

    def __init__(self) -> None:
        self.values: dict[str, bool] = {}
        self.full = False

    async def setting(self, key: str, kind: type[bool], default: bool) -> bool:
        return self.values.get(key, default)

    async def set_setting(self, key: str, value: bool) -> None:
        if self.full:
            raise StoreError("the disk is full", remedy="make room")
        self.values[key] = value


class House:
    """A home with cameras."""

    def __init__(
        self, names: tuple[str, ...] = ("hallway camera",), kept: Kept | None = None, *, pages: bool = False
    ) -> None:
        self.bus = Bus()
        self.states = StateTable(self.bus)
        self.supervisor = Supervisor(self.bus, first_wait_s=0.01)
        self.kept = kept or Kept()
        self.devices: dict[str, Device] = {}
        self.entities: dict[str, Entity] = {}
        self.trouble = False
        settings = [CameraSettings(name=name, source="/dev/video0", area="hallway") for name in names]
        browsers = ForPages(name="browser camera", names={"de": ("Browserkamera",)}, looking=self.looking_by_pages)
        self.cameras = Cameras(
            settings, self, self.states, self.kept, self.supervisor, self.looking, browsers if pages else None
        )

    def add(self, owner: str, entity: Entity) -> str:
        assert owner == OWNER
        self.entities[entity.id] = entity
        return entity.id

    def looking_by_pages(self, entity: str) -> Device:
        return self.looking(CameraSettings(name="", source=""), entity)

    def looking(self, _about: CameraSettings, entity: str) -> Device:
        self.devices[entity] = Device(self.trouble)
        return self.devices[entity]

    async def switch(self, on: bool, entity: str = "camera.hallway", trait: str = "OnOff") -> None:
        command = DeviceCommand(7, entity, trait, on)
        await self.cameras.deliver(command)
        await command.answered()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    await made.cameras.start()
    await asyncio.sleep(0)
    yield made
    await made.supervisor.close()


async def test_a_camera_is_an_entity_that_is_on(house: House) -> None:
    entity = house.entities["camera.hallway"]
    assert (entity.name, entity.area, set(entity.traits)) == ("hallway camera", "hallway", {"OnOff"})
    assert house.states.value("camera.hallway", "OnOff") is True
    assert house.devices["camera.hallway"].open


async def test_off_is_acknowledged_when_the_device_is_closed_and_stays_so_after_a_restart(house: House) -> None:
    changes: list[StateChanged] = []
    house.bus.subscribe(StateChanged, changes.append)
    await house.switch(False)
    assert not house.devices["camera.hallway"].open
    assert [(c.entity, c.value, c.causes) for c in changes] == [("camera.hallway", False, (7,))]
    again = House(kept=house.kept)
    await again.cameras.start()
    await asyncio.sleep(0)
    assert again.states.value("camera.hallway", "OnOff") is False
    assert again.devices["camera.hallway"].times == 0
    await again.switch(True)
    await asyncio.sleep(0)
    assert again.devices["camera.hallway"].open
    await again.supervisor.close()


async def test_off_closes_the_device_even_where_it_cannot_be_remembered(house: House) -> None:
    house.kept.full = True
    with pytest.raises(StoreError):
        await house.switch(False)
    assert not house.devices["camera.hallway"].open


async def test_on_twice_opens_once(house: House) -> None:
    await house.switch(True)
    await house.switch(True)
    assert house.devices["camera.hallway"].times == 1


async def test_a_camera_in_trouble_is_said_tried_again_and_can_be_switched_off(house: House) -> None:
    made = House()
    made.trouble = True
    failures: list[TaskFailed] = []
    tried = asyncio.Event()

    def note(event: TaskFailed) -> None:
        failures.append(event)
        if len(failures) == 2:
            tried.set()

    made.bus.subscribe(TaskFailed, note)
    await made.cameras.start()
    async with asyncio.timeout(10):
        await tried.wait()
    assert "unplugged" in made.supervisor.failures["camera hallway"]
    await made.switch(False)
    assert made.supervisor.failures == {}
    assert made.supervisor.running() == ()


@pytest.mark.parametrize("last", [True, False])
async def test_of_orders_at_the_same_time_the_last_one_holds(house: House, last: bool) -> None:
    device = house.devices["camera.hallway"]
    device.closes_s = 0.02
    await asyncio.gather(*(house.switch(on) for on in (not last, last, not last, last)))
    await asyncio.sleep(0)
    assert house.states.value("camera.hallway", "OnOff") is last
    assert device.open is last
    assert house.kept.values == {"camera_off.camera.hallway": not last}


async def test_an_order_that_is_given_up_is_carried_out_to_its_end(house: House) -> None:
    device = house.devices["camera.hallway"]
    device.closes_s = 0.02
    order = asyncio.create_task(house.switch(False))
    await asyncio.sleep(0.001)
    order.cancel()
    await asyncio.gather(order, return_exceptions=True)
    await house.switch(True)
    await asyncio.sleep(0)
    assert device.open and device.times == 2
    assert house.states.value("camera.hallway", "OnOff") is True


async def test_a_hub_that_stops_closes_its_cameras_and_keeps_their_switches(house: House) -> None:
    device = house.devices["camera.hallway"]
    device.closes_s = 0.01
    await house.cameras.close()
    assert not device.open
    assert house.states.value("camera.hallway", "OnOff") is True
    assert house.kept.values == {}


@pytest.mark.parametrize("order", [{"trait": "Level"}, {"entity": "camera.cellar"}])
async def test_what_a_camera_cannot_do_is_refused(house: House, order: dict[str, Any]) -> None:
    with pytest.raises(ValueRefusedError):
        await house.switch(True, **order)


async def test_two_cameras_of_one_name_are_two_entities() -> None:
    made = House(("door", "Door camera", "door"))
    await made.cameras.start()
    assert set(made.entities) == {"camera.door", "camera.door_2", "camera.door_3"}
    await made.supervisor.close()


async def test_the_cameras_of_pages_are_one_entity_with_a_switch_that_is_kept_and_give_way_to_others() -> None:
    made = House((), pages=True)
    await made.cameras.start()
    await asyncio.sleep(0)
    entity = made.entities["camera.browser"]
    assert (entity.spoken_names("de"), entity.area) == (("browser camera", "Browserkamera"), "")
    assert made.devices["camera.browser"].open
    await made.switch(False, "camera.browser")
    assert not made.devices["camera.browser"].open
    again = House((), made.kept, pages=True)
    await again.cameras.start()
    assert again.states.value("camera.browser", "OnOff") is False
    other = House(("browser camera",), pages=True)
    await other.cameras.start()
    assert set(other.entities) == {"camera.browser", "camera.browser_2"}
    assert other.entities["camera.browser_2"].names
    for house in (made, again, other):
        await house.supervisor.close()


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("Hallway camera", "camera.hallway"),
        ("Küche", "camera.k_che"),
        ("???", "camera.camera"),
        ("camera", "camera.camera"),
    ],
)
def test_a_name_makes_an_id(name: str, entity: str) -> None:
    assert local_id(name) == entity
