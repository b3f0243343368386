"""Sound that came in pieces of any length, and is taken in pieces of another."""

from collections import deque

import numpy as np

from hub.media.chunk import Pcm


class WaitingSound:
    """Samples of one stream that nobody has heard yet; `len` is how many."""

    def __init__(self) -> None:
        self._parts: deque[Pcm] = deque()
        self._samples = 0

    def __len__(self) -> int:
        return self._samples

    def put(self, pcm: Pcm) -> None:
        """More of it. The array is kept, not copied."""
        if len(pcm):
            self._parts.append(pcm)
            self._samples += len(pcm)

    def take(self, samples: int) -> Pcm:
        """The next `samples`, of which there are so many at least: a part of what was put where that is whole."""
        parts: list[Pcm] = []
        need = samples
        self._samples -= samples
        while need:
            part = self._parts.popleft()
            if len(part) > need:
                self._parts.appendleft(part[need:])
                part = part[:need]
            parts.append(part)
            need -= len(part)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def zero(self) -> None:
        """Overwrite what waits, and forget it."""
        for part in self._parts:
            if part.flags.writeable:
                part[:] = 0
        self._parts.clear()
        self._samples = 0
