"""The packets that leave this machine, read from the kernel where that is allowed (as root, on Linux)."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Final, Self

_EVERY_PROTOCOL: Final = 3
_OUTGOING: Final = 4
_LONGEST: Final = 65_536
_MOST_BYTES: Final = 64 * 1024 * 1024
_LOOK_S: Final = 0.2


class Packets:
    """Within the block, `sent` gets what leaves over any interface but the loopback; None where that may not be read.

    `overflowed`: there was more than could be kept, 64 MiB.
    """

    def __init__(self) -> None:
        self.sent: list[bytes] | None = None
        self.overflowed = False
        self._socket: socket.socket | None = None
        self._over = threading.Event()
        self._reader = threading.Thread(target=self._read, name="audit packets", daemon=True)

    def __enter__(self) -> Self:
        with contextlib.suppress(OSError, AttributeError):  # not root, or not Linux
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_EVERY_PROTOCOL))
            self._socket.settimeout(_LOOK_S)
            self.sent = []
            self._reader.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        self._over.set()
        if self._socket is not None:
            self._reader.join()
            self._socket.close()

    def _read(self) -> None:
        assert self._socket is not None and self.sent is not None
        kept = 0
        while not self._over.is_set():
            try:
                data, (interface, _, kind, *_) = self._socket.recvfrom(_LONGEST)
            except TimeoutError:
                continue
            except OSError:  # an interface went down
                continue
            if kind != _OUTGOING or interface == "lo":
                continue
            kept += len(data)
            if kept > _MOST_BYTES:
                self.overflowed = True
            else:
                self.sent.append(data)
