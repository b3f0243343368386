"""The hub that shows the code: it listens, and lets one hub in while a person has opened the window."""

import asyncio
import hashlib
import socket
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, Final

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.errors import HearthError, ProtocolError, UnavailableError, UsageError
from hub.core.events import HubAsked, HubPaired, PairingAlarm
from hub.guard.tls import pairing_contexts
from hub.swarm import certificates
from hub.swarm.check_digits import shown
from hub.swarm.fabric import Fabric
from hub.swarm.pairing.handshake import Handshake
from hub.swarm.pairing.messages import (
    DEADLINE_S,
    VERSION,
    Admission,
    Answer,
    Confirmed,
    Guess,
    Hello,
    OtherRefusedError,
    Reason,
    Refused,
    Request,
    Stored,
    receive,
    send,
)
from hub.swarm.pairing.window import OPEN_S, Status, Window

log = structlog.get_logger(__name__)
About = Callable[[], tuple[str, tuple[str, ...]]]
"""What this hub is called, and where its mesh listens (`host:port`)."""
_MOST_AT_ONCE: Final = 16
_MOST_OF_ONE: Final = 8
_TELL_AGAIN_S: Final = 60.0
_GOODBYE_S: Final = 2.0


class _RefusedError(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class PairingHost:
    """Listens on `listen` (`host:port`). `await start()`, and `await close()` at the end."""

    def __init__(self, fabric: Fabric, bus: Bus, about: About, listen: str, *, deadline_s: float = DEADLINE_S) -> None:
        self._fabric = fabric
        self._bus = bus
        self._about = about
        self._listen = listen
        self._deadline_s = deadline_s
        self._window: Window | None = None
        self._server: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._from: Counter[str] = Counter()
        self._told_at = -_TELL_AGAIN_S

    @property
    def address(self) -> str:
        """Where it listens, as `host:port`, once started."""
        return self._listen

    async def start(self) -> None:
        """Listen. Raises `UnavailableError` when the address is taken or not this machine's."""
        host, _, port = self._listen.rpartition(":")
        bare = host.strip("[]")
        family = socket.AF_INET6 if ":" in bare else socket.AF_INET
        try:
            server = socket.create_server((bare, int(port)), family=family, backlog=_MOST_AT_ONCE)
        except OSError as error:
            raise UnavailableError(
                f"pairing cannot listen on {self._listen}: {error.strerror}",
                remedy="choose another [swarm] pairing_port",
            ) from error
        server.setblocking(False)
        self._server = server
        self._listen = f"{host}:{server.getsockname()[1]}"
        self._task(self._accept(server))

    async def close(self) -> None:
        """Close the window, end every run, and listen no more."""
        self.disarm()
        await cancelled(*self._tasks)
        if self._server is not None:
            self._server.close()

    def arm(self, addresses: tuple[str, ...] = (), open_s: float = OPEN_S) -> Status:
        """A person wants to let a hub in: a new code, shown with `addresses`. An older window closes.

        Raises `UnavailableError` on a hub that cannot let others in.
        """
        self._fabric.can_admit()
        self.disarm()
        self._window = Window(addresses or (self._listen,), self._ended, open_s)
        return self._window.status()

    def disarm(self) -> None:
        """Let nobody in after all."""
        if self._window is not None:
            self._window.close("it was called off")

    def status(self) -> Status:
        """How pairing stands."""
        return self._window.status() if self._window is not None else Status()

    def _ended(self, reason: str, alarm: bool) -> None:
        log.warning("pairing closed", reason=reason) if alarm else log.info("pairing closed", reason=reason)
        if alarm:
            self._bus.publish(PairingAlarm(reason=reason))

    def _task(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, server: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, where = await loop.sock_accept(server)
            except OSError as error:  # out of descriptors, or ended before it was taken
                log.warning("a pairing connection could not be taken", error=str(error))
                await asyncio.sleep(0.1)
                continue
            address = str(where[0])
            if self._from.total() >= _MOST_AT_ONCE or self._from[address] >= _MOST_OF_ONE:
                connection.close()
                continue
            self._from[address] += 1
            self._task(self._run(connection, address))

    async def _run(self, connection: socket.socket, address: str) -> None:
        writer: asyncio.StreamWriter | None = None
        try:
            async with asyncio.timeout(self._deadline_s):
                reader, writer = await self._tls(connection)
                await self._serve(reader, writer, address)
        except (OSError, TimeoutError) as error:  # ssl.SSLError is an OSError
            log.info("a pairing run ended", address=address, error=str(error) or "silence")
        finally:
            self._from[address] -= 1
            self._from += Counter()  # forget those at zero
            if writer is not None:
                writer.close()
            else:
                connection.close()

    async def _tls(self, connection: socket.socket) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        context = pairing_contexts(self._fabric.identity.path)[1]
        transport, _ = await loop.connect_accepted_socket(
            lambda: protocol,
            connection,
            ssl=context,
            ssl_handshake_timeout=self._deadline_s,
            ssl_shutdown_timeout=_GOODBYE_S,
        )
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str) -> None:
        reason: Reason = "failed"
        try:
            await self._let_in(reader, writer, address)
            return
        except _RefusedError as refused:
            reason = refused.reason
        except OtherRefusedError as refused:
            log.warning("the other hub ended pairing", address=address, reason=refused.reason)
            return
        except ProtocolError as error:
            reason = "protocol"
            log.info("a pairing run was ended", address=address, error=str(error))
        except HearthError as error:
            log.error("a hub could not be let in", address=address, error=str(error))
        await send(writer, Refused(reason))

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str) -> None:
        hello = await receive(reader, Hello)
        window = self._window
        if window is None or not window.open:
            self._tell_of(address)
            raise _RefusedError("nobody")
        identity, host = hello.identity, self._fabric.identity
        key = _key_of(hello)
        if not window.begin():
            raise _RefusedError("closed")
        ends = (hashlib.sha256(identity).digest(), hashlib.sha256(host.certificate).digest())
        handshake = Handshake(window.code, *ends, is_host=True)
        element = await asyncio.to_thread(handshake.element)
        await asyncio.to_thread(handshake.meet, hello.element)
        await send(writer, Answer(element))
        guess = await receive(reader, Guess)
        if not window.guess():
            raise _RefusedError("closed")
        if not handshake.right_guess(guess.mac):
            log.warning("a wrong code, or somebody between the two hubs", address=address)
            window.wrong()
            raise _RefusedError("wrong")
        handshake.check_signature(key, guess.signature)
        if not window.right():
            raise _RefusedError("closed")
        try:
            await send(writer, Confirmed(handshake.answer()))
            await self._admit(reader, writer, identity)
        except BaseException:
            window.close("the other hub did not finish; pair again")
            raise
        window.paired(certificates.hub_id(identity))

    async def _admit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, identity: bytes) -> None:
        asked = await receive(reader, Request)
        if not self._fabric.home:
            await self._fabric.found(*self._about())
        try:
            welcome = await self._fabric.admit(identity, asked.request, asked.card)
        except UsageError as error:
            log.warning("a hub with the right code was not let in", reason=str(error))
            removed = certificates.hub_id(identity) in self._fabric.records.removals
            raise _RefusedError("removed" if removed else "full") from error
        await send(writer, Admission(welcome.root, welcome.records))
        await receive(reader, Stored)
        hub = certificates.hub_id(identity)
        log.info("a hub was let in", hub=shown(hub), name=asked.card.name)
        self._bus.publish(HubPaired(peer=hub, name=asked.card.name))

    def _tell_of(self, address: str) -> None:
        """Somebody wants in while nobody waits: told once a minute at most."""
        now = time.monotonic()
        if now - self._told_at >= _TELL_AGAIN_S:
            self._told_at = now
            log.warning("a hub asks to be paired, and nobody waits for one", address=address)
            self._bus.publish(HubAsked(address=address))


def _key_of(hello: Hello) -> Ed25519PublicKey:
    """The key of the guest's certificate. Raises `ProtocolError` for another version, or no certificate of ours."""
    if hello.version != VERSION:
        raise ProtocolError(f"the other hub pairs by version {hello.version}", remedy=f"both must speak {VERSION}")
    return certificates.public_key(certificates.read(hello.identity))
