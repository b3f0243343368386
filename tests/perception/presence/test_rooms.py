"""Days in a small house: what its sensors say, and which rooms the hub takes to be in use."""

import asyncio
from typing import Any

import pytest

from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.entities import Area, Entity, HomeView
from hub.core.events import (
    Event,
    GestureSeen,
    HomeChanged,
    Origin,
    PresenceChanged,
    SpeechTranscribed,
    StateChanged,
    Value,
    WakeHeard,
)
from hub.core.settings import PresenceSettings
from hub.core.states import StateTable
from hub.core.traits import PLAIN_CONFIG, TraitConfig
from hub.core.whereabouts import InUse, Located, in_use, located
from hub.perception.eyes.messages import PeopleSeen
from hub.perception.presence.belief import PRIOR
from hub.perception.presence.rooms import Rooms

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


# -- coming, staying, going ----------------------------------------------------------------------------------------


async def test_motion_switches_on_at_once_and_off_after_minutes() -> None:
    async with House() as house:
        house.says("binary_sensor.kitchen_motion", False)
        assert house.use("kitchen") == NOBODY
        await house.walk_past("kitchen_motion", 0)
        assert house.use("kitchen") == SOMEBODY
        await house.wait(180)
        assert house.use("kitchen") == SOMEBODY
        await house.wait(240)
        assert house.use("kitchen") == NOBODY
        assert [(e.area, e.people) for e in house.told] == [("kitchen", 0), ("kitchen", 1), ("kitchen", 0)]


async def test_a_radar_is_believed_when_it_sees_nobody() -> None:
    async with House() as house:
        house.says("binary_sensor.bedroom_radar", True)
        await house.wait(3600)
        assert house.use("bedroom") == SOMEBODY
        house.says("binary_sensor.bedroom_radar", False)
        await house.wait(40)
        assert house.use("bedroom") == NOBODY


async def test_hours_of_motion_are_forgotten_as_fast_as_a_minute_of_it() -> None:
    async with House() as house:
        for _ in range(240):
            await house.walk_past("office_motion", 20)
            await house.wait(40)
        assert house.use("office") == SOMEBODY
        await house.wait(360)
        assert house.use("office") == NOBODY


async def test_a_camera_switches_on_at_the_first_look_and_off_within_a_minute() -> None:
    async with House() as house:
        await house.film("office", "camera.office", 20, bodies=0)
        assert house.use("office") == NOBODY
        await house.film("office", "camera.office", 0.5, faces=1, confidence=0.8)
        assert house.use("office") == SOMEBODY
        await house.film("office", "camera.office", 5, bodies=0)
        assert house.use("office") == SOMEBODY
        await house.film("office", "camera.office", 55, bodies=0)
        assert house.use("office") == NOBODY


async def test_who_sits_still_and_is_hardly_seen_stays() -> None:
    async with House() as house:
        await house.film("office", "camera.office", 0.5, faces=1, confidence=0.9)
        for _ in range(100):
            await house.film("office", "camera.office", 5, bodies=0, faces=0)
            await house.film("office", "camera.office", 0.5, bodies=1, confidence=0.35)
        assert house.use("office") == SOMEBODY
        assert len(house.told) == 1


async def test_one_unsure_look_switches_nothing_on() -> None:
    async with House() as house:
        await house.film("office", "camera.office", 0.5, bodies=1, confidence=0.3)
        assert not house.use("office").somebody


async def test_a_camera_that_was_not_looking_for_people_says_nothing() -> None:
    async with House() as house:
        await house.film("office", "camera.office", 10, moved=0.1)
        assert house.use("office") == UNKNOWN
        assert house.rooms.belief("office") == PRIOR


async def test_a_camera_that_is_switched_off_leads_to_not_knowing() -> None:
    async with House() as house:
        await house.film("office", "camera.office", 5, faces=1, confidence=0.9)
        house.rooms.camera_closed("office", "camera.office")
        await house.wait(30)
        assert house.use("office") == SOMEBODY
        await house.wait(600)
        assert house.use("office") == UNKNOWN
        assert house.told[-1].confidence < 0.7


async def test_a_camera_that_falls_silent_leads_to_not_knowing_as_well() -> None:
    async with House() as house:
        await house.film("office", "camera.office", 30, bodies=0)
        assert house.use("office") == NOBODY
        await house.wait(600)
        assert house.use("office") == UNKNOWN


async def test_a_motion_sensor_that_cannot_be_reached_says_nothing() -> None:
    async with House() as house:
        house.says("binary_sensor.kitchen_motion", False)
        house.states.set_available("binary_sensor.kitchen_motion", False)
        await house.wait(300)
        assert house.use("kitchen") == UNKNOWN
        house.states.set_available("binary_sensor.kitchen_motion", True)
        assert house.use("kitchen") == NOBODY


# -- nobody twice --------------------------------------------------------------------------------------------------


async def test_two_cameras_in_one_room_count_the_same_people() -> None:
    async with House() as house:
        house.rooms.people_seen("office", "camera.a", PeopleSeen(camera=1, t=0, faces=2, confidence=0.9))
        house.rooms.people_seen("office", "camera.b", PeopleSeen(camera=2, t=0, faces=3, confidence=0.9))
        assert house.use("office") == InUse(True, 3)


async def test_a_face_and_a_body_are_one_person() -> None:
    async with House() as house:
        await house.film("office", "camera.a", 2, faces=1, bodies=1, confidence=0.9)
        assert house.use("office") == SOMEBODY


async def test_a_count_rises_at_once_and_falls_soon() -> None:
    async with House() as house:
        await house.film("office", "camera.a", 2, faces=1, confidence=0.9)
        await house.film("office", "camera.a", 0.5, faces=3, confidence=0.9)
        assert house.use("office").people == 3
        await house.film("office", "camera.a", 2, faces=2, confidence=0.9)
        assert house.use("office").people == 3  # one may have passed behind another
        await house.film("office", "camera.a", 6, faces=1, confidence=0.9)
        assert house.use("office").people == 1


async def test_a_known_person_is_in_one_room_only() -> None:
    async with House(people={"anna": ("binary_sensor.phone", "sensor.watch")}) as house:
        house.says("binary_sensor.phone", True)
        assert located(house.states, "anna") == Located(True, "")
        for room in ("Hall", "kitchen", "Office"):
            house.says("sensor.watch", room)
            in_rooms = [area for area in AREAS if house.use(area).somebody]
            assert in_rooms == [room.lower()] == [located(house.states, "anna").area]
            await house.wait(5)
        house.says("sensor.watch", "not_home")
        assert located(house.states, "anna") == Located(True, "")  # the phone is still here
        house.says("binary_sensor.phone", False)
        assert located(house.states, "anna") == Located(False, "")
        assert not [area for area in AREAS if house.use(area).somebody]


async def test_a_known_person_before_a_camera_is_one_person() -> None:
    async with House(people={"anna": ("sensor.watch",)}) as house:
        house.says("sensor.watch", "office")
        await house.film("office", "camera.a", 2, faces=1, confidence=0.9)
        assert house.use("office") == SOMEBODY


async def test_somebody_walks_through_three_rooms() -> None:
    async with House() as house:
        for area in ("hall", "kitchen", "office"):
            house.says(f"binary_sensor.{area}_motion", False)
        for area in ("hall", "kitchen", "office"):
            await house.walk_past(f"{area}_motion", 8)
            assert house.use(area) == SOMEBODY
        for _ in range(12):
            await house.wait(50)
            await house.walk_past("office_motion", 5)
        assert [house.use(a) for a in ("hall", "kitchen", "office")] == [NOBODY, NOBODY, SOMEBODY]


async def test_a_door_makes_the_hub_doubt_what_it_only_remembers() -> None:
    async def seconds_until_off(*, door: bool) -> float:
        async with House() as house:
            house.says("binary_sensor.front_door", False)
            await house.walk_past("hall_motion", 5)
            if door:
                house.says("binary_sensor.front_door", True)
                house.says("binary_sensor.front_door", False)
            for seconds in range(0, 600, 5):
                if not house.use("hall").somebody:
                    return seconds
                await house.wait(5)
        raise AssertionError("never")

    assert await seconds_until_off(door=True) < await seconds_until_off(door=False)


async def test_a_door_with_nobody_and_a_window_switch_nothing_on() -> None:
    async with House() as house:
        house.says("binary_sensor.hall_motion", False)
        for _ in range(20):
            for opening in ("binary_sensor.front_door", "binary_sensor.hall_window"):
                house.says(opening, True)
                await house.wait(3)
                house.says(opening, False)
            assert house.use("hall") == NOBODY


# -- voices and hands ----------------------------------------------------------------------------------------------


def words(area: str, confidence: float = 0.9) -> SpeechTranscribed:
    return SpeechTranscribed(
        stream="mouth", text="hello", confidence=confidence, t_start=0, t_end=1, origin=Origin(area=area)
    )


@pytest.mark.parametrize(
    "event",
    [
        WakeHeard(stream="mouth", word="hey_jarvis", score=0.9, t=0, origin=Origin(area="attic")),
        words("attic"),
        words("attic", 0.2),
        GestureSeen(stream="camera.x", name="fist", hand="left", confidence=0.7, t=0, origin=Origin(area="attic")),
    ],
    ids=["wake", "speech", "unsure speech", "gesture"],
)
async def test_voices_and_hands_are_somebodys_and_silence_then_tells_nothing(event: Event) -> None:
    async with House() as house:
        house.bus.publish(event)
        assert house.use("attic") == SOMEBODY
        assert house.told[-1].causes == (event.id,)
        await house.wait(1800)
        assert house.use("attic") == UNKNOWN


async def test_a_voice_from_nowhere_is_in_no_room() -> None:
    async with House() as house:
        house.bus.publish(words(""))
        assert house.told == []


async def test_the_same_event_twice_adds_nothing() -> None:
    async with House() as house:
        event = words("attic", 0.2)
        house.bus.publish(event)
        believed = house.rooms.belief("attic")
        house.bus.publish(event)
        assert house.rooms.belief("attic") == believed
        await house.wait(60)
        faded = house.rooms.belief("attic")
        house.bus.publish(event)
        assert house.rooms.belief("attic") == faded < believed


async def test_a_light_switched_by_hand_is_somebody_by_us_is_not() -> None:
    async with House() as house:
        house.says("light.office", False)
        house.says("light.office", True, 77)  # our own command
        assert house.use("office") == UNKNOWN
        house.says("light.office", False)
        assert house.use("office") == SOMEBODY


async def test_an_outlet_a_lock_and_a_player_say_less() -> None:
    async with House() as house:
        for entity, first, then in (
            ("switch.coffee", False, True),
            ("lock.front", "unlocked", "locked"),
            ("media_player.tv", "playing", "idle"),
        ):
            house.says(entity, first)
            house.says(entity, then)
        assert not house.use("attic").somebody and not house.use("hall").somebody
        assert house.rooms.belief("attic") > PRIOR
        assert house.rooms.belief("hall") == PRIOR  # it may have locked itself


async def test_the_lamp_that_the_hub_switched_is_no_sign_in_the_light_meter() -> None:
    async with House() as house:
        house.says("sensor.office_lux", 20.0)
        await house.wait(30)
        house.says("light.office", True, 77)
        house.says("sensor.office_lux", 400.0)
        assert not house.use("office").somebody
    async with House() as house:
        house.says("sensor.office_lux", 20.0)
        await house.wait(30)
        house.says("sensor.office_lux", 400.0)
        assert house.use("office") == SOMEBODY


# -- what contradicts, repeats, jumps ------------------------------------------------------------------------------


async def test_a_face_outweighs_all_that_see_nobody() -> None:
    async with House() as house:
        house.says("binary_sensor.office_motion", False)
        await house.film("office", "camera.a", 20, bodies=0)
        await house.film("office", "camera.b", 20, bodies=0)
        house.rooms.people_seen("office", "camera.c", PeopleSeen(camera=3, t=0, faces=1, confidence=0.9))
        assert house.use("office") == SOMEBODY


async def test_motion_that_a_camera_does_not_confirm_is_over_soon() -> None:
    async with House() as house:
        await house.film("office", "camera.a", 20, bodies=0)
        await house.walk_past("office_motion", 2)
        assert house.use("office") == SOMEBODY
        await house.film("office", "camera.a", 60, bodies=0)
        assert house.use("office") == NOBODY


async def test_a_sensor_that_repeats_itself_is_one_sensor() -> None:
    async with House() as house:
        house.says("binary_sensor.kitchen_motion", True)
        believed = house.rooms.belief("kitchen")
        for _ in range(1000):
            house.says("binary_sensor.kitchen_motion", False)
            house.says("binary_sensor.kitchen_motion", True)
        assert house.rooms.belief("kitchen") == believed < 0.99
        assert len(house.told) == 1


async def test_what_was_before_a_restart_is_uncertain_until_it_is_told_again() -> None:
    house = House()
    house.states.restore("binary_sensor.bedroom_radar", "Presence", True, 0.0)
    house.states.restore("binary_sensor.kitchen_motion", "Presence", False, 0.0)
    house.states.restore("area.kitchen", "Presence", True, 0.0)
    house.states.restore("light.office", "OnOff", False, 0.0)
    async with house:
        assert house.use("bedroom") == house.use("kitchen") == UNKNOWN
        house.says("light.office", True)  # it may have been so for hours
        assert house.use("office") == UNKNOWN
        await house.wait(150)
        assert (house.use("bedroom"), house.use("kitchen")) == (SOMEBODY, NOBODY)


async def test_a_hub_that_stops_leaves_no_belief_behind() -> None:
    async with House(people={"anna": ("sensor.watch",)}) as house:
        house.says("sensor.watch", "kitchen")
        assert house.use("kitchen") == SOMEBODY
    assert house.use("kitchen") == UNKNOWN
    assert located(house.states, "anna") == Located()


async def test_a_sensor_that_moves_takes_its_word_along() -> None:
    async with House() as house:
        house.says("binary_sensor.kitchen_motion", True)
        moved = {**house.home.entities, "binary_sensor.kitchen_motion": sensor("kitchen_motion", "attic", "motion")}
        house.home = HomeView(areas=dict(AREAS), entities=moved)
        house.bus.publish(HomeChanged(what="entity"))
        assert (house.use("kitchen"), house.use("attic")) == (UNKNOWN, SOMEBODY)
        house.home = HomeView(areas=dict(AREAS))
        house.bus.publish(HomeChanged(what="entity"))
        assert house.use("attic") == UNKNOWN


async def test_a_household_decides_where_it_is_not_wanted() -> None:
    async with House(not_in=("bedroom",), ignore=("binary_sensor.hall_motion",)) as house:
        house.says("binary_sensor.bedroom_radar", True)
        house.says("binary_sensor.hall_motion", True)
        house.bus.publish(words("bedroom"))
        assert house.told == []
    async with House(enabled=False) as house:
        house.says("binary_sensor.kitchen_motion", True)
        await house.film("office", "camera.a", 1, faces=1, confidence=0.9)
        assert house.told == []


async def test_areas_without_a_source_have_no_presence() -> None:
    async with House() as house:
        await house.wait(3600)
        assert all(house.use(area) == UNKNOWN and house.rooms.somebody(area) is None for area in AREAS)
        assert (house.rooms.people("attic"), house.rooms.belief("attic")) == (0, PRIOR)


async def test_the_story_of_a_room_leads_to_its_sensor() -> None:
    async with House() as house:
        events: dict[int, Event] = {}
        house.bus.subscribe(Event, lambda event: events.__setitem__(event.id, event))
        house.says("binary_sensor.kitchen_motion", True)
        room = next(e for e in events.values() if isinstance(e, StateChanged) and e.entity == "area.kitchen")
        presence = events[room.causes[0]]
        assert isinstance(presence, PresenceChanged)
        sensor_event = events[presence.causes[0]]
        assert isinstance(sensor_event, StateChanged) and sensor_event.entity == "binary_sensor.kitchen_motion"


async def test_nothing_is_computed_while_nothing_can_change() -> None:
    async with House() as house:
        house.says("binary_sensor.bedroom_radar", True)
        await house.wait(200)  # past the time for which old words are weak
        asked = 0
        told = house.rooms._areas.catch_up

        def counted() -> float:
            nonlocal asked
            asked += 1
            return told()

        house.rooms._areas.catch_up = counted  # type: ignore[method-assign]
        await house.wait(100_000)
        assert asked == 0


async def test_thousands_of_events_a_second_are_looked_ahead_from_a_few_times_only() -> None:
    async with House() as house:
        asked = 0
        told = house.rooms._areas.catch_up

        def counted() -> float:
            nonlocal asked
            asked += 1
            return told()

        house.rooms._areas.catch_up = counted  # type: ignore[method-assign]
        for n in range(5_000):
            house.says("binary_sensor.kitchen_motion", n % 2 == 0)
            house.rooms.people_seen("office", "camera.a", PeopleSeen(camera=1, t=0, faces=n % 3, confidence=0.9))
            if n % 5 == 0:
                await house.wait(0.001)
        assert asked <= 12
        assert len(house.told) <= 3
