"""`Claims`: a hub that wants to do a duty asks every hub that lives, and none may have it meanwhile.

Hubs can differ for a moment about who lives, and so about who is responsible. A claim settles it: each live hub says
yes to one at a time, and no while it does the duty itself. Of two that ask each other the fitter one goes on. Then the
claim is written into the shared state; the counter of its stamp is the fencing counter: who finds another's claim with
a higher one there has lost it.

What that gives: while hubs hear each other, one does the duty. In a partition each side has one that does it: a timer
rings on both sides, once on each, and not again after healing, because either side finds it done. A hub that was
stopped in the middle (SIGSTOP) and wakes does not go on with a yes that is older than `YES_S`, less than it takes the
others to give it up.
"""

import asyncio
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from hub.core.clock import Clock
from hub.core.errors import HearthError
from hub.swarm.duty.rendezvous import weight
from hub.swarm.ports import Mesh
from hub.swarm.state.kinds import Claim
from hub.swarm.state.shared import SharedState
from hub.swarm.things.records import decode

TOPIC: Final = "duty"
YES_S: Final = 1.5
_ASK_S: Final = 1.0
_MOST_PROMISES: Final = 4096


class Ask(Struct, frozen=True):
    """May I do `duty`? Or, with `over`: I do not."""

    duty: Annotated[str, Meta(min_length=1, max_length=260)]
    over: bool = False


class Claims:
    """This hub's claims, and its answers to others'.

    A duty may be called by the key of what is to be done, such as a timer: once that is removed there is nothing left
    to do, and nobody says yes any more.
    """

    def __init__(self, mesh: Mesh, state: SharedState, clock: Clock) -> None:
        self._mesh = mesh
        self._state = state
        self._clock = clock
        self._claiming: set[str] = set()
        self._doing: set[str] = set()
        self._yielded: set[str] = set()
        self._promised: dict[str, tuple[str, float]] = {}
        self._ends = [mesh.answer(TOPIC, self._answer), mesh.listen(TOPIC, self._take)]

    def close(self) -> None:
        """Answer no more."""
        while self._ends:
            self._ends.pop()()

    async def claim(self, duty: str) -> int | None:
        """The fencing counter of a claim of this hub, which may begin at once; None when another does it, or may.

        Raises `StoreError`.
        """
        if duty in self._claiming or duty in self._doing or self._held_by_another(duty) or self._promise(duty):
            return None
        self._claiming.add(duty)
        self._yielded.discard(duty)
        asked = self._clock.monotonic()
        try:
            said = await asyncio.gather(*(self._ask(hub, duty) for hub in sorted(self._mesh.alive())))
            fence = await self._write(duty) if all(said) and self._may(duty, asked) else None
            if fence is not None and self._may(duty, asked) and self.holds(duty, fence):
                self._doing.add(duty)
                return fence
        finally:
            self._claiming.discard(duty)
        await self._tell_over(duty)
        return None

    def holds(self, duty: str, fence: int) -> bool:
        """Whether the claim with this counter still stands."""
        cell = self._state.cell(_key(duty))
        return cell is not None and cell.stamp.hub == self._mesh.hub and cell.stamp.counter == fence

    async def over(self, duty: str, *, keep: bool = False) -> None:
        """This hub does the duty no more; with `keep` the claim is removed with what it was for, by the caller."""
        self._doing.discard(duty)
        cell = self._state.cell(_key(duty))
        if not keep and cell is not None and cell.stamp.hub == self._mesh.hub:
            await self._state.write({}, gone=[_key(duty)])
        await self._tell_over(duty)

    # -- asking --------------------------------------------------------------------------------------------------------

    def _may(self, duty: str, asked: float) -> bool:
        fresh = self._clock.monotonic() - asked <= YES_S
        return fresh and duty not in self._yielded and not self._state.removed(duty)

    async def _write(self, duty: str) -> int | None:
        await self._state.write({_key(duty): Claim(hub=self._mesh.hub)})
        cell = self._state.cell(_key(duty))
        return None if cell is None or cell.stamp.hub != self._mesh.hub else cell.stamp.counter

    def _held_by_another(self, duty: str) -> bool:
        claim = self._state.get(_key(duty))
        return isinstance(claim, Claim) and claim.hub != self._mesh.hub and claim.hub in self._mesh.alive()

    def _promise(self, duty: str) -> str:
        hub, until = self._promised.get(duty, ("", 0.0))
        if hub and (hub not in self._mesh.alive() or self._clock.monotonic() > until):
            del self._promised[duty]
            return ""
        return hub

    async def _ask(self, hub: str, duty: str) -> bool:
        try:
            reply = await self._mesh.ask(hub, TOPIC, msgspec.msgpack.encode(Ask(duty)), timeout_s=_ASK_S)
            return decode(reply, bool)
        except (HearthError, TimeoutError):
            # Dead meanwhile: its yes is not needed. Alive and silent: nobody knows what it does.
            return hub not in self._mesh.alive()

    async def _tell_over(self, duty: str) -> None:
        try:
            await self._mesh.send(TOPIC, msgspec.msgpack.encode(Ask(duty, over=True)))
        except HearthError:
            return  # the promise ends by itself

    # -- answering -----------------------------------------------------------------------------------------------------

    def _take(self, sender: str, body: bytes) -> None:
        said = decode(body, Ask)
        if said.over and self._promised.get(said.duty, ("",))[0] == sender:
            del self._promised[said.duty]

    async def _answer(self, sender: str, body: bytes) -> bytes:
        return msgspec.msgpack.encode(self._grant(sender, decode(body, Ask).duty))

    def _grant(self, sender: str, duty: str) -> bool:
        if duty in self._doing or self._state.removed(duty) or self._promise(duty) not in ("", sender):
            return False
        if duty in self._claiming:
            if weight(duty, self._mesh.hub) > weight(duty, sender):
                return False
            self._yielded.add(duty)
        if len(self._promised) >= _MOST_PROMISES:
            self._promised.clear()
        self._promised[duty] = (sender, self._clock.monotonic() + 2 * YES_S)
        return True


def _key(duty: str) -> str:
    return f"duty/{duty}"
