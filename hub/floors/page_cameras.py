"""The cameras of pages, behind the eyes that open for them."""

import asyncio
import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from hub.core.errors import HearthError, UnavailableError
from hub.core.settings import CameraSettings
from hub.floors.ground import Ground, imported

if TYPE_CHECKING:
    from hub.floors.home import HomeFloor
    from hub.perception.eyes.eyes import Eyes
    from hub.perception.eyes.hand_watch import HandWatch
    from hub.perception.eyes.lids import Lids
    from hub.perception.presence.rooms import Rooms
    from hub.satellites.browser_cameras import BrowserCameras, NoEyes
    from hub.satellites.cameras import ForPages
    from hub.satellites.page_showing import PageShowing

log = structlog.get_logger(__name__)


async def eyes_at_rest(ground: Ground, stack: AsyncExitStack) -> "Eyes | None":
    """Eyes that open when a page first shows its camera, for a hub without one of its own; None where it has none."""
    if not _installed():
        return None
    await imported("hub.perception.eyes.build")
    from hub.inference.store import ModelStore
    from hub.perception.eyes.build import build_eyes

    models = ModelStore(allow_download=ground.settings.models.allow_download)
    try:
        eyes = await asyncio.to_thread(build_eyes, ground.settings, models, ground.bus)
    except HearthError as error:
        log.info("pages cannot be cameras", error=str(error))
        return None
    stack.push_async_callback(eyes.stop)
    return eyes


def no_eyes() -> "NoEyes":
    """What answers pages at a hub that cannot see."""
    from hub.satellites.browser_cameras import NoEyes

    if _installed():
        return NoEyes(UnavailableError("this hub cannot see", remedy="`hearth doctor` on the hub says what it needs"))
    mend = "on the hub: make setup, or pip install 'hearth[gesture,camera]'; then start it anew"
    return NoEyes(UnavailableError("this hub cannot see: MediaPipe is not installed", remedy=mend))


def _installed() -> bool:
    return importlib.util.find_spec("mediapipe") is not None


class PageCameras:
    """Makes what serves pages, once it is known what their entity is called."""

    def __init__(self, ground: Ground, floor: "HomeFloor", sight: "tuple[Lids, Rooms, HandWatch]") -> None:
        self._ground, self._floor = ground, floor
        self._lids, self._rooms, self._hands = sight
        self.made: BrowserCameras | None = None
        """What serves pages."""

    def described(self) -> "ForPages":
        """As the list of cameras wants it."""
        from hub.satellites.cameras import ForPages

        return ForPages(name="browser camera", names={"de": ("Browserkamera",)}, looking=self._make)

    def _make(self, entity: str) -> "BrowserCameras":
        from hub.satellites.browser_cameras import BrowserCameras

        states, home = self._ground.states, self._floor.home
        self.made = BrowserCameras(
            entity, self._lids, home.view, self._looking, allowed=lambda: states.value(entity, "OnOff") is not False
        )
        return self.made

    def _looking(self, eyes: "Eyes", stream: str, area: str, page: "PageShowing") -> Callable[[], Awaitable[None]]:
        from hub.media.tap.page_camera import PageCamera
        from hub.satellites.browser_cameras import RATE
        from hub.satellites.live_camera import LiveCamera

        bus, seeing = self._ground.bus, self._ground.settings.seeing
        camera = LiveCamera(
            CameraSettings(name=stream, source="", area=area, rate=RATE), stream, eyes, bus, self._rooms,
            lambda slot, told: PageCamera(stream, slot, bus, page.feed, told, allow_unsealed=seeing.allow_unsealed),
            report=page.report, arm=seeing.arm, fixed=False,
        )  # fmt: skip

        async def look() -> None:
            async with self._watched(stream):
                await camera.run()

        return look

    @asynccontextmanager
    async def _watched(self, stream: str) -> AsyncIterator[None]:
        """Its hands may be drawn within the block."""
        self._hands.look_for(stream)
        try:
            yield
        finally:
            self._hands.look_away(stream)
