"""What the hub says unasked (a timer that rings) sounds at the satellites of the area that it is meant for."""

from collections.abc import Callable, Collection

import structlog

from hub.core.bus import Bus
from hub.core.errors import HearthError
from hub.core.events import Replied
from hub.satellites.wyoming.satellite import WyomingSatellite

log = structlog.get_logger(__name__)


def announce_at(bus: Bus, satellites: Callable[[], Collection[WyomingSatellite]]) -> Callable[[], None]:
    """Let `satellites()` speak what is said to nobody's question; returns the function that ends it."""

    async def say(event: Replied) -> None:
        if event.stream:
            return
        area = event.origin.area
        for satellite in tuple(satellites()):
            if satellite.info is not None and area in ("", satellite.settings.area):
                try:
                    await satellite.say(event.text)
                except HearthError as error:
                    log.warning("not announced", satellite=satellite.settings.name, error=str(error))

    return bus.handle(Replied, say, name="satellites")
