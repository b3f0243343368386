"""Sockets that count what goes over them."""

import socket
import ssl
from collections.abc import Callable
from typing import Any

from hub.guard.ledger import Tally


class CountedSocket(socket.socket):
    """A TCP socket that adds every byte to a tally, and tells when it is closed.

    It is a `socket.socket` to asyncio and to libraries alike. Wrapped by a TLS context of `guard.tls` it goes on being
    counted; detached, its descriptor is no longer.
    """

    tally: Tally
    told_closed: Callable[[Tally], None]

    def send(self, data: Any, flags: int = 0, /) -> int:
        """As `socket.send`."""
        sent = super().send(data, flags)
        self.tally.bytes_out += sent
        return sent

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """As `socket.sendall`."""
        super().sendall(data, flags)
        self.tally.bytes_out += memoryview(data).nbytes

    def sendmsg(self, *arguments: Any) -> int:
        """As `socket.sendmsg`."""
        sent = super().sendmsg(*arguments)
        self.tally.bytes_out += sent
        return sent

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As `socket.recv`."""
        data = super().recv(size, flags)
        self.tally.bytes_in += len(data)
        return data

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """As `socket.recv_into`."""
        count = super().recv_into(buffer, nbytes, flags)
        self.tally.bytes_in += count
        return count

    def close(self) -> None:
        """As `socket.close`."""
        super().close()
        if not self.tally.closed:
            self.told_closed(self.tally)


class CountedTlsSocket(ssl.SSLSocket):
    """TLS over a `CountedSocket`, blocking: counts the content, without what TLS adds to it."""

    _tally: Tally | None = None
    _told_closed: Callable[[Tally], None] | None = None

    @classmethod
    def _create(cls, sock: socket.socket, *arguments: Any, **options: Any) -> "CountedTlsSocket":
        made: CountedTlsSocket = super()._create(sock, *arguments, **options)  # type: ignore[misc]
        if isinstance(sock, CountedSocket):
            made._tally, made._told_closed = sock.tally, sock.told_closed
        return made

    def send(self, data: Any, flags: int = 0) -> int:
        """As `SSLSocket.send`."""
        sent = super().send(data, flags)
        if self._tally is not None:
            self._tally.bytes_out += sent
        return sent

    def read(self, size: int = 1024, buffer: Any = None, /) -> Any:
        """As `SSLSocket.read`."""
        got: Any = super().read(size, buffer)
        if self._tally is not None:
            self._tally.bytes_in += len(got) if buffer is None else int(got)
        return got

    def close(self) -> None:
        """As `SSLSocket.close`."""
        super().close()
        if self._tally is not None and not self._tally.closed and self._told_closed is not None:
            self._told_closed(self._tally)
