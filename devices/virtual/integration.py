"""Virtual devices: the entities of hearth.toml, each behaving like a real one of its kind."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from hub.sdk import (
    CommandError,
    Context,
    Device,
    DeviceCommand,
    Entity,
    EntityAdded,
    HearthError,
    StateReported,
    Update,
    Value,
)

from .behaviour import Thing

device = Device()


class VirtualEntity(Struct, frozen=True):
    """One entity, and the values that it starts with."""

    entity: Entity
    initial: dict[str, bool | int | float | str] = field(default_factory=dict)


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """What hearth.toml defines."""

    entities: Annotated[tuple[VirtualEntity, ...], Meta(title="Entities")] = ()
    speed: Annotated[
        float, Meta(title="Speed", description="How much faster than real ones they move", ge=0.01, le=10_000)
    ] = 1.0


@device.connect(Config)
async def connect(ctx: Context, config: Config) -> AsyncIterator[Update]:
    """Bring every entity with its state, then obey commands."""
    house = _House(ctx, config)
    kept = await asyncio.gather(*(ctx.store.get(virtual.entity.id) for virtual in config.entities))
    for virtual, values in zip(config.entities, kept, strict=True):
        yield EntityAdded(virtual.entity)
        thing = house.move_in(virtual, values)
        for trait, value in thing.values.items():
            yield StateReported(virtual.entity.id, trait, value)
    obeying = asyncio.get_running_loop().create_task(house.serve(), name="virtual:commands")
    try:
        for thing in house.things.values():
            thing.settle()
        while True:
            item = await house.news.get()
            if isinstance(item, DeviceCommand):
                item.done()  # only here, after all that it changed was told
            elif isinstance(item, Exception):
                raise item
            else:
                yield item
    finally:
        obeying.cancel()
        await asyncio.gather(obeying, return_exceptions=True)
        await house.stop()


class _House:
    """All things of one config. `news` are their updates, and commands that can be acknowledged, in order."""

    def __init__(self, ctx: Context, config: Config) -> None:
        self._ctx = ctx
        self._speed = config.speed
        self.things: dict[str, Thing] = {}
        self.news: asyncio.Queue[Update | DeviceCommand | Exception] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()

    def move_in(self, virtual: VirtualEntity, kept: Any) -> Thing:
        """The thing as it was `kept` before a restart; a new one as its config says."""
        entity = virtual.entity
        values = {**virtual.initial, **kept} if isinstance(kept, dict) else virtual.initial

        def report(trait: str, value: Value, command: int) -> None:
            self.news.put_nowait(StateReported(entity.id, trait, value, (command,) if command else ()))

        thing = self.things[entity.id] = Thing(entity, dict(values), report, self._sleep)
        return thing

    async def serve(self) -> None:
        """Obey commands as they come, those to different things side by side."""
        try:
            async for command in self._ctx.commands:
                task = asyncio.get_running_loop().create_task(self._obey(command))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        except Exception as error:
            self.news.put_nowait(error)

    async def stop(self) -> None:
        """End all motion."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, *(t.stop() for t in self.things.values()), return_exceptions=True)

    async def _obey(self, command: DeviceCommand) -> None:
        thing = self.things[command.entity]
        try:
            await thing.obey(command.trait, command.value, command.id)
            # A cover is kept where it is going: after a restart it has arrived.
            target = {command.trait: command.value} if command.trait == "Position" else {}
            await self._ctx.store.set(command.entity, {**thing.values, **target})
        except CommandError as error:
            command.fail(error)
        except HearthError as error:  # such as a disk that is full: people are told that, and not where its file lies
            command.fail(CommandError(error.message, remedy=error.remedy))
        except Exception as error:
            command.fail(CommandError(f"{type(error).__name__}: {error}"))
        else:
            self.news.put_nowait(command)

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)
