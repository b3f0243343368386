"""What the web room needs of other rooms, as protocols: `app.py` hands them in when they are ready."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from hub.core.commands import Command, CommandResult
from hub.core.entities import Entity, HomeView
from hub.core.events import Origin, Value


class HomeReader(Protocol):
    """The home as it stands."""

    def view(self) -> HomeView:
        """Areas, entities and people now."""
        ...

    def locked(self, entity: str) -> bool:
        """Whether hearth.toml decides on an entity."""
        ...

    def area_locked(self, area: str) -> bool:
        """Whether hearth.toml decides on an area."""
        ...


class EntityEditor(Protocol):
    """Keeps what the household says of an entity."""

    async def override(self, entity: str, **fields: Any) -> Entity:
        """Set `name`, `aliases`, `area` or `exposed` (None: back to the integration's word). Raises `HearthError`s."""
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


class PageSocket(Protocol):
    """The connection to a page: text is JSON, bytes are sound, or a picture."""

    async def receive(self) -> str | bytes | None:
        """The next message; None when the page is gone."""
        ...

    async def send(self, message: str | bytes) -> None:
        """Raises `ConnectionError` when the page is gone, or takes too long to read."""
        ...


class PageServer(Protocol):
    """Hears pages, or looks through their cameras."""

    async def attend(self, socket: PageSocket, *, whose: str) -> None:
        """Serve the page of `whose` session until it leaves, stops, or does what it may not."""
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
    def origin(self) -> Origin:
        """Where it was: the hub, the area, the source."""
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
