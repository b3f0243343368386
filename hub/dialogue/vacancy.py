"""Speech from a room that is believed empty takes more confidence: most likely it is a television, or next door."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from hub.core.bus import Bus
from hub.core.clock import Clock
from hub.core.events import WakeHeard
from hub.dialogue.ports import Occupancy

MOST: Final = 0.25
"""What is added to the least confidence in a room that is certainly empty."""
EMPTY: Final = 0.1
DOUBTFUL: Final = 0.35
"""Beliefs up to `EMPTY` add all of it, from `DOUBTFUL` on nothing: that much is believed of a room that nothing is
known of, and of one where somebody has sat still for long.
"""
_TURN_S: Final = 20.0  # from a wake word to the end of what is said after it
_STREAMS: Final = 64


def more_confidence(belief: float | None) -> float:
    """How much more confidence speech needs where somebody is with probability `belief`; nothing when unknown."""
    if belief is None:
        return 0.0
    share = min(1.0, max(0.0, (DOUBTFUL - belief) / (DOUBTFUL - EMPTY)))
    return MOST * share * share * (3 - 2 * share)


class Vacancy:
    """Asks `occupancy` what it believed before the wake word, not after it.

    A wake word is itself a sign of somebody: once it has raised the belief, what follows it would always be believed,
    and a film in which it is spoken would open the room to all that is said next. So the belief that counts is the
    one at the moment in which the word was heard.
    """

    def __init__(self, bus: Bus, occupancy: Occupancy | None, clock: Clock) -> None:
        self._bus, self._occupancy, self._clock = bus, occupancy, clock
        self._before: OrderedDict[str, tuple[float, float | None]] = OrderedDict()  # stream -> (until, belief)
        self._cancel: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Follow wake words."""
        if self._occupancy is not None:
            self._cancel = self._bus.subscribe(WakeHeard, self._note)

    def close(self) -> None:
        """Stop following."""
        self._cancel()

    def more_confidence(self, area: str, stream: str) -> float:
        """How much more confidence it takes for what was just said in `area` on `stream`."""
        if self._occupancy is None or not area:
            return 0.0
        until, belief = self._before.get(stream, (float("-inf"), None))
        if self._clock.monotonic() > until:
            belief = self._occupancy.belief(area)
        return more_confidence(belief)

    def _note(self, event: WakeHeard) -> None:
        if self._occupancy is None or not event.origin.area:
            return
        belief = self._occupancy.belief(event.origin.area)
        self._before[event.stream] = (self._clock.monotonic() + _TURN_S, belief)
        self._before.move_to_end(event.stream)
        while len(self._before) > _STREAMS:
            self._before.popitem(last=False)
