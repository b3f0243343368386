"""A camera at work, with eyes that have no worker and a device that is none."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from hub.core.bus import Bus
from hub.core.errors import HearthError, MediaError, SealError
from hub.core.events import GestureMade, GestureSeen, HandPointed, Origin, Replied, WakeHeard
from hub.core.settings import CameraSettings
from hub.guard.worker_host import WorkerHost
from hub.media.tap.messages import SourceEnded, SourceReady, SourceTrouble
from hub.perception.eyes.eyes import Eyes
from hub.perception.eyes.messages import CameraEnded, CameraTrouble, CloseCamera, EndCamera, FromEyes, OpenCamera
from hub.perception.seen import Hand, PeopleSeen
from hub.satellites.live_camera import LiveCamera
from tests.perception.eyes.fakes import FakeHost, hand, hands, until

READY = SourceReady(source=1, width=6, height=4)
ENDED = SourceEnded(source=1, frames=2, seconds=0.1)


class FakeDevice:
    """A camera's process, in its place."""

    made: "list[FakeDevice]" = []  # noqa: RUF012 -- of one test
    fails: Exception | None = None

    def __init__(self, slot: Any, told: Any) -> None:
        self.slot, self.told = slot, told
        self.open = False
        self.made.append(self)

    async def start(self) -> None:
        if self.fails is not None:
            raise self.fails
        self.open = True

    async def stop(self) -> None:
        assert self.slot.for_writer()  # it may still write: its memory is let go of afterwards
        self.open = False


class Room:
    """A camera in the hallway, and what came of it."""

    def __init__(self, *, fixed: bool = True) -> None:
        self.host = FakeHost()
        self.eyes = Eyes(cast("WorkerHost[FromEyes]", self.host))
        self.bus = Bus()
        self.events: list[Any] = []
        self.bus.subscribe((GestureSeen, GestureMade, HandPointed), self.events.append)
        self.people: list[PeopleSeen] = []
        self.closed: list[tuple[str, str]] = []
        self.reports: list[HearthError | None] = []
        about = CameraSettings(name="hallway camera", source="/dev/video7", area="hallway", rate=9)
        self.camera = LiveCamera(
            about, "camera.hallway", self.eyes, self.bus, self, FakeDevice, report=self.reports.append, fixed=fixed
        )
        self.run: asyncio.Task[None] | None = None

    def people_seen(self, area: str, stream: str, seen: PeopleSeen) -> None:
        assert (area, stream) == ("hallway", "camera.hallway")
        self.people.append(seen)

    def camera_closed(self, area: str, stream: str) -> None:
        self.closed.append((area, stream))

    @property
    def device(self) -> FakeDevice:
        return FakeDevice.made[-1]

    @property
    def number(self) -> int:
        return next(said.camera for said in reversed(self.host.sent) if isinstance(said, OpenCamera))

    async def look(self) -> None:
        self.run = asyncio.create_task(self.camera.run())
        await until(lambda: FakeDevice.made and self.device.open)

    async def over(self) -> None:
        """Returns when it is over; raises what it ended with."""
        assert self.run is not None
        async with asyncio.timeout(10):
            await self.run

    def let_go(self) -> None:
        """Asserts that nothing of it is left."""
        assert not self.device.open
        with pytest.raises(MediaError, match="closed"):
            self.device.slot.for_writer()
        assert self.closed == [("hallway", "camera.hallway")]
        assert self.reports[-1] is None


@pytest.fixture
async def room(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    """Its camera stays where it is, unless the parameter is False."""
    monkeypatch.setattr(FakeDevice, "made", [])
    monkeypatch.setattr(FakeDevice, "fails", None)
    made = Room(fixed=getattr(request, "param", True))
    await made.eyes.start()
    yield made
    if made.run is not None:
        made.run.cancel()
        await asyncio.gather(made.run, return_exceptions=True)
    await made.eyes.stop()


def shown(camera: int, seen: Hand, seconds: float, since: float) -> list[Any]:
    return [hands(camera, since + n / 15, seen) for n in range(round(seconds * 15))]


async def test_what_it_sees_goes_to_the_home_and_off_lets_go_of_everything(room: Room) -> None:
    await room.look()
    room.device.told(READY)
    room.host.say(*shown(room.number, hand("point", points=True), 0.6, 5.0), PeopleSeen(camera=room.number, t=6.0))
    await until(lambda: room.people)
    assert {type(event) for event in room.events} == {GestureSeen, HandPointed}
    assert {event.origin for event in room.events} == {Origin(area="hallway", source="camera.hallway")}
    assert room.run is not None
    room.run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await room.over()
    room.let_go()
    assert room.host.sent[-1] == CloseCamera(room.number)
    told = len(room.events)
    room.host.say(*shown(room.number, hand("point", points=True), 0.6, 7.0))
    await asyncio.sleep(0.01)
    assert len(room.events) == told


@pytest.mark.parametrize("room", [False], indirect=True)
async def test_a_camera_that_is_carried_about_tells_gestures_and_not_where_fingers_point(room: Room) -> None:
    await room.look()
    room.host.say(*shown(room.number, hand("point", points=True), 0.6, 5.0), PeopleSeen(camera=room.number, t=6.0))
    await until(lambda: room.people)
    assert {type(event) for event in room.events} == {GestureSeen}


@pytest.mark.parametrize("area", ["hallway", "kitchen"])
@pytest.mark.parametrize("asked", [False, True])
async def test_the_wake_word_and_a_question_in_its_area_make_a_gesture_count(
    room: Room, area: str, asked: bool
) -> None:
    await room.look()
    heard, origin = time.monotonic(), Origin(area=area)
    room.bus.publish(Replied(text="Sure?", expects_answer=True, origin=origin) if asked else wake(origin))
    room.host.say(*shown(room.number, hand("thumb_up"), 1.5, heard + 0.3), PeopleSeen(camera=room.number, t=1.0))
    await until(lambda: room.people)
    assert [e.name for e in room.events if isinstance(e, GestureSeen)] == ["thumb_up"]
    made = [e.name for e in room.events if isinstance(e, GestureMade)]
    assert made == (["thumb_up"] if area == "hallway" else [])


def wake(origin: Origin) -> WakeHeard:
    return WakeHeard(stream="satellite", word="hey_jarvis", score=0.9, t=1.0, origin=origin)


async def test_a_film_that_is_over_was_told_to_its_end(room: Room) -> None:
    await room.look()
    room.device.told(ENDED)
    await until(lambda: EndCamera(room.number) in room.host.sent)
    room.host.say(PeopleSeen(camera=room.number, t=6.0), CameraEnded(camera=room.number, frames=2))
    await room.over()
    assert len(room.people) == 1
    room.let_go()


async def test_why_it_shows_nothing_is_reported_until_it_shows_something(room: Room) -> None:
    await room.look()
    for news in (SourceTrouble(0, MediaError("unplugged").to_wire()), READY):
        room.device.told(news)
    assert [report and report.message for report in room.reports] == ["unplugged", None]
    assert room.run is not None and not room.run.done()


async def test_a_camera_that_the_eyes_refuse_is_closed(room: Room) -> None:
    await room.look()
    room.host.say(CameraTrouble(room.number, MediaError("too narrow").to_wire()))
    with pytest.raises(MediaError, match="too narrow"):
        await room.over()
    room.let_go()


async def test_a_process_that_cannot_be_sealed_opens_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeDevice, "fails", SealError("no filter today"))
    with pytest.raises(SealError):
        await room.camera.run()
    room.let_go()
    assert room.host.sent[-1] == CloseCamera(room.number)


async def test_it_goes_on_in_the_next_worker(room: Room) -> None:
    await room.look()
    room.host.die()
    room.host.come_up()
    await until(lambda: len(room.host.sent) == 2)
    assert room.host.sent[0] == room.host.sent[1]
    room.host.say(PeopleSeen(camera=room.number, t=6.0))
    await until(lambda: room.people)
    assert room.device.open and len(FakeDevice.made) == 1


async def test_switched_off_at_any_moment_it_is_off(room: Room) -> None:
    for turns in range(12):
        run = asyncio.create_task(room.camera.run())
        for _ in range(turns):
            await asyncio.sleep(0)
        run.cancel()
        async with asyncio.timeout(10):
            [result] = await asyncio.gather(run, return_exceptions=True)
        assert isinstance(result, asyncio.CancelledError)
        assert not any(device.open for device in FakeDevice.made)
    opened = [said.camera for said in room.host.sent if isinstance(said, OpenCamera)]
    assert opened == [said.camera for said in room.host.sent if isinstance(said, CloseCamera)]
