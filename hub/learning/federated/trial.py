"""A new head on trial: every label from use asks the head before it as well, and the new one goes when it does worse.

Held-out examples cannot show what was hidden on purpose (a backdoor shows on its trigger alone, Bagdasaryan et al.,
"How to backdoor federated learning", 2020). Use does: what the household takes back again and again, and the head
before would have got right, is the new head's fault.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hub.core.clock import Clock
from hub.learning.head import Head

_LOST: Final = 3
"""So many more answers that only the head before had right than answers that only the new one has."""
_TRIAL_S: Final = 7 * 24 * 3600.0


class Trial:
    """The head that was in use before, until the new one has done as well for a week."""

    def __init__(self, before: Head, after: Head, clock: Clock) -> None:
        self.before, self.after = before, after
        self._clock = clock
        self._until = clock.monotonic() + _TRIAL_S
        self._balance = 0

    @property
    def over(self) -> bool:
        """Whether the new head has stood its trial."""
        return self._clock.monotonic() >= self._until

    def lost(self, features: NDArray[np.float32], label: int) -> bool:
        """Whether the new head has lost, with one more example (n,) whose class use has told."""
        before, after = (int(h.network().logits(features[None]).argmax()) == label for h in (self.before, self.after))
        # What the new head has gained weighs nothing later on: a backdoor may open after a month of good work.
        self._balance = max(self._balance + before - after, 0)
        return self._balance >= _LOST
