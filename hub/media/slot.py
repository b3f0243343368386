"""A slot of one frame: the newest picture of a camera, in memory that one writer and one reader share by descriptor.

The writer takes one of three buffers that is not the newest, fills and numbers it; the reader takes the one with the
highest number, uses its pixels where they lie, and zeroes them when done. A bell (a stream socket pair) says when to
look: a byte for each frame one way, a byte for each frame done with the other way. Neither end believes the other.
"""

import contextlib
import fcntl
import os
import socket
import time
from collections.abc import Callable
from typing import Final

import numpy as np
from msgspec.structs import replace

from hub.core.errors import MediaError, ProtocolError, UsageError, WorkerDiedError
from hub.media.bell import heard, ring, wait_for
from hub.media.frame import LATEST_S, LONGEST_SIDE, VideoFrame
from hub.media.slot_memory import BUFFERS, HIGHEST_NUMBER, SLOT_BYTES, FrameHeader, SlotMemory

_SEALS: Final = 0x1 | 0x2 | 0x4  # F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW: a mapping can never lose its memory
_ZEROS: Final = bytes(1 << 20)
_FRAME: Final = 1
_NEW_READER: Final = 255  # in the place of a frame's number: whoever had one before is gone
_TURNS: Final = 251  # numbers of frames done with, in one byte
_TRIES: Final = 50
_BETWEEN_TRIES_S: Final = 0.000_2
_LOOK_UP_S: Final = 0.25
_PATIENCE_S: Final = 60.0


class Slot:
    """A slot as the hub owns it: it makes the memory and the bell, hands out the two ends, and zeroes it all.

    An end can be handed out again when the process that had it is gone.
    """

    def __init__(self, memory: int, bells: tuple[int, int]) -> None:
        self._memory = memory
        self._bells = bells
        self._handed: dict[str, int] = {}
        self._closed = False

    @classmethod
    def create(cls) -> "Slot":
        """A new slot; its memory is taken only as frames need it. Raises `MediaError` where there is no such memory."""
        try:
            memory = os.memfd_create("hearth-slot", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        except (AttributeError, OSError) as error:
            raise MediaError(f"no shared memory for a camera: {error}", remedy="cameras need Linux") from error
        os.ftruncate(memory, SLOT_BYTES)
        fcntl.fcntl(memory, fcntl.F_ADD_SEALS, _SEALS)
        writer, reader = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        writer.setblocking(False)
        reader.setblocking(False)
        return cls(memory, (writer.detach(), reader.detach()))

    def for_writer(self) -> tuple[int, int]:
        """Memory and bell for a `SlotWriter` in another process; the hub's own copies, to be sent, not to be closed."""
        return self._again("writer"), self._bells[0]

    def for_reader(self) -> tuple[int, int]:
        """Memory and bell for a `SlotReader` in another process; the hub's own copies, to be sent, not to be closed."""
        return self._again("reader"), self._bells[1]

    def _again(self, end: str) -> int:
        """The memory, opened anew: locks belong to an opening, and those of the end's last process go with the old."""
        if self._closed:
            raise MediaError("the slot is closed", remedy="open the camera again")
        opened = os.open(f"/proc/self/fd/{self._memory}", os.O_RDWR | os.O_CLOEXEC)
        before, self._handed[end] = self._handed.get(end), opened
        if before is not None:
            os.close(before)
        return opened

    def close(self) -> None:
        """Zero all frames and let go; stop the camera's tap first. Each end then finds the other one gone."""
        if self._closed:
            return
        self._closed = True
        self.zero()
        for descriptor in (self._memory, *self._bells, *self._handed.values()):
            os.close(descriptor)

    def zero(self) -> None:
        """Zero whatever any frame touched."""
        at = 0
        while True:
            try:
                at = os.lseek(self._memory, at, os.SEEK_DATA)
            except OSError:  # no data from here on
                return
            end = os.lseek(self._memory, at, os.SEEK_HOLE)
            while at < end:
                at += os.pwrite(self._memory, _ZEROS[: end - at], at)


class SlotWriter:
    """The camera's end of a slot."""

    def __init__(self, memory: int, bell: int) -> None:
        """Takes over both descriptors. Raises `ProtocolError` when they are not a slot's."""
        self._memory = SlotMemory(memory)
        self._bell = bell
        os.set_blocking(bell, False)
        headers = [self._memory.header(index) for index in range(BUFFERS)]
        self._numbers = [header.number for header in headers]
        self.number = max(self._numbers)
        """The number of the frame last put."""
        self.not_put = 0
        """Frames that found no free buffer: the reader misbehaves."""
        self._finished = self.number % _TURNS

    def put(
        self,
        frame: VideoFrame,
        *,
        wait: bool = False,
        meanwhile: Callable[[], None] = lambda: None,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        """Show `frame`; it stays the caller's to release. A frame that nobody took yet is passed over.

        With `wait` none is: this blocks until the reader is done with the one before, and calls `meanwhile` at least
        four times a second. Raises `WorkerDiedError` when the reader is gone, or does nothing for `patience_s`,
        `MediaError` when the frame is larger than `LONGEST_SIDE`, or its time beyond `LATEST_S`.
        """
        if max(frame.width, frame.height) > LONGEST_SIDE:
            raise MediaError(f"a frame of {frame.width} x {frame.height} pixels", remedy=f"at most {LONGEST_SIDE}")
        if not abs(frame.t) <= LATEST_S:
            raise MediaError(f"a frame of second {frame.t:g}", remedy="the times of its pictures are broken")
        self._hear()
        if wait:
            self.drain(meanwhile=meanwhile, patience_s=patience_s)
        index = self._free_buffer()
        if index is None:
            self.not_put += 1
            return
        try:
            at = self._memory.pixels_at(index)
            there = np.frombuffer(self._memory.map, np.uint8, frame.pixels.size, at)
            there.reshape(frame.pixels.shape)[:] = frame.pixels
            self.number = self._numbers[index] = self.number % HIGHEST_NUMBER + 1
            header = FrameHeader(self.number, frame.t, time.monotonic(), frame.width, frame.height, True)
            self._memory.set_header(index, header)
        finally:
            self._memory.unlock(index)
        ring(self._bell, _FRAME)

    def drain(self, *, meanwhile: Callable[[], None] = lambda: None, patience_s: float = _PATIENCE_S) -> None:
        """Block until the reader is done with the newest frame. Raises `WorkerDiedError` as `put` does."""
        deadline = time.monotonic() + patience_s
        while self._finished != self.number % _TURNS:
            if time.monotonic() > deadline:
                raise WorkerDiedError(f"a frame was not looked at within {patience_s:g} s", remedy="see the hub's log")
            wait_for(self._bell, min(_LOOK_UP_S, patience_s))
            self._hear()
            meanwhile()

    def _free_buffer(self) -> int | None:
        """A locked buffer: the oldest that can be had, never the newest."""
        order = sorted(range(BUFFERS), key=self._numbers.__getitem__)[: BUFFERS - 1]
        for _ in range(_TRIES):
            for index in order:
                if self._memory.lock(index):
                    return index
            time.sleep(_BETWEEN_TRIES_S)  # the reader is just looking for the newest
        return None

    def _hear(self) -> None:
        """What the reader is done with."""
        for said in heard(self._bell):
            if said != _NEW_READER:
                self._finished = said
            elif not self._memory.header(self._numbers.index(self.number)).full:
                self._finished = self.number % _TURNS  # taken, and lost with the reader that had it

    def close(self) -> None:
        """Let go of the slot; the reader is not told."""
        self._memory.close()
        os.close(self._bell)


class SlotFrame(VideoFrame):
    """A frame whose pixels lie in a slot. `release` gives the place back: do it soon, and use no view of it after."""

    __slots__ = ("_done", "mono", "number")

    number: int
    mono: float
    """When it was put there: seconds of `time.monotonic`, which all processes share."""
    _done: Callable[[], None] | None

    def release(self) -> None:
        """Zero the pixels and give their place back to the writer."""
        done, self._done = self._done, None
        if done is not None:
            super().release()
            done()


class SlotReader:
    """The looking end of a slot. Wait for `fileno()` to become readable, then `take`."""

    def __init__(self, memory: int, bell: int, stream: str = "") -> None:
        """Takes over both descriptors. Raises `ProtocolError` when they are not a slot's."""
        self._memory = SlotMemory(memory)
        self._bell = bell
        self._stream = stream
        self._last = 0
        self._held: SlotFrame | None = None
        self.passed_over = 0
        """Frames that a newer one replaced before they were taken, since the first that was taken."""
        os.set_blocking(bell, False)
        with contextlib.suppress(WorkerDiedError):  # told by `take`
            ring(bell, _NEW_READER)

    def fileno(self) -> int:
        """Readable when there may be a new frame, or the writer is gone."""
        return self._bell

    def take(self) -> SlotFrame | None:
        """The newest frame, if it was not taken before. Release it before the next one is taken (`UsageError`).

        Raises `WorkerDiedError` when there is none and the writer is gone, `ProtocolError` when it wrote nonsense.
        """
        if self._held is not None:
            raise UsageError("a frame is still held", remedy="release it first")
        gone: WorkerDiedError | None = None
        try:
            heard(self._bell)
        except WorkerDiedError as error:
            gone = error
        for attempt in range(_TRIES):
            index, number = self._memory.newest()  # which the writer may be changing: nothing to be judged by
            if number <= self._last:
                break
            if self._memory.lock(index):
                return self._taken(index)
            time.sleep(_BETWEEN_TRIES_S if attempt else 0)  # overtaken by the writer: look again
        if gone is not None:
            raise gone
        return None

    def _taken(self, index: int) -> SlotFrame | None:
        """The frame in a locked buffer."""
        try:
            header = self._memory.header(index)
        except ProtocolError:
            self._memory.unlock(index)
            raise
        if header.number <= self._last or not header.full:
            self._memory.unlock(index)
            return None
        # Marked at once: should it kill this process, the next reader must not take it again.
        self._memory.set_header(index, replace(header, full=False))
        if self._last:
            self.passed_over += header.number - self._last - 1
        self._last = header.number
        size = header.width * header.height * 3
        pixels = np.frombuffer(self._memory.map, np.uint8, size, self._memory.pixels_at(index))
        frame = SlotFrame(pixels.reshape(header.height, header.width, 3), self._stream, header.t)
        frame.number, frame.mono = header.number, header.mono
        frame._done = lambda: self._done(index, header.number)
        self._held = frame
        return frame

    def _done(self, index: int, number: int) -> None:
        self._held = None
        self._memory.unlock(index)
        with contextlib.suppress(WorkerDiedError):  # told by `take`
            ring(self._bell, number % _TURNS)

    def close(self) -> None:
        """Release a frame that is still held, and let go of the slot."""
        if self._held is not None:
            self._held.release()
        self._memory.close()
        os.close(self._bell)
