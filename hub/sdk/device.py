"""`Device`: an integration is one config struct and one async generator; cancelling it is the unload."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from msgspec import Struct

from hub.core.entities import Entity
from hub.core.errors import CommandError, ManifestError
from hub.core.events import Value


class EntityAdded(Struct, frozen=True, tag=True):
    """The integration has this entity, or describes it anew."""

    entity: Entity


class EntityRemoved(Struct, frozen=True, tag=True):
    """The entity is no more."""

    entity: str


class StateReported(Struct, frozen=True, tag=True):
    """A trait's value, as the device reports it. `causes`: commands' ids that it answers, if known."""

    entity: str
    trait: str
    value: Value
    causes: tuple[int, ...] = ()


class Reachable(Struct, frozen=True, tag=True):
    """Whether an entity can be reached; an empty id speaks for all entities of this integration."""

    entity: str
    available: bool


class Trouble(Struct, frozen=True, tag=True):
    """The integration runs, and cannot do its work: `text` says why, to the household. Empty: all is well again."""

    text: str


Update = EntityAdded | EntityRemoved | StateReported | Reachable | Trouble


class DeviceCommand:
    """A command to one entity of the integration. Answer it once: `done()` or `fail()`."""

    def __init__(self, id: int, entity: str, trait: str, value: Value) -> None:  # noqa: A002 -- the field's name
        self.id = id
        self.entity = entity
        self.trait = trait
        self.value = value
        self._answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def done(self) -> None:
        """The device acknowledged it."""
        if not self._answer.done():
            self._answer.set_result(None)

    def fail(self, error: CommandError) -> None:
        """It did not happen, and this is why."""
        if not self._answer.done():
            self._answer.set_exception(error)

    async def answered(self) -> None:
        """Return when it is done; raise the `CommandError` that it failed with."""
        await self._answer


Connect = Callable[..., AsyncIterator[Update]]
C = TypeVar("C", bound=Connect)


class Device:
    """A device integration. One instance, named `device` in integration.py."""

    def __init__(self) -> None:
        self.config: type[Any] | None = None
        self.run: Connect | None = None

    def connect(self, config: type[Any]) -> Callable[[C], C]:
        """The async generator `run(ctx, config)` that yields updates; `config` is a msgspec Struct with titles."""

        def register(run: C) -> C:
            if self.run is not None:
                raise ManifestError("two connect functions", remedy="an integration has one")
            self.config, self.run = config, run
            return run

        return register
