"""Ears and eyes alike: a sealed worker that loads its models while the hub comes up, and that a hub may be without."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from hub.core.bus import Bus
from hub.core.errors import HearthError, UnheardError
from hub.core.settings import Settings
from hub.floors.ground import Ground

if TYPE_CHECKING:
    from hub.guard.worker_client import WorkerClient
    from hub.inference.store import ModelStore

log = structlog.get_logger(__name__)
C = TypeVar("C", bound="WorkerClient[Any]")


async def started(ground: Ground, build: "Callable[[Settings, ModelStore, Bus], C]", stack: AsyncExitStack) -> C:
    """Build it in a thread and start its worker. Raises `SealError` or `ModelError`."""
    from hub.inference.store import ModelStore

    models = ModelStore(allow_download=ground.settings.models.allow_download)
    sense = await asyncio.to_thread(build, ground.settings, models, ground.bus)
    stack.push_async_callback(sense.stop)
    await sense.start()
    return sense


async def come_up(ground: Ground, name: str, loading: "asyncio.Task[C]", lack: str, *, needed: bool) -> C | None:
    """The sense called `name`, once it is there. Unless `needed`, a hub that cannot have it says `lack` and runs on."""
    try:
        return await loading
    except HearthError as error:
        if needed:
            raise
        if isinstance(error, UnheardError):  # as the household chose it: nothing is broken
            log.warning(lack, why=str(error))
            return None
        log.error(lack, error=str(error))
        ground.supervisor.failures[name] = str(error)
        return None
