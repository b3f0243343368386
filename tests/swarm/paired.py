"""Two hubs that can be paired on loopback, and guests and go-betweens that do not keep to the rules."""

import asyncio
import contextlib
import hashlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from hub.core.bus import Bus
from hub.core.events import Event
from hub.guard.connect import Guard
from hub.guard.tls import pairing_contexts
from hub.swarm.fabric import Fabric
from hub.swarm.identity import Identity
from hub.swarm.pairing.guest import join
from hub.swarm.pairing.handshake import Handshake
from hub.swarm.pairing.host import PairingHost
from hub.swarm.pairing.messages import VERSION, Answer, Hello, Message, receive, send

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Two:
    """A host that listens and a guest, both in no home."""

    def __init__(self, folder: Path, deadline_s: float = 20.0) -> None:
        self.folder = folder
        self.fabric = Fabric.open(folder / "host")
        self.guest = Fabric.open(folder / "guest")
        self.bus = Bus()
        self.told: list[Event] = []
        self.bus.publish = self.told.append  # type: ignore[method-assign,assignment]
        self.guard = Guard()
        about = lambda: ("host", ("127.0.0.1:7447",))  # noqa: E731
        self.host = PairingHost(self.fabric, self.bus, about, "127.0.0.1:0", deadline_s=deadline_s)

    async def __aenter__(self) -> "Two":
        await self.host.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.host.close()
        await self.bus.close()

    @property
    def port(self) -> int:
        return int(self.host.address.rpartition(":")[2])

    async def join(self, code: str, *, guest: Fabric | None = None, address: str = "", deadline_s: float = 20.0) -> str:
        """The guest types this code."""
        return await join(
            guest or self.guest, self.guard, address or self.host.address, code, "guest", deadline_s=deadline_s
        )

    def wrong(self) -> str:
        """A code that is not the one shown."""
        return f"{(int(self.host.status().code) + 1) % 10**6:06}"

    def told_of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.told if isinstance(event, kind)]

    async def idle(self) -> None:
        """Return when no run is under way."""
        async with asyncio.timeout(20):
            while len(self.host._tasks) > 1:
                await asyncio.sleep(0.005)

    @contextlib.asynccontextmanager
    async def raw(self) -> AsyncIterator[Streams]:
        """A TLS connection to the host, to say anything over."""
        context = pairing_contexts(self.guest.identity.path)[0]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=context)
        try:
            yield reader, writer
        finally:
            writer.close()


class RawGuest:
    """A guest by hand, over `streams`, that believes in `code`."""

    def __init__(self, streams: Streams, identity: Identity, code: str) -> None:
        self.reader, self.writer = streams
        self.identity = identity
        theirs = self.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        ends = (hashlib.sha256(identity.certificate).digest(), hashlib.sha256(theirs).digest())
        self.handshake = Handshake(code, *ends, is_host=False)

    async def say(self, message: Message) -> None:
        await send(self.writer, message)

    async def meet(self) -> None:
        """Hello and Answer."""
        await self.say(Hello(VERSION, self.identity.certificate, self.handshake.element()))
        self.handshake.meet((await receive(self.reader, Answer)).element)


class Between:
    """Somebody between guest and host, with a certificate of their own, who passes messages on and may change them."""

    def __init__(self, port: int, folder: Path, change: Callable[[bytes, bool], bytes] = lambda body, _: body) -> None:
        self._port = port
        self._identity = Identity.open(folder / "between.pem")
        self._change = change
        self._tasks: list[Awaitable[None]] = []

    async def __aenter__(self) -> str:
        _, context = pairing_contexts(self._identity.path)
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", 0, ssl=context)
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *error: object) -> None:
        self._server.close()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = pairing_contexts(self._identity.path)[0]
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port, ssl=client)
        await asyncio.gather(self._pass(reader, far_writer, True), self._pass(far_reader, writer, False))

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, to_host: bool) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                length = int.from_bytes(await source.readexactly(4), "big")
                body = self._change(await source.readexactly(length), to_host)
                sink.write(len(body).to_bytes(4, "big") + body)
                await sink.drain()
        sink.close()


@contextlib.contextmanager
def silent_server() -> Any:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"
