"""The eyes, and what they look through: the cameras of this hub."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING

import structlog

from hub.core.errors import HearthError
from hub.core.events import TaskFailed
from hub.core.settings import CameraSettings
from hub.floors.ground import Ground, imported
from hub.floors.home import HomeFloor
from hub.floors.senses import come_up, started

if TYPE_CHECKING:
    from hub.perception.eyes.eyes import Eyes
    from hub.perception.eyes.hand_watch import HandWatch
    from hub.perception.presence.rooms import Rooms
    from hub.satellites.live_camera import LiveCamera

log = structlog.get_logger(__name__)


async def open_eyes(ground: Ground, stack: AsyncExitStack) -> "Eyes":
    """Start the sealed worker; raises `SealError` or `ModelError` where the hub cannot or must not see."""
    await imported("hub.perception.eyes.build")
    from hub.perception.eyes.build import build_eyes

    return await started(ground, build_eyes, stack)


async def seeing(ground: Ground, loading: "asyncio.Task[Eyes]", *, needed: bool) -> "Eyes | None":
    """The eyes, once they are open. Unless `needed`, a hub that cannot see says so and runs on."""
    return await come_up(ground, "eyes", loading, "the hub does not see", needed=needed)


def watch_hands(ground: Ground, floor: HomeFloor) -> "HandWatch":
    """Who watches hands may from now on, while the household allows it."""
    from hub.perception.eyes.hand_watch import HandWatch

    hands = HandWatch(allowed=ground.settings.seeing.landmarks)
    floor.settings.at_once("seeing.landmarks", hands.allow)
    return hands


async def start_cameras(
    ground: Ground, floor: HomeFloor, sight: "tuple[Eyes, Rooms, HandWatch]", stack: AsyncExitStack
) -> None:
    """Make the cameras of hearth.toml entities, open those that are switched on, and tell of hands to who watches."""
    from hub.satellites.cameras import OWNER, Cameras
    from hub.satellites.live_camera import LiveCamera
    from hub.store.home_table import HomeTable

    seeing = ground.settings.seeing
    eyes, rooms, hands = sight
    ground.supervisor.start("hands", partial(hands.run, eyes))

    def looking(about: CameraSettings, entity: str) -> "LiveCamera":
        if about.gestures:
            hands.look_for(entity)
        return LiveCamera(
            about,
            entity,
            eyes,
            ground.bus,
            floor.guard,
            rooms,
            report=_reporter(ground, entity),
            arm=seeing.arm,
            allow_unsealed=seeing.allow_unsealed,
        )

    settings, switches = ground.settings.camera, HomeTable(floor.database)
    cameras = Cameras(settings, floor.home, ground.states, switches, ground.supervisor, looking)
    stack.push_async_callback(cameras.close)
    stack.callback(floor.dispatcher.route(OWNER, cameras))
    await cameras.start()


def _reporter(ground: Ground, entity: str) -> Callable[[HearthError | None], None]:
    """Says on the page and on the bus why a camera shows nothing, until it does."""
    name = f"camera {entity}"
    failures = ground.supervisor.failures

    def report(error: HearthError | None) -> None:
        if error is None:
            failures.pop(name, None)
        elif failures.get(name) != str(error):
            failures[name] = str(error)
            log.warning("a camera shows nothing", camera=entity, error=str(error))
            ground.bus.publish(TaskFailed(task=name, error=str(error), restart_s=0.0))

    return report
