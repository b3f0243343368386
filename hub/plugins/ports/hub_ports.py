"""The hub's side of the ports: what a granted request really does."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct, field

from hub.core.commands import Command, CommandResult
from hub.core.entities import Area, Entity
from hub.core.errors import NotFoundError, ValueRefusedError
from hub.core.events import Origin, Value
from hub.core.states import StateTable
from hub.core.whereabouts import InUse, Whereabouts, in_use, located
from hub.home.dispatch import Dispatcher
from hub.home.exposure import GUARDED_CHANNELS, Exposure
from hub.home.registry import Home
from hub.plugins.messages import HomeCommand, HomeEntities
from hub.plugins.ports.fetching import Fetching
from hub.plugins.ports.timers import Timers
from hub.sdk.intents import CallContext

_MAX_KEY: Final = 128
_MAX_STORED: Final = 256 * 1024


class HubHome:
    """The home as a skill may see and change it.

    What voice, gesture and skills may not touch is not shown to calls that came in that way; `exposed` of an entity
    is the decision, never None.
    """

    def __init__(self, home: Home, states: StateTable, dispatcher: Dispatcher, exposure: Exposure) -> None:
        self._home = home
        self._states = states
        self._dispatcher = dispatcher
        self._exposure = exposure

    def entities(self, ask: HomeEntities, context: CallContext, kinds: tuple[str, ...]) -> list[Entity]:
        """The entities that fit, of `kinds` where those are given."""
        found: list[Entity] = []
        for entity in self._home.view().entities.values():
            if (
                (ask.kind in ("", entity.kind))
                and (ask.area in ("", entity.area))
                and (not ask.trait or ask.trait in entity.traits)
                and (not kinds or entity.kind in kinds)
            ):
                exposed = self._exposure.exposed(entity)
                if exposed or context.channel not in GUARDED_CHANNELS:
                    found.append(msgspec.structs.replace(entity, exposed=exposed))
        return found

    def areas(self) -> list[Area]:
        """The areas of the home."""
        return list(self._home.view().areas.values())

    def states(self, entity: str, context: CallContext, kinds: tuple[str, ...]) -> dict[str, Value]:
        """Trait -> value; raises `NotFoundError` for what is not there or not shown."""
        self._shown(entity, kinds)
        return {trait: state.value for trait, state in self._states.get(entity).items()}

    def away(self, context: CallContext, kinds: tuple[str, ...]) -> list[str]:
        """Those of the entities that may be seen that cannot be reached."""
        seen = self.entities(HomeEntities(), context, kinds)
        return [entity.id for entity in seen if not self._states.available(entity.id)]

    def tells_of(self, entity: str, kinds: tuple[str, ...]) -> bool:
        """Whether a skill may be told, unasked, what this entity does."""
        found = self._home.view().entities.get(entity)
        return found is not None and (not kinds or found.kind in kinds) and self._exposure.exposed(found)

    def whereabouts(self) -> Whereabouts:
        """Which areas are in use, and where people are."""
        view = self._home.view()
        areas = {area: known for area in view.areas if (known := in_use(self._states, area)) != InUse()}
        people = {person: located(self._states, person) for person in view.people}
        return Whereabouts(areas, people, {person.id: person.name for person in view.people.values()})

    async def command(
        self, ask: HomeCommand, skill: str, context: CallContext, kinds: tuple[str, ...]
    ) -> list[CommandResult]:
        """Send the command to each entity that has the trait; see `hub.sdk.context.HomePort.command`."""
        commands: list[Command] = []
        for entity in ask.entities:
            traits = self._shown(entity, kinds).traits
            if ask.named or ask.trait in traits:
                commands.append(
                    Command(
                        entity=entity,
                        trait=ask.trait,
                        value=ask.value,
                        origin=Origin(area=context.area, source=f"skill:{skill}"),
                        causes=context.causes,
                        confirmed=context.confirmed,
                        channel=context.channel,
                    )
                )
        return await self._dispatcher.send_all(commands)

    def _shown(self, entity: str, kinds: tuple[str, ...]) -> Entity:
        found = self._home.entity(entity)
        if kinds and found.kind not in kinds:
            raise NotFoundError(f"there is no {entity} among what was granted", remedy=f"granted: {', '.join(kinds)}")
        return found


class SayRequest(Struct, frozen=True, kw_only=True):
    """A skill wants to speak: plain `text`, or its locale's `reply` with `values`, in `area` (empty: anywhere)."""

    skill: str
    text: str = ""
    reply: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    area: str = ""
    language: str = ""
    causes: tuple[int, ...] = ()


Say = Callable[[SayRequest], Awaitable[None]]
"""Renders and speaks; the dialogue implements it."""


class PluginData(Protocol):
    """Where plugins' own JSON values are kept."""

    async def get(self, plugin: str, key: str) -> Any:
        """The value, or None."""
        ...

    async def set(self, plugin: str, key: str, value: Any) -> None:
        """Keep a JSON value; it is on disk when this returns."""
        ...

    async def delete(self, plugin: str, key: str) -> object:
        """Forget the value."""
        ...


class MemoryData:
    """A store for a hub without a database: its values end with it."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], bytes] = {}

    async def get(self, plugin: str, key: str) -> Any:
        """The value, or None."""
        kept = self._values.get((plugin, key))
        return None if kept is None else msgspec.json.decode(kept)

    async def set(self, plugin: str, key: str, value: Any) -> None:
        """Keep a JSON value."""
        self._values[plugin, key] = msgspec.json.encode(value)

    async def delete(self, plugin: str, key: str) -> None:
        """Forget the value."""
        self._values.pop((plugin, key), None)


class BoundedData:
    """One plugin's part of the store, with limits on keys and values."""

    def __init__(self, plugin: str, data: PluginData) -> None:
        self._plugin = plugin
        self._data = data

    async def get(self, key: str) -> Any:
        """The value, or None."""
        return await self._data.get(self._plugin, _checked_key(key))

    async def set(self, key: str, value: Any) -> None:
        """Keep a JSON value; raises `ValueRefusedError` when it is none, or too large."""
        try:
            size = len(msgspec.json.encode(value))
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueRefusedError(f"{key} cannot be kept: {error}", remedy="keep JSON values") from error
        if size > _MAX_STORED:
            raise ValueRefusedError(f"{key} is {size} bytes", remedy=f"stay under {_MAX_STORED}")
        await self._data.set(self._plugin, _checked_key(key), value)

    async def delete(self, key: str) -> None:
        """Forget the value."""
        await self._data.delete(self._plugin, _checked_key(key))


def _checked_key(key: str) -> str:
    if not 0 < len(key) <= _MAX_KEY:
        raise ValueRefusedError("a key is empty or too long", remedy=f"give 1 to {_MAX_KEY} characters")
    return key


class HubPorts(Struct, frozen=True, kw_only=True):
    """All that the hub can offer to plugins; each gets what it was granted."""

    home: HubHome
    timers: Timers
    data: PluginData
    say: Say
    fetch: Fetching | None = None
