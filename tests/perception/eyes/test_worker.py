"""The eyes' worker between the hub and the slots of cameras, with real slots and a looker of no models."""

import gc
import os
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.core.errors import HearthError, ModelError
from hub.media.slot_memory import BUFFER_BYTES, BUFFERS
from hub.perception.eyes.lookers import CameraLooker
from hub.perception.eyes.messages import CameraEnded, CameraTrouble, CloseCamera, EndCamera, OpenCamera, TellLandmarks
from hub.perception.gesture.hands import FoundHands
from hub.perception.gesture.looking import HandsLooker
from hub.perception.seen import HandsSeen, Landmarks
from tests.perception.eyes.fakes import CRASHES, REFUSED, TALKS, Shown, Worker
from tests.perception.gesture.hands_made import open_hand

HEADER = struct.Struct("<QddIII")


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker() as made:
        yield made


@pytest.fixture
def hall(worker: Worker) -> Iterator[Shown]:
    shown = worker.open(1)
    yield shown
    shown.close()


@pytest.fixture
def door(worker: Worker) -> Iterator[Shown]:
    shown = worker.open(2)
    yield shown
    shown.close()


def trouble(camera: Shown) -> Any:
    return lambda said: isinstance(said, CameraTrouble) and said.camera == camera.number


def test_what_a_camera_shows_is_looked_at(worker: Worker, hall: Shown) -> None:
    for value in (5, 6, 7):
        hall.show(value, t=value)
        seen = worker.hear(hall.seen(value))
        assert (seen.camera, seen.t) == (1, value)


@pytest.mark.parametrize(
    ("value", "why"),
    [(REFUSED, "too dark"), (CRASHES, "ValueError: what is this?"), (TALKS, "HandsSeen of")],
    ids=["refused", "crashes", "talks"],
)
def test_trouble_with_a_picture_ends_its_camera_alone(
    worker: Worker, hall: Shown, door: Shown, value: int, why: str
) -> None:
    hall.show(5)
    worker.hear(hall.seen(5))
    hall.show(value)
    told = worker.hear(trouble(hall))
    assert why in str(HearthError.from_wire(told.error))
    door.show(9)
    worker.hear(door.seen(9))
    assert [looker.closed for looker in worker.lookers] == [True, False]


@pytest.mark.parametrize(
    "header",
    [
        (9, 0.0, 5.0, 0, 48, 1),
        (9, 0.0, 5.0, 4_000, 4_000, 1),
        (9, 1e300, 5.0, 6, 4, 1),
        (9, float("nan"), 5.0, 6, 4, 1),
        (9, 0.0, -1e300, 6, 4, 1),
        (1 << 63, 0.0, 5.0, 6, 4, 1),
    ],
)
def test_a_hostile_slot_ends_its_camera_alone(
    worker: Worker, hall: Shown, door: Shown, header: tuple[float, ...]
) -> None:
    worker.settled()
    memory, bell = hall.slot.for_writer()
    for index in range(BUFFERS):
        os.pwrite(memory, HEADER.pack(*header), index * BUFFER_BYTES)
    os.write(bell, b"\x01")
    assert worker.hear(trouble(hall)).error["code"] == "protocol"
    door.show(9)
    worker.hear(door.seen(9))


def test_a_bell_that_rings_for_nothing_is_no_frame(worker: Worker, hall: Shown, door: Shown) -> None:
    worker.settled()
    _, bell = hall.slot.for_writer()
    for _ in range(100):
        os.write(bell, bytes(100))
    door.show(9)
    worker.hear(door.seen(9))
    hall.show(8)
    worker.hear(hall.seen(8))
    assert worker.said == []


def test_two_cameras_take_turns(worker: Worker, hall: Shown, door: Shown) -> None:
    worker.settled()
    worker.gate = threading.Semaphore(0)
    hall.show(100)
    for value in range(1, 41):
        worker.until_it_looks(value)
        hall.show(value)
        door.show(value)  # while it looks at one picture there comes a new one of both
        worker.gate.release()
    worker.gate.release(50)
    worker.settled()
    assert abs(worker.looks.count(1) - worker.looks.count(2)) <= 2


def test_a_camera_that_is_closed_while_frames_wait_tells_nothing_more(worker: Worker, hall: Shown, door: Shown) -> None:
    hall.show(5)
    worker.hear(hall.seen(5))
    worker.tell(CloseCamera(1))
    hall.show(6)
    worker.settled()
    assert worker.said == []
    assert worker.lookers[0].closed
    worker.tell(CloseCamera(1))
    worker.tell(EndCamera(1))
    worker.tell(CloseCamera(999))  # never heard of
    door.show(9)
    worker.hear(door.seen(9))
    assert worker.said == []


def test_an_ended_camera_was_looked_at_to_its_last_frame(worker: Worker, hall: Shown) -> None:
    hall.show(5)
    worker.hear(hall.seen(5))
    hall.show(6)
    worker.tell(EndCamera(1))
    ended = worker.hear(lambda said: isinstance(said, CameraEnded))
    assert (ended.camera, ended.frames, ended.stages_ms) == (1, 2, {"hands": 2.0})
    assert hall.seen(6)(worker.said[-1])
    assert worker.lookers[0].closed


def test_opened_again_it_begins_anew(worker: Worker, hall: Shown) -> None:
    hall.show(5)
    worker.hear(hall.seen(5))
    worker.tell(OpenCamera(camera=1), *hall.slot.for_reader())
    worker.settled()
    assert worker.lookers[0].closed
    hall.show(6)
    worker.hear(hall.seen(6))
    worker.tell(EndCamera(1))
    assert worker.hear(lambda said: isinstance(said, CameraEnded)).frames == 1


def test_a_camera_that_cannot_be_opened_is_told_and_leaves_nothing_open(worker: Worker) -> None:
    worker.settled()
    gc.collect()  # what other tests left behind goes before, so that nothing new hides behind it
    before = len(list(Path("/proc/self/fd").iterdir()))
    worker.refuse = ModelError("no model")
    shown = worker.open(1)
    assert "no model" in worker.hear(trouble(shown)).error["message"]
    worker.refuse = None
    shown.close()
    worker.settled()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def test_memory_that_is_no_slot_is_refused(worker: Worker, door: Shown) -> None:
    other = os.memfd_create("other")
    worker.tell(OpenCamera(camera=1), other, door.slot.for_reader()[1])
    assert worker.hear(lambda said: isinstance(said, CameraTrouble)).camera == 1
    os.close(other)
    door.show(9)
    worker.hear(door.seen(9))


class AlwaysAHand:
    """Finds a hand in every picture."""

    def find(self, pixels: Any, t: float) -> FoundHands:
        return (open_hand(),)

    def close(self) -> None:
        pass


def test_joints_leave_the_worker_only_while_they_are_wanted(worker: Worker) -> None:
    def looker(opening: OpenCamera) -> CameraLooker:
        read = HandsLooker(opening.camera, AlwaysAHand(), lambda _: ("four", 0.9), lambda: worker.landmarks)
        return CameraLooker(read, None)

    worker.make = looker
    hall = worker.open(1)
    sent: dict[int, list[Landmarks]] = {}
    for second in range(9):
        if second in (3, 6):
            worker.tell(TellLandmarks(second == 3))
            worker.settled()
        hall.show(100, t=float(second))
        worker.hear(lambda said, t=second: isinstance(said, HandsSeen) and said.t == t)
        worker.settled()  # all that it had to say of this picture is said
        sent[second] = [said for said in worker.said if isinstance(said, Landmarks)]
        worker.said.clear()
    assert [second for second, told in sent.items() if told] == [3, 4, 5]
    hall.close()
