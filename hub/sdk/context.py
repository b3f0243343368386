"""The context that a plugin gets: exactly the ports that were granted, and where the request came from."""

import socket
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec
from msgspec import Struct, field

from hub.core.commands import CommandResult
from hub.core.entities import Area, Entity
from hub.core.errors import GrantError, ValueRefusedError
from hub.core.events import Value
from hub.core.whereabouts import Whereabouts
from hub.sdk.intents import CallContext, Reply, Target
from hub.sdk.setting import Value as Setting


class HomePort(Protocol):
    """`home.read`, `home.control` and `home.people`: look at the home, act on it, know who is where."""

    async def entities(self, *, kind: str = "", area: str = "", trait: str = "") -> list[Entity]:
        """The entities that fit all that is given."""
        ...

    async def areas(self) -> list[Area]:
        """The areas of the home."""
        ...

    async def states(self, entity: str) -> dict[str, Value]:
        """Trait -> value of one entity."""
        ...

    async def away(self) -> frozenset[str]:
        """The entities that cannot be reached now: their states are how they were when last heard of."""
        ...

    async def whereabouts(self) -> Whereabouts:
        """Which areas are in use, and where people are, as far as anything tells."""
        ...

    async def command(self, target: Target | str, trait: str, value: Value) -> list[CommandResult]:
        """Send a command to each entity of `target` that has `trait`, and wait for the acknowledgements.

        Raises `ConfirmationRequiredError`, `DeniedError` before anything is sent; a device that fails is a result
        with `ok` false.
        """
        ...


class SayPort(Protocol):
    """`say`: speak to the household unasked."""

    async def __call__(self, text: str, *, area: str = "") -> None:
        """Say `text` (or a reply) in `area`, where empty means where the request came from."""
        ...


class StoredTimer(Struct, frozen=True, kw_only=True):
    """A timer of a skill: `handler` is called with `arguments` at `due` (UTC seconds)."""

    id: str
    handler: str
    due: float
    arguments: dict[str, Any] = field(default_factory=dict)
    area: str = ""
    created: float = 0.0


class ClockPort(Protocol):
    """`clock`: the home's local time, and timers that survive a restart."""

    def now(self) -> datetime:
        """Local time, with its zone."""
        ...

    async def after(self, delay: timedelta, handler: str, **arguments: Any) -> StoredTimer:
        """Call the skill's timer `handler` after `delay`."""
        ...

    async def at(self, when: datetime, handler: str, **arguments: Any) -> StoredTimer:
        """Call the skill's timer `handler` at `when`."""
        ...

    async def cancel(self, timer: str) -> bool:
        """Forget a timer; False when there was none."""
        ...

    async def timers(self) -> list[StoredTimer]:
        """This skill's timers, next first."""
        ...


class StorePort(Protocol):
    """`store`: a small JSON store of the plugin's own."""

    async def get(self, key: str) -> Any:
        """The value, or None."""
        ...

    async def set(self, key: str, value: Any) -> None:
        """Keep a JSON value; it is on disk when this returns."""
        ...

    async def delete(self, key: str) -> None:
        """Forget the value."""
        ...


class Fetched(Struct, frozen=True, kw_only=True):
    """What a server answered: `headers` by their names in small letters, `url` where it came from in the end."""

    status: int
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body as UTF-8; what is none is replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; raises `ValueRefusedError` when it is none."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, RecursionError) as error:
            raise ValueRefusedError(f"the answer is no JSON: {error}", place=self.url) from error


class FetchPort(Protocol):
    """`fetch`: ask a server, through the hub, which keeps a record of it for the household."""

    async def __call__(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | str = b""
    ) -> Fetched:
        """The answer, whatever its status. Redirects of a GET are followed, to granted places alone.

        Raises `GrantError` for a place that the manifest does not name, `EgressError` where it may not lead,
        `UnavailableError` when nobody answers in time, `ValueRefusedError` for what is no request, or too large an
        answer (512 KiB).
        """
        ...


class ConnectPort(Protocol):
    """For device integrations: `connect`, connections that the hub opens."""

    async def __call__(self, host: str, port: int) -> socket.socket:
        """An open, non-blocking stream socket. Raises `GrantError`, `EgressError`, `UnavailableError`."""
        ...


class CommandsPort(Protocol):
    """For device integrations: the commands to this integration's entities, as they come."""

    def __aiter__(self) -> AsyncIterator[Any]:
        """Iterate over `hub.sdk.device.DeviceCommand`."""
        ...


class Context:
    """What a handler gets as its first argument.

    Ports are attributes: `home`, `say`, `clock`, `store`, `fetch`, and for device integrations `commands` and
    `connect`. A port that was not granted is not there: reaching for it raises `GrantError` with the line to add to
    the manifest.
    """

    home: HomePort
    say: SayPort
    clock: ClockPort
    store: StorePort
    fetch: FetchPort
    commands: CommandsPort
    connect: ConnectPort

    def __init__(
        self, ports: dict[str, Any], call: CallContext | None = None, settings: Mapping[str, Setting] | None = None
    ) -> None:
        self.call = call or CallContext()
        self.settings: Mapping[str, Any] = settings or {}
        """What the household chose, by the name of each [[setting]] of the manifest, of the kind of its default."""
        self.__dict__.update(ports)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise GrantError(f"this plugin was not granted {name!r}", remedy="ask for it with a [[grant]] in its manifest")

    @property
    def area(self) -> str:
        """The area that the request came from, empty when unknown."""
        return self.call.area

    @property
    def language(self) -> str:
        """The language of the request."""
        return self.call.language

    def reply(self, key: str, /, **values: Any) -> str:
        """The reply `key` of the skill's locale, filled with `values`, in the person's language."""
        return Reply(key, values)
