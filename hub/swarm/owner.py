"""What is wrong on the mesh is told to the owner, and entered in the ledger as refused."""

import time
from collections.abc import Callable
from typing import Final

import structlog

from hub.guard.ledger import Ledger

log = structlog.get_logger(__name__)
Tell = Callable[[str, str], None]
"""Tells the owner something about a hub: its id, and what is wrong in a person's words."""
_AGAIN_S: Final = 60.0
_MOST: Final = 256
_LONGEST: Final = 64


def nobody(hub: str, what: str) -> None:
    """Tell the log alone."""
    log.warning("mesh", hub=hub, what=what)


class Owner:
    """Tells, at most once a minute the same: whoever causes it may do so a million times."""

    def __init__(self, tell: Tell, ledger: Ledger) -> None:
        self._tell = tell
        self._ledger = ledger
        self._told: dict[tuple[str, str], float] = {}

    def tell(self, hub: str, what: str) -> None:
        """Say what is wrong about a hub."""
        now = time.monotonic()
        if now - self._told.get((hub, what), -_AGAIN_S) < _AGAIN_S:
            return
        if len(self._told) >= _MOST:
            self._told.clear()
        self._told[hub, what] = now
        self._ledger.refused("swarm", f"hub {hub[:_LONGEST]}", what)
        self._tell(hub, what)
