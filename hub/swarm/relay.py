"""The way out to another hub: Zenoh connects to a port of this machine, and what it says goes on through the guard.

Zenoh opens its own sockets. Given only loopback addresses to connect to, it can reach nothing but these relays; each
leads to one member of the home, by a connection that `hub.guard` allowed, opened, counts and enters in the ledger.
The TLS runs from hub to hub; nothing is read on the way. An address that changes needs no new session: the next
connection goes to the new one.

Copying is done by threads and, on Linux, inside the kernel (`splice`), so that a busy event loop holds up nobody.
"""

import contextlib
import functools
import os
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from hub.core.errors import EgressError, HearthError
from hub.guard.connect import Guard
from hub.guard.counted_socket import CountedSocket

log = structlog.get_logger(__name__)
Where = Callable[[], str]
"""The member's address now, as `host:port`; empty when it is not known."""
_TIMEOUT_S: Final = 2.0
_PIECE: Final = 1 << 18
_MOST: Final = 4  # Zenoh holds one connection; a few more may be on their way out
_SPLICE: Final = getattr(os, "splice", None)


class Relay:
    """Takes connections on a loopback port, `address`, and leads each to where `where` says. For one member `hub`."""

    def __init__(self, hub: str, where: Where, guard: Guard) -> None:
        self._hub = hub
        self._where = where
        self._guard = guard
        self.place = ""
        """The address that it led to last."""
        self._refused = ""  # the address that the household does not allow: entered in the ledger once, not each try
        self._server = socket.create_server(("127.0.0.1", 0), backlog=_MOST)
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closed = False
        threading.Thread(target=self._accept, name=f"relay to {hub[:8]}", daemon=True).start()

    def close(self) -> None:
        """Take no more connections, and end those that are open."""
        with self._lock:
            self._closed = True
            under_way = tuple(self._open)
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for connection in under_way:
            _end(connection)

    def drop(self) -> None:
        """End the open connections: Zenoh makes a new one, to where the hub is now."""
        with self._lock:
            under_way = tuple(self._open)
        for connection in under_way:
            _end(connection)

    def _accept(self) -> None:
        while not self._closed:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            with self._lock:
                wanted = not self._closed and len(self._open) < 2 * _MOST
                if wanted:
                    self._open.add(near)
            if not wanted:
                near.close()
                continue
            threading.Thread(target=self._lead, args=(near,), name=f"to {self._hub[:8]}", daemon=True).start()

    def _lead(self, near: socket.socket) -> None:
        far = self._connect()
        if far is None:
            self._forget(near)
            return
        with self._lock:
            self._open.add(far)
            closed = self._closed
        if closed:
            _end(far)
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            end.settimeout(None)
        back = threading.Thread(target=_copy, args=(far, near, _In(far)), name=f"from {self._hub[:8]}", daemon=True)
        back.start()
        _copy(near, far, _Out(far))
        back.join()
        self._forget(near)
        self._forget(far)

    def _connect(self) -> CountedSocket | None:
        place = self._where()
        host, _, port = place.rpartition(":")
        if not host or not port.isdigit() or place == self._refused:
            return None
        try:
            far = self._guard.open_blocking(
                host.strip("[]"), int(port), who="swarm", why=f"mesh with hub {self._hub[:12]}", timeout_s=_TIMEOUT_S
            )
            self.place = place
            return far
        except EgressError as error:
            self._refused = place
            log.warning("a hub's address is not allowed", hub=self._hub, error=str(error))
        except HearthError as error:
            log.debug("a hub cannot be reached", hub=self._hub, error=str(error))
        return None

    def _forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)
        connection.close()


class Relays:
    """A relay for each of these members. `where(hub)` is a member's address now."""

    def __init__(self, hubs: Iterable[str], where: Callable[[str], str], guard: Guard) -> None:
        self._relays = {hub: Relay(hub, functools.partial(where, hub), guard) for hub in sorted(hubs)}

    def addresses(self) -> list[str]:
        """Where they listen."""
        return [relay.address for relay in self._relays.values()]

    def places(self) -> dict[str, str]:
        """The address that was led to last, of those that were reached at all."""
        return {hub: relay.place for hub, relay in self._relays.items() if relay.place}

    def drop(self, hub: str) -> None:
        """A member has another address than before."""
        if hub in self._relays:
            self._relays[hub].drop()

    def close(self) -> None:
        """End them all."""
        for relay in self._relays.values():
            relay.close()
        self._relays.clear()


class _Out:
    def __init__(self, far: CountedSocket) -> None:
        self._tally = far.tally

    def __call__(self, count: int) -> None:
        self._tally.bytes_out += count


class _In(_Out):
    def __call__(self, count: int) -> None:
        self._tally.bytes_in += count


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _copy(source: socket.socket, sink: socket.socket, count: Callable[[int], None]) -> None:
    """Copy until either side ends; then end both."""
    try:
        if _SPLICE is not None:
            _copy_in_kernel(source, sink, count)
        else:
            _copy_by_hand(source, sink, count)
    except OSError:
        pass
    finally:
        _end(source)
        _end(sink)


def _copy_in_kernel(source: socket.socket, sink: socket.socket, count: Callable[[int], None]) -> None:
    reads, writes = os.pipe()
    try:
        while True:
            got = os.splice(source.fileno(), writes, _PIECE)  # type: ignore[attr-defined,unused-ignore]  # Linux has it
            if not got:
                return
            left = got
            while left:
                left -= os.splice(reads, sink.fileno(), left)  # type: ignore[attr-defined,unused-ignore]
            count(got)
    finally:
        os.close(reads)
        os.close(writes)


def _copy_by_hand(source: socket.socket, sink: socket.socket, count: Callable[[int], None]) -> None:
    while piece := socket.socket.recv(source, _PIECE):
        socket.socket.sendall(sink, piece)
        count(len(piece))
