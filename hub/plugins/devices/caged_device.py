"""A device integration of a stranger, in a cage: to its host an async generator of updates, like any other."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import structlog

from hub.core.errors import HearthError, PluginError, ProtocolError
from hub.guard.zygote.zygote import Caged
from hub.plugins.cage.appetite import Diet, appetite
from hub.plugins.cage.cages import Cages
from hub.plugins.channel.channel import ChannelClosedError
from hub.plugins.channel.device_hub_side import DeviceHubSide
from hub.plugins.channel.socket_channel import SocketChannel
from hub.plugins.device_messages import (
    Begin,
    Unreadable,
    decode_from_device,
    encode_device,
)
from hub.plugins.discovery import FoundDevice
from hub.plugins.messages import Ready, Refused
from hub.sdk.context import Context
from hub.sdk.device import Update

log = structlog.get_logger(__name__)


class CagedDevice:
    """One integration's lives. `introduced` once its code and its configuration were found to be of use."""

    def __init__(self, found: FoundDevice, config: Mapping[str, Any], place: str, cages: Cages) -> None:
        self._found = found
        self._begin = Begin(config=dict(config), place=place)
        self._cages = cages
        self._process: Caged | None = None
        self._verdict = ""
        self.introduced = False

    @property
    def pid(self) -> int | None:
        """Its process, None while there is none."""
        return self._process.pid if self._process is not None else None

    async def run(self, context: Context) -> AsyncGenerator[Update | Unreadable, None]:
        """One life: its updates, with the ports of `context`. Raises `SealError` where there is no cage, what is wrong
        with its code or its configuration, and what it died of.
        """
        self._verdict = ""
        process = self._process = await self._cages.open_device(self._found)
        tasks: list[asyncio.Task[None]] = []
        channel = SocketChannel(process.connection, paced=True)
        side = DeviceHubSide(self._found.manifest.id, channel, context)
        try:
            await channel.send(encode_device(self._begin))
            await self._ready(channel)
            loop = asyncio.get_running_loop()
            tasks = [loop.create_task(side.command()), loop.create_task(self._look_after(process, side))]
            async for update in side.updates():
                yield update
        except ChannelClosedError:
            raise PluginError(self._verdict) if self._verdict else await process.gone() from None
        finally:
            for task in tasks:
                task.cancel()
            side.close()
            process.kill()
            await process.gone()
            self._process = None

    async def _ready(self, channel: SocketChannel) -> None:
        within_s = self._cages.patience.start_s
        try:
            async with asyncio.timeout(within_s):
                message = decode_from_device(await channel.receive())
        except TimeoutError:
            raise PluginError(f"its code was not imported within {within_s:g} s", remedy="mend its code") from None
        if isinstance(message, Refused):
            raise HearthError.from_wire(message.error)
        if not isinstance(message, Ready):
            raise ProtocolError("it does not introduce itself", remedy="speak api 1")
        self.introduced = True

    async def _look_after(self, process: Caged, side: DeviceHubSide) -> None:
        loop = asyncio.get_running_loop()
        patience, diet, seen = self._cages.patience, Diet(self._cages.limits), loop.time()
        while True:
            await asyncio.sleep(patience.look_s)
            taken, now = appetite(process.pid), loop.time()
            reason = diet.too_much(taken, now - seen) if taken is not None else ""
            if not reason and side.silent_s() > patience.hang_s:
                reason = "hung"
            if reason:
                self._verdict = f"it {reason}"
                log.warning("an integration is killed", integration=self._found.manifest.id, reason=self._verdict)
                process.kill()
                return
            seen = now
