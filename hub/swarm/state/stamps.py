"""Stamps: what came after what, without anybody's wall clock.

A stamp is a Lamport time (L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", 1978): a
counter that is higher than every counter its writer had seen, and the writer's id, which decides between equals. A
hub whose wall clock is ten years ahead is thereby no further ahead than any other.

A hub that lies about its counter could win for ever, by taking the highest there is. So counters end at 2^53, for all
hubs alike, and what a hub lets its own counter be raised by others is limited: `LEAP` at once, and `PACE` a second in
the long run. A counter beyond that is not admitted *yet*: the hub goes some of the way towards it, and the next digest
offers it again. No honest house makes 2^32 changes, so it never notices. A hub that comes home to one that had listened
to a liar for longer follows it within about that time, so that the rule itself can slow a house down, but not split
it. A liar needs eight years to come to the end, during which the owner is told of it every minute.
"""

from typing import Final

from msgspec import Struct

from hub.core.clock import Clock
from hub.core.errors import ProtocolError, ValueRefusedError

HIGHEST: Final = 2**53
LEAP: Final = 2**32
PACE: Final = 2**25


class Stamp(Struct, frozen=True, order=True, array_like=True):
    """When something was written, in Lamport time, and by which hub."""

    counter: int
    hub: str


class LamportClock:
    """This hub's counter."""

    def __init__(self, hub: str, clock: Clock, counter: int = 0) -> None:
        self.hub = hub
        self.counter = counter
        self._clock = clock
        self._budget = float(LEAP)
        self._counted = clock.monotonic()

    def tick(self) -> Stamp:
        """The stamp of something that this hub writes now. Raises `ValueRefusedError` at the end of all counters."""
        if self.counter >= HIGHEST:
            raise ValueRefusedError(
                "no change can come after one that another hub made", remedy="see `hearth peer list`, and pair anew"
            )
        self.counter += 1
        return Stamp(self.counter, self.hub)

    def admit(self, counter: int) -> bool:
        """Whether a peer's counter may be believed now; if so, this hub's is at least as high from here on.

        False when it is too far ahead for the moment. Raises `ProtocolError` for what can be no counter.
        """
        if not 0 < counter <= HIGHEST:
            raise ProtocolError(f"a change with the counter {counter}")
        now = self._clock.monotonic()
        self._budget = min(float(LEAP), self._budget + (now - self._counted) * PACE)
        self._counted = now
        near = counter - self.counter <= self._budget
        # Half of what it may: a hub that has not met the liar can then still follow at once.
        ahead = max(0, counter - self.counter) if near else int(self._budget / 2)
        self.counter += ahead
        self._budget -= ahead
        return near
