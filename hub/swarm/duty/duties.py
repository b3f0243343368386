"""`Duties`: work that every hub could do, and one does: an integration that all are configured for, a daily tidying."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog
from msgspec import Struct

from hub.core.cancelled import cancelled
from hub.core.clock import Clock
from hub.core.errors import HearthError
from hub.swarm.duty.claims import Claims
from hub.swarm.duty.offers import Offers
from hub.swarm.duty.pulse import BEAT_S, Pulse
from hub.swarm.duty.rendezvous import responsible
from hub.swarm.ports import Mesh
from hub.swarm.state.cells import text_of

log = structlog.get_logger(__name__)
Work = Callable[[], Awaitable[None]]
_LONGEST_WAIT_S: Final = 60.0


def duty_of(integration: str, config: Mapping[str, Any]) -> str:
    """The duty of an integration with this config (plain JSON): the same on all hubs whose hearth.toml asks for the
    same, and another where one talks to another broker.
    """
    return f"device/{integration}/{hashlib.blake2b(text_of(dict(config)), digest_size=8).hexdigest()}"


class _Running(Struct):
    fence: int
    task: "asyncio.Task[None]"


class _Trouble(Struct):
    wait_s: float
    until: float


class Duties:
    """Runs what is this hub's, and stops it when it is not any more: first there, then here, never on both.

    A duty goes to one of the hubs that offered it. Work that ends or fails is begun again after a growing wait.
    """

    def __init__(self, mesh: Mesh, claims: Claims, offers: Offers, pulse: Pulse, clock: Clock) -> None:
        self._mesh = mesh
        self._clock = clock
        self._claims = claims
        self._offers = offers
        self._pulse = pulse
        self._offered: dict[str, Work] = {}
        self._brings: dict[str, str] = {}
        self._running: dict[str, _Running] = {}
        self._troubles: dict[str, _Trouble] = {}
        self._woke = pulse.woke
        self._due = asyncio.Event()
        self._ends: list[Callable[[], None]] = [mesh.watch(lambda alive: self._due.set())]

    def offer(self, duty: str, work: Work, *, brings: str = "") -> None:
        """This hub could do `duty`: `work()` runs while it does, and is cancelled when another takes over.

        `brings` is the integration instance that it is here, if it is one: its entities are the same ones whichever hub
        runs it.
        """
        self._offered[duty] = work
        if brings:
            self._brings[brings] = duty
        self._offers.add(duty)
        self._due.set()

    async def withdraw(self, duty: str) -> None:
        """This hub cannot do it any more; returns when it is stopped here. Raises `StoreError`."""
        self._offered.pop(duty, None)
        self._offers.drop(duty)
        if duty in self._running:
            await self._stop(duty)
        self._brings = {owner: brought for owner, brought in self._brings.items() if brought != duty}
        await self._offers.publish()

    def doing(self) -> tuple[str, ...]:
        """The duties that this hub does now."""
        return tuple(duty for duty, running in self._running.items() if not running.task.done())

    def brought_by(self, owner: str) -> str:
        """The duty that an integration instance of this hub is; empty if it is none."""
        return self._brings.get(owner, "")

    async def run(self) -> None:
        """Take over what is this hub's, and hand over what is not, for ever."""
        while True:
            await self.look()
            await self._wait()

    async def look(self) -> None:
        """Take over and hand over now."""
        self._due.clear()
        self._pulse.beat()
        if self._woke != self._pulse.woke:
            self._woke = self._pulse.woke
            await self._stop_all()  # others may have taken it all over while this hub was asleep
        await self._try("offers", self._offers.publish())
        await self._try("claims", self._claims.tidy())
        for duty, work in tuple(self._offered.items()):
            await self._try(duty, self._look(duty, work))

    async def close(self) -> None:
        """Hand over everything."""
        self._offered.clear()
        await self._stop_all()
        while self._ends:
            self._ends.pop()()

    @staticmethod
    async def _try(duty: str, work: Awaitable[None]) -> None:
        try:
            await work
        except HearthError as error:
            log.warning("a duty could not be taken or handed over", duty=duty, error=str(error))

    async def _look(self, duty: str, work: Work) -> None:
        mine = responsible(duty, self._offers.able(duty)) == self._mesh.hub
        running = self._running.get(duty)
        if running is not None and running.task.done():
            self._note(duty)
        if running is not None and not (mine and self._claims.holds(duty, running.fence) and not running.task.done()):
            await self._stop(duty)
            running = None
        if mine and running is None and self._pulse.ready() and not self._waits(duty):
            fence = await self._claims.claim(duty)
            if fence is not None:
                task = asyncio.ensure_future(self._keep(duty, work))
                self._running[duty] = _Running(fence, task)

    def _note(self, duty: str) -> None:
        known = self._troubles.get(duty)
        wait = BEAT_S if known is None else min(2 * known.wait_s, _LONGEST_WAIT_S)
        self._troubles[duty] = _Trouble(wait, self._clock.monotonic() + wait)

    def _waits(self, duty: str) -> bool:
        known = self._troubles.get(duty)
        return known is not None and self._clock.monotonic() < known.until

    @staticmethod
    async def _keep(duty: str, work: Work) -> None:
        try:
            await work()
        except Exception:
            log.exception("a duty failed; it is begun anew", duty=duty)

    async def _stop_all(self) -> None:
        for duty in tuple(self._running):
            await self._try(duty, self._stop(duty))

    async def _stop(self, duty: str) -> None:
        running = self._running.pop(duty)
        await cancelled(running.task)
        await self._claims.over(duty)

    async def _wait(self) -> None:
        sleep = asyncio.ensure_future(self._clock.sleep(BEAT_S))
        due = asyncio.ensure_future(self._due.wait())
        try:
            await asyncio.wait((sleep, due), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancelled(sleep, due)
