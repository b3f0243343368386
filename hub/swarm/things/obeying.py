"""`Obeying`: carries out what other hubs wish of this hub's things, each wish once."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Final

import msgspec
import structlog
from msgspec import Struct

from hub.core.clock import Clock
from hub.core.commands import Command
from hub.core.entities import PEER
from hub.core.errors import DeniedError, HearthError, NotFoundError, ProtocolError, UnavailableError
from hub.core.events import Origin
from hub.home.dispatch import Dispatcher
from hub.home.exposure import Exposure
from hub.home.registry import Home
from hub.store.home_table import HomeTable
from hub.swarm.ports import Mesh
from hub.swarm.things.asking import guarded
from hub.swarm.things.records import decode
from hub.swarm.things.wishes import TOPIC, Ended, Permit, Reply, Wish

log = structlog.get_logger(__name__)
PERMIT_S: Final = 3.0
KEPT_S: Final = 3600.0
"""How long a wish is known again; a hub that asks does so within seconds."""
_MOST_KEPT: Final = 1024
"""Of one hub: a flood of wishes of one does not push out another's."""
_ROW: Final = "peer_command"
_LARGEST: Final = 8 * 1024
_CHANNELS: Final = ("voice", "gesture", "ui", "api", "skill", "cli")
"""An unknown way in is held to the strictest rules."""
Key = tuple[str, int]


class Known(Struct, frozen=True):
    """A wish that came, and how it ended; None while it is under way."""

    wish: Wish
    ended: Ended | None = None


class Obeying:
    """Answers wishes. The rules of this hub's exposure hold for them as for those of its own people.

    That a wish came is on the disk before it is begun. Of one that was begun when the hub stopped, nobody knows whether
    it was done: it is answered so, and not done again.
    """

    def __init__(
        self, mesh: Mesh, home: Home, exposure: Exposure, dispatcher: Dispatcher, table: HomeTable, clock: Clock
    ) -> None:
        self._home = home
        self._exposure = exposure
        self._dispatcher = dispatcher
        self._table = table
        self._clock = clock
        self._mesh = mesh
        self._known: dict[Key, Known] = {}
        self._since: dict[Key, float] = {}  # oldest first
        self._running: dict[Key, asyncio.Task[Ended]] = {}
        self._permits: dict[Key, tuple[bytes, float]] = {}
        self._end: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Read what is known, and answer from now on. Raises `StoreError`."""
        for row, known in (await self._table.all_rows(_ROW, Known)).items():
            hub, _, number = row.rpartition("/")
            self._known[hub, int(number)] = known
            self._since[hub, int(number)] = self._clock.monotonic()
        self._end = self._mesh.answer(TOPIC, self._answer)

    async def close(self) -> None:
        """Answer no more; what is under way ends."""
        self._end()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _answer(self, sender: str, body: bytes) -> bytes:
        if len(body) > _LARGEST:
            raise ProtocolError("a wish that is too large")
        wish = decode(body, Wish)
        key = (sender, wish.id)
        known = self._known.get(key)
        if known is not None and not known.wish.same(wish):
            raise ProtocolError("two wishes with one id")
        if known is None:
            reply = await self._new(key, wish)
        elif key in self._running:
            reply = await asyncio.shield(self._running[key])
        else:
            reply = known.ended or _wire(
                UnavailableError("the hub stopped before the device answered", remedy="look at it; it is not repeated")
            )
        return msgspec.msgpack.encode(reply)

    async def _new(self, key: Key, wish: Wish) -> Reply:
        try:
            entity = self._home.entity(wish.local)
            if entity.owner.startswith(PEER):
                raise NotFoundError(f"{wish.local} is another hub's", remedy="ask that one")
            # What the rules refuse was not begun: it may come again with a yes, and nothing is kept of it.
            command = self._dispatcher.check(_command(key[0], wish))
            if guarded(self._exposure, entity):
                if not wish.permit:
                    return self._permit(key)
                self._use_permit(key, wish)
        except HearthError as error:
            return _wire(error)
        self._known[key] = Known(wish)
        self._since[key] = self._clock.monotonic()
        task = asyncio.get_running_loop().create_task(self._carry_out(key, wish, command), name=f"wish:{wish.local}")
        self._running[key] = task
        task.add_done_callback(lambda _: self._running.pop(key, None))
        return await asyncio.shield(task)

    def _permit(self, key: Key) -> Permit:
        now = self._clock.monotonic()
        self._permits = {k: (p, until) for k, (p, until) in self._permits.items() if until > now}
        if len(self._permits) >= _MOST_KEPT:
            raise UnavailableError("too many wishes at once", remedy="try again in a moment")
        permit = secrets.token_bytes(16)
        self._permits[key] = (permit, now + PERMIT_S)
        return Permit(permit)

    def _use_permit(self, key: Key, wish: Wish) -> None:
        permit, until = self._permits.pop(key, (b"", 0.0))
        if not secrets.compare_digest(permit, wish.permit) or self._clock.monotonic() > until:
            raise DeniedError("the wish came too late, and was not carried out", remedy="ask again")

    async def _carry_out(self, key: Key, wish: Wish, command: Command) -> Ended:
        row = f"{key[0]}/{key[1]}"
        plain = msgspec.structs.replace(wish, permit=b"")
        try:
            await self._table.change_rows([(_ROW, row, Known(plain))], self._outdated(key[0]))
            result = await self._dispatcher.send(command)
            ended = Ended(result.ok, result.code, result.reason)
        except HearthError as error:
            ended = _wire(error)
        self._known[key] = Known(plain, ended)
        try:
            await self._table.change_rows([(_ROW, row, self._known[key])])
        except HearthError as error:
            log.warning("the end of another hub's command could not be kept", error=str(error))
        return ended

    def _outdated(self, hub: str) -> list[tuple[str, str]]:
        """Forget what is too old, or of this hub too much; the rows to delete."""
        now = self._clock.monotonic()
        mine = [key for key in self._since if key[0] == hub]
        old = [key for key, since in self._since.items() if now - since > KEPT_S]
        old += mine[: max(0, len(mine) - _MOST_KEPT)]
        gone = [key for key in dict.fromkeys(old) if key not in self._running]
        for key in gone:
            del self._known[key], self._since[key]
        return [(_ROW, f"{hub}/{number}") for hub, number in gone]


def _command(hub: str, wish: Wish) -> Command:
    return Command(
        entity=wish.local,
        trait=wish.trait,
        value=wish.value,
        origin=Origin(hub=hub, area=wish.area, source=wish.source or PEER + hub),
        confirmed=wish.confirmed,
        channel=wish.channel if wish.channel in _CHANNELS else "skill",
    )


def _wire(error: HearthError) -> Ended:
    return Ended(False, error.code, error.message, error.remedy)
