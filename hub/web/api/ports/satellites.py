"""What the web room needs of who keeps the home's satellites."""

from collections.abc import Sequence
from typing import Protocol


class KnownSatellite(Protocol):
    """A Wyoming satellite."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def host(self) -> str:
        """Where it is."""
        ...

    @property
    def port(self) -> int:
        """Its port."""
        ...

    @property
    def area(self) -> str:
        """The id of the area where it stands."""
        ...

    @property
    def state(self) -> str:
        """connected, away, or waiting."""
        ...

    @property
    def trouble(self) -> str:
        """Why it is away."""
        ...

    @property
    def locked(self) -> bool:
        """Whether hearth.toml decides on it."""
        ...


class SatelliteKeeper(Protocol):
    """Adds and removes satellites. Raises `HearthError`s; what it did is on the disk when it returns."""

    def all(self) -> Sequence[KnownSatellite]:
        """All of them."""
        ...

    async def add(self, name: str, host: str, port: int, area: str) -> KnownSatellite:
        """Add one, or give one another area."""
        ...

    async def remove(self, name: str) -> KnownSatellite:
        """Remove one that was added."""
        ...
