"""Who is believed to be in which room: coming, staying, going, and nobody twice."""

from hub.core.whereabouts import InUse, Located, located
from hub.perception.presence.belief import PRIOR
from hub.perception.seen import PeopleSeen
from tests.perception.presence.rooms_house import (
    AREAS,
    NOBODY,
    SOMEBODY,
    UNKNOWN,
    House,
)

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
