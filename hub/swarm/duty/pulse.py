"""Whether this hub may take duties over: not just after it woke, before it knows what the others did meanwhile.

A hub that was stopped (SIGSTOP, a suspended machine, a swapping one) finds its links dead when it goes on, and would
take itself for the only one left. So would one that has just started and is not connected yet. Both wait: until the
hubs that they hear have told what they know, or for `PATIENCE_S` where nobody is heard.
"""

from collections.abc import Callable, Iterable
from typing import Final

from hub.core.clock import Clock
from hub.swarm.ports import Mesh
from hub.swarm.state.shared import SharedState

BEAT_S: Final = 1.0
HANG_S: Final = 1.9
"""A longer pause between two beats may have been long enough for the others to give this hub up (the mesh's lease)."""
PATIENCE_S: Final = 10.0
"""How long to wait for what other hubs did meanwhile: the time of two digests."""


class Pulse:
    """Beats while the hub is awake. `members()` are the ids of the home's hubs."""

    def __init__(self, mesh: Mesh, state: SharedState, clock: Clock, members: Callable[[], Iterable[str]]) -> None:
        self._mesh = mesh
        self._state = state
        self._clock = clock
        self._members = members
        self._beat = self.woke = clock.monotonic()
        """`woke`: when this hub started, or went on after a pause (monotonic seconds)."""
        self._wall = clock.now()
        self._since: dict[str, float] = {}
        self._end = mesh.watch(self._alive)
        self._alive(mesh.alive())

    def close(self) -> None:
        """Look no more who lives."""
        self._end()

    def beat(self) -> None:
        """This hub is awake; notes the pause, if there was one. To be called every `BEAT_S`, and before what counts."""
        now, wall = self._clock.monotonic(), self._clock.now()
        # A machine that slept has a monotonic clock that slept too. One whose wall clock was set waits for nothing.
        if max(now - self._beat, abs(wall - self._wall)) > HANG_S:
            self.woke = now
            self._state.forget_meetings()
            self._since = dict.fromkeys(self._mesh.alive(), now)
        self._beat, self._wall = now, wall

    def ready(self) -> bool:
        """Whether this hub knows enough to take something over."""
        self.beat()
        now, alive = self._clock.monotonic(), self._mesh.alive()
        if any(not self._state.meetings.met(hub) and now - self._since.get(hub, now) < PATIENCE_S for hub in alive):
            return False
        alone = not set(self._members()) - {self._mesh.hub}
        return bool(alive) or alone or now - self.woke >= PATIENCE_S

    def _alive(self, alive: frozenset[str]) -> None:
        now = self._clock.monotonic()
        self._since = {hub: self._since.get(hub, now) for hub in alive}
