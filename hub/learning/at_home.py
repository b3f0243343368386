"""A running hub's learning as one thing: what is kept, rounds, the hour of the day for them, and forgetting."""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import structlog
from msgspec import Struct

from hub.core.clock import Clock, SystemClock
from hub.core.errors import HearthError, NotFoundError
from hub.learning.examples import Examples
from hub.learning.federated.alone import learn_alone
from hub.learning.federated.collect import Terms
from hub.learning.federated.home_pupil import HomePupil
from hub.learning.federated.kept_heads import KeptHeads
from hub.learning.federated.local import LEAST_EXAMPLES, Plan
from hub.learning.federated.messages import rendezvous
from hub.learning.federated.pupil import Report
from hub.learning.federated.rounds import Learner
from hub.learning.kinds import KINDS
from hub.swarm.ports import Bulk, Mesh

log = structlog.get_logger(__name__)
_DAY_S: Final = 86_400.0
_LOOK_S: Final = 900.0
"""The clock is looked at again so often: a machine sleeps, and its clock is set."""


class Standing(Struct, frozen=True, kw_only=True):
    """What is kept of a kind, whether that is enough for a round, and how the last rounds went, the newest last."""

    kind: str
    examples: int
    bytes: int
    oldest: float | None
    enough: bool
    round: int
    last: Report | None
    rounds: tuple[Report, ...] = ()


async def standings(examples: Examples, heads: KeptHeads) -> list[Standing]:
    """How each kind stands on disk. Raises `StoreError`."""
    held = {each.kind: each for each in await examples.status()}
    found = []
    for kind in KINDS:
        kept = await heads.read(kind)
        found.append(
            Standing(
                kind=kind,
                examples=held[kind].count,
                bytes=held[kind].bytes,
                oldest=held[kind].oldest,
                enough=held[kind].count >= LEAST_EXAMPLES,
                round=kept.round if kept else 0,
                last=kept.report if kept else None,
                rounds=kept.reports if kept else (),
            )
        )
    return found


class HomeLearning:
    """Learns with the hubs that `mesh` and `bulk` reach; without these, alone. Close it with `close`."""

    def __init__(
        self,
        examples: Examples,
        heads: KeptHeads,
        pupils: Mapping[str, HomePupil],
        *,
        mesh: Mesh | None = None,
        bulk: Bulk | None = None,
        terms: Terms | None = None,
        clock: Clock | None = None,
        forgotten: Callable[[], None] = lambda: None,
    ) -> None:
        """`forgotten` is called when examples are purged: what is in memory must go as well."""
        self._examples, self._heads, self._pupils = examples, heads, pupils
        self._clock = clock or SystemClock()
        self._forgotten = forgotten
        self._mesh, self._bulk, self._terms = mesh, bulk, terms
        self._learner = self._ready()
        self._one_at_a_time = asyncio.Lock()

    def _ready(self) -> Learner | None:
        if self._mesh is None or self._bulk is None:
            return None
        seed = secrets.randbits(64)
        return Learner(self._mesh, self._bulk, self._pupils, terms=self._terms, clock=self._clock, seed=seed)

    async def close(self) -> None:
        """Answer other hubs no more, and give up what is under way."""
        if self._learner is not None:
            await self._learner.close()

    async def status(self) -> list[Standing]:
        """How each kind stands. Raises `StoreError`."""
        return await standings(self._examples, self._heads)

    async def round(self, kind: str) -> Report:
        """Learn this kind now, with the other hubs where there are enough; what came of it here.

        Raises `NotFoundError` for a kind that is not learnt, `UnavailableError`, `StoreError`.
        """
        pupil = self._pupils.get(kind)
        if pupil is None:
            raise NotFoundError(f"nothing learns {kind!r}", remedy=f"kinds are {', '.join(self._pupils)}")
        async with self._one_at_a_time:
            if self._learner is not None:
                return await self._learner.begin(kind)
            rng = np.random.default_rng(secrets.randbits(64))
            reason = "this hub looks for no other hubs ([swarm] in hearth.toml): nothing was sent"
            return await learn_alone(pupil, Plan(), rng, number=pupil.round + 1, reason=reason)

    async def forget(self, kind: str = "") -> int:
        """Delete the examples of a kind and what was learnt of them, or everything and the key; how many these were."""
        if kind and kind not in KINDS:
            raise NotFoundError(f"nothing is kept of {kind!r}", remedy=f"kinds are {', '.join(KINDS)}")
        async with self._one_at_a_time:
            self._forgotten()
            await self.close()  # a round under way would keep a head that the examples made
            await self._heads.forget(kind)
            gone = await self._examples.purge(kind)
            for pupil in (self._pupils[k] for k in self._pupils if kind in ("", k)):
                pupil.begin_again()
            self._learner = self._ready()
        return gone

    async def expire(self) -> None:
        """Delete examples that are too old, at once and every day, until cancelled."""
        while True:
            try:
                await self._examples.expire()
            except HearthError as error:
                log.warning("old examples could not be deleted", error=str(error))
            await self._clock.sleep(_DAY_S)

    async def every_day(self, at: str) -> None:
        """Call for the day's rounds at `at` (`03:30`, local time), until cancelled."""
        while True:
            due = next_time(at, self._clock.now())
            while (left := due - self._clock.now()) > 0:
                await self._clock.sleep(min(left, _LOOK_S))
            await self.daily(int(due // _DAY_S))

    async def daily(self, day: int) -> None:
        """A round of each kind, where it falls to this hub to call for them on that day."""
        others = frozenset() if self._mesh is None else self._mesh.alive()
        # All hubs come here at the same time of day. One of them calls; were they all to, each would have its round.
        if self._mesh is not None and rendezvous(day, others | {self._mesh.hub})[0] != self._mesh.hub:
            return
        for standing in await self.status():
            if standing.kind in self._pupils and (others or standing.enough):
                try:
                    report = await self.round(standing.kind)
                except HearthError as error:
                    log.warning("the day's round was not held", kind=standing.kind, error=str(error))
                    continue
                log.info("the day's round", kind=standing.kind, outcome=report.outcome, reason=report.reason)


def next_time(at: str, now: float) -> float:
    """When it will be `at` (`03:30`, local time) after `now`; both UTC seconds."""
    hour, minute = map(int, at.split(":"))
    today = time.localtime(now)
    # mktime knows when summer time begins, and what day comes after the last of a month.
    days = (time.mktime((today.tm_year, today.tm_mon, today.tm_mday + n, hour, minute, 0, 0, 0, -1)) for n in (0, 1))
    return next(due for due in days if due > now)
