"""When this hub and each other were last seen to have the same, and how far apart their clocks are."""

from hub.core.clock import Clock


class Meetings:
    """What comparing digests showed of the other hubs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offsets: dict[str, float] = {}
        self._met: set[str] = set()
        self._agreed: dict[str, float] = {}

    def ahead(self, hub: str) -> float:
        """Seconds that a hub's wall clock is ahead of this one's, as last seen; 0.0 for one never heard."""
        return self._offsets.get(hub, 0.0)

    def met(self, hub: str) -> bool:
        """Whether this hub and the other compared all that they have, and agreed, since it was last out of reach."""
        return hub in self._met

    def agreed_at(self, hub: str) -> float:
        """When this hub and the other were last seen to have the same (monotonic seconds; below 0.0: never)."""
        return self._agreed.get(hub, -1.0)

    def clock_says(self, hub: str, now: float) -> None:
        """A hub's wall clock says `now`."""
        if now - now == 0.0:  # a number, and a finite one
            self._offsets[hub] = now - self._clock.now()

    def agree(self, hub: str) -> None:
        """Both have the same now."""
        self._met.add(hub)
        self._agreed[hub] = self._clock.monotonic()

    def only(self, alive: frozenset[str]) -> None:
        """Others are out of reach: what both have is to be seen anew."""
        self._met &= alive
