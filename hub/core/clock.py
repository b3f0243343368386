"""Time as a thing that is passed in, so that tests can turn it."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Where a room gets the time from."""

    def now(self) -> float:
        """UTC seconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary start."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of this clock."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """UTC seconds since 1970."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        await asyncio.sleep(seconds)


class FakeClock:
    """A clock that moves only when told to."""

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        self._now = start
        self._mono = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> float:
        """UTC seconds since 1970."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since this clock was made."""
        return self._mono

    async def sleep(self, seconds: float) -> None:
        """Return once `advance` has moved past `seconds` from now."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._mono + seconds, future))
        await future

    async def advance(self, seconds: float) -> None:
        """Move on by `seconds`, waking sleepers in the order of their alarms and letting each run."""
        target = self._mono + seconds
        while due := [s for s in self._sleepers if s[0] <= target]:
            at, future = min(due, key=lambda s: s[0])
            self._sleepers.remove((at, future))
            self._now += at - self._mono
            self._mono = at
            if not future.done():
                future.set_result(None)
            for _ in range(5):
                await asyncio.sleep(0)
        self._now += target - self._mono
        self._mono = target
        await asyncio.sleep(0)
