"""How many frames a second are looked at: chosen by their times, never by counting them."""

from typing import Final

_EARLY: Final = 0.1  # of a step: times are rounded


class Pace:
    """Lets at most `rate` frames a second through; all of them when it is 0."""

    def __init__(self, rate: float) -> None:
        self._step = 1 / rate if rate > 0 else 0.0
        self._next: float | None = None

    def due(self, t: float) -> bool:
        """Whether the frame of second `t` is to be looked at. Call it once for each, in order."""
        if self._next is None or not self._step:
            self._next = t + self._step
            return True
        if t < self._next - self._step * _EARLY:
            return False
        on_time = t < self._next + self._step
        self._next = (self._next if on_time else t) + self._step
        return True
