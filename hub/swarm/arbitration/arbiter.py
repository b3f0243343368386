"""The arbiter of a hub: its streams' wake words before the council, and what a winner and a loser may do."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import structlog

from hub.core.cancelled import cancelled
from hub.core.errors import HearthError, ProtocolError
from hub.core.events import WakeHeard
from hub.perception.ears.trail import Trail
from hub.swarm.arbitration import claims, offers
from hub.swarm.arbitration.claims import Answers, Ended, Key, Message, Say
from hub.swarm.arbitration.clocks import Clocks
from hub.swarm.arbitration.contest import Stage
from hub.swarm.arbitration.council import NEVER, Council
from hub.swarm.arbitration.ear import Ear, Place
from hub.swarm.arbitration.handing_over import HandingOver
from hub.swarm.arbitration.streams import Streams
from hub.swarm.arbitration.waits import Waits
from hub.swarm.ports import Mesh

log = structlog.get_logger(__name__)
_ENDED_AGAIN_S: Final = (0.05, 0.3)
_MOST_WAITING: Final = 512


class Arbiter:
    """Says of each wake word whether the stream that heard it answers. Keep `run` under a supervisor.

    Without a mesh it decides between the streams of this hub. `presence(area)` is the belief that somebody is there.
    """

    def __init__(
        self,
        hub: str,
        presence: Callable[[str], float],
        mesh: Mesh | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hub, self._presence, self._mesh, self._monotonic = hub, presence, mesh, monotonic
        self._ears = Streams(hub, presence, monotonic, self._judged)
        self._handing_over = HandingOver(hub, self._ears, self._take_over, mesh, monotonic=monotonic)
        self._number = 0
        self._deciding: dict[Key, asyncio.Future[bool]] = {}
        self._clocks = Clocks(mesh, lambda: bool(self._ears), monotonic=monotonic) if mesh is not None else None
        self.council = Council(hub, offset=self._offset, hears=self._ears.hears, waits=self._waits)
        self._out: deque[tuple[str, Message]] = deque(maxlen=_MOST_WAITING)
        self._to_send = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Speak with the other hubs until cancelled; without a mesh there is nothing to do."""
        mesh, clocks = self._mesh, self._clocks
        if mesh is None or clocks is None:
            await asyncio.Event().wait()
            return
        ends = (
            mesh.listen(claims.TOPIC, self._take),
            mesh.answer(offers.TOPIC, self._handing_over.asked),
            mesh.watch(self._others_changed),
        )
        telling = asyncio.create_task(clocks.run(self._look_round), name="hubs' clocks")
        try:
            self._look_round()
            await self._send(mesh)
        finally:
            for end in ends:
                end()
            await cancelled(telling)
            self.council.live(frozenset(), self._monotonic())
            self._settle()

    # -- what streams ask ----------------------------------------------------------------------------------------------

    def attend(
        self,
        stream: str,
        area: str,
        words: Iterable[str],
        trail: Trail,
        judged: Callable[[float], Awaitable[None]],
        after: Callable[[bool], None],
    ) -> Callable[[], None]:
        """A stream listens for these words; `trail` hears all that it is fed. Returns the function that ends it.

        `judged(t)` returns when no wake word up to second `t` of the stream may still come.
        `after(True)`: what the stream lost, and kept, is to be answered after all; `after(False)`: it may be forgotten.
        """
        if not self._ears and self._mesh is not None:  # others do not wait for a hub without ears
            self._out.append(("", Say(now=self._monotonic())))
            self._to_send.set()
        ear = Ear(stream, area, words, trail, judged, after)
        self._ears.add(ear)

        def leave() -> None:
            self.turn_ended(stream)
            ear.leave()
            self._ears.remove(ear)

        return leave

    async def mine(self, stream: str, wake: WakeHeard) -> bool:
        """Whether the stream answers this wake word; it waits for other hubs as long as `Waits` says.

        A stream that lost is muted until the winner's turn is over: it neither answers nor claims.
        """
        ear, now = self._ears.get(stream), self._monotonic()
        if ear is None:
            return True
        if ear.muted(now):
            return False
        self.turn_ended(stream)
        self._number += 1
        ear.claim = self._ears.claim(ear, wake, self._number, self.council.sounds)
        key, decided = ear.claim.key, asyncio.get_running_loop().create_future()
        self._deciding[key] = decided
        try:
            self.council.woke(ear.claim, now)
            self._settle()
            won: bool = await decided
        finally:
            self._deciding.pop(key, None)
        return won

    def still_mine(self, stream: str) -> bool:
        """Whether nothing came between since: a hub that could not be heard may turn out to answer as well."""
        ear = self._ears.get(stream)
        return ear is None or ear.place is not Place.MUTED

    def kept(self, stream: str, confidence: float | None) -> None:
        """A stream that lost has transcribed what followed, and keeps it; None: it heard nothing."""
        ear = self._ears.get(stream)
        if ear is not None:
            ear.keep(confidence)

    async def no_speech(self, stream: str) -> bool:
        """The winner heard nothing after its wake word: whether another that did answers now."""
        ear = self._ears.get(stream)
        if ear is None or ear.place is not Place.MINE or ear.key is None:
            return False
        return await self._handing_over.hand_over(ear, ear.key)

    def turn_ended(self, stream: str) -> None:
        """The stream has answered, or has nothing to answer: losers hear again."""
        ear = self._ears.get(stream)
        if ear is None or ear.place is not Place.MINE or ear.key is None:
            return
        key = ear.key
        ear.free()
        self.council.forget(key)
        self._ears.over(key)
        self._say(key)
        if self._mesh is not None and self.council.alive:
            loop = asyncio.get_running_loop()
            for later in _ENDED_AGAIN_S:
                loop.call_later(later, self._say, key)

    def _say(self, key: Key) -> None:
        if self.council.alive:
            self._out.append(("", Ended(now=self._monotonic(), claim=key)))
            self._to_send.set()

    # -- between streams and council -----------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Pass on what the council has decided and wants said, and come back when it wants."""
        if self._mesh is not None and self.council.outbox:
            self._out.extend(self.council.outbox)
            self._to_send.set()
        self.council.outbox.clear()
        news, self.council.news[:] = tuple(self.council.news), ()
        for decided in news:
            self._decided(decided.key, decided.won)
        for ear in self._ears:
            contest = self.council.contests.get(ear.key) if ear.key is not None else None
            if ear.place is Place.MUTED and contest is not None and contest.stage is Stage.LOST:
                ear.owner = contest.owner
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self.council.due()
        if due < NEVER:
            wait = max(0.0, due - self._monotonic())
            self._timer = asyncio.get_running_loop().call_later(wait, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self.council.tick(self._monotonic())
        self._settle()

    def _judged(self) -> None:
        self.council.judged(self._monotonic())
        self._settle()

    def _decided(self, key: Key, won: bool) -> None:
        ear = self._ears.claimed(key)
        if ear is not None and won:
            ear.win()
        elif ear is not None:
            ear.lose(self.council.contests[key].owner, self._monotonic())
        waiting = self._deciding.get(key)
        if waiting is not None and not waiting.done():
            waiting.set_result(won)

    def _offset(self, hub: str) -> float | None:
        return self._clocks.offset(hub) if self._clocks is not None else None

    def _waits(self) -> Waits:
        return Waits.of(self._clocks.round_trip_s if self._clocks is not None else 0.0, self.council.slowest_s)

    # -- between hubs --------------------------------------------------------------------------------------------------

    async def _send(self, mesh: Mesh) -> None:
        while True:
            while self._out:
                hub, message = self._out.popleft()
                try:
                    await mesh.send(claims.TOPIC, claims.encode(message), to=hub)
                except HearthError as error:
                    log.debug("a claim was not sent", hub=hub[:12], error=str(error))
            self._to_send.clear()
            await self._to_send.wait()

    def _take(self, hub: str, body: bytes) -> None:
        try:
            message = claims.decode(body)
        except ProtocolError as error:
            log.warning("a hub's claim is no claim", hub=hub[:12], error=str(error))
            return
        if self._clocks is not None and self._clocks.heard_of(hub):
            self._look_round()
        if isinstance(message, Ended):
            if message.claim[0] == hub:
                self.council.forget(message.claim)
                self._ears.over(message.claim)
            return
        self.council.take(hub, message, self._monotonic())
        if isinstance(message, Answers) and message.instead is not None:
            self.council.forget(message.instead)
            self._ears.moved(message.instead, message.claim.key)
        self._settle()

    def _others_changed(self, alive: frozenset[str]) -> None:
        self._ears.left(alive)
        if self._clocks is not None:
            self._clocks.look()
        self._look_round()

    def _look_round(self) -> None:
        if self._mesh is not None and self._clocks is not None:
            hearing = frozenset(hub for hub in self._mesh.alive() if self._clocks.hears(hub))
            self.council.live(hearing, self._monotonic())
            self._settle()

    def _take_over(self, key: Key, number: int) -> bool:
        mine = (self._hub, number)
        ear = self._ears.claimed(mine)
        if ear is None or ear.claim is None or ear.place is not Place.MUTED or ear.owner != key:
            return False
        ear.win()
        self._ears.moved(key, mine)
        self.council.answer_instead(ear.claim, key, self._monotonic())
        self._settle()
        ear.after(True)
        return True
