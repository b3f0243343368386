"""`SharedTimers`: timers that all hubs have, and one rings.

A timer is part of the shared state. When it comes due, the hub that is responsible claims it and rings it; when that
hub is gone, the next does. A hub's wall clock may be years off: a timer is due by the clock of the hub where it was
set, and every other hub knows how far that one's is ahead of its own.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import msgspec

from hub.core.clock import Clock
from hub.core.errors import NotFoundError
from hub.plugins.timers import OwnedTimer, TimerStore
from hub.sdk.context import StoredTimer
from hub.swarm.duty.claims import Claims
from hub.swarm.duty.rendezvous import responsible
from hub.swarm.ports import Mesh
from hub.swarm.state.kinds import SharedTimer, timer_key
from hub.swarm.state.shared import SharedState

_SAME_S: Final = 2.0
"""Clocks that differ by less are taken to be the same: what lies between two hubs is measured no better."""
_PATIENCE_S: Final = 10.0
"""How long a hub that came waits until it knows what the others did meanwhile."""


class Look(Protocol):
    """What wants to look again which timers are its own."""

    def look(self) -> None:
        """Look now."""
        ...


class SharedTimers:
    """The store of `hub.plugins.timers.Timers` in a home of several hubs, and its duty to ring."""

    def __init__(self, mesh: Mesh, state: SharedState, claims: Claims, clock: Clock) -> None:
        self._mesh = mesh
        self._state = state
        self._clock = clock
        self._claims = claims
        self._since: dict[str, float] = {}
        self._ends: list[Callable[[], None]] = [mesh.watch(self._alive)]
        self._alive(mesh.alive())

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

    async def adopt(self, store: TimerStore) -> None:
        """Take over the timers of a hub that was alone until now. Raises `StoreError`."""
        for kept in await store.pending():
            await self.add(kept.skill, kept.timer)
            await store.cancel(kept.skill, kept.timer.id)

    # -- the store -----------------------------------------------------------------------------------------------------

    async def add(self, skill: str, timer: StoredTimer) -> None:
        """Keep a timer; it is on disk when this returns."""
        plain = msgspec.to_builtins(timer)
        shared = SharedTimer(skill=skill, clock_of=self._mesh.hub, **plain)
        await self._state.write({timer_key(skill, timer.id): shared})

    async def cancel(self, skill: str, timer: str) -> bool:
        """Forget a timer; False when there was none."""
        key = timer_key(skill, timer)
        if self._state.cell(key) is None:
            return False
        await self._state.write({}, gone=[key, f"duty/{key}"])
        await self._claims.over(key, keep=True)
        return True

    async def pending(self, skill: str = "") -> Sequence[OwnedTimer]:
        """All timers, or one skill's, next first; due by this hub's clock."""
        found = []
        for key in self._state.under("timer/"):
            shared = self._state.get(key)
            if isinstance(shared, SharedTimer) and skill in ("", shared.skill):
                found.append(OwnedTimer(shared.skill, self._here(shared)))
        return sorted(found, key=lambda kept: kept.timer.due)

    def _here(self, shared: SharedTimer) -> StoredTimer:
        ahead = self._state.ahead(shared.clock_of) if shared.clock_of != self._mesh.hub else 0.0
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
        now = self._clock.monotonic()
        alive = self._mesh.alive()
        if any(not self._state.met(hub) and now - self._since.get(hub, now) < _PATIENCE_S for hub in alive):
            return False
        return responsible(timer_key(skill, timer.id), (self._mesh.hub, *alive)) == self._mesh.hub

    async def begin(self, skill: str, timer: StoredTimer) -> bool:
        """Claim it; True when this hub is to ring it now. Raises `StoreError`."""
        key = timer_key(skill, timer.id)
        if self._state.cell(key) is None:
            raise NotFoundError("the timer was rung or cancelled meanwhile")
        fence = await self._claims.claim(key)
        return fence is not None and self._claims.holds(key, fence)

    def _alive(self, alive: frozenset[str]) -> None:
        now = self._clock.monotonic()
        self._since = {hub: self._since.get(hub, now) for hub in alive}
