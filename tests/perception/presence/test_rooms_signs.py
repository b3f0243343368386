"""Signs of people beside sensors and cameras, and what contradicts, repeats and jumps."""

import pytest

from hub.core.entities import HomeView
from hub.core.events import (
    Event,
    GestureSeen,
    HomeChanged,
    Origin,
    PresenceChanged,
    SpeechTranscribed,
    StateChanged,
    WakeHeard,
)
from hub.core.whereabouts import Located, located
from hub.perception.presence.belief import PRIOR
from hub.perception.seen import PeopleSeen
from tests.perception.presence.rooms_house import (
    AREAS,
    NOBODY,
    SOMEBODY,
    UNKNOWN,
    House,
    sensor,
)

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


def looks_ahead(house: House) -> list[float]:
    """What comes of each time that the house looks ahead from now on."""
    found: list[float] = []
    told = house.rooms._areas.catch_up

    def noted() -> float:
        found.append(told())
        return found[-1]

    house.rooms._areas.catch_up = noted  # type: ignore[method-assign]
    return found


async def test_nothing_is_computed_while_nothing_can_change() -> None:
    async with House() as house:
        house.says("binary_sensor.bedroom_radar", True)
        await house.wait(200)  # past the time for which old words are weak
        asked = looks_ahead(house)
        await house.wait(100_000)
        assert not asked


async def test_thousands_of_events_a_second_are_looked_ahead_from_a_few_times_only() -> None:
    async with House() as house:
        asked = looks_ahead(house)
        for n in range(5_000):
            house.says("binary_sensor.kitchen_motion", n % 2 == 0)
            house.rooms.people_seen("office", "camera.a", PeopleSeen(camera=1, t=0, faces=n % 3, confidence=0.9))
            if n % 5 == 0:
                await house.wait(0.001)
        assert len(asked) <= 12
        assert len(house.told) <= 3
