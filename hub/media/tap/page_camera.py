"""A page's camera as a device: what the page sends, decoded by a tap of its own."""

import asyncio
from collections.abc import Callable

from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.errors import HearthError
from hub.media.asked_pictures import PictureFeed
from hub.media.slot import Slot
from hub.media.tap.messages import FromTap, SourceTrouble, TapPage
from hub.media.tap.tap import Tap


class PageCamera:
    """Plays what comes into `feed`. The process is there only between `start` and `stop`.

    Unlike another camera it is not tried again: the page is told, and may come again.
    """

    def __init__(
        self,
        name: str,
        slot: Slot,
        bus: Bus,
        feed: PictureFeed,
        told: Callable[[FromTap], None],
        *,
        allow_unsealed: bool = False,
    ) -> None:
        """`told` hears when it shows something, and why it does no longer."""
        self._tap = Tap(name, slot, bus, allow_unsealed=allow_unsealed)
        self._feed = feed
        self._told = told
        self._playing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Have it play; returns when its process runs. Raises `SealError` when that cannot be sealed."""
        await self._tap.start()
        self._playing = asyncio.get_running_loop().create_task(self._play(), name="play a page's camera")

    async def stop(self) -> None:
        """Its process is gone when this returns."""
        await cancelled(self._playing)
        await self._tap.stop()

    async def _play(self) -> None:
        try:
            self._told(await self._tap.play(TapPage(source=0), (self._feed.for_tap(),), ready=self._told))
        except HearthError as error:
            self._told(SourceTrouble(0, error.to_wire()))
