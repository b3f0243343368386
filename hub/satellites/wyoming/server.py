"""The hub as a Wyoming server: wake words, speech, voice and conversation for Home Assistant and others."""

import asyncio
import contextlib
from typing import Final

import structlog

from hub.core.cancelled import cancelled
from hub.core.errors import HearthError, UnavailableError
from hub.guard.loopback import is_loopback
from hub.satellites.wyoming.advertise import Advertiser
from hub.satellites.wyoming.client import WyomingClient
from hub.satellites.wyoming.offer import Offer
from hub.satellites.wyoming.wire import Limits, Wire

log = structlog.get_logger(__name__)
MAX_CLIENTS: Final = 64
MAX_CLIENTS_A_HOST: Final = 16


class WyomingServer:
    """Listens on `host`:`port` (0: any free one). Loopback unless the household opened it.

    Beyond loopback it is announced as `_wyoming._tcp.local.`; the protocol has no authentication, so whoever can
    connect can do what voice may do.
    """

    def __init__(
        self,
        offer: Offer,
        host: str = "127.0.0.1",
        port: int = 10400,
        *,
        name: str = "Hearth",
        limits: Limits | None = None,
        advertiser: Advertiser | None = None,
    ) -> None:
        self._offer = offer
        self._host = host
        self._port = port
        self._name = name
        self._limits = limits or Limits()
        self._advertiser = advertiser
        self._server: asyncio.Server | None = None
        self._clients: dict[asyncio.Task[None], str] = {}
        self._count = 0

    @property
    def port(self) -> int:
        """The port that it listens on."""
        if self._server is None or not self._server.sockets:
            return self._port
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._clients)

    async def start(self) -> None:
        """Listen. Raises `UnavailableError` when the address cannot be had."""
        try:
            self._server = await asyncio.start_server(
                self._accept, self._host, self._port, limit=self._limits.line, backlog=MAX_CLIENTS
            )
        except OSError as error:
            raise UnavailableError(
                f"cannot listen on {self._host}:{self._port}: {error.strerror or error}",
                remedy="choose another port in [wyoming]",
            ) from error
        if not is_loopback(self._host) and self._advertiser is not None:
            try:
                await self._advertiser.start(self._name, self._host, self.port)
            except (OSError, HearthError) as error:
                log.warning("the Wyoming server is not announced on the network", error=str(error))
        log.info("Wyoming server listens", host=self._host, port=self.port)

    async def close(self) -> None:
        """Stop listening and let go of all clients."""
        if self._advertiser is not None:
            await self._advertiser.close()
        if self._server is not None:
            self._server.close()
        await cancelled(*self._clients)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        full = len(self._clients) >= MAX_CLIENTS
        if full or sum(a == address for a in self._clients.values()) >= MAX_CLIENTS_A_HOST:
            log.warning("too many Wyoming clients", address=address)
            writer.transport.abort()
            return
        self._count += 1
        task = asyncio.get_running_loop().create_task(
            self._serve(Wire(reader, writer, self._limits), f"wyoming:{self._count}")
        )
        self._clients[task] = address
        task.add_done_callback(lambda done: self._clients.pop(done, None))

    async def _serve(self, wire: Wire, name: str) -> None:
        try:
            await WyomingClient(wire, self._offer, name).serve()
        except ConnectionError:
            log.debug("a Wyoming client went", client=name)
        except Exception:
            log.exception("a Wyoming client could not be served", client=name)
        finally:
            with contextlib.suppress(ConnectionError):
                await wire.close()
