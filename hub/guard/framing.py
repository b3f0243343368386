"""The worker protocol's frames, the one place that knows them.

A frame is a header and a body. Header, little-endian, 8 bytes: protocol version, kind, stream number (for sound), body
length. The hub sends control messages (MessagePack, at most 64 KiB) and sound (int16, 16 kHz mono, at most 64 KiB).
A worker sends control messages of at most 8 KiB and nothing else: no frame out of it can hold raw media. A worker
says something, if only `HEARTBEAT`, at least every `HEARTBEAT_S`; silent for its deadline, it is killed.
"""

import enum
import struct
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from hub.core.errors import ProtocolError

VERSION: Final = 1
MOST_FROM_WORKER: Final = 8 * 1024
MOST_TO_WORKER: Final = 64 * 1024
HEARTBEAT_S: Final = 1.0
_HEADER: Final = struct.Struct("<BBHI")


class Frame(enum.IntEnum):
    """What a body is."""

    START = 1  # hub: what to become, as a `StartOrder`
    SEALED = 2  # worker: its `SealStatus`
    READY = 3  # worker: models are loaded
    MESSAGE = 4  # both: a message of the worker's own vocabulary
    SOUND = 5  # hub: samples of a stream
    HEARTBEAT = 6  # worker: still there
    FAILED = 7  # worker: the error that it ends with, as `HearthError.to_wire`


_FROM_WORKER: Final = frozenset({Frame.SEALED, Frame.READY, Frame.MESSAGE, Frame.HEARTBEAT, Frame.FAILED})
_TO_WORKER: Final = frozenset({Frame.START, Frame.MESSAGE, Frame.SOUND})


class Received(Struct, frozen=True):
    """A frame that came in. `number` is the stream's for sound, else 0."""

    kind: Frame
    number: int
    body: bytes


def frame(kind: Frame, body: bytes = b"", number: int = 0) -> bytes:
    """The frame as bytes. Raises `ProtocolError` when the body is larger than its direction allows."""
    most = MOST_FROM_WORKER if kind in _FROM_WORKER and kind is not Frame.MESSAGE else MOST_TO_WORKER
    if len(body) > most:
        raise ProtocolError(f"a {kind.name} frame of {len(body)} bytes", remedy=f"at most {most} are allowed")
    return _HEADER.pack(VERSION, kind, number, len(body)) + body


class FrameReader:
    """Cuts a byte stream into frames, refusing what the protocol does not allow before it allocates anything."""

    def __init__(self, *, from_worker: bool) -> None:
        """`from_worker`: this end is the hub's."""
        self._allowed = _FROM_WORKER if from_worker else _TO_WORKER
        self._most = MOST_FROM_WORKER if from_worker else MOST_TO_WORKER
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterator[Received]:
        """The frames that `data` completes. Raises `ProtocolError` at the first that is not allowed."""
        self._data += data
        while len(self._data) >= _HEADER.size:
            version, kind, number, length = _HEADER.unpack_from(self._data)
            if version != VERSION:
                raise ProtocolError(f"a frame of protocol version {version}", remedy=f"both ends must speak {VERSION}")
            if kind not in self._allowed:
                raise ProtocolError(
                    f"a frame of kind {kind} from the wrong end", remedy="this is a fault of the worker"
                )
            if length > self._most:
                raise ProtocolError(f"a frame of {length} bytes", remedy=f"at most {self._most} are allowed")
            if len(self._data) < _HEADER.size + length:
                return
            body = bytes(self._data[_HEADER.size : _HEADER.size + length])
            del self._data[: _HEADER.size + length]
            yield Received(Frame(kind), number, body)


class StartOrder(Struct, frozen=True, kw_only=True):
    """What a worker is told first: which function to become, what it may read, how it is sealed.

    `devices` are device nodes that it may open for reading and writing, such as a camera.

    `entry` is `module:function`; `search` are folders to import it from, beside the installed packages; `config` is
    the entry's own, as MessagePack. Without `seal` it runs unsealed: the household insisted, and is told so.
    """

    entry: str
    config: bytes
    readable: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    seal: bool = True
    memory_mb: int = 4096
