"""A tap as the hub holds it: starts the sealed process, has it play something, and ends it."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from msgspec import to_builtins
from msgspec.structs import replace

from hub.core.bus import Bus
from hub.core.errors import HearthError, MediaError, WorkerDiedError
from hub.guard.worker_client import WorkerClient
from hub.guard.worker_host import WorkerDown, WorkerHost, WorkerPatience
from hub.media.regular_file import open_regular, readable_name
from hub.media.slot import Slot
from hub.media.tap.config import TapConfig
from hub.media.tap.messages import (
    FromTap,
    Source,
    SourceEnded,
    SourceReady,
    SourceTrouble,
    StopSource,
    TapFile,
    UseSlot,
)

_ENTRY: Final = "hub.media.tap.worker:run"
_MEMORY_MB: Final = 1536
_LEAVES_S: Final = 1.0
_PATIENCE: Final = WorkerPatience(load_s=30.0, leave_s=0.5)


def _ignore(_ready: SourceReady) -> None:
    pass


class Tap(WorkerClient[FromTap]):
    """A process that decodes one source at a time into `slot`. Nothing else of the hub decodes pictures.

    When it dies, what it played is over (`WorkerDiedError`); it is started again by itself.
    """

    def __init__(
        self,
        name: str,
        slot: Slot,
        bus: Bus,
        *,
        device: str = "",
        config: TapConfig | None = None,
        search: tuple[Path, ...] = (),
        allow_unsealed: bool = False,
        patience: WorkerPatience = _PATIENCE,
    ) -> None:
        """`device` is the camera of this machine that it may open; `search` is where `config` names a capture from."""
        self.name = name
        self._slot = slot
        host: WorkerHost[FromTap] = WorkerHost(
            f"tap {name}",
            _ENTRY,
            to_builtins(config or TapConfig()),
            bus,
            FromTap,
            devices=(Path(device),) if device else (),
            search=search,
            allow_unsealed=allow_unsealed,
            memory_mb=_MEMORY_MB,
            patience=patience,
            lost=lambda: f"what {name} showed",
        )
        super().__init__(host, off=f"{name} is closed", away=f"{name} does not come back")
        self._last_source = 0
        self._ended: asyncio.Future[SourceEnded] | None = None
        self._told_ready: Callable[[SourceReady], None] = _ignore

    async def stop(self) -> None:
        """End the process, and with it whatever it holds open: the device, the connection, the file."""
        await super().stop()
        self._over(WorkerDiedError(f"{self.name} was stopped"))

    async def play_file(
        self, path: Path, *, rate: float = 0.0, every: bool = True, ready: Callable[[SourceReady], None] = _ignore
    ) -> SourceEnded:
        """Play a picture or film to its end. `every`: all its frames (at most `rate` a second of film; 0: all) are
        looked at, as fast as looking goes; else it is like a camera. Raises `MediaError` that says what is wrong.
        """
        file = await asyncio.to_thread(open_regular, path)
        try:
            source = TapFile(source=0, name=readable_name(path), rate=rate, every=every)
            return await self.play(source, (file,), ready=ready)
        finally:
            os.close(file)

    async def play(
        self,
        source: Source,
        descriptors: Sequence[int] = (),
        *,
        ready: Callable[[SourceReady], None] = _ignore,
    ) -> SourceEnded:
        """Play a source to its end; cancelled, it is stopped. `ready` is called when its first frame is there.

        Its number is given here; `descriptors` stay the caller's. Raises what keeps it from being played.
        """
        await self._line.wait_until_up()
        self._over(MediaError(f"{self.name} plays something else now", remedy="this is a fault of the hub"))
        self._last_source += 1
        ended = self._ended = asyncio.get_running_loop().create_future()
        self._told_ready = ready
        await self._host.send(replace(source, source=self._last_source), descriptors)
        try:
            return await asyncio.shield(ended)
        except asyncio.CancelledError:
            await self._stop_playing(ended)
            raise

    async def _stop_playing(self, ended: "asyncio.Future[SourceEnded]") -> None:
        """Let it take its leave of a camera."""
        with contextlib.suppress(HearthError, TimeoutError):
            await self._host.send(StopSource(self._last_source))
            await asyncio.wait_for(ended, _LEAVES_S)

    async def _restore(self) -> None:
        await self._host.send(UseSlot(), self._slot.for_writer())

    def _died(self, down: WorkerDown) -> None:
        reason = f"the process that decodes {self.name} {down.reason}"
        self._over(WorkerDiedError(reason, remedy="it is being restarted"))

    def _take(self, said: SourceReady | SourceTrouble | SourceEnded) -> None:
        if said.source != self._last_source:
            return  # that one is over
        if isinstance(said, SourceReady):
            self._told_ready(said)
        elif isinstance(said, SourceTrouble):
            self._over(HearthError.from_wire(said.error))
        elif self._ended is not None and not self._ended.done():
            self._ended.set_result(said)

    def _over(self, error: HearthError) -> None:
        if self._ended is not None and not self._ended.done():
            self._ended.set_exception(error)
            self._ended.exception()  # somebody waits for it, or nobody does any more
