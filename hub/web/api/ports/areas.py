"""What the web room needs of who keeps the home's areas."""

from collections.abc import Sequence
from typing import Protocol

from hub.core.entities import Area


class AreaKeeper(Protocol):
    """Makes, changes and removes areas. Raises `HearthError`s; what it did is on the disk when it returns."""

    def areas(self) -> Sequence[Area]:
        """Every area of the home."""
        ...

    def locked(self, area: str) -> bool:
        """Whether hearth.toml decides on it."""
        ...

    async def make(self, name: str, floor: str = "", aliases: Sequence[str] = ()) -> Area:
        """A new area."""
        ...

    async def change(
        self, area: str, name: str | None = None, floor: str | None = None, aliases: Sequence[str] | None = None
    ) -> Area:
        """Change what is given."""
        ...

    async def remove(self, area: str) -> Area:
        """Remove one."""
        ...
