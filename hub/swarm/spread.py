"""What one hub knows of the members, all come to know: records are passed on over the mesh, until nobody has news.

Every change is told to all that can be reached, and everything to whoever comes back. What is told in the moment in
which a hub opens its session anew is lost; so hubs compare a hash of their records every second. Telling costs some
kilobytes and happens when a person pairs, renames or removes a hub. A removal is told first, to the removed hub too
so that it forgets its key, and acted on then; that takes some milliseconds.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from hub.core.errors import HearthError
from hub.swarm.check_digits import shown
from hub.swarm.fabric import Fabric
from hub.swarm.members import DIGEST_SIZE, decode, digest, encode
from hub.swarm.ports import Mesh

log = structlog.get_logger(__name__)
TOPIC: Final = "trust"
DIGEST_TOPIC: Final = "trust-digest"
_DIGEST_S: Final = 1.0
_TELL_S: Final = 0.5
"""How long telling may hold up acting on it."""
_RENEW_S: Final = 6 * 3600.0


class Spread:
    """Keep `run` under a supervisor. `apply` is called at first and after every change of the fabric: it has the mesh
    and the rest trust its members, and nobody else, from then on.
    """

    def __init__(self, fabric: Fabric, mesh: Mesh, apply: Callable[[], Awaitable[None]]) -> None:
        self._fabric = fabric
        self._mesh = mesh
        self._apply = apply
        self._news = asyncio.Event()
        self._changed = False
        self._new: set[str] = set()  # hubs that came
        self._alive: frozenset[str] = mesh.alive()
        self._heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(256)
        self._told = asyncio.Event()
        self._differed: dict[str, tuple[bytes, bytes]] = {}

    async def run(self) -> None:
        """Tell and hear, until cancelled."""
        ends = (
            self._fabric.changed(self._on_change),
            self._mesh.watch(self._on_alive),
            self._mesh.listen(TOPIC, self._on_message),
            self._mesh.listen(DIGEST_TOPIC, self._on_digest),
        )
        self._new |= self._mesh.alive()
        self._on_change()  # what changed before anybody watched
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._tell())
                tasks.create_task(self._hear())
                tasks.create_task(self._renew())
                tasks.create_task(self._compare())
        finally:
            for end in ends:
                end()

    async def told(self) -> None:
        """Return when what this hub knew when it was asked has been told to whoever can be reached."""
        self._told.clear()
        self._on_change()
        await self._told.wait()

    def _on_change(self) -> None:
        self._changed = True
        self._news.set()

    def _on_alive(self, alive: frozenset[str]) -> None:
        self._new |= alive - self._alive
        self._alive = alive
        if self._new:
            self._news.set()

    def _on_message(self, sender: str, body: bytes) -> None:
        if self._heard.full():
            log.warning("a hub tells of members without end", hub=shown(sender))
            return
        self._heard.put_nowait((sender, body))

    async def _tell(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            changed, self._changed = self._changed, False
            new, self._new = self._new, set()
            body = encode(self._fabric.records)
            try:
                async with asyncio.timeout(_TELL_S):
                    if changed:
                        await self._mesh.send(TOPIC, body)
                    for hub in () if changed else sorted(new):
                        await self._mesh.send(TOPIC, body, to=hub)
            except (HearthError, TimeoutError) as error:
                # Who did not hear it now is told when it is next seen to come.
                log.warning("not every hub could be told of a change", error=str(error) or "too slow")
            if changed:
                await self._apply()
                self._told.set()

    async def _hear(self) -> None:
        while True:
            sender, body = await self._heard.get()
            try:
                await self._fabric.merge(decode(body))
            except HearthError as error:
                log.warning("what a hub says of the members is not believed", hub=shown(sender), error=str(error))

    async def _compare(self) -> None:
        while True:
            await asyncio.sleep(_DIGEST_S)
            if self._mesh.alive():
                with contextlib.suppress(HearthError):
                    await self._mesh.send(DIGEST_TOPIC, digest(self._fabric.records))

    def _on_digest(self, sender: str, body: bytes) -> None:
        ours = digest(self._fabric.records)
        if (
            len(body) == DIGEST_SIZE and body != ours and self._differed.get(sender) != (body, ours)
        ):  # once, should it never be settled
            self._differed[sender] = (body, ours)
            self._new.add(sender)
            self._news.set()

    async def _renew(self) -> None:
        while True:
            if await self._fabric.renew():
                log.info("certificates of the home's hubs were renewed")
            await asyncio.sleep(_RENEW_S)
