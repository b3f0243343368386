"""The shared memory of a slot: three buffers for frames, each with a lock and a header.

A lock is an open file description lock on a buffer's first byte: it orders what two processes write and read on every
processor, and the kernel gives it back when a process dies.
"""

import fcntl
import mmap
import os
import struct
from typing import Final

from msgspec import Struct

from hub.core.errors import ProtocolError
from hub.media.frame import LATEST_S, LONGEST_SIDE

BUFFERS: Final = 3
_HEADER_BYTES: Final = 4096
BUFFER_BYTES: Final = _HEADER_BYTES + LONGEST_SIDE * LONGEST_SIDE * 3
SLOT_BYTES: Final = BUFFERS * BUFFER_BYTES
HIGHEST_NUMBER: Final = 1 << 62
_HEADER: Final = struct.Struct("<QddIII")
_LOCK: Final = struct.Struct("hhqqi4x")  # struct flock of 64-bit Linux


class FrameHeader(Struct, frozen=True):
    """What stands before a buffer's pixels. `number` counts the writer's frames from 1; `full`: nobody took it yet.

    `t` is the stream's second of the frame, `mono` when it was put here (monotonic seconds, the same in all processes).
    """

    number: int = 0
    t: float = 0.0
    mono: float = 0.0
    width: int = 0
    height: int = 0
    full: bool = False


class SlotMemory:
    """One end's view of the three buffers."""

    def __init__(self, descriptor: int) -> None:
        """Takes over `descriptor`. Raises `ProtocolError` when it is not the memory of a slot."""
        self._descriptor = descriptor
        try:
            size = os.fstat(descriptor).st_size
            if size != SLOT_BYTES:
                raise ProtocolError(f"{size} bytes are no slot", remedy="this is a fault of the hub")
            self.map = mmap.mmap(descriptor, SLOT_BYTES)
        except (OSError, ValueError) as error:
            raise ProtocolError(f"no slot: {error}", remedy="this is a fault of the hub") from error

    def lock(self, index: int) -> bool:
        """Take a buffer for this end alone; False when the other end has it."""
        try:
            self._lock(fcntl.F_WRLCK, index)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def unlock(self, index: int) -> None:
        """Give a buffer back."""
        self._lock(fcntl.F_UNLCK, index)

    def _lock(self, kind: int, index: int) -> None:
        wanted = _LOCK.pack(kind, os.SEEK_SET, index * BUFFER_BYTES, 1, 0)
        fcntl.fcntl(self._descriptor, fcntl.F_OFD_SETLK, wanted)

    def header(self, index: int) -> FrameHeader:
        """The header of a buffer that the other end does not write. Raises `ProtocolError` when it is nonsense."""
        number, t, mono, width, height, full = _HEADER.unpack_from(self.map, index * BUFFER_BYTES)
        if number == 0:
            return FrameHeader()
        times_good = abs(t) <= LATEST_S and abs(mono) <= LATEST_S
        if not (1 <= width <= LONGEST_SIDE and 1 <= height <= LONGEST_SIDE and times_good):
            raise ProtocolError(f"a frame of {width} x {height} pixels at {t} s", remedy="the camera's tap is at fault")
        if number > HIGHEST_NUMBER:
            raise ProtocolError(f"frame number {number}", remedy="the camera's tap is at fault")
        return FrameHeader(number, t, mono, width, height, bool(full))

    def newest(self) -> tuple[int, int]:
        """The buffer of the highest number, and that number, 0 when somebody took it: a hint, unless it is locked."""
        found = [(_HEADER.unpack_from(self.map, index * BUFFER_BYTES), index) for index in range(BUFFERS)]
        (number, *_, full), index = max(found, key=lambda header: header[0][0])
        return index, number if full else 0

    def set_header(self, index: int, header: FrameHeader) -> None:
        """Write a locked buffer's header."""
        values = (header.number, header.t, header.mono, header.width, header.height, header.full)
        _HEADER.pack_into(self.map, index * BUFFER_BYTES, *values)

    @staticmethod
    def pixels_at(index: int) -> int:
        """Where a buffer's pixels begin."""
        return index * BUFFER_BYTES + _HEADER_BYTES

    def close(self) -> None:
        """Let go of the memory, and of every lock on it. A frame that is still held keeps it mapped, until it goes."""
        try:
            self.map.close()
        except BufferError:
            for index in range(BUFFERS):
                self.unlock(index)
        os.close(self._descriptor)
