"""Files before the eyes, with a tap that decodes nothing and eyes that have no worker."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from hub.core.errors import MediaError, WorkerDiedError
from hub.core.events import Event, GestureMade, GestureSeen, PresenceChanged
from hub.guard.worker_host import WorkerHost
from hub.media.slot import Slot
from hub.media.tap.messages import SourceEnded
from hub.media.tap.tap import Tap
from hub.perception.eyes.eyes import Eyes
from hub.perception.eyes.messages import CameraEnded, CameraTrouble, CloseCamera, EndCamera, FromEyes, OpenCamera
from hub.perception.seen import PeopleSeen
from hub.satellites.viewer import Viewer
from tests.perception.eyes.fakes import FakeHost, hand, hands, until


class FakeTap:
    """Plays nothing, until it is told how that ends."""

    def __init__(self) -> None:
        self.played: list[Path] = []
        self.ending: asyncio.Future[SourceEnded] = asyncio.get_running_loop().create_future()
        self.stopped = False

    async def play_file(self, file: Path) -> SourceEnded:
        self.played.append(file)
        try:
            return await self.ending
        except asyncio.CancelledError:
            self.stopped = True
            raise


class Show:
    """A viewer and what it told."""

    def __init__(self) -> None:
        self.host = FakeHost()
        self.eyes = Eyes(cast("WorkerHost[FromEyes]", self.host))
        self.tap = FakeTap()
        self.slot = Slot.create()
        self.viewer = Viewer(self.eyes, cast("Tap", self.tap), self.slot)
        self.told: list[tuple[Event, float]] = []

    def tell(self, event: Event, t: float) -> None:
        self.told.append((event, t))

    def begin(self, file: Path, tell: Callable[[Event, float], None] | None = None, **options: Any) -> Any:
        return asyncio.create_task(self.viewer.look(file, tell or self.tell, **options))

    @property
    def opening(self) -> OpenCamera:
        return next(said for said in self.host.sent if isinstance(said, OpenCamera))

    async def opened(self) -> int:
        await until(lambda: self.tap.played)
        return self.opening.camera

    async def play(self, *seen: Any, frames: int = 9) -> None:
        """All of it was played and looked at."""
        number = await self.opened()
        self.host.say(*seen)
        self.tap.ending.set_result(SourceEnded(source=1, frames=frames, seconds=1.5))
        await until(lambda: EndCamera(number) in self.host.sent)
        self.host.say(CameraEnded(camera=number, frames=frames, stages_ms={"hands": 1.23456}))


@pytest.fixture
async def show() -> AsyncIterator[Show]:
    made = Show()
    await made.eyes.start()
    yield made
    await made.eyes.stop()
    made.slot.close()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\0\0\0\x20ftypisom")
    return path


async def result(looking: Any) -> Any:
    async with asyncio.timeout(10):
        return await looking


async def test_a_film_is_told_and_then_what_it_cost(show: Show, film: Path) -> None:
    looking = show.begin(film, area="hallway", woken=True)
    number = await show.opened()
    seen = [hands(number, n / 15, *([hand("thumb_up")] if n > 5 else [])) for n in range(40)]
    await show.play(*seen, PeopleSeen(camera=number, t=2.6, faces=1, confidence=0.99), frames=40)
    end = await result(looking)
    assert {type(event) for event, _ in show.told} == {GestureSeen, GestureMade, PresenceChanged}
    assert {event.origin.area for event, _ in show.told} == {"hallway"}
    assert [t for _, t in show.told] == sorted(t for _, t in show.told)
    assert end.pop("fps") > 0 and end.pop("wall_s") >= 0
    assert end == {"event": "end", "file": str(film), "frames": 40, "video_s": 1.5, "stages_ms": {"hands": 1.23}}
    assert show.viewer.hands == 34
    assert show.host.sent[-1] == EndCamera(number)


async def test_one_file_after_the_other_is_a_camera_of_its_own(show: Show, film: Path) -> None:
    for _ in range(2):
        looking = show.begin(film)
        show.tap.ending = asyncio.get_running_loop().create_future()
        show.tap.played.clear()
        await show.play()
        await result(looking)
        show.host.sent.clear()
    assert show.slot.for_writer()  # the viewer's own


async def test_a_picture_is_looked_at_for_itself(show: Show, tmp_path: Path) -> None:
    picture = tmp_path / "named.mp4"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    looking = show.begin(picture, woken=True, arm=False)
    await show.play(hands(await show.opened(), 0.0, hand("thumb_up")))
    await result(looking)
    assert show.opening.stills
    assert [type(event) for event, _ in show.told] == [GestureSeen]


async def test_who_looks_for_people_may_believe_for_himself(show: Show, film: Path) -> None:
    looks: list[PeopleSeen] = []
    looking = show.begin(film, people=looks.append)
    await show.play(look := PeopleSeen(camera=await show.opened(), t=0.0, faces=1, confidence=0.99))
    await result(looking)
    assert looks == [look] and show.told == []


@pytest.mark.parametrize("what", ["nothing", "folder", "pipe", "broken link"])
async def test_what_is_no_file_is_said_at_once(show: Show, tmp_path: Path, what: str) -> None:
    file = tmp_path / what
    if what == "folder":
        file.mkdir()
    elif what == "pipe":
        os.mkfifo(file)
    elif what == "broken link":
        file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(MediaError) as caught:
        await result(show.begin(file))
    assert caught.value.place == str(file)
    assert show.host.sent == []


async def test_what_the_eyes_refuse_is_not_played_on(show: Show, film: Path) -> None:
    looking = show.begin(film)
    show.host.say(CameraTrouble(await show.opened(), MediaError("too narrow").to_wire()))
    with pytest.raises(MediaError) as caught:
        await result(looking)
    assert (caught.value.place, caught.value.message) == (str(film), "too narrow")
    assert show.tap.stopped


async def test_what_the_tap_refuses_closes_the_camera(show: Show, film: Path) -> None:
    looking = show.begin(film)
    number = await show.opened()
    show.tap.ending.set_exception(MediaError("no film", place="another name"))
    with pytest.raises(MediaError) as caught:
        await result(looking)
    assert caught.value.place == "another name"
    assert show.host.sent[-1] == CloseCamera(number)


async def test_eyes_that_died_meanwhile_do_not_pretend_to_have_seen_all(show: Show, film: Path) -> None:
    looking = show.begin(film)
    number = await show.opened()
    show.host.say(hands(number, 0.0, hand("thumb_up")))
    show.host.die()
    show.host.come_up()
    await until(lambda: len(show.host.sent) == 2)
    await show.play()
    with pytest.raises(WorkerDiedError, match="something was missed") as caught:
        await result(looking)
    assert caught.value.place == str(film)


async def test_eyes_that_were_closed_meanwhile_end_it(show: Show, film: Path) -> None:
    looking = show.begin(film)
    await show.opened()
    await show.eyes.stop()
    with pytest.raises(WorkerDiedError):
        await result(looking)
    assert show.tap.stopped


async def test_who_does_not_listen_any_more_ends_it(show: Show, film: Path) -> None:
    def gone(event: Event, t: float) -> None:
        raise BrokenPipeError

    looking = show.begin(film, gone)
    number = await show.opened()
    show.host.say(*[hands(number, n / 15, hand("thumb_up")) for n in range(20)])
    with pytest.raises(BrokenPipeError):
        await result(looking)
    assert show.tap.stopped
    assert show.host.sent[-1] == CloseCamera(number)


async def test_given_up_it_leaves_nothing_open(show: Show, film: Path) -> None:
    looking = show.begin(film)
    number = await show.opened()
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await result(looking)
    assert show.tap.stopped
    assert show.host.sent[-1] == CloseCamera(number)
