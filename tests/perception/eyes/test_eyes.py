"""The hub's side of the eyes, with a host that has no worker."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from hub.core.errors import MediaError, SealError, UnavailableError
from hub.guard.worker_host import WorkerHost
from hub.media.slot import Slot
from hub.perception.eyes.eyes import Eyes
from hub.perception.eyes.messages import (
    CameraEnded,
    CameraPace,
    CameraTrouble,
    CloseCamera,
    EndCamera,
    FromEyes,
    OpenCamera,
    TellLandmarks,
)
from hub.perception.eyes.view import View
from hub.perception.seen import HandsSeen, Landmarks, PeopleSeen
from tests.perception.eyes.fakes import FakeHost, hand, hands, until


def eyes_of(host: FakeHost) -> Eyes:
    return Eyes(cast("WorkerHost[FromEyes]", host))


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


@pytest.fixture
async def eyes(host: FakeHost) -> AsyncIterator[Eyes]:
    made = eyes_of(host)
    await made.start()
    yield made
    await made.stop()


def pace(camera: int) -> CameraPace:
    return CameraPace(camera=camera, frames=1, passed_over=0, age_ms=1.0, slowest_ms=1.0)


async def test_what_is_seen_comes_out_of_its_view_until_all_was_looked_at(eyes: Eyes, host: FakeHost) -> None:
    hall, door = await eyes.open("hall"), await eyes.open("door", people=False)
    assert host.sent == [hall.opening, door.opening]
    assert (hall.opening.people, door.opening.people) == (True, False)
    seen = (hands(hall.number, 1.0, hand()), PeopleSeen(camera=hall.number, t=2.0))
    host.say(hands(door.number, 9.0), *seen)
    await hall.end()
    await hall.end()
    assert host.sent[2:] == [EndCamera(hall.number)]
    host.say(CameraEnded(camera=hall.number, frames=2))
    assert [said async for said in hall] == list(seen)
    assert hall.ended is not None and hall.ended.frames == 2
    assert not hall.interrupted


async def test_a_new_worker_is_told_how_things_stand(eyes: Eyes, host: FakeHost) -> None:
    hall, door, gone = [await eyes.open(name) for name in ("hall", "door", "gone")]
    await gone.close()
    await door.end()
    assert host.lost() == "what door, hall showed"
    first = list(host.descriptors)
    host.sent.clear()
    host.die()
    await until(lambda: hall.interrupted)
    opening = asyncio.create_task(eyes.open("late"))
    await asyncio.sleep(0)
    assert not opening.done()
    host.come_up()
    late = await opening
    assert host.sent == [hall.opening, door.opening, EndCamera(door.number), late.opening]
    assert not late.interrupted
    assert set(host.descriptors[-4]).isdisjoint(first[0][:1])  # the memory opened anew: no lock of the dead one holds
    host.say(hands(hall.number, 1.0))
    await hall.close()
    assert [said.t async for said in hall] in ([], [1.0])


async def test_closed_while_the_worker_is_down_it_is_not_opened_again(eyes: Eyes, host: FakeHost) -> None:
    hall = await eyes.open("hall")
    host.die()
    await until(lambda: hall.interrupted)
    await hall.close()
    host.sent.clear()
    host.come_up()
    await eyes.open("door")
    assert [type(said) for said in host.sent] == [OpenCamera]


async def test_words_about_cameras_that_are_not_open_are_passed_over(eyes: Eyes, host: FakeHost) -> None:
    hall = await eyes.open("hall")
    for number in (0, 999, 70_000):
        host.say(hands(number, 1.0), pace(number), CameraEnded(camera=number, frames=1), CameraTrouble(number, {}))
    host.say(hands(hall.number, 2.0), CameraEnded(camera=hall.number, frames=1), hands(hall.number, 3.0))
    assert [said.t async for said in hall] == [2.0]
    assert [view async for view in await closed(eyes)] == []


async def closed(eyes: Eyes) -> View:
    view = await eyes.open("other")
    await view.close()
    await view.close()
    return view


@pytest.mark.parametrize("error", [MediaError("too dark").to_wire(), {}, {"code": "?", "message": "too dark"}])
async def test_trouble_ends_its_view_and_can_be_asked_for(eyes: Eyes, host: FakeHost, error: dict[str, str]) -> None:
    hall, door = await eyes.open("hall"), await eyes.open("door")
    host.say(CameraTrouble(hall.number, error))
    assert [said async for said in hall] == []
    assert hall.trouble is not None and hall.trouble.message == error.get("message", "")
    host.say(hands(door.number, 1.0))
    async for said in door:
        assert said.t == 1.0
        break
    await hall.end()
    await hall.close()
    assert not [said for said in host.sent if isinstance(said, EndCamera | CloseCamera)]


async def test_the_seventeenth_camera_is_refused(eyes: Eyes) -> None:
    views = [await eyes.open(f"camera {number}") for number in range(16)]
    assert len({view.number for view in views}) == 16
    with pytest.raises(UnavailableError, match="16 cameras are open"):
        await eyes.open("one more")
    await views[3].close()
    await eyes.open("one more")


async def test_all_that_wait_for_the_eyes_are_counted(eyes: Eyes, host: FakeHost) -> None:
    first = await eyes.open("first")
    host.die()
    await until(lambda: first.interrupted)
    opening = [asyncio.create_task(eyes.open(f"camera {number}")) for number in range(20)]
    await asyncio.sleep(0)
    host.come_up()
    opened = await asyncio.gather(*opening, return_exceptions=True)
    assert sum(isinstance(view, View) for view in opened) == 15


async def test_numbers_are_used_again_but_never_two_at_once(eyes: Eyes) -> None:
    hall = await eyes.open("hall")
    eyes._last_number = 65_535
    door = await eyes.open("door")
    assert hall.number == 1 and door.number == 2


async def test_opening_can_be_given_up_at_any_moment(eyes: Eyes, host: FakeHost) -> None:
    for turns in range(6):
        opening = asyncio.create_task(eyes.open(f"camera {turns}"))
        for _ in range(turns):
            await asyncio.sleep(0)
        was_done = opening.done()
        opening.cancel()
        [result] = await asyncio.gather(opening, return_exceptions=True)
        assert was_done or isinstance(result, asyncio.CancelledError)  # never swallowed


async def test_a_reader_that_never_comes_costs_bounded_memory(eyes: Eyes, host: FakeHost) -> None:
    hall = await eyes.open("hall")
    host.say(*[hands(hall.number, float(n)) for n in range(2_000)], CameraEnded(camera=hall.number, frames=2_000))
    await until(lambda: hall.ended)
    seen: list[Any] = [said.t async for said in hall]
    assert seen == [float(n) for n in range(2_000 - 512, 2_000)]


async def test_paces_are_told_by_name(eyes: Eyes, host: FakeHost) -> None:
    hall = await eyes.open("hall")
    assert list(eyes.paces()) == []
    host.say(pace(hall.number))
    await until(lambda: hall.pace)
    assert list(eyes.paces()) == [("hall", pace(hall.number))]
    await hall.close()
    assert list(eyes.paces()) == []


async def test_a_slot_of_ones_own_is_zeroed_and_a_borrowed_one_stays_its_owners(eyes: Eyes) -> None:
    own, slot = await eyes.open("hall"), Slot.create()
    borrowed = await eyes.open("file", slot=slot)
    await own.close()
    await borrowed.close()
    with pytest.raises(MediaError, match="closed"):
        own.slot.for_writer()
    assert slot.for_writer()
    slot.close()


async def test_stopped_eyes_end_every_view_and_open_none(eyes: Eyes) -> None:
    hall = await eyes.open("hall")
    await eyes.stop()
    assert [said async for said in hall] == []
    with pytest.raises(UnavailableError, match="not running"):
        await eyes.open("door")


async def test_eyes_that_cannot_be_sealed_do_not_start(host: FakeHost) -> None:
    host.fails = SealError("no filter today")
    eyes = eyes_of(host)
    with pytest.raises(SealError):
        await eyes.start()
    with pytest.raises(UnavailableError):
        await eyes.open("hall")


def landmarks(camera: int, t: float, hands: int = 1) -> Landmarks:
    return Landmarks(camera=camera, t=t, hands=((0.5,) * 42,) * hands)


async def test_joints_are_passed_on_while_they_are_wanted_with_what_was_seen_of_the_hand(
    eyes: Eyes, host: FakeHost
) -> None:
    told: list[tuple[str, HandsSeen | None, Landmarks]] = []
    eyes.on_landmarks = lambda *each: told.append(each)
    hall = await eyes.open("hall")
    seen, joints = hands(hall.number, 1.0, hand("fist")), landmarks(hall.number, 1.0)
    host.say(seen, joints, pace(hall.number))
    await until(lambda: hall.pace)
    assert told == []  # nobody wanted them
    await eyes.tell_landmarks(True)
    await eyes.tell_landmarks(True)
    assert host.sent == [hall.opening, TellLandmarks(True)]
    host.say(seen, joints, landmarks(999, 1.0))
    await until(lambda: told)
    assert told == [("hall", seen, joints)]
    await hall.close()
    assert [type(said) async for said in hall] == [HandsSeen, HandsSeen]  # they are not among what is seen


async def test_a_new_worker_is_told_whether_joints_are_wanted(eyes: Eyes, host: FakeHost) -> None:
    hall = await eyes.open("hall")
    for wanted in (True, False):
        await eyes.tell_landmarks(wanted)
        host.die()
        await until(lambda: hall.interrupted)
        hall.interrupted = False
        host.sent.clear()
        host.come_up()
        await until(lambda: hall.opening in host.sent)
        assert (TellLandmarks(True) in host.sent) is wanted
