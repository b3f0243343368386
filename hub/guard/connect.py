"""`Guard`: the only way to open a connection out of the hub."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from hub.core.errors import EgressError, UnavailableError
from hub.guard.counted_socket import CountedSocket
from hub.guard.egress import Destination, EgressPolicy, Reach
from hub.guard.ledger import Ledger, LedgerWriter, Tally

Resolve = Callable[[str, int], Sequence[str]]
"""A name's addresses, best first. Raises `OSError`."""
_TIMEOUT_S: Final = 10.0
_MOST_ADDRESSES: Final = 8


def system_resolve(host: str, port: int) -> list[str]:
    """What the system's resolver says of `host`: its addresses, best first."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """Opens connections to where the household allows, and enters each in the ledger with its bytes.

    A name is resolved once and the connection goes to that very address, so that it cannot lead elsewhere the second
    time. Keep `ledger.run` under a supervisor, and `await close()` at the end.
    """

    def __init__(
        self,
        policy: EgressPolicy | None = None,
        writer: LedgerWriter | None = None,
        *,
        resolve: Resolve = system_resolve,
    ) -> None:
        self.policy = policy or EgressPolicy()
        self.ledger = Ledger(writer)
        self._resolve = resolve

    async def connect(
        self,
        host: str,
        port: int,
        why: str,
        *,
        who: str = "hub",
        reach: Reach = Reach.HOME,
        granted: Sequence[Destination] = (),
        tls: ssl.SSLContext | None = None,
        timeout_s: float = _TIMEOUT_S,
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection as streams; with a context of `guard.tls`, over TLS to the name `host`.

        Raises `EgressError` where the household does not allow it, `UnavailableError` when nobody answers.
        """
        connection = await self.open_socket(
            host, port, who=who, why=why, reach=reach, granted=granted, timeout_s=timeout_s
        )
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.open_connection(
                    sock=connection, ssl=tls, server_hostname=host if tls is not None else None
                )
        except (OSError, TimeoutError) as error:
            connection.close()
            raise _unreachable(host, port, error) from error

    async def open_socket(
        self,
        host: str,
        port: int,
        *,
        who: str,
        why: str,
        reach: Reach = Reach.HOME,
        granted: Sequence[Destination] = (),
        timeout_s: float = _TIMEOUT_S,
    ) -> CountedSocket:
        """A connected, non-blocking socket, for libraries that take one. Raises as `connect` does."""
        how: dict[str, Any] = {"who": who, "why": why, "reach": reach, "granted": granted, "timeout_s": timeout_s}
        opening = asyncio.ensure_future(asyncio.to_thread(self.open_blocking, host, port, **how))
        try:
            connection = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_unwanted)
            raise
        connection.setblocking(False)
        return connection

    def open_blocking(
        self,
        host: str,
        port: int,
        *,
        why: str,
        who: str = "hub",
        reach: Reach = Reach.HOME,
        granted: Sequence[Destination] = (),
        timeout_s: float = _TIMEOUT_S,
    ) -> CountedSocket:
        """A connected, blocking socket with this timeout, for use in threads. Raises as `connect` does.

        `granted` are places that are granted for this connection alone.
        """
        if not 0 < port < 65536 or not host or len(host) > 253 or any(c in host for c in "/@\0 "):
            raise EgressError(f"{host[:80]!r}:{port} is not an address", remedy="give a host name and a port")
        try:
            addresses = list(self._resolve(host, port))[:_MOST_ADDRESSES]
        except (OSError, UnicodeError) as error:
            raise _unreachable(host, port, error) from error
        allowed = self._allowed(
            host, addresses, port, partial(self.policy.check, reach=reach, granted=granted), who, why
        )
        failure: OSError | None = None
        for address in allowed:
            connection = CountedSocket(
                socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_CLOEXEC
            )
            connection.tally = Tally(who, f"{host}:{port}", why)
            connection.tally.closed = True  # nothing to tell of unless it connects
            connection.told_closed = self._closed
            connection.settimeout(timeout_s)
            try:
                connection.connect(socket.getaddrinfo(address, port, flags=socket.AI_NUMERICHOST)[0][4])
            except OSError as error:
                connection.close()
                failure = error
                continue
            connection.tally = self.ledger.opened(who, _where(host, address, port), why)
            return connection
        raise _unreachable(host, port, failure or OSError("no address"))

    def _allowed(
        self, host: str, addresses: list[str], port: int, check: Callable[[str, str, int], None], who: str, why: str
    ) -> list[str]:
        allowed, refusal = [], None
        for address in addresses:
            try:
                check(host, address, port)
            except EgressError as error:
                refusal = error
            else:
                allowed.append(address)
        if not allowed and refusal is not None:
            self.ledger.refused(who, f"{host}:{port}", why)
            raise refusal
        return allowed

    def _closed(self, tally: Tally) -> None:
        tally.closed = True
        self.ledger.wake()

    async def close(self) -> None:
        """Write the last rows of the ledger."""
        await self.ledger.flush()


def _close_unwanted(opening: "asyncio.Future[CountedSocket]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


def _where(host: str, address: str, port: int) -> str:
    return f"{host}:{port}" if host == address else f"{host}:{port} ({address})"


def _unreachable(host: str, port: int, error: BaseException) -> UnavailableError:
    reason = getattr(error, "strerror", None) or str(error) or "no answer in time"
    return UnavailableError(f"{host}:{port} cannot be reached: {reason}", remedy="is it on, and on this network?")
