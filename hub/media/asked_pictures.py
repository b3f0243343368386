"""Pictures from the hub to a tap, each only when the tap asks for it: so none ever waits, and the newest is taken.

Over a stream socket pair: the tap says a byte, the hub answers with one picture, its length (four bytes) before it. The
hub passes on bytes that it never looks into.
"""

import asyncio
import os
import socket
import time
from collections.abc import Callable, Generator
from typing import Final

from hub.core.errors import MediaError, ProtocolError, WorkerDiedError
from hub.media.encoded import MOST_BYTES, EncodedPicture
from hub.media.frame import Pixels, VideoFrame

_ASK: Final = b"?"
_LENGTH: Final = 4
_LOOK_UP_S: Final = 0.25
Decode = Callable[[bytearray], Pixels]
Attend = Callable[[int, float], None]
"""Waits until a descriptor can be read, at most so many seconds, and does meanwhile what else is to be done."""


class PictureFeed:
    """The hub's end."""

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self._ours.setblocking(False)

    def for_tap(self) -> int:
        """The other end, to be handed over; the feed's own copy, not to be closed."""
        return self._theirs.fileno()

    async def asked(self) -> None:
        """Return when the tap asks for a picture. Raises `WorkerDiedError` when it is gone."""
        if not await asyncio.get_running_loop().sock_recv(self._ours, 1):
            raise _gone()

    async def send(self, picture: EncodedPicture) -> None:
        """Answer with this picture, which stays the caller's to release. Raises `WorkerDiedError`."""
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_sendall(self._ours, len(picture).to_bytes(_LENGTH, "big"))
            await loop.sock_sendall(self._ours, picture.data)
        except OSError as error:
            raise _gone() from error

    def close(self) -> None:
        """Let go of both ends."""
        self._ours.close()
        self._theirs.close()


class AskedPictures:
    """The tap's end: frames as they come, `t` being when: seconds of `time.monotonic`, which all processes share."""

    def __init__(self, descriptor: int, decode: Decode, attend: Attend, stream: str = "") -> None:
        """`descriptor` is that of `PictureFeed.for_tap`, the caller's to close."""
        self._descriptor = descriptor
        self._decode = decode
        self._attend = attend
        self._stream = stream

    def frames(self) -> Generator[VideoFrame, None, None]:
        """Asks for one after the other. Raises `MediaError` for one that is none, and when nobody answers any more."""
        os.set_blocking(self._descriptor, False)
        while True:
            self._ask()
            length = int.from_bytes(self._read(_LENGTH), "big")
            if not 0 < length <= MOST_BYTES:
                raise ProtocolError(f"a picture of {length} bytes", remedy="this is a fault of the hub")
            data = self._read(length)
            came = time.monotonic()
            try:
                pixels = self._decode(data)
            finally:
                data[:] = bytes(len(data))
            yield VideoFrame(pixels, self._stream, came)

    def _ask(self) -> None:
        try:
            os.write(self._descriptor, _ASK)
        except OSError as error:
            raise _no_more() from error

    def _read(self, count: int) -> bytearray:
        found = bytearray()
        while len(found) < count:
            try:
                more = os.read(self._descriptor, count - len(found))
            except BlockingIOError:
                self._attend(self._descriptor, _LOOK_UP_S)
                continue
            except OSError as error:
                raise _no_more() from error
            if not more:
                raise _no_more()
            found += more
        return found


def _no_more() -> MediaError:
    return MediaError("no pictures come any more", remedy="begin again")


def _gone() -> WorkerDiedError:
    return WorkerDiedError("the process that decodes pictures is gone", remedy="begin again")
