"""Taps as the hub starts them: real sealed processes, with the looking end of the slot in this one."""

import asyncio
import os
import select
import signal
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest

from hub.core.bus import Bus
from hub.core.errors import HearthError, MediaError, SettingsError, WorkerDiedError
from hub.guard.connect import Guard
from hub.guard.sealing.syscalls import this_architecture
from hub.guard.worker_host import WorkerPatience
from hub.media.asked_pictures import PictureFeed
from hub.media.encoded import EncodedPicture
from hub.media.slot import Slot, SlotReader
from hub.media.tap.camera import Camera
from hub.media.tap.config import TapConfig
from hub.media.tap.messages import FromTap, SourceEnded, SourceReady, SourceTrouble, TapPage
from hub.media.tap.tap import Tap
from tests.media.picture_files import encoded, film
from tests.until import until

pytestmark = [
    pytest.mark.sealed,
    pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64"),
]
CAPTURES = Path(__file__).parent / "captures"
SOON = WorkerPatience(load_s=30, first_wait_s=0.05, longest_wait_s=0.2)


class Looker:
    """Looks at a slot in a thread, as the eyes would."""

    def __init__(self, slot: Slot) -> None:
        self.frames: list[tuple[float, tuple[int, ...], int]] = []
        self._reader = SlotReader(*map(os.dup, slot.for_reader()))
        self._over = False
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._over:
            select.select([self._reader], [], [], 0.05)
            frame = self._reader.take()
            if frame is not None:
                self.frames.append((frame.t, frame.pixels.shape, round(float(frame.pixels.mean()))))
                frame.release()

    def close(self) -> None:
        self._over = True
        self._thread.join()
        self._reader.close()


@pytest.fixture
def slot() -> Iterator[Slot]:
    made = Slot.create()
    yield made
    made.close()


@pytest.fixture
def looker(slot: Slot) -> Iterator[Looker]:
    made = Looker(slot)
    yield made
    made.close()


@pytest.fixture
async def tap(slot: Slot) -> AsyncIterator[Tap]:
    made = Tap("walk", slot, Bus(), patience=SOON)
    await made.start()
    yield made
    await made.stop()


async def test_files_are_played_one_after_the_other_in_one_sealed_process(
    tap: Tap, looker: Looker, tmp_path: Path
) -> None:
    assert tap.sealed
    walk, hand, text = tmp_path / "walk.mp4", tmp_path / "hand.jpg", tmp_path / "notes.txt"
    walk.write_bytes(film(frames=30))
    hand.write_bytes(encoded("JPEG"))
    text.write_text("not a picture")
    ready: list[SourceReady] = []
    pid = tap.pid
    ended = await tap.play_file(walk, ready=ready.append)
    assert (ended.frames, round(ended.seconds, 2), ready[0].width, ready[0].height) == (30, 0.97, 64, 48)
    assert [round(t * 30) for t, _, _ in looker.frames] == list(range(30))
    assert (await tap.play_file(hand)).frames == 1
    with pytest.raises(MediaError) as caught:
        await tap.play_file(text)
    assert caught.value.place == str(text)
    assert (await tap.play_file(walk, rate=10)).frames == 10
    assert len(looker.frames) == 41
    assert tap.pid == pid


@pytest.mark.parametrize("what", ["nothing", "folder", "pipe"])
async def test_what_is_no_file_is_refused_at_once(tap: Tap, tmp_path: Path, what: str) -> None:
    path = tmp_path / what
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    with pytest.raises(MediaError):
        await tap.play_file(path)


async def test_no_frame_waits_for_ever_for_somebody_to_look(tap: Tap, tmp_path: Path) -> None:
    path = tmp_path / "walk.mp4"
    path.write_bytes(film(frames=30))
    playing = asyncio.create_task(tap.play_file(path))
    await asyncio.sleep(0.2)
    assert not playing.done()  # nobody looks
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    assert tap.pid is not None


async def test_a_tap_that_dies_is_told_of_and_plays_again(tap: Tap, looker: Looker, tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    path.write_bytes(film(frames=300))
    shown = len(looker.frames)
    playing = asyncio.create_task(tap.play_file(path, every=False))
    await until(lambda: len(looker.frames) > shown + 3)
    assert tap.pid is not None
    os.kill(tap.pid, signal.SIGKILL)
    with pytest.raises(WorkerDiedError):
        await playing
    short = tmp_path / "short.mp4"
    short.write_bytes(film(frames=5))
    assert (await tap.play_file(short)).frames == 5


async def test_what_a_page_sends_is_decoded_in_the_sealed_process_and_a_bad_picture_ends_it(
    tap: Tap, looker: Looker
) -> None:
    for bad in (b"\xff\xd8\xff no picture", encoded("PNG")):
        feed = PictureFeed()
        ready: list[SourceReady] = []
        playing = asyncio.create_task(tap.play(TapPage(source=0), (feed.for_tap(),), ready=ready.append))
        for picture in (encoded("JPEG"), encoded("JPEG"), bad):
            await feed.asked()
            await feed.send(EncodedPicture(picture))
        with pytest.raises(MediaError):
            await playing
        assert (ready[0].width, ready[0].height) == (64, 48)
        feed.close()
    await until(lambda: len(looker.frames) >= 2)
    assert {shape for _, shape, _ in looker.frames} == {(48, 64, 3)}


async def test_a_page_that_is_over_leaves_the_tap_at_once(tap: Tap) -> None:
    feed = PictureFeed()
    playing = asyncio.create_task(tap.play(TapPage(source=0), (feed.for_tap(),)))
    await feed.asked()
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing
    feed.close()


async def test_a_stopped_tap_is_gone(slot: Slot) -> None:
    tap = Tap("walk", slot, Bus())
    await tap.start()
    pid = tap.pid
    assert pid is not None
    await tap.stop()
    assert not psutil.pid_exists(pid)
    assert tap.pid is None
    with pytest.raises(HearthError):
        await tap.play_file(Path(__file__))


async def test_a_film_as_a_camera_is_played_at_its_own_pace_and_ends(
    slot: Slot, looker: Looker, tmp_path: Path
) -> None:
    path = tmp_path / "walk.mp4"
    path.write_bytes(film(frames=15))
    told: list[FromTap] = []
    before = time.monotonic()
    hall = Camera("hall", str(path), slot, Bus(), Guard(), told.append, rate=60)
    await hall.start()
    await until(lambda: any(isinstance(t, SourceEnded) for t in told))
    times = [t for t, _, _ in looker.frames]
    await hall.stop()
    assert times == sorted(times)
    assert times[0] > before  # when it was shown, not where in the film


async def test_an_unplugged_camera_is_told_of_and_shown_again_when_it_is_back(slot: Slot, looker: Looker) -> None:
    told: list[FromTap] = []
    config = TapConfig(capture="fake_captures:open_fake")
    desk = Camera(
        *("desk", "/dev/full", slot, Bus(), Guard(), told.append),
        rate=500, config=config, search=(CAPTURES,), patience=SOON,
    )  # fmt: skip
    await desk.start()
    assert desk.sealed
    await until(lambda: len([t for t in told if isinstance(t, SourceReady)]) >= 2)
    first = desk.pid
    assert first is not None
    await desk.stop()
    assert not psutil.pid_exists(first)
    kinds = [type(t) for t in told[:3]]
    assert kinds == [SourceReady, SourceTrouble, SourceReady]
    trouble = told[1]
    assert isinstance(trouble, SourceTrouble)
    assert "no pictures any more" in HearthError.from_wire(trouble.error).message
    assert looker.frames[0][1] == (480, 640, 3)


async def test_the_sealed_process_may_open_its_camera_and_lets_go_of_it(slot: Slot, looker: Looker) -> None:
    told: list[FromTap] = []
    config = TapConfig(capture="fake_captures:open_device")
    desk = Camera(
        "desk", "/dev/full", slot, Bus(), Guard(), told.append, config=config, search=(CAPTURES,), patience=SOON
    )
    await desk.start()
    await until(lambda: told)
    assert isinstance(told[0], SourceReady)
    await desk.stop()


async def test_a_camera_that_is_not_there_is_told_of_and_tried_again(slot: Slot) -> None:
    told: list[FromTap] = []
    desk = Camera("desk", "/dev/video61", slot, Bus(), Guard(), told.append, patience=SOON)
    await desk.start()
    await until(lambda: len(told) >= 2)
    await desk.stop()
    assert all(isinstance(t, SourceTrouble) and "no camera" in t.error["message"] for t in told)


@pytest.mark.parametrize("source", ["rtsps://me:secret@10.0.0.9/live", "http://me:secret@10.0.0.9/", "RTSPS:me:secret"])
def test_an_address_of_another_kind_is_refused_and_its_password_not_shown(source: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Camera("door", source, Slot.create(), Bus(), Guard(), lambda _: None)
    assert "secret" not in str(raised.value)
