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
from hub.floors.page_cameras import PageCameras
from hub.floors.senses import come_up, started

if TYPE_CHECKING:
    from hub.perception.eyes.eyes import Eyes
    from hub.perception.eyes.hand_watch import HandWatch
    from hub.perception.eyes.lids import Lids
    from hub.perception.presence.rooms import Rooms
    from hub.satellites.browser_cameras import BrowserCameras
    from hub.satellites.live_camera import LiveCamera

log = structlog.get_logger(__name__)


async def open_eyes(ground: Ground, stack: AsyncExitStack) -> "Eyes":
    """Start the sealed worker; raises `SealError` or `ModelError` where the hub cannot or must not see."""
    await imported("hub.perception.eyes.build")
    from hub.perception.eyes.build import build_eyes

    return await started(ground, build_eyes, stack)


async def seeing(
    ground: Ground,
    loading: "asyncio.Task[Eyes] | None",
    resting: "asyncio.Task[Eyes | None] | None",
    *,
    needed: bool,
) -> "Lids | None":
    """The eyes, once they are open. Unless `needed`, a hub that cannot see says so and runs on.

    Where none are loading they are those that rest until a page shows its camera, if there are any.
    """
    from hub.perception.eyes.lids import Lids

    if loading is not None:
        eyes = await come_up(ground, "eyes", loading, "the hub does not see", needed=needed)
        return None if eyes is None else Lids(eyes, open=True)
    shut = None if resting is None else await resting
    return None if shut is None else Lids(shut)


def watch_hands(ground: Ground, floor: HomeFloor) -> "HandWatch":
    """Who watches hands may from now on, while the household allows it."""
    from hub.perception.eyes.hand_watch import HandWatch

    hands = HandWatch(allowed=ground.settings.seeing.landmarks)
    floor.settings.at_once("seeing.landmarks", hands.allow)
    return hands


async def start_cameras(
    ground: Ground,
    floor: HomeFloor,
    sight: "tuple[Lids, Rooms, HandWatch]",
    pages: bool,
    stack: AsyncExitStack,
) -> "BrowserCameras | None":
    """Make the cameras of hearth.toml entities, open those that are switched on, and tell of hands to who watches.

    With `pages` those of browsers too; what serves them is returned.
    """
    from hub.satellites.cameras import OWNER, Cameras
    from hub.store.home_table import HomeTable

    lids, _, hands = sight
    ground.supervisor.start("hands", partial(hands.run, lids.eyes))
    of_pages = PageCameras(ground, floor, sight) if pages else None
    cameras = Cameras(
        ground.settings.camera, floor.home, ground.states, HomeTable(floor.database), ground.supervisor,
        partial(_looking, ground, floor, sight), None if of_pages is None else of_pages.described(),
    )  # fmt: skip
    stack.push_async_callback(cameras.close)
    stack.callback(floor.dispatcher.route(OWNER, cameras))
    await cameras.start()
    if of_pages is None or of_pages.made is None:
        return None
    stack.push_async_callback(lids.close)
    stack.push_async_callback(of_pages.made.close)
    return of_pages.made


def _looking(
    ground: Ground, floor: HomeFloor, sight: "tuple[Lids, Rooms, HandWatch]", about: CameraSettings, entity: str
) -> "LiveCamera":
    from hub.media.tap.camera import Camera
    from hub.satellites.live_camera import LiveCamera

    lids, rooms, hands = sight
    seeing = ground.settings.seeing
    if about.gestures:
        hands.look_for(entity)
    return LiveCamera(
        about, entity, lids.eyes, ground.bus, rooms,
        lambda slot, told: Camera(
            entity, about.source, slot, ground.bus, floor.guard, told,
            rate=about.rate, allow_unsealed=seeing.allow_unsealed,
        ),
        report=_reporter(ground, entity), arm=seeing.arm,
    )  # fmt: skip


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
