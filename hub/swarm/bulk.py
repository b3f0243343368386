"""`HttpBulk`: large bodies from hub to hub, over HTTPS with certificates on both sides.

A connection of its own for each body, and a listener of its own: no command of the mesh waits behind one. Who the
other side is, its key says: the certificate's public key must be the very one that the home's records hold for that
hub, whatever name is in it.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPResponse
from typing import Final

import msgspec
import structlog

from hub.core.entries import enter_under
from hub.core.errors import HearthError, ProtocolError, UnavailableError
from hub.guard.connect import Guard
from hub.guard.http_connection import HTTP_FAILURES, HttpConnection, pieces
from hub.swarm.access import chunk
from hub.swarm.bulk_server import BulkServer, fingerprint_of
from hub.swarm.ports import Answer
from hub.swarm.zenoh_config import MeshKey, with_port

log = structlog.get_logger(__name__)
MOST_BYTES: Final = 64 * 1024 * 1024
"""Bytes of a body, either way."""
_MOST_ERROR: Final = 64 * 1024
_CONNECT_S: Final = 5.0
_MOST_AT_ONCE: Final = 16


class HttpBulk:
    """A hub's end (`hub.swarm.ports.Bulk`). `await start()`, and `await close()` at the end.

    `members` are the home's hubs with the fingerprints of their keys (`hub.swarm.certificates.fingerprint`); `where`
    is a member's bulk address now (`host:port`, empty when unknown). Without a `key` it does not listen until `reopen`
    gives it one. `listen` is loopback until the household opens it.
    """

    def __init__(
        self,
        key: MeshKey | None,
        members: Mapping[str, str],
        where: Callable[[str], str],
        guard: Guard,
        *,
        listen: str = "127.0.0.1:0",
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._key = key
        self._members = dict(members)
        self._where = where
        self._guard = guard
        self._listen = listen
        self._most = most_bytes
        self._client: ssl.SSLContext | None = None
        self._server: BulkServer | None = None
        self._answers: dict[str, Answer] = {}
        # Of its own: a body under way holds a thread, and the loop's common ones are few.
        self._threads = ThreadPoolExecutor(_MOST_AT_ONCE, thread_name_prefix="bulk")

    @property
    def address(self) -> str:
        """Where it listens, as `host:port`, once started."""
        return self._listen

    async def start(self) -> None:
        """Listen. Raises `UnavailableError` when the port is taken, `SettingsError` for a certificate of no use."""
        from hub.guard.tls import mutual_contexts

        self._listen = with_port(self._listen)
        if self._key is None:
            return
        self._client, context = mutual_contexts(self._key.root, self._key.certificate, self._key.private_key)
        self._server = BulkServer(self._who, self._answer, self._most)
        await self._server.start(self._listen, context)

    async def reopen(self, members: Mapping[str, str], key: MeshKey | None) -> None:
        """These are the home's hubs from now on, and this hub is known by `key`; without one it does not listen.

        Raises as `start` does.
        """
        if key != self._key:
            await self._stop()
            self._key, self._client = key, None
            await self.start()
        self.trust(members)

    def trust(self, members: Mapping[str, str]) -> None:
        """These are the home's hubs from now on; connections of others end here."""
        self._members = dict(members)
        if self._server is not None:
            self._server.drop_strangers()

    async def close(self) -> None:
        """Listen no more, and give nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        await self._stop()

    async def _stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            await server.close()

    def take(self, name: str, answer: Answer) -> Callable[[], None]:
        """Take bodies called `name` from other hubs; returns the function that ends it."""
        return enter_under(self._answers, chunk(name, "name of a body"), answer)

    async def give(self, hub: str, name: str, body: bytes, *, timeout_s: float = 30.0) -> bytes:
        """Hand a body to a hub; its answer. Raises `UnavailableError`, the error that it answered with, or
        `ProtocolError` for a body that is too large.
        """
        chunk(name, "name of a body")
        if len(body) > self._most:
            raise ProtocolError(f"{len(body)} bytes are too many for one body", place=name, remedy="send it in parts")
        pinned, place = self._members.get(hub), self._where(hub)
        host, _, port = place.rpartition(":")
        if pinned is None or self._client is None or not host or not port.isdigit():
            raise UnavailableError(f"hub {hub[:12]} cannot be reached", remedy="is it on, and on this network?")
        given: _Given | None = None
        try:
            async with asyncio.timeout(timeout_s):
                plain = await self._guard.open_socket(
                    host.strip("[]"),
                    int(port),
                    who="swarm",
                    why=f"{name[:40]} for hub {hub[:12]}",
                    timeout_s=min(timeout_s, _CONNECT_S),
                )
                # The Host header says "hub": over a connection to nobody else it means nothing.
                given = _Given(HttpConnection(plain, "hub", 80, timeout_s=timeout_s), hub, pinned, self._most)
                send = partial(given.exchange, self._client, name, body)
                return await asyncio.get_running_loop().run_in_executor(self._threads, send)
        except TimeoutError as error:
            raise UnavailableError(f"hub {hub[:12]} did not answer in {timeout_s:.0f} s") from error
        finally:
            if given is not None:
                given.abandon()

    def _who(self, fingerprint: str) -> str:
        return next((hub for hub, pinned in self._members.items() if pinned == fingerprint), "")

    def _answer(self, name: str) -> Answer | None:
        return self._answers.get(name)


class _Given:
    """One body on its way."""

    def __init__(self, connection: HttpConnection, hub: str, pinned: str, most: int) -> None:
        self._connection, self._hub, self._pinned, self._most = connection, hub, pinned, most
        self._begun = False

    def abandon(self) -> None:
        """Whoever waited for the answer does so no longer."""
        self._connection.end()
        if not self._begun:  # no thread came to it, and none will
            self._connection.close()

    def exchange(self, context: ssl.SSLContext, name: str, body: bytes) -> bytes:
        """Send it and return the answer; blocks."""
        from hub.swarm.certificates import dns_name

        self._begun = True
        try:
            with self._connection as connection:
                if fingerprint_of(connection.secure(context, dns_name(self._hub))) != self._pinned:
                    raise ProtocolError(f"another hub answers where {self._hub[:12]} should be")
                headers = {"Content-Type": "application/octet-stream"}
                return self._read(connection.ask("POST", f"/v1/{name}", headers, body))
        except HTTP_FAILURES as error:
            raise UnavailableError(f"hub {self._hub[:12]} cannot be reached: {error}") from error

    def _read(self, response: HTTPResponse) -> bytes:
        most = self._most if response.status == 200 else _MOST_ERROR
        answer = b"".join(pieces(response, most))
        if len(answer) > most:
            raise ProtocolError(f"hub {self._hub[:12]} answers with more than {most} bytes")
        if response.status == 200:
            return answer
        try:
            raise HearthError.from_wire(msgspec.json.decode(answer, type=dict[str, str]))
        except msgspec.DecodeError as error:
            raise UnavailableError(f"hub {self._hub[:12]} answered {response.status}") from error
