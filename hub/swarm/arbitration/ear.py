"""What the arbiter knows of one stream of this hub: its loudness, its claim, and what it kept for another's sake."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from enum import Enum
from typing import Final

import structlog

from hub.core.errors import HearthError
from hub.perception.ears.trail import Trail
from hub.swarm.arbitration.claims import Claim, Key
from hub.swarm.arbitration.waits import LONGEST_S

log = structlog.get_logger(__name__)
LONGEST_TURN_S: Final = 30.0
"""After this long a loser listens again, whether or not the winner said that its turn is over."""
NOTHING: Final = -1.0
"""The confidence of an utterance in which nothing was heard."""


class Place(Enum):
    """What a stream may do."""

    FREE = "free"
    MINE = "mine"
    MUTED = "muted"


class Ear:
    """One stream. While `MUTED` another stream's claim `owner` is answered, here or on another hub."""

    def __init__(
        self,
        stream: str,
        area: str,
        words: Iterable[str],
        trail: Trail,
        judged: Callable[[float], Awaitable[None]],
        after: Callable[[bool], None],
    ) -> None:
        """`judged` returns when no wake word up to a second of the stream may still come. `after` lets the utterance
        that was kept be answered after all (True) or forgotten (False).
        """
        self.stream, self.area, self.words, self.trail = stream, area, frozenset(words), trail
        self.after = after
        self._judge = judged
        self._judged = float("-inf")
        self._asked = float("-inf")
        self._asking: set[asyncio.Task[None]] = set()
        self.place = Place.FREE
        self.claim: Claim | None = None
        self.owner: Key | None = None
        self._since = 0.0
        self._kept: asyncio.Future[float] | None = None

    @property
    def key(self) -> Key | None:
        """Its claim's name."""
        return self.claim.key if self.claim is not None else None

    def judged(self, until: float, told: Callable[[], None]) -> bool:
        """Whether no wake word up to moment `until` of the monotonic clock may still come. If one may, the ears are
        asked, and `told` is called once it is so.
        """
        if until > max(self._judged, self._asked):
            self._asked = until
            task = asyncio.get_running_loop().create_task(self._ask(until, told), name=f"{self.stream} is judged")
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        return until <= self._judged

    async def _ask(self, until: float, told: Callable[[], None]) -> None:
        try:
            async with asyncio.timeout(LONGEST_S):  # its sound may have ended
                await self._judge(until - self.trail.clock(0.0))
        except (HearthError, TimeoutError) as error:
            log.debug("ears did not judge in time", stream=self.stream, error=str(error) or "too slow")
        self._judged = max(self._judged, until)
        told()

    def win(self) -> None:
        """Its claim is answered here."""
        self.place, self.owner = Place.MINE, self.key

    def lose(self, owner: Key | None, now: float) -> None:
        """Another claim is answered; what is said is kept meanwhile."""
        if self.place is not Place.MUTED:
            self._kept = asyncio.get_running_loop().create_future()
        self.place, self.owner, self._since = Place.MUTED, owner, now

    def free(self) -> None:
        """The turn is over."""
        was, self.place, self.owner, self.claim = self.place, Place.FREE, None, None
        if self._kept is not None and not self._kept.done():
            self._kept.set_result(NOTHING)
        if was is Place.MUTED:
            self.after(False)

    def muted(self, now: float) -> bool:
        """Whether another's turn is on."""
        if self.place is Place.MUTED and now - self._since > LONGEST_TURN_S:
            self.free()
        return self.place is Place.MUTED

    def leave(self) -> None:
        """The stream listens no more."""
        for task in tuple(self._asking):
            task.cancel()
        self.free()

    def keep(self, confidence: float | None) -> None:
        """What was said is transcribed and kept; None: nothing was heard."""
        if self._kept is not None and not self._kept.done():
            self._kept.set_result(NOTHING if confidence is None else confidence)

    async def offer(self, timeout_s: float) -> float:
        """The confidence of what was kept, once it is known; `NOTHING` when there is nothing."""
        if self._kept is None:
            return NOTHING
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.shield(self._kept)
        except TimeoutError:
            return NOTHING
