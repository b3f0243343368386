"""What arrives for one reader, who may be slow."""

import asyncio
from collections import deque
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Arrivals(Generic[T]):
    """Iterate over what was `put`, as it comes. At most `most` wait; the oldest go first.

    The iteration ends after `end`, when all that came before it was read.
    """

    def __init__(self, most: int) -> None:
        self._waiting: deque[T] = deque(maxlen=most)
        self._arrived = asyncio.Event()
        self.over = False

    def put(self, item: T) -> None:
        """One more for the reader."""
        self._waiting.append(item)
        self._arrived.set()

    def end(self) -> None:
        """Nothing more will come."""
        self.over = True
        self._arrived.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while not self._waiting:
            if self.over:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()
