"""A winner that hears no speech hands its turn over to whoever kept what was said, here or on another hub."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import msgspec
import structlog

from hub.core.errors import HearthError, ProtocolError
from hub.swarm.arbitration import offers
from hub.swarm.arbitration.claims import Key
from hub.swarm.arbitration.ear import NOTHING, Ear
from hub.swarm.arbitration.offers import Offer, Offered, Take
from hub.swarm.arbitration.streams import Streams
from hub.swarm.ports import Mesh

log = structlog.get_logger(__name__)
_NOISE: Final = ProtocolError("no question about offers")


class HandingOver:
    """Asks other hubs and answers them; without a mesh it is between the streams of this hub.

    `take_over(key, number)` has this hub's claim `number` answer in place of claim `key`, and says whether it does.
    """

    def __init__(
        self,
        hub: str,
        ears: Streams,
        take_over: Callable[[Key, int], bool],
        mesh: Mesh | None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hub, self._ears, self._take_over, self._mesh, self._monotonic = hub, ears, take_over, mesh, monotonic

    async def hand_over(self, ear: Ear, key: Key) -> bool:
        """Whether another answers now in place of `ear`, whose claim is `key`."""
        mesh = self._mesh
        alive = mesh.alive() if mesh is not None else frozenset[str]()
        asked = [self._ask(hub, Offer(key)) for hub in sorted(alive)]
        found = offers.best(list(await asyncio.gather(self._ears.offer(key), *asked)))
        if found is None or ear.key != key:
            return False
        if found.claim[0] == self._hub:
            taken = self._take_over(key, found.claim[1])
        else:
            handed = await self._ask(found.claim[0], Take(key, found.claim[1]))
            taken = handed.confidence != NOTHING
        if taken and ear.key == key:
            ear.lose(found.claim, self._monotonic())
            ear.keep(None)
        return taken

    async def asked(self, hub: str, body: bytes) -> bytes:
        """What this hub says to another's question. Raises `ProtocolError` for what is none."""
        try:
            asked = offers.question.decode(body)
        except msgspec.DecodeError:
            raise _NOISE from None
        if asked.claim[0] != hub:
            raise ProtocolError("only who answers may hand over")
        if isinstance(asked, Offer):
            return msgspec.msgpack.encode(await self._ears.offer(asked.claim))
        taken = self._take_over(asked.claim, asked.yours)
        return msgspec.msgpack.encode(Offered((self._hub, asked.yours), 1.0 if taken else NOTHING))

    async def _ask(self, hub: str, question: Offer | Take) -> Offered:
        assert self._mesh is not None
        nothing = Offered((hub, 0))
        try:
            body = msgspec.msgpack.encode(question)
            found = offers.answered.decode(await self._mesh.ask(hub, offers.TOPIC, body, timeout_s=offers.ASK_S))
        except (HearthError, TimeoutError, msgspec.DecodeError) as error:
            log.debug("a hub offers nothing", hub=hub[:12], error=str(error))
            return nothing
        return found if found.claim[0] == hub else nothing
