"""An arbiter with known decisions."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from hub.core.events import WakeHeard
from hub.perception.ears.trail import Trail


class ScriptedArbiter:
    """Decides as it is told to, and notes what it is told."""

    def __init__(self) -> None:
        self.wins = True
        self.revoked = False
        self.taken = False
        self.deciding = asyncio.Event()
        self.deciding.set()
        self.log: list[str] = []
        self.after: Callable[[bool], None] = lambda _answer: None
        self.trail = Trail()

    def attend(
        self,
        stream: str,
        area: str,
        words: Iterable[str],
        trail: Trail,
        judged: Callable[[float], Awaitable[None]],
        after: Callable[[bool], None],
    ) -> Callable[[], None]:
        self.after, self.trail = after, trail
        return lambda: self.log.append("left")

    async def mine(self, stream: str, wake: WakeHeard) -> bool:
        await self.deciding.wait()
        self.log.append("mine" if self.wins else "not mine")
        return self.wins

    def still_mine(self, stream: str) -> bool:
        return self.wins and not self.revoked

    def kept(self, stream: str, confidence: float | None) -> None:
        self.log.append(f"kept {confidence}")

    async def no_speech(self, stream: str) -> bool:
        self.log.append("no speech")
        return self.taken

    def turn_ended(self, stream: str) -> None:
        self.log.append("ended")
