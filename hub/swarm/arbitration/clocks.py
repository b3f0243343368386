"""How far the other hubs' clocks are from this one's, and how long messages take.

As in NTP: a hub is asked for its monotonic clock, which it read half a round trip ago; of the last few answers the
quickest counts. What a calendar says does not matter: hubs without a network for their clock are years apart.
"""

import asyncio
import math
import statistics
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec
import structlog
from msgspec import Struct, field

from hub.core.errors import HearthError
from hub.swarm.ports import Mesh

log = structlog.get_logger(__name__)
TOPIC: Final = "clock"
_FIRST_S: Final = 0.05
_EVERY_S: Final = 10.0
_AT_FIRST: Final = 5
_KEPT: Final = 8
_JUMP_S: Final = 0.05
_TIMEOUT_S: Final = 2.0
_SLOWEST_S: Final = 1.0
_GOOD_S: Final = 0.1
"""A slower answer tells less than when messages arrive."""
_UNKNOWN_S: Final = 0.003


class _Time(Struct, frozen=True, array_like=True):
    monotonic: float
    ears: bool


class _Sample(Struct, frozen=True):
    offset: float
    round_trip: float


class _Other(Struct):
    samples: deque[_Sample] = field(default_factory=lambda: deque(maxlen=_KEPT))
    ears: bool = True


_decoder = msgspec.msgpack.Decoder(_Time)


class Clocks:
    """The clocks of the live hubs. `run` asks for them, until cancelled."""

    def __init__(self, mesh: Mesh, ears: Callable[[], bool], *, monotonic: Callable[[], float]) -> None:
        """`ears`: whether this hub listens at all, which the others are told with the time."""
        self._mesh, self._ears, self._monotonic = mesh, ears, monotonic
        self._others: dict[str, _Other] = {}
        self._changed = asyncio.Event()

    def offset(self, hub: str) -> float | None:
        """How many seconds a hub's monotonic clock is ahead of this one's, None when it is not known."""
        other = self._others.get(hub)
        if other is None or not other.samples:
            return None
        best = min(other.samples, key=lambda s: s.round_trip)
        return best.offset if best.round_trip <= _GOOD_S else None

    @property
    def round_trip_s(self) -> float:
        """The slowest hub's usual round trip in seconds."""
        usual = [statistics.median(s.round_trip for s in o.samples) for o in self._others.values() if o.samples]
        return max(usual, default=_UNKNOWN_S)

    def hears(self, hub: str) -> bool:
        """Whether a hub has ears, as far as it is known."""
        other = self._others.get(hub)
        return other is None or other.ears

    def heard_of(self, hub: str) -> bool:
        """A hub claimed: it has ears. Returns whether that is news."""
        other = self._others.get(hub)
        news, deaf = other is not None and not other.ears, other
        if deaf is not None:
            deaf.ears = True
        return news

    def look(self) -> None:
        """The live hubs have changed."""
        self._changed.set()

    async def run(self, told: Callable[[], None]) -> None:
        """Keep asking; `told` is called after each answer."""
        end = self._mesh.answer(TOPIC, self._answer)
        asking: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                self._changed.clear()
                alive = self._mesh.alive()
                for hub in asking.keys() - alive:
                    asking.pop(hub).cancel()
                    self._others.pop(hub, None)
                for hub in alive - asking.keys():
                    asking[hub] = asyncio.create_task(self._keep_asking(hub, told), name=f"clock of {hub[:12]}")
                await self._changed.wait()
        finally:
            end()
            self._others.clear()
            left = set(asking.values())
            while left:  # a task that is cancelled just when its answer comes may miss it (asyncio.wait_for, 3.11)
                for task in left:
                    task.cancel()
                _, left = await asyncio.wait(left, timeout=_FIRST_S)

    async def _keep_asking(self, hub: str, told: Callable[[], None]) -> None:
        other = self._others[hub] = _Other()
        while self._others.get(hub) is other:
            await self._ask(hub, other)
            told()
            await asyncio.sleep(_FIRST_S if len(other.samples) < _AT_FIRST else _EVERY_S)

    async def _answer(self, _hub: str, _body: bytes) -> bytes:
        return msgspec.msgpack.encode(_Time(self._monotonic(), self._ears()))

    async def _ask(self, hub: str, other: _Other) -> None:
        before = self._monotonic()
        try:
            told = _decoder.decode(await self._mesh.ask(hub, TOPIC, b"", timeout_s=_TIMEOUT_S))
        except (HearthError, TimeoutError, msgspec.DecodeError) as error:
            log.debug("a hub does not tell the time", hub=hub[:12], error=str(error))
            return
        after = self._monotonic()
        if not math.isfinite(told.monotonic) or after - before > _SLOWEST_S:
            return
        sample = _Sample(told.monotonic - (before + after) / 2, after - before)
        known = self.offset(hub)
        if known is not None and abs(known - sample.offset) > sample.round_trip + _JUMP_S:
            other.samples.clear()  # it was started anew
        other.samples.append(sample)
        other.ears = told.ears
