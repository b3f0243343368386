"""The three minutes in which a hub lets another in, and what may be tried meanwhile."""

import asyncio
import enum
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from hub.swarm.pairing.handshake import new_code

OPEN_S: Final = 180.0
TRIES: Final = 5
_MOST_BEGUN: Final = 50
"""Runs that may be begun: one that ends before a guess tells nothing, but costs some milliseconds."""


class Stage(enum.Enum):
    """How pairing stands."""

    IDLE = "idle"
    WAITING = "waiting"
    PAIRED = "paired"
    CLOSED = "closed"


class Status(Struct, frozen=True, kw_only=True):
    """How pairing stands: what a person is shown. `left_s` are seconds, `peer` the id of the hub that was let in."""

    stage: str = Stage.IDLE.value
    code: str = ""
    addresses: tuple[str, ...] = ()
    left_s: float = 0.0
    tries_left: int = 0
    peer: str = ""
    reason: str = ""


class Window:
    """Open from when it is made, for three minutes, until a hub is in or five guesses were wrong.

    `ended(reason, alarm)` is called when it closes without a hub having come in.
    """

    def __init__(self, addresses: tuple[str, ...], ended: Callable[[str, bool], None], open_s: float = OPEN_S) -> None:
        self.code = new_code()
        self._addresses = addresses
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + open_s
        self._timer = self._loop.call_later(open_s, self.close, "nobody came in time")
        self._tries = 0
        self._begun = 0
        self._won = False
        self._stage = Stage.WAITING
        self._peer = ""
        self._reason = ""

    @property
    def open(self) -> bool:
        """Whether a hub may still come in."""
        return self._stage is Stage.WAITING and not self._won

    def begin(self) -> bool:
        """Whether another run may begin."""
        self._begun += 1
        if self.open and self._begun > _MOST_BEGUN:
            self.close(f"{_MOST_BEGUN} tries were begun and not finished", alarm=True)
        return self.open

    def guess(self) -> bool:
        """Whether one more guess may be looked at. All runs that are under way share the count."""
        if not self.open or self._tries >= TRIES:
            return False
        self._tries += 1
        return True

    def wrong(self) -> None:
        """The guess was wrong."""
        if self.open and self._tries >= TRIES:
            self.close(f"a wrong code was given {TRIES} times", alarm=True)

    def right(self) -> bool:
        """The guess was right: the code is spent. False when another was first, or the time is up."""
        won, self._won = self.open, True
        return won

    def paired(self, peer: str) -> None:
        """Hub `peer` is in."""
        self._timer.cancel()
        self._stage, self._peer = Stage.PAIRED, peer

    def close(self, reason: str, alarm: bool = False) -> None:
        """Let nobody in any more."""
        self._timer.cancel()
        if self._stage is Stage.WAITING:
            self._stage, self._reason = Stage.CLOSED, reason
            self._ended(reason, alarm)

    def status(self) -> Status:
        """How it stands."""
        waiting = self._stage is Stage.WAITING
        return Status(
            stage=self._stage.value,
            code=self.code if waiting else "",
            addresses=self._addresses if waiting else (),
            left_s=round(max(0.0, self._until - self._loop.time()), 1) if waiting else 0.0,
            tries_left=TRIES - self._tries if waiting else 0,
            peer=self._peer,
            reason=self._reason,
        )
