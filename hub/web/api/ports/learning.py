"""What the routes about learning need of the room that learns."""

from collections.abc import Sequence
from typing import Any, Protocol


class LearningKeeper(Protocol):
    """Keeps what the hub learns from. Raises `HearthError`s; what it gives fits `hub.web.api.learning`'s answers."""

    async def status(self) -> Sequence[Any]:
        """What is kept of each kind."""
        ...

    async def round(self, kind: str) -> Any:
        """Learn this kind now; what came of it."""
        ...

    async def forget(self, kind: str = "") -> int:
        """Forget a kind or all; how many examples these were."""
        ...
