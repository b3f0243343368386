"""`SharedTimers`: timers that all hubs have, and one rings.

A timer is part of the shared state. When it comes due, the hub that is responsible claims it and rings it; when that
hub is gone, the next does. A hub's wall clock may be years off: a timer is due by the clock of the hub where it was
set, and every other hub knows how far that one's is ahead of its own.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

import msgspec

from hub.core.errors import NotFoundError
from hub.plugins.ports.timers import OwnedTimer, TimerStore
from hub.sdk.context import StoredTimer
from hub.swarm.duty.claims import Claims
from hub.swarm.duty.offers import Offers
from hub.swarm.duty.pulse import Pulse
from hub.swarm.duty.rendezvous import responsible
from hub.swarm.ports import Mesh
from hub.swarm.state.kinds import SharedTimer, timer_key
from hub.swarm.state.shared import SharedState

_SAME_S: Final = 2.0
"""Clocks that differ by less are taken to be the same: what lies between two hubs is measured no better."""


class Look(Protocol):
    """What wants to look again which timers are its own."""

    def look(self) -> None:
        """Look now."""
        ...


class SharedTimers:
    """The store of `hub.plugins.ports.timers.Timers` in a home of several hubs, and its duty to ring."""

    def __init__(self, mesh: Mesh, state: SharedState, claims: Claims, offers: Offers, pulse: Pulse) -> None:
        self._mesh = mesh
        self._state = state
        self._claims = claims
        self._offers = offers
        self._pulse = pulse
        self._skilled = False
        self._able: frozenset[str] = frozenset()
        self._ends: list[Callable[[], None]] = []

    def close(self) -> None:
        """Look no more who lives."""
        while self._ends:
            self._ends.pop()()

    def tell(self, timers: Look) -> None:
        """Have `timers` look again whenever hubs or timers come or go."""
        self._ends += [
            self._state.subscribe("timer/", lambda keys: timers.look()),
            self._mesh.watch(lambda alive: timers.look()),
        ]

    async def able(self, skills: Iterable[str]) -> None:
        """This hub runs these skills: it rings their timers, and none of others'. Raises `StoreError`.

        Until this was called, it takes itself and every other hub to run all. Call it again when they are others.
        """
        self._skilled = True
        duties = frozenset(map(_skill, skills))
        self._offers.drop(*self._able - duties)
        self._offers.add(*duties)
        self._able = duties
        await self._offers.publish()

    def elsewhere(self, skill: str) -> bool:
        """Whether another hub that lives runs this skill."""
        return any(hub != self._mesh.hub for hub in self._offers.able(_skill(skill)))

    async def adopt(self, store: TimerStore) -> None:
        """Take over the timers of a hub that was alone until now. Raises `StoreError`."""
        for kept in await store.pending():
            await self.add(kept.skill, kept.timer)
            await store.cancel(kept.skill, kept.timer.id)

    # -- the store -----------------------------------------------------------------------------------------------------

    async def add(self, skill: str, timer: StoredTimer) -> None:
        """Keep a timer; it is on the disk of every hub that lives when this returns."""
        plain = msgspec.to_builtins(timer)
        shared = SharedTimer(skill=skill, clock_of=self._mesh.hub, **plain)
        await self._state.write({timer_key(skill, timer.id): shared}, everywhere=True)

    async def cancel(self, skill: str, timer: str) -> bool:
        """Forget a timer, at every hub that lives, whether it rang or not; False when there was none."""
        key = timer_key(skill, timer)
        there = self._state.cell(key) is not None
        if there:
            await self._state.write({}, gone=[key, f"duty/{key}"], everywhere=True)
        self._claims.done(key)
        return there

    async def pending(self, skill: str = "") -> Sequence[OwnedTimer]:
        """All timers, or one skill's, next first; due by this hub's clock."""
        found = []
        for key in self._state.under("timer/"):
            shared = self._state.get(key)
            if isinstance(shared, SharedTimer) and skill in ("", shared.skill):
                found.append(OwnedTimer(shared.skill, self._here(shared)))
        return sorted(found, key=lambda kept: kept.timer.due)

    def _here(self, shared: SharedTimer) -> StoredTimer:
        ahead = self._state.meetings.ahead(shared.clock_of) if shared.clock_of != self._mesh.hub else 0.0
        due = shared.due if abs(ahead) < _SAME_S else shared.due - ahead
        return StoredTimer(
            id=shared.id,
            handler=shared.handler,
            due=due,
            arguments=shared.arguments,
            area=shared.area,
            created=shared.created,
        )

    # -- the duty ------------------------------------------------------------------------------------------------------

    def mine(self, skill: str, timer: StoredTimer) -> bool:
        """Whether it is for this hub to ring it, as far as it knows."""
        if not self._pulse.ready():
            return False
        hubs = self._offers.able(_skill(skill)) if self._skilled else (self._mesh.hub, *self._mesh.alive())
        return responsible(timer_key(skill, timer.id), hubs) == self._mesh.hub

    async def begin(self, skill: str, timer: StoredTimer) -> bool:
        """Claim it; True when this hub is to ring it now. Raises `StoreError`."""
        key = timer_key(skill, timer.id)
        if self._state.cell(key) is None:
            raise NotFoundError("the timer was rung or cancelled meanwhile")
        fence = await self._claims.claim(key)
        if fence is None:
            return False
        self._pulse.beat()
        if self._claims.holds(key, fence) and self._pulse.ready():
            return True
        await self._claims.over(key)
        return False

    async def give_up(self, skill: str, timer: StoredTimer) -> None:
        """It was begun and could not be rung here: another hub may. Raises `StoreError`."""
        await self._claims.over(timer_key(skill, timer.id))


def _skill(skill: str) -> str:
    return f"skill/{skill}"
