"""How often a plugin may do what costs the household a row of its ledger."""

import asyncio
from typing import Final

from hub.core.errors import ValueRefusedError

_BURST: Final = 60
_A_SECOND: Final = 1.0


class Rate:
    """So many at once, and then one a second."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._paid_until = 0.0

    def take(self) -> None:
        """One more. Raises `ValueRefusedError` when that is too many."""
        now = asyncio.get_running_loop().time()
        if self._paid_until - now > _BURST / _A_SECOND:
            raise ValueRefusedError(f"too many {self._what}", remedy=f"make {_A_SECOND:g} a second in the long run")
        self._paid_until = max(self._paid_until, now) + 1 / _A_SECOND
