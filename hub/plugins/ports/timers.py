"""Stored timers: they ring when due, also those that came due while the hub was away."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Protocol

import msgspec
import structlog
from msgspec import Struct

from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.clock import Clock
from hub.core.errors import HearthError, NotFoundError, ValueRefusedError
from hub.core.events import Origin, TimerRang
from hub.core.ids import new_id
from hub.sdk.context import StoredTimer

log = structlog.get_logger(__name__)
MAX_TIMERS: Final = 200
"""Of one skill at once."""
_MAX_ARGUMENTS: Final = 8 * 1024
_LONGEST_S: Final = 10 * 366 * 86400.0
_LOOK_S: Final = 30.0
"""The longest sleep: the machine's clock may be set, or the machine itself may sleep."""


_AGAIN_S: Final = 1.0
"""How soon to look again at a timer that is due and another hub's to ring."""


class KeptTimer(Protocol):
    """A timer and the skill that it belongs to."""

    @property
    def skill(self) -> str:
        """The skill's id."""
        ...

    @property
    def timer(self) -> StoredTimer:
        """The timer."""
        ...


class TimerStore(Protocol):
    """Where timers are kept."""

    async def add(self, skill: str, timer: StoredTimer) -> None:
        """Keep a timer; it is on disk when this returns."""
        ...

    async def cancel(self, skill: str, timer: str) -> bool:
        """Forget a timer; False when there was none."""
        ...

    async def pending(self, skill: str = "") -> Sequence[KeptTimer]:
        """All timers, or one skill's, next first."""
        ...


class TimerDuty(Protocol):
    """In a home of several hubs, which of them rings a timer that all have."""

    def mine(self, skill: str, timer: StoredTimer) -> bool:
        """Whether it is for this hub to ring it."""
        ...

    async def begin(self, skill: str, timer: StoredTimer) -> bool:
        """True when this hub is to ring it now; False when another may. Raises `NotFoundError` when it was rung."""
        ...

    async def give_up(self, skill: str, timer: StoredTimer) -> None:
        """It was begun, and its skill is not here: another hub may ring it."""
        ...


class OwnedTimer(Struct, frozen=True):
    """A timer and the skill that it belongs to."""

    skill: str
    timer: StoredTimer


class MemoryTimers:
    """A store for a hub without a database: its timers end with it."""

    def __init__(self) -> None:
        self._timers: dict[tuple[str, str], StoredTimer] = {}

    async def add(self, skill: str, timer: StoredTimer) -> None:
        """Keep a timer."""
        self._timers[skill, timer.id] = timer

    async def cancel(self, skill: str, timer: str) -> bool:
        """Forget a timer; False when there was none."""
        return self._timers.pop((skill, timer), None) is not None

    async def pending(self, skill: str = "") -> Sequence[OwnedTimer]:
        """All timers, or one skill's, next first."""
        found = [OwnedTimer(who, t) for (who, _), t in self._timers.items() if skill in ("", who)]
        return sorted(found, key=lambda kept: kept.timer.due)


Ring = Callable[[str, StoredTimer, tuple[int, ...]], Awaitable[Any]]
"""Calls the timer's handler: (skill, timer, causes). `NotFoundError` leaves the timer for when its skill is back."""


class Timers:
    """Keeps timers in the store and rings each once it is due.

    A timer leaves the store after its handler ended, so that a crash in between rings it again rather than never.
    """

    def __init__(self, store: TimerStore, bus: Bus, clock: Clock, ring: Ring, duty: TimerDuty | None = None) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._ring = ring
        self._duty = duty
        self._changed = asyncio.Event()
        self._orphans: set[tuple[str, str]] = set()
        self._ringing: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._rung: set[tuple[str, str]] = set()  # and still in the store, which could not be written

    async def set(
        self, skill: str, *, handler: str, due: float, arguments: dict[str, Any], area: str = ""
    ) -> StoredTimer:
        """A new timer, on disk. Raises `ValueRefusedError` when it is too far off, too large, or one too many."""
        now = self._clock.now()
        if not now - 60.0 <= due <= now + _LONGEST_S:
            raise ValueRefusedError("a timer must ring in the next ten years", remedy="choose a nearer time")
        if len(msgspec.json.encode(arguments)) > _MAX_ARGUMENTS:
            raise ValueRefusedError("a timer's arguments are too large", remedy=f"stay under {_MAX_ARGUMENTS} bytes")
        if len(await self._store.pending(skill)) >= MAX_TIMERS:
            raise ValueRefusedError(f"{skill} already has {MAX_TIMERS} timers", remedy="cancel some")
        timer = StoredTimer(id=f"{new_id():x}", handler=handler, due=due, arguments=arguments, area=area, created=now)
        await self._store.add(skill, timer)
        self._changed.set()
        return timer

    async def cancel(self, skill: str, timer: str) -> bool:
        """Forget a timer; False when there was none."""
        gone = await self._store.cancel(skill, timer)
        self._changed.set()
        return gone

    async def pending(self, skill: str = "") -> Sequence[KeptTimer]:
        """All timers, or one skill's, next first."""
        return await self._store.pending(skill)

    async def forget(self, skill: str) -> None:
        """The skill is gone for good, and its timers with it. Raises `StoreError`."""
        for kept in await self._store.pending(skill):
            await self._store.cancel(skill, kept.timer.id)
        self.skill_back(skill)

    def skill_back(self, skill: str) -> None:
        """A skill runs again: timers that waited for it are rung."""
        self._orphans = {key for key in self._orphans if key[0] != skill}
        self._changed.set()

    def look(self) -> None:
        """Timers, or the hubs that ring them, are not what they were: look at once."""
        self._changed.set()

    async def run(self) -> None:
        """Ring what is due, for ever. Start it when the skills are loaded; what came due meanwhile rings at once."""
        try:
            while True:
                self._changed.clear()
                kept = await self._store.pending()
                busy = {*self._ringing, *self._orphans, *self._rung}
                self._rung = {key for key in self._rung if not await self._forget(*key)}
                now = self._clock.now()
                waiting = [k for k in kept if (k.skill, k.timer.id) not in busy]
                due_now = [k for k in waiting if k.timer.due <= now and self._mine(k)]
                for due in due_now:
                    self._start(due.skill, due.timer)
                ahead = [k.timer.due - now for k in waiting if k.timer.due > now]
                others = [_AGAIN_S for k in waiting if k.timer.due <= now and k not in due_now]
                await self._wait(min([_LOOK_S, *ahead, *others]))
        finally:
            await cancelled(*self._ringing.values())

    def _start(self, skill: str, timer: StoredTimer) -> None:
        key = (skill, timer.id)
        task = asyncio.get_running_loop().create_task(self._fire(skill, timer), name=f"timer:{skill}")
        self._ringing[key] = task
        task.add_done_callback(lambda _: self._ringing.pop(key, None))

    def _mine(self, kept: KeptTimer) -> bool:
        return self._duty is None or self._duty.mine(kept.skill, kept.timer)

    async def _begin(self, skill: str, timer: StoredTimer) -> bool:
        """Whether to ring it; waits a little when another hub may, so as not to ask without a pause."""
        if self._duty is None:
            return True
        try:
            if await self._duty.begin(skill, timer):
                return True
        except HearthError as error:
            log.info("a timer is not rung by this hub", skill=skill, reason=str(error))
        await self._clock.sleep(_AGAIN_S)
        return False

    async def _fire(self, skill: str, timer: StoredTimer) -> None:
        if not await self._begin(skill, timer):
            self._changed.set()
            return
        event = TimerRang(
            skill=skill,
            timer=timer.id,
            arguments=timer.arguments,
            origin=Origin(area=timer.area, source=f"skill:{skill}"),
        )
        self._bus.publish(event)
        try:
            await self._ring(skill, timer, (event.id,))
        except NotFoundError as error:
            log.warning("a timer waits for its skill", skill=skill, error=str(error))
            self._orphans.add((skill, timer.id))
            await self._give_up(skill, timer)
            return
        except Exception:
            log.exception("a timer's handler failed", skill=skill, handler=timer.handler)
        if not await self._forget(skill, timer.id):
            self._rung.add((skill, timer.id))

    async def _give_up(self, skill: str, timer: StoredTimer) -> None:
        if self._duty is not None:
            try:
                await self._duty.give_up(skill, timer)
            except HearthError as error:
                log.warning("a timer could not be handed on", skill=skill, error=str(error))

    async def _forget(self, skill: str, timer: str) -> bool:
        """Whether a timer that rang is out of the store; one that is not must not ring at every look."""
        try:
            await self._store.cancel(skill, timer)
        except HearthError as error:
            log.warning("a timer that rang could not be forgotten", skill=skill, error=str(error))
            return False
        return True

    async def _wait(self, seconds: float) -> None:
        """Until `seconds` of the clock passed or a timer was set or cancelled."""
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        changed = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait((sleep, changed), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancelled(sleep, changed)
