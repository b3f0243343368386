"""`ZenohMesh`: the mesh of a home's hubs over Zenoh, peer to peer, TLS with certificates on both sides."""

import asyncio
import functools
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from hub.core.cancelled import cancelled
from hub.core.entries import enter
from hub.core.errors import HearthError, ProtocolError, UnavailableError
from hub.guard.connect import Guard
from hub.swarm.access import EVERYONE, Key, chunk, key_ask, key_to, parse
from hub.swarm.inbox import Inbox
from hub.swarm.leftovers import end_connections_of
from hub.swarm.liveness import LinkWatch, Liveness
from hub.swarm.outbox import Outbox
from hub.swarm.owner import Owner, Tell, nobody
from hub.swarm.parcels import Sender
from hub.swarm.parcels import unpack as unpack_parcel
from hub.swarm.ports import Answer, Take
from hub.swarm.questions import Answers, unpack
from hub.swarm.relay import Relays
from hub.swarm.session import Session
from hub.swarm.zenoh_config import LARGEST_MESSAGE, MeshKey, check_size, settings, with_port

log = structlog.get_logger(__name__)
PAUSING: Final = "~pausing"  # the mesh's own topic: this hub closes its session for a moment
_NOWHERE: Final = "nowhere"
_LOOK_S: Final = 1.0
_PAUSING_S: Final = 0.3


class ZenohMesh:
    """A hub's end of the mesh (`hub.swarm.ports.Mesh`). `await start()`, and `await close()` at the end.

    `where(hub)` is a member's address now (`host:port`, empty when unknown). Of two hubs the one whose id sorts first
    connects, through the guard; the other listens on `listen`. Topics in `best_effort` may lose messages when a link
    is slow; all others wait. A hub that is in no home yet has no `key`, only its id, `hub`: it is alone until `reopen`
    gives it one. `tell` hears of strangers, impersonations and two hubs with one certificate; `proved` of
    the address where a member answered with its certificate.
    """

    def __init__(
        self,
        key: MeshKey | None,
        members: Iterable[str],
        where: Callable[[str], str],
        guard: Guard,
        *,
        hub: str = "",
        listen: str = "127.0.0.1:0",
        best_effort: Iterable[str] = (),
        tell: Tell = nobody,
        proved: Callable[[str, str], None] = lambda hub, place: None,
    ) -> None:
        self.hub = key.hub if key is not None else hub
        """This hub's id."""
        self._key = key
        self._home = key.home if key is not None else _NOWHERE
        self._members = frozenset(members) | {self.hub}
        self._where = where
        self._guard = guard
        self._listen = listen
        self._best_effort = frozenset(best_effort)
        self._owner = Owner(tell, guard.ledger)
        self._takes: dict[str, list[Take]] = {}
        self._answers = Answers()
        self._answers.answer(PAUSING, self._told_of_pause)
        self._relays = Relays((), where, guard)
        self._session: Session | None = None
        self._live = Liveness(self._members - {self.hub})
        self._links = LinkWatch(self._live, self._owner, proved)
        self._changing = asyncio.Lock()
        self._route = functools.lru_cache(maxsize=1024)(self._route_of)
        self._parse = functools.lru_cache(maxsize=1024)(functools.partial(parse, self._home))
        self._watcher: asyncio.Task[None] | None = None

    # -- life ------------------------------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """Where it listens, as `host:port`, once started."""
        return self._listen

    async def start(self) -> None:
        """Listen, and connect to the members. Raises `UnavailableError` when the port is taken."""
        self._loop = asyncio.get_running_loop()
        self._listen = with_port(self._listen)
        self._inbox = Inbox(self._loop, self._deliver)
        self._outbox = Outbox(self.hub)
        self._sender = Sender(self._outbox, self._put)
        try:
            await self._open()
        except BaseException:
            await self.close()
            raise
        self._watcher = self._loop.create_task(self._look_at_links(), name="mesh links")

    async def reopen(self, members: Iterable[str], key: MeshKey | None) -> None:
        """Trust these hubs and no others from now on, and be known by `key`: a new session, for Zenoh reads its access
        rules once. Connections of hubs that are no longer members end here. Without a key this hub is alone.
        """
        async with self._changing:
            await self._say_pausing()
            self._live.pause()
            await self._shut()
            self._key = key
            self._home = key.home if key is not None else _NOWHERE
            self._members = frozenset(members) | {self.hub}
            self._inbox.forget(self._members)
            self._live.members(self._members - {self.hub})
            self._links.forget()
            self._route.cache_clear()
            self._parse = functools.lru_cache(maxsize=1024)(functools.partial(parse, self._home))
            await self._open()

    async def close(self) -> None:
        """Leave the mesh."""
        await cancelled(self._watcher)
        self._live.close()
        await self._answers.close()
        await self._outbox.close()
        self._inbox.close()
        await self._shut()

    def moved(self, hub: str) -> None:
        """A member is said to have another address: connect to it there, unless it is alive where it is."""
        if hub not in self.alive():
            self._relays.drop(hub)

    async def _open(self) -> None:
        if self._key is None:
            return
        self._relays = Relays([m for m in self._members if self.hub < m], self._where, self._guard)
        values = settings(self._key, self._members, [self._listen], self._relays.addresses())
        session = Session(self._home, self.hub)
        await asyncio.to_thread(session.open, values, self._members, self._heard, self._asked, self._token)
        self._session = session

    async def _shut(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await asyncio.to_thread(session.close)
            await asyncio.to_thread(end_connections_of, int(self._listen.rpartition(":")[2]))
        self._relays.close()

    async def _say_pausing(self) -> None:
        """Return when all that are there know that this hub will be back. Said as a question, because a message may be
        taken later than the news that its sender is gone.
        """
        self._sender.flush()
        said = (self._ask(hub, PAUSING, b"", _PAUSING_S) for hub in self.alive())
        if any(isinstance(outcome, HearthError) for outcome in await asyncio.gather(*said, return_exceptions=True)):
            log.debug("not every hub could be told of the pause")

    async def _told_of_pause(self, sender: str, body: bytes) -> bytes:
        self._live.pausing(sender)
        return b""

    # -- what this hub says ------------------------------------------------------------------------------------------

    def alive(self) -> frozenset[str]:
        """The other hubs that can be reached now."""
        return self._live.alive()

    def watch(self, changed: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Call `changed` with those alive whenever that changes; returns the function that ends it."""
        return self._live.watch(changed)

    async def send(self, topic: str, body: bytes, *, to: str = "") -> None:
        """Tell all hubs, or one. Waits while more is under way than the network takes. Raises `ProtocolError` when it
        is larger than 4 MiB.
        """
        check_size(topic, body)
        key, urgent = self._route(topic, to)
        await self._sender.send(key, body, urgent)

    def _route_of(self, topic: str, to: str) -> tuple[str, bool]:
        key = key_to(self._home, self.hub, chunk(to or EVERYONE, "hub's id"), chunk(topic))
        return key, topic not in self._best_effort

    def _put(self, key: str, body: bytes, urgent: bool) -> None:
        session = self._session
        if session is not None:
            session.put(key, body, urgent=urgent)

    async def ask(self, hub: str, topic: str, body: bytes, *, timeout_s: float = 5.0) -> bytes:
        """A hub's answer. Raises `UnavailableError` when it cannot be reached or does not answer in time, or the error
        that it answered with.
        """
        check_size(topic, body)
        return await self._ask(hub, chunk(topic), body, timeout_s)

    async def _ask(self, hub: str, topic: str, body: bytes, timeout_s: float) -> bytes:
        key = key_ask(self._home, self.hub, chunk(hub, "hub's id"), topic)
        session = self._session
        if session is None or hub not in self.alive():
            raise UnavailableError(f"hub {hub[:12]} cannot be reached", remedy="is it on, and on this network?")
        answered: asyncio.Future[bytes | None] = self._loop.create_future()

        def settle(packed: bytes | None) -> None:
            if not answered.done():
                answered.set_result(packed)

        def reply(packed: bytes | None) -> None:
            self._loop.call_soon_threadsafe(settle, packed)

        await self._outbox.hand(lambda: session.ask(key, body, timeout_s, reply), len(body))
        try:
            async with asyncio.timeout(timeout_s):
                packed = await answered
        except TimeoutError:
            packed = None
        if packed is None:
            raise UnavailableError(f"hub {hub[:12]} does not answer", remedy="is it on, and on this network?")
        return unpack(packed)

    # -- what others say ---------------------------------------------------------------------------------------------

    def listen(self, topic: str, take: Take) -> Callable[[], None]:
        """Call `take` for every message of a topic from other hubs, on the event loop; returns what ends it."""
        return enter(self._takes.setdefault(chunk(topic), []), take)

    def answer(self, topic: str, answer: Answer) -> Callable[[], None]:
        """Answer the questions of other hubs about a topic; returns the function that ends it."""
        return self._answers.answer(chunk(topic), answer)

    def _heard(self, batch: list[tuple[str, bytes]]) -> None:
        """On a member's thread. The access rules let nothing in but what lies in its sender's own key space, or in this
        hub's.
        """
        said: list[tuple[str, bytes]] = []
        sender = ""
        for key, parcel in batch:
            at = self._accept(key, parcel)
            if at is None:
                continue
            sender = at.sender
            try:
                said += [(at.topic, body) for body in unpack_parcel(parcel)]
            except ProtocolError as error:
                self._call(self._owner.tell, sender, str(error))
        if said:
            self._inbox.put(sender, said)

    def _accept(self, key: str, body: bytes) -> Key | None:
        try:
            said = self._parse(key)
        except ProtocolError as error:
            self._call(self._owner.tell, "", str(error))
            return None
        if said.sender == self.hub:
            if said.way == "to":  # its own token is its own
                self._call(self._owner.tell, self.hub, f"another hub spoke in this hub's name ({key[-80:]}): not heard")
            return None
        if len(body) > LARGEST_MESSAGE + 1 or said.sender not in self._members or said.sender in self._live.quarantined:
            return None
        return said

    def _asked(self, key: str, body: bytes, reply: Callable[[bytes], None]) -> None:
        said = self._accept(key, body)
        if said is None:
            return

        async def answer(packed: bytes) -> None:
            if len(packed) > LARGEST_MESSAGE + 1:
                raise ProtocolError("the answer is too large for the mesh", remedy="send large bodies by Bulk")
            await self._outbox.hand(lambda: reply(packed), len(packed))

        self._call(self._answers.asked, said.sender, said.topic, body, answer)

    def _token(self, key: str, there: bool) -> None:
        said = self._accept(key, b"")
        if said is not None and said.way == "alive":
            self._call(self._live.came if there else self._live.went, said.sender)

    def _call(self, function: Callable[..., object], *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:
            log.debug("the mesh outlives its loop")

    def _deliver(self, sender: str, topic: str, body: bytes) -> None:
        for take in tuple(self._takes.get(topic, ())):
            try:
                take(sender, body)
            except Exception:
                log.exception("a message could not be taken", topic=topic, hub=sender)

    async def _look_at_links(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            session = self._session
            if session is not None:
                links = await asyncio.to_thread(session.links)
                self._links.look(links, self._members, self._relays.places(), self._loop.time())
