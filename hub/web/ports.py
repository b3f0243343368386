"""What the web room needs of other rooms, as protocols: `app.py` hands them in when they are ready."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from hub.core.commands import Command, CommandResult
from hub.core.entities import HomeView
from hub.core.events import Value
from hub.web.learning_port import LearningKeeper


class HomeReader(Protocol):
    """The home as it stands."""

    def view(self) -> HomeView:
        """Areas, entities and people now."""
        ...


class Commander(Protocol):
    """Sends commands."""

    async def send(self, command: Command) -> CommandResult:
        """Send one and wait for its end; raises a `HearthError` when it may not be sent."""
        ...


class Said(Struct, frozen=True, kw_only=True):
    """How the hub answered a sentence."""

    reply: str
    understood: bool = True
    expects_answer: bool = False


class Speaker(Protocol):
    """The dialogue."""

    async def say(self, text: str, *, area: str = "", person: str = "", channel: str = "ui") -> Said:
        """Take `text` as if it had been heard in `area` from `person`."""
        ...


class ToldStep(Protocol):
    """One step of a story."""

    @property
    def kind(self) -> str:
        """The kind of event."""
        ...

    @property
    def text(self) -> str:
        """The step in words."""
        ...

    @property
    def at(self) -> float:
        """UTC seconds."""
        ...

    @property
    def event(self) -> int:
        """The event's id."""
        ...

    @property
    def causes(self) -> tuple[int, ...]:
        """The ids of what led to it."""
        ...

    @property
    def data(self) -> dict[str, Any]:
        """The event's own fields."""
        ...


class ToldStory(Protocol):
    """Why an entity is as it is."""

    @property
    def entity(self) -> str:
        """The entity."""
        ...

    @property
    def text(self) -> str:
        """The story as one line."""
        ...

    @property
    def steps(self) -> Sequence[ToldStep]:
        """From the first cause on."""
        ...


class WhyTeller(Protocol):
    """Tells why."""

    async def why(self, entity: str, trait: str = "") -> ToldStory:
        """The story of an entity's newest change; raises `NotFoundError`."""
        ...


class KeptState(Protocol):
    """One change that history kept."""

    @property
    def id(self) -> int:
        """The event's id."""
        ...

    @property
    def trait(self) -> str:
        """Which trait changed."""
        ...

    @property
    def value(self) -> Value:
        """To what."""
        ...

    @property
    def at(self) -> float:
        """UTC seconds."""
        ...


class HistoryReader(Protocol):
    """Reads the history of states."""

    async def states(
        self, entity: str, trait: str = "", since: float = 0.0, until: float | None = None, limit: int = 1000
    ) -> Sequence[KeptState]:
        """The newest `limit` changes of an entity between two UTC times, oldest first."""
        ...


class Gauges(Protocol):
    """Figures of other rooms for /metrics."""

    def gauges(self) -> Mapping[str, float]:
        """Name (letters and underscores) -> value now."""
        ...


class CameraFigures(Protocol):
    """How looking through one camera keeps up."""

    @property
    def frames(self) -> int:
        """Frames looked at."""
        ...

    @property
    def passed_over(self) -> int:
        """Frames that a newer one replaced before they were looked at."""
        ...

    @property
    def age_ms(self) -> float:
        """How old results were in the last second, the middle one."""
        ...

    @property
    def slowest_ms(self) -> float:
        """The oldest of them."""
        ...


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


class Rooms(Struct, frozen=True, kw_only=True):
    """The rooms that are ready; what asks for another gets 503 meanwhile."""

    home: HomeReader | None = None
    commander: Commander | None = None
    speaker: Speaker | None = None
    why: WhyTeller | None = None
    history: HistoryReader | None = None
    gauges: Gauges | None = None
    peers: PeerKeeper | None = None
    learning: Callable[[], LearningKeeper | None] | None = None
    """What the hub learns from, once that is up."""
    cameras: Callable[[], Iterable[tuple[str, CameraFigures]]] | None = None
    """Every open camera's figures, by name."""
    listening: Callable[[], bool] | None = None
    """Whether the hub would hear its wake word now."""
    names_known: Callable[[], bool] | None = None
    """Whether it would understand every name that the home has now."""
