"""`Duties`: work that every hub could do, and one does: an integration that all are configured for, a daily tidying."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from msgspec import Struct

from hub.core.clock import Clock
from hub.core.errors import HearthError
from hub.swarm.duty.claims import Claims
from hub.swarm.duty.rendezvous import responsible
from hub.swarm.ports import Mesh

log = structlog.get_logger(__name__)
Work = Callable[[], Awaitable[None]]
LOOK_S: Final = 1.0


class _Running(Struct):
    fence: int
    task: "asyncio.Task[None]"


class Duties:
    """Runs what is this hub's, and stops it when it is not any more: first there, then here, never on both."""

    def __init__(self, mesh: Mesh, claims: Claims, clock: Clock) -> None:
        self._mesh = mesh
        self._clock = clock
        self._claims = claims
        self._offered: dict[str, Work] = {}
        self._running: dict[str, _Running] = {}
        self._due = asyncio.Event()
        self._ends: list[Callable[[], None]] = [mesh.watch(lambda alive: self._due.set())]

    def offer(self, duty: str, work: Work) -> None:
        """This hub could do `duty`: `work()` runs while it does, and is cancelled when another takes over."""
        self._offered[duty] = work
        self._due.set()

    def doing(self) -> tuple[str, ...]:
        """The duties that this hub does now."""
        return tuple(duty for duty, running in self._running.items() if not running.task.done())

    async def run(self) -> None:
        """Take over what is this hub's, and hand over what is not, for ever."""
        while True:
            await self.look()
            await self._wait()

    async def look(self) -> None:
        """Take over and hand over now."""
        self._due.clear()
        for duty, work in tuple(self._offered.items()):
            try:
                await self._look(duty, work)
            except HearthError as error:
                log.warning("a duty could not be claimed", duty=duty, error=str(error))

    async def close(self) -> None:
        """Hand over everything."""
        for duty in tuple(self._running):
            await self._stop(duty)
        while self._ends:
            self._ends.pop()()

    async def _look(self, duty: str, work: Work) -> None:
        mine = responsible(duty, (self._mesh.hub, *self._mesh.alive())) == self._mesh.hub
        running = self._running.get(duty)
        if running is not None and not (mine and self._claims.holds(duty, running.fence) and not running.task.done()):
            await self._stop(duty)
            running = None
        if mine and running is None:
            fence = await self._claims.claim(duty)
            if fence is not None:
                task = asyncio.ensure_future(self._keep(duty, work))
                self._running[duty] = _Running(fence, task)

    @staticmethod
    async def _keep(duty: str, work: Work) -> None:
        try:
            await work()
        except Exception:
            log.exception("a duty failed; it is begun anew", duty=duty)

    async def _stop(self, duty: str) -> None:
        running = self._running.pop(duty)
        running.task.cancel()
        await asyncio.gather(running.task, return_exceptions=True)
        await self._claims.over(duty)

    async def _wait(self) -> None:
        sleep = asyncio.ensure_future(self._clock.sleep(LOOK_S))
        due = asyncio.ensure_future(self._due.wait())
        try:
            await asyncio.wait((sleep, due), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiter in (sleep, due):
                waiter.cancel()
            await asyncio.gather(sleep, due, return_exceptions=True)
