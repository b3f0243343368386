"""One camera at work: its device open in a tap, its frames before the eyes, what they see on the bus."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from hub.core.bus import Bus
from hub.core.errors import HearthError
from hub.core.events import Origin, Replied, WakeHeard
from hub.core.settings import CameraSettings
from hub.media.slot import Slot
from hub.media.tap.messages import FromTap, SourceReady, SourceTrouble
from hub.perception.eyes.eyes import Eyes
from hub.perception.eyes.view import View
from hub.perception.eyes.watch import Watch
from hub.perception.seen import PeopleSeen


class PeopleSink(Protocol):
    """Who wants to know of people in a room."""

    def people_seen(self, area: str, stream: str, seen: PeopleSeen) -> None:
        """A camera looked for people."""
        ...

    def camera_closed(self, area: str, stream: str) -> None:
        """It looks no more: nothing is known from it."""
        ...


class Device(Protocol):
    """What puts pictures into a slot while it is open."""

    async def start(self) -> None:
        """Open it; returns when its process runs. Raises `SealError` when that cannot be sealed."""
        ...

    async def stop(self) -> None:
        """Close it; its process is gone when this returns."""
        ...


OpenDevice = Callable[[Slot, Callable[[FromTap], None]], Device]
"""Makes the device that fills a slot, not yet started; it tells when it shows something, has trouble, or has ended."""


class LiveCamera:
    """Runs while its camera is switched on."""

    def __init__(
        self,
        about: CameraSettings,
        stream: str,
        eyes: Eyes,
        bus: Bus,
        people: PeopleSink,
        device: OpenDevice,
        *,
        report: Callable[[HearthError | None], None],
        arm: bool = True,
        fixed: bool = True,
    ) -> None:
        """`stream` names it in events: its entity's id. `report` hears why nothing is seen, and None when it is.

        Not `fixed`: it is carried about, and it means nothing where in its picture a finger points.
        """
        self._about = about
        self._stream = stream
        self._eyes = eyes
        self._bus = bus
        self._people = people
        self._arm = arm
        self._report = report
        self._device = device
        self._fixed = fixed

    async def run(self) -> None:
        """Open the device and look until cancelled, or until a film is over; then the device is closed.

        A camera that cannot be had is tried again by itself. Raises `UnavailableError` or `WorkerDiedError` without
        eyes, `SealError` where its process cannot be sealed, `SettingsError` for an address that is none.
        """
        about = self._about
        view = await self._eyes.open(self._stream, hands=about.gestures, people=about.people)
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def told(news: FromTap) -> None:
            if isinstance(news, SourceReady):
                self._report(None)
            elif isinstance(news, SourceTrouble):
                self._report(HearthError.from_wire(news.error))
            elif not ended.done():
                ended.set_result(None)

        looking: asyncio.Task[None] | None = None
        try:
            device = self._device(view.slot, told)
            try:
                await device.start()
                looking = asyncio.create_task(self._look(view), name=f"look {self._stream}")
                await asyncio.wait((looking, ended), return_when=asyncio.FIRST_COMPLETED)
                await view.end()
                await looking
            finally:
                await device.stop()
        finally:
            await view.close()
            if looking is not None:
                await asyncio.gather(looking, return_exceptions=True)
            self._report(None)
            self._people.camera_closed(about.area, self._stream)

    async def _look(self, view: View) -> None:
        origin = Origin(area=self._about.area, source=self._stream)
        watch = Watch(self._stream, origin, arm=self._arm, points=self._fixed, noticed=self._eyes.noticed)

        def attend(event: WakeHeard | Replied) -> None:
            asked = isinstance(event, WakeHeard) or event.expects_answer
            if asked and event.origin.area == self._about.area:
                watch.wake(time.monotonic())  # a live camera's seconds are the machine's own

        cancels = (self._bus.subscribe(WakeHeard, attend), self._bus.subscribe(Replied, attend))
        try:
            async for seen in view:
                if isinstance(seen, PeopleSeen):
                    self._people.people_seen(self._about.area, self._stream, seen)
                    continue
                for event in watch.take(seen):
                    self._bus.publish(event)
        finally:
            for cancel in cancels:
                cancel()
        if view.trouble is not None:
            raise view.trouble
