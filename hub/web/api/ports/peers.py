"""What the web room needs of who knows the home's other hubs."""

from collections.abc import Sequence
from typing import Protocol


class KnownPeer(Protocol):
    """A hub of the home."""

    @property
    def id(self) -> str:
        """Its id, 64 hexadecimal digits."""
        ...

    @property
    def short(self) -> str:
        """The id as people read it."""
        ...

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it said that it listens."""
        ...

    @property
    def joined_at(self) -> float:
        """UTC seconds; 0 while it is in no home with others."""
        ...

    @property
    def here(self) -> bool:
        """Whether it is this hub."""
        ...

    @property
    def founder(self) -> bool:
        """Whether it lets others in."""
        ...

    @property
    def reachable(self) -> bool | None:
        """Whether it can be reached; None when that is not known."""
        ...


class PairingStatus(Protocol):
    """How pairing stands."""

    @property
    def stage(self) -> str:
        """idle, waiting, paired or closed."""
        ...

    @property
    def code(self) -> str:
        """What to type on the other hub, while waiting."""
        ...

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where the other hub finds this one."""
        ...

    @property
    def left_s(self) -> float:
        """Seconds that are left."""
        ...

    @property
    def tries_left(self) -> int:
        """Codes that may still be tried."""
        ...

    @property
    def peer(self) -> str:
        """The id of the hub that came in."""
        ...

    @property
    def reason(self) -> str:
        """Why it was closed."""
        ...


class NearbyHub(Protocol):
    """A hub that says it waits to be paired."""

    @property
    def name(self) -> str:
        """What it calls itself."""
        ...

    @property
    def address(self) -> str:
        """Where, as `host:port`."""
        ...


class PeerKeeper(Protocol):
    """Knows the home's hubs, pairs and removes them. Raises `HearthError`s."""

    def peers(self) -> Sequence[KnownPeer]:
        """The home's hubs."""
        ...

    def pairing(self) -> PairingStatus:
        """How pairing stands."""
        ...

    def nearby(self) -> Sequence[NearbyHub]:
        """Hubs on the network that wait to be paired."""
        ...

    def pair(self) -> PairingStatus:
        """Wait for a hub to come in, with a new code."""
        ...

    def call_off(self) -> PairingStatus:
        """Wait no longer."""
        ...

    async def join(self, address: str, code: str) -> KnownPeer:
        """Go into the home of the hub at `address`; that hub."""
        ...

    async def remove(self, named: str) -> KnownPeer:
        """Shut a hub out, or leave."""
        ...
