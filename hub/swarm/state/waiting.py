"""What other hubs said and nobody has heard yet, bounded for each of them."""

from collections import Counter, deque
from typing import Final

_MOST: Final = 256
"""Messages of one hub that wait here; what comes then is dropped, and made up by the next digest."""


class Waiting:
    """Messages with their senders, in the order in which they came."""

    def __init__(self) -> None:
        self._messages: deque[tuple[str, bytes]] = deque()
        self._from: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, sender: str, body: bytes) -> bool:
        """Whether there was room for it."""
        if self._from[sender] >= _MOST:
            return False
        self._from[sender] += 1
        self._messages.append((sender, body))
        return True

    def take(self) -> tuple[str, bytes]:
        """The next one; there is one."""
        sender, body = self._messages.popleft()
        self._from[sender] -= 1
        return sender, body
