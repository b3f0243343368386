"""Wrong tries cost time: each more than the one before, whoever makes them."""

from collections import OrderedDict
from typing import Final

from hub.core.clock import Clock

_FORGOTTEN_S: Final = 24 * 3600.0
_MOST_KEYS: Final = 10_000


class Throttle:
    """Counts tries by key. After `free` of them one waits a second, then two, four and so on, up to `most_s`.

    A try is counted before it is known to be wrong, so that a thousand at once are a thousand; what was right is taken
    back with `right`.
    """

    def __init__(self, clock: Clock, *, free: int, first_s: float = 1.0, most_s: float = 900.0) -> None:
        self._clock = clock
        self._free = free
        self._first_s = first_s
        self._most_s = most_s
        self._tries: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """Seconds until the next try is looked at; 0 when it would be now."""
        count, last = self._tries.get(key, (0, 0.0))
        over = count + 1 - self._free
        if over <= 0:
            return 0.0
        delay = min(self._most_s, self._first_s * 2.0 ** min(over - 1, 30))
        return max(0.0, last + delay - self._clock.monotonic())

    def tried(self, key: str) -> None:
        """Somebody tries."""
        count, last = self._tries.pop(key, (0, 0.0))
        now = self._clock.monotonic()
        self._tries[key] = (1 if now - last > _FORGOTTEN_S else count + 1, now)
        while len(self._tries) > _MOST_KEYS:
            self._tries.popitem(last=False)

    def right(self, key: str, *, all_of_them: bool) -> None:
        """The try was right: take it back, or `all_of_them` that were counted."""
        count, last = self._tries.pop(key, (0, 0.0))
        if count > 1 and not all_of_them:
            self._tries[key] = (count - 1, last)
