import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hub.core.errors import HearthError, MediaError, ProtocolError, UsageError, WorkerDiedError
from hub.media.frame import VideoFrame
from hub.media.slot import Slot, SlotReader, SlotWriter
from hub.media.slot_memory import BUFFER_BYTES, BUFFERS, SLOT_BYTES

ROOT = Path(__file__).parents[2]
HEADER = struct.Struct("<QddIII")


def picture(value: int, height: int = 48, width: int = 64) -> VideoFrame:
    return VideoFrame(np.full((height, width, 3), value, np.uint8), "", float(value))


def ends(slot: Slot) -> tuple[SlotWriter, SlotReader]:
    """Both ends in this process, with descriptors of their own, as workers have them."""
    return SlotWriter(*map(os.dup, slot.for_writer())), SlotReader(*map(os.dup, slot.for_reader()), "hall")


@pytest.fixture
def slot() -> Iterator[Slot]:
    made = Slot.create()
    yield made
    made.close()


def rings(reader: SlotReader) -> bool:
    return bool(select.select([reader], [], [], 0)[0])


def test_a_frame_goes_from_the_writer_to_the_reader(slot: Slot) -> None:
    writer, reader = ends(slot)
    assert reader.take() is None
    shown = VideoFrame(np.arange(48 * 64 * 3).astype(np.uint8).reshape(48, 64, 3), "", 2.5)
    before = time.monotonic()
    writer.put(shown)
    assert rings(reader)
    frame = reader.take()
    assert frame is not None
    assert (frame.number, frame.t, frame.stream) == (1, 2.5, "hall")
    assert before <= frame.mono <= time.monotonic()  # when it was put there, whatever its own time is
    assert np.array_equal(frame.pixels, shown.pixels)
    frame.release()
    assert not rings(reader)
    assert reader.take() is None


def test_the_newest_frame_wins_and_the_others_are_counted(slot: Slot) -> None:
    writer, reader = ends(slot)
    for value in range(1, 11):
        writer.put(picture(value))
        if value in (1, 4):
            frame = reader.take()
            assert frame is not None
            assert frame.pixels.max() == value
            frame.release()
    frame = reader.take()
    assert frame is not None
    assert (frame.pixels.min(), frame.pixels.max(), frame.number) == (10, 10, 10)
    assert reader.passed_over == 2 + 5
    assert writer.not_put == 0


def test_a_frame_that_is_looked_at_is_never_written_over(slot: Slot) -> None:
    writer, reader = ends(slot)
    writer.put(picture(1))
    frame = reader.take()
    assert frame is not None
    for value in range(2, 9):
        writer.put(picture(value))
    assert (frame.pixels == 1).all()
    frame.release()
    newest = reader.take()
    assert newest is not None
    assert (newest.pixels == 8).all()


def test_released_pixels_are_zeroed_where_they_lay(slot: Slot) -> None:
    writer, reader = ends(slot)
    writer.put(picture(77))
    frame = reader.take()
    assert frame is not None
    view = frame.pixels
    frame.release()
    assert not view.any()
    assert len(frame) == 0
    frame.release()  # twice does no harm


def test_closing_zeroes_all_frames(slot: Slot) -> None:
    writer, reader = ends(slot)
    for value in (1, 2, 3):
        writer.put(picture(value))
    memory = os.dup(slot.for_writer()[0])
    slot.close()
    assert not np.memmap(os.fdopen(memory, "rb"), np.uint8, "r").any()
    with pytest.raises(MediaError):
        slot.for_reader()
    reader.close()
    writer.close()


def test_memory_is_taken_only_as_frames_need_it(slot: Slot) -> None:
    writer, _ = ends(slot)
    for _round in range(6):
        writer.put(picture(1))
    assert os.fstat(slot.for_writer()[0]).st_blocks * 512 < SLOT_BYTES / 50


def test_the_memory_cannot_shrink_under_the_other_end(slot: Slot) -> None:
    for size in (0, SLOT_BYTES * 2):
        with pytest.raises(OSError):
            os.ftruncate(slot.for_writer()[0], size)


@pytest.mark.parametrize("size", [(1, 1), (1920, 1920), (1, 1920), (1080, 1920)])
def test_any_size_up_to_the_largest(slot: Slot, size: tuple[int, int]) -> None:
    writer, reader = ends(slot)
    writer.put(picture(9, *size))
    frame = reader.take()
    assert frame is not None
    assert frame.pixels.shape == (*size, 3)
    assert (frame.pixels == 9).all()


def test_a_frame_that_is_too_large_is_refused(slot: Slot) -> None:
    writer, reader = ends(slot)
    with pytest.raises(MediaError):
        writer.put(picture(1, 8, 1921))
    with pytest.raises(MediaError):
        writer.put(VideoFrame(np.ones((2, 2, 3), np.uint8), "", float("nan")))
    assert reader.take() is None


def test_a_frame_of_a_time_beyond_measure_is_refused(slot: Slot) -> None:
    writer, _ = ends(slot)
    for t in (1e18, -1e18, float("nan"), float("inf")):
        with pytest.raises(MediaError, match="times"):
            writer.put(VideoFrame(np.zeros((48, 64, 3), np.uint8), "", t))


def test_a_header_that_is_just_being_written_is_no_nonsense(slot: Slot) -> None:
    writer, reader = ends(slot)
    memory, _ = slot.for_writer()
    assert writer._memory.lock(0)
    os.pwrite(memory, HEADER.pack(1, 0.0, 0.0, 0, 0, 1), 0)  # the number is there, the size not yet
    assert reader.take() is None
    writer._memory.unlock(0)
    os.pwrite(memory, HEADER.pack(1, 0.0, 0.0, 64, 48, 1), 0)
    frame = reader.take()
    assert frame is not None
    frame.release()


def test_one_frame_at_a_time(slot: Slot) -> None:
    writer, reader = ends(slot)
    writer.put(picture(1))
    frame = reader.take()
    assert frame is not None
    with pytest.raises(UsageError):
        reader.take()
    reader.close()
    assert len(frame) == 0


def test_frames_of_a_file_are_all_looked_at(slot: Slot) -> None:
    writer, reader = ends(slot)
    seen: list[int] = []

    def look() -> None:
        while len(seen) < 100:
            select.select([reader], [], [])
            frame = reader.take()
            if frame is not None:
                seen.append(int(frame.pixels[0, 0, 0]))
                frame.release()

    looking = threading.Thread(target=look)
    looking.start()
    for value in range(100):
        writer.put(picture(value), wait=True)
    writer.drain()
    looking.join()
    assert seen == list(range(100))
    assert reader.passed_over == 0


def test_a_waiting_writer_does_other_things_and_gives_up_in_the_end(slot: Slot) -> None:
    writer, _ = ends(slot)
    turns: list[int] = []
    writer.put(picture(1), wait=True)  # nothing before it to wait for
    with pytest.raises(WorkerDiedError):
        writer.put(picture(2), wait=True, meanwhile=lambda: turns.append(1), patience_s=0.05)
    assert turns


def test_the_frame_that_killed_a_reader_is_not_shown_to_the_next(slot: Slot) -> None:
    writer, reader = ends(slot)
    writer.put(picture(1), wait=True)
    assert reader.take() is not None
    del reader  # died with the frame in its hands: its lock goes when the slot is handed out again
    second = SlotReader(*map(os.dup, slot.for_reader()))
    writer.put(picture(2), wait=True, patience_s=5)
    frame = second.take()
    assert frame is not None
    assert frame.pixels.max() == 2


def test_a_frame_that_nobody_took_is_there_for_the_next_reader(slot: Slot) -> None:
    writer, _ = ends(slot)
    writer.put(picture(1), wait=True)
    second = SlotReader(*map(os.dup, slot.for_reader()))
    with pytest.raises(WorkerDiedError):
        writer.drain(patience_s=0.01)
    frame = second.take()
    assert frame is not None
    frame.release()
    writer.drain(patience_s=5)


def test_the_next_writer_counts_on(slot: Slot) -> None:
    writer, reader = ends(slot)
    for value in (1, 2):
        writer.put(picture(value))
    frame = reader.take()
    assert frame is not None
    frame.release()
    writer.close()
    second = SlotWriter(*map(os.dup, slot.for_writer()))
    second.put(picture(3))
    frame = reader.take()
    assert frame is not None
    assert (frame.number, frame.pixels.max()) == (3, 3)


@pytest.mark.parametrize("whose", ["writer", "reader"])
def test_an_end_that_is_gone_is_an_error_of_its_own(whose: str) -> None:
    slot = Slot.create()
    writer, reader = ends(slot)
    if whose == "writer":
        writer.put(picture(1))
        writer.close()
        slot.close()
        with pytest.raises(WorkerDiedError):
            reader.take()
    else:
        reader.close()
        slot.close()
        with pytest.raises(WorkerDiedError):
            writer.put(picture(1))


def test_what_was_shown_before_the_writer_went_can_still_be_taken(slot: Slot) -> None:
    writer, reader = ends(slot)
    writer.put(picture(5))
    writer.close()
    os.close(slot.for_writer()[1])
    frame = reader.take()
    assert frame is not None
    frame.release()
    with pytest.raises(WorkerDiedError):
        reader.take()
    slot._bells = (os.open("/dev/null", os.O_RDONLY), slot._bells[1])


@pytest.mark.parametrize(
    "header",
    [
        (1, 0.0, 5.0, 0, 48, 1),
        (1, 0.0, 5.0, 64, 0, 1),
        (1, 0.0, 5.0, 1921, 48, 1),
        (1, 0.0, 5.0, 0xFFFFFFFF, 0xFFFFFFFF, 1),
        (1, float("nan"), 5.0, 64, 48, 1),
        (1, float("inf"), 5.0, 64, 48, 1),
        (1, 1e18, 5.0, 64, 48, 1),
        (1, -1e18, 5.0, 64, 48, 1),
        (1, 0.0, float("nan"), 64, 48, 1),
        (1, 0.0, -1e18, 64, 48, 1),
        (0xFFFFFFFFFFFFFFFF, 0.0, 5.0, 64, 48, 1),
    ],
)
def test_a_header_of_nonsense_is_refused_by_both_ends(slot: Slot, header: tuple[float, ...]) -> None:
    writer, reader = ends(slot)
    writer.put(picture(1))
    for index in range(BUFFERS):
        os.pwrite(slot.for_writer()[0], HEADER.pack(*header), index * BUFFER_BYTES)
    with pytest.raises(ProtocolError):
        reader.take()
    with pytest.raises(ProtocolError):
        SlotWriter(*map(os.dup, slot.for_writer()))


def test_an_end_that_keeps_every_lock_holds_nobody_up(slot: Slot) -> None:
    writer, reader = ends(slot)
    writer.put(picture(1))
    for index in range(BUFFERS):
        assert reader._memory.lock(index)
    writer.put(picture(2))
    assert writer.not_put == 1
    reader.close()
    assert SlotReader(*map(os.dup, slot.for_reader())).take() is not None


def test_an_end_that_rings_without_end_holds_nobody_up(slot: Slot) -> None:
    writer, reader = ends(slot)
    for _round in range(3):
        try:
            while True:
                os.write(reader._bell, b"\xff" * 65536)
        except BlockingIOError:
            pass
        writer.put(picture(1))
    assert reader.take() is not None


@pytest.mark.parametrize("size", [0, 4096])
def test_other_memory_is_no_slot(size: int) -> None:
    memory = os.memfd_create("other")
    os.ftruncate(memory, size)
    with pytest.raises(ProtocolError):
        SlotReader(memory, os.open("/dev/null", os.O_RDONLY))


CHILD = """
import os, sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from hub.media.frame import VideoFrame
from hub.media.slot import SlotWriter
writer = SlotWriter(int(sys.argv[2]), int(sys.argv[3]))
value = 0
while True:
    value = value % 250 + 1
    writer.put(VideoFrame(np.full((240, 320, 3), value, np.uint8), "", float(value)))
"""


def test_a_writer_in_another_process_never_shows_half_a_frame_and_may_be_killed(slot: Slot) -> None:
    reader = SlotReader(*map(os.dup, slot.for_reader()))
    descriptors = slot.for_writer()
    command = [sys.executable, "-c", CHILD, str(ROOT), *map(str, descriptors)]
    for _life in range(2):
        child = subprocess.Popen(command, pass_fds=descriptors)
        try:
            for _ in range(200):
                frame = None
                while frame is None:
                    select.select([reader], [], [], 20)
                    frame = reader.take()
                assert (frame.pixels == int(frame.t)).all()
                frame.release()
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
        descriptors = slot.for_writer()
        command[-2:] = map(str, descriptors)
    try:
        rest = reader.take()
    except HearthError as error:
        pytest.fail(f"a killed writer left nonsense: {error}")
    if rest is not None:
        rest.release()
