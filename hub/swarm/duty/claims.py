"""`Claims`: a hub that wants to do a duty asks every hub that lives, and none may have it meanwhile.

Hubs can differ for a moment about who lives, and so about who is responsible. A claim settles it: each live hub says
yes to one at a time, and no while it does the duty itself. Of two that ask each other the fitter one goes on. Then the
claim is written into the shared state; the counter of its stamp is the fencing counter: who finds another's claim with
a higher one there has lost it.

A yes binds until the hub that got it says that it does not do the duty, or is gone, or was seen to have the same shared
state since: what it did is then known here, and decides from there on.

What that gives: while hubs hear each other, one does the duty; also where two that do not hear each other both hear a
third. In a partition each side has one that does it: a timer rings on both sides, once on each, and not again after
healing, because either side finds it done. A hub that was stopped in the middle (SIGSTOP) and wakes does not go on with
a yes that is older than `YES_S`, less than it takes the others to give it up. Of a hub that dies in the moment between
ringing and saying so nobody can know that it rang: the timer rings once more, rather than never.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from hub.core.clock import Clock
from hub.core.errors import HearthError, NotFoundError, ProtocolError
from hub.swarm.duty.rendezvous import weight
from hub.swarm.owner import Tell, nobody
from hub.swarm.ports import Mesh
from hub.swarm.state.kinds import Claim
from hub.swarm.state.shared import SharedState
from hub.swarm.things.records import decode

TOPIC: Final = "duty"
YES_S: Final = 1.5
_ASK_S: Final = 1.0
_MOST_PROMISES: Final = 1024
"""To one hub at once."""


class Ask(Struct, frozen=True):
    """May I do `duty`? Or, with `over`: I do not."""

    duty: Annotated[str, Meta(min_length=1, max_length=260)]
    over: bool = False


class Claims:
    """This hub's claims, and its answers to others'.

    A duty may be called by the key of what is to be done, such as a timer: once that is removed there is nothing left
    to do, and nobody says yes any more.
    """

    def __init__(self, mesh: Mesh, state: SharedState, clock: Clock, tell: Tell = nobody) -> None:
        self._mesh = mesh
        self._state = state
        self._clock = clock
        self._tell = tell
        self._claiming: set[str] = set()
        self._doing: set[str] = set()
        self._yielded: set[str] = set()
        self._promised: dict[str, tuple[str, float]] = {}
        self._ends: list[Callable[[], None]] = []

    def start(self) -> None:
        """Answer from now on. The shared state must be there."""
        self._ends = [self._mesh.answer(TOPIC, self._answer), self._mesh.listen(TOPIC, self._take)]

    async def tidy(self) -> None:
        """Take back claims of this hub that it does not make: of a life before, or lost and come back by a merge.

        Others would wait for it for ever. Raises `StoreError`.
        """
        stale = [
            key
            for key, cell in self._state.under("duty/").items()
            if cell.stamp.hub == self._mesh.hub and _duty(key) not in self._doing | self._claiming
        ]
        if stale:
            await self._state.write({}, gone=stale)

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
            await self.over(duty)  # what was written is taken back, or others would wait for this hub
        finally:
            self._claiming.discard(duty)
        return None

    def holds(self, duty: str, fence: int) -> bool:
        """Whether the claim with this counter still stands."""
        cell = self._state.cell(_key(duty))
        return cell is not None and cell.stamp.hub == self._mesh.hub and cell.stamp.counter == fence

    async def over(self, duty: str) -> None:
        """This hub does the duty no more, and others may."""
        self._doing.discard(duty)
        cell = self._state.cell(_key(duty))
        if cell is not None and cell.stamp.hub == self._mesh.hub:
            await self._state.write({}, gone=[_key(duty)])
        await self._tell_over(duty)

    def done(self, duty: str) -> None:
        """The duty is done for good, and removed with its claim. Nobody is told that he may: a hub that heard of that
        before it heard of the removal would do it again.
        """
        self._doing.discard(duty)

    # -- asking --------------------------------------------------------------------------------------------------------

    def _may(self, duty: str, asked: float) -> bool:
        fresh = self._clock.monotonic() - asked <= YES_S
        return fresh and duty not in self._yielded and not self._state.removed(duty)

    async def _write(self, duty: str) -> int | None:
        await self._state.write({_key(duty): Claim(hub=self._mesh.hub)})
        cell = self._state.cell(_key(duty))
        return None if cell is None or cell.stamp.hub != self._mesh.hub else cell.stamp.counter

    def _held_by_another(self, duty: str, asking: str = "") -> bool:
        claim = self._state.get(_key(duty))
        return isinstance(claim, Claim) and claim.hub != asking and claim.hub in self._mesh.alive()

    def _promise(self, duty: str) -> str:
        hub, at = self._promised.get(duty, ("", 0.0))
        # Within `YES_S` its claim was made or given up. What a digest after that agreed on is all there is to know.
        if hub and (hub not in self._mesh.alive() or self._state.meetings.agreed_at(hub) > at + YES_S):
            del self._promised[duty]
            return ""
        return hub

    async def _ask(self, hub: str, duty: str) -> bool:
        try:
            reply = await self._mesh.ask(hub, TOPIC, msgspec.msgpack.encode(Ask(duty)), timeout_s=_ASK_S)
            return decode(reply, bool)
        except NotFoundError:
            return True  # it has no duties, or has not begun with any
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
        try:
            said = decode(body, Ask)
        except ProtocolError as error:
            self._tell(sender, f"of duties: {error.message}")
            return
        if said.over and self._promised.get(said.duty, ("",))[0] == sender:
            del self._promised[said.duty]

    async def _answer(self, sender: str, body: bytes) -> bytes:
        return msgspec.msgpack.encode(self._grant(sender, decode(body, Ask).duty))

    def _grant(self, sender: str, duty: str) -> bool:
        if duty in self._doing or self._state.removed(duty) or self._promise(duty) not in ("", sender):
            return False
        if self._held_by_another(duty, sender):
            return False
        if sum(hub == sender for hub, _ in self._promised.values()) >= _MOST_PROMISES:
            self._tell(sender, "a hub asks for too many duties")
            return False
        if duty in self._claiming:
            if weight(duty, self._mesh.hub) > weight(duty, sender):
                return False
            self._yielded.add(duty)
        self._promised[duty] = (sender, self._clock.monotonic())
        return True


def _key(duty: str) -> str:
    return f"duty/{duty}"


def _duty(key: str) -> str:
    return key.removeprefix("duty/")
