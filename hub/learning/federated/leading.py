"""One round at the hub that leads it: collects updates, has the members judge them, sends what came of them."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from hub.core.errors import HearthError
from hub.learning.federated.arrays import pack
from hub.learning.federated.collect import Collected, Collector, Terms, TooFewMembersError
from hub.learning.federated.messages import Ballot, Receipt, Result, Vote, decode, encode
from hub.swarm.ports import Mesh

log = structlog.get_logger(__name__)


class Leading:
    """The lead in one round. `run` returns when its result has been sent; it raises nothing but cancellation."""

    def __init__(
        self, mesh: Mesh, hand: Callable[[str, str, bytes], Awaitable[bytes]], collector: Collector, terms: Terms
    ) -> None:
        self._mesh, self._hand = mesh, hand
        self._collector, self._terms = collector, terms
        self._changed = asyncio.Event()

    def take(self, sender: str, body: bytes) -> Receipt:
        """Take an update."""
        receipt = self._collector.take(sender, body)
        self._changed.set()
        return receipt

    def absent(self, hub: str) -> None:
        """A member will send nothing."""
        self._collector.absent(hub)
        self._changed.set()

    async def run(self) -> None:
        """Collect, have it judged, merge, send."""
        roster = self._collector.roster
        stop = self._mesh.watch(self._missing)
        self._missing(self._mesh.alive())
        try:
            await self._filled()
            collected = self._collector.close()
            votes = await self._votes(collected) if self._terms.gate else {}
            merged = self._collector.merge(collected, votes)
        except TooFewMembersError as error:
            await self._send(Result(roster.kind, roster.round, (), reason=error.message), b"")
            return
        finally:
            stop()
        result = Result(roster.kind, roster.round, merged.counted, merged.out)
        # The same bytes for everybody, this hub as well: all must add the very same numbers.
        await self._send(result, pack(encode(result), merged.change, int8=self._terms.int8))

    def _missing(self, alive: frozenset[str]) -> None:
        for hub in self._collector.roster.members:
            if hub not in alive and hub != self._mesh.hub:
                self.absent(hub)

    async def _filled(self) -> None:
        """Return when every member has sent its update or cannot, or the deadline has passed."""
        try:
            async with asyncio.timeout(self._terms.deadline_s):
                while not self._collector.full:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            log.info("not every hub's update has come in time", round=self._collector.roster.round)

    async def _votes(self, collected: Collected) -> dict[str, frozenset[str]]:
        """What each member that sent an update says of the others'. Who does not answer has no vote."""
        roster = self._collector.roster
        ballot = Ballot(roster.kind, roster.round, collected.members, collected.weights)
        arrays = [array for update in collected.updates for array in update]
        body = pack(encode(ballot), arrays, int8=self._terms.int8)
        answers = await asyncio.gather(*(self._tell(hub, "learn-ballot", body) for hub in collected.members))
        votes = {}
        for hub, answer in zip(collected.members, answers, strict=True):
            try:
                votes[hub] = frozenset(decode(answer, Vote).harmful) if answer else frozenset()
            except HearthError:
                continue
        return votes

    async def _send(self, result: Result, body: bytes) -> None:
        frame = body or pack(encode(result), [])
        await asyncio.gather(*(self._tell(hub, "learn-result", frame) for hub in self._collector.roster.members))

    async def _tell(self, hub: str, topic: str, body: bytes) -> bytes:
        try:
            async with asyncio.timeout(self._terms.deadline_s):
                return await self._hand(hub, topic, body)
        except (HearthError, TimeoutError) as error:
            log.info("a hub of the round did not answer", hub=hub, topic=topic, error=str(error))
            return b""
