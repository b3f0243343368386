"""How long a skill takes for its answers, of its own time."""

from collections import deque
from typing import Final

_CALLS: Final = 10
_LONG_S: Final = 1.0
_OFTEN: Final = 2


class Pace:
    """Follows the last calls of one skill."""

    def __init__(self) -> None:
        self._took: deque[float] = deque(maxlen=_CALLS)

    def note(self, seconds: float) -> None:
        """A call ended; the skill itself took so long."""
        self._took.append(seconds)

    @property
    def slow(self) -> bool:
        """Whether people are kept waiting: more than once in the last ten calls it took over a second."""
        return sum(seconds > _LONG_S for seconds in self._took) >= _OFTEN
