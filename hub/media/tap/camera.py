"""A camera that stays open: its tap is started, and started again when the camera was unplugged or switched off."""

import asyncio
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.errors import HearthError, MediaError, SealError, UnavailableError
from hub.guard.connect import Guard
from hub.guard.worker_host import WorkerPatience
from hub.media.rtsp.address import RtspAddress, rtsp_address
from hub.media.slot import Slot
from hub.media.tap.config import TapConfig
from hub.media.tap.messages import FromTap, SourceEnded, SourceReady, SourceTrouble, TapRtsp, TapUsb
from hub.media.tap.tap import Tap
from hub.media.tap.traffic import keep_count

log = structlog.get_logger(__name__)
_PATIENCE: Final = WorkerPatience(load_s=30.0, first_wait_s=1.0, leave_s=0.5)
Told = Callable[[FromTap], None]


class Camera:
    """A camera of this machine (`/dev/video0`), of the network (`rtsp://...`), or a picture or film in its place.

    The process is there only between `start` and `stop`, and so is the open device or connection.
    """

    def __init__(
        self,
        name: str,
        source: str,
        slot: Slot,
        bus: Bus,
        guard: Guard,
        told: Told,
        *,
        rate: float = 15.0,
        allow_unsealed: bool = False,
        patience: WorkerPatience = _PATIENCE,
        config: TapConfig | None = None,
        search: tuple[Path, ...] = (),
    ) -> None:
        """`told` hears when it shows something, has trouble (and is tried again), and, of a film, when it has ended.

        Waits between tries are `patience`'s. Raises `SettingsError` for an RTSP address that is none.
        """
        self.name = name
        self._address: RtspAddress | None = rtsp_address(source) if _is_address(source) else None
        self._source = source
        self._device = source if source.startswith("/dev/") else ""
        self._guard = guard
        self._told = told
        self._rate = rate
        self._patience = patience
        self._make_tap = partial(
            Tap,
            name,
            slot,
            bus,
            device=self._device,
            config=config,
            search=search,
            allow_unsealed=allow_unsealed,
            patience=patience,
        )
        self._tap: Tap | None = None
        self._task: asyncio.Task[None] | None = None
        self._shown_at: float | None = None
        self._stale = False

    @property
    def pid(self) -> int | None:
        """Its process's id, None while there is none."""
        return self._tap.pid if self._tap is not None else None

    @property
    def sealed(self) -> bool:
        """Whether its process really has no network."""
        return self._tap is not None and self._tap.sealed

    async def start(self) -> None:
        """Open it; returns when its process runs. Raises `SealError` when that cannot be sealed."""
        self._tap = self._make_tap()
        await self._tap.start()
        self._task = asyncio.get_running_loop().create_task(self._keep(), name=f"camera {self.name}")

    async def stop(self) -> None:
        """Close it; its process is gone when this returns."""
        task, self._task = self._task, None
        await cancelled(task)
        tap, self._tap = self._tap, None
        if tap is not None:
            await tap.stop()

    async def _keep(self) -> None:
        wait = self._patience.first_wait_s
        while True:
            self._shown_at = None
            try:
                self._told(await self._play())
                return
            except SealError as error:
                self._told(SourceTrouble(0, error.to_wire()))
                return
            except HearthError as error:
                log.warning("camera lost", camera=self.name, error=str(error), again_s=wait)
                self._told(SourceTrouble(0, error.to_wire()))
            if self._showed_for() > self._patience.longest_wait_s:
                wait = self._patience.first_wait_s
            await asyncio.sleep(wait)
            wait = min(wait * 2, self._patience.longest_wait_s)

    async def _play(self) -> SourceEnded:
        """Show it until it ends, or raise why it is not shown any more."""
        if self._address is not None:
            return await self._play_rtsp(self._address)
        if not self._device:
            return await self._running().play_file(Path(self._source), rate=self._rate, every=False, ready=self._ready)
        if not await asyncio.to_thread(Path(self._device).exists):
            raise MediaError("there is no camera", place=self._device, remedy="plug it in")
        if self._stale:
            await self._renew()
        self._stale = True  # plugged in again it is another device, which this process may not open
        return await self._running().play(TapUsb(source=0, device=self._device, rate=self._rate), ready=self._ready)

    async def _renew(self) -> None:
        before, self._tap = self._running(), self._make_tap()
        await before.stop()
        await self._tap.start()

    def _running(self) -> Tap:
        if self._tap is None:
            raise UnavailableError(f"{self.name} is closed", remedy="start it first")
        return self._tap

    async def _play_rtsp(self, address: RtspAddress) -> SourceEnded:
        why = f"look through the camera {self.name}"
        connection = await self._guard.open_socket(address.host, address.port, who="cameras", why=why)
        counting = asyncio.get_running_loop().create_task(keep_count(connection), name=f"bytes of {self.name}")
        try:
            source = TapRtsp(source=0, address=address, rate=self._rate)
            return await self._running().play(source, (connection.fileno(),), ready=self._ready)
        finally:
            await cancelled(counting)
            connection.close()

    def _showed_for(self) -> float:
        """Seconds since it last began to show something; 0 when it did not."""
        return asyncio.get_running_loop().time() - self._shown_at if self._shown_at is not None else 0.0

    def _ready(self, ready: SourceReady) -> None:
        self._shown_at = asyncio.get_running_loop().time()
        self._told(ready)


def _is_address(source: str) -> bool:
    """Whether it is an address of any kind: never to be opened, or shown, as a file's name."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", source) is not None
