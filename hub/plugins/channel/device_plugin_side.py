"""A caged integration's end of its channel: runs the generator, tells its updates, brings it its commands."""

import asyncio
import contextlib
import socket
import traceback
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

import msgspec

from hub.core.cancelled import cancelled
from hub.core.errors import CommandError, HearthError, PluginError, UnavailableError
from hub.plugins.channel.channel import ChannelClosedError
from hub.plugins.channel.command_queue import CommandQueue
from hub.plugins.channel.remote_ports import RemoteStore
from hub.plugins.channel.requests import Requests
from hub.plugins.channel.socket_channel import SocketChannel
from hub.plugins.device_messages import (
    HANDED_OVER,
    MOST_UPDATES,
    CommandAnswer,
    Connect,
    DeviceEnded,
    DeviceRequest,
    DoCommand,
    FromDevice,
    Told,
    decode_for_device,
    encode_device,
    update_as_bytes,
)
from hub.plugins.messages import Ping, Pong, PortReply
from hub.sdk.context import Context
from hub.sdk.device import Device, DeviceCommand, Update


class DevicePluginSide:
    """Runs one integration behind one channel. `granted` are the names of its ports."""

    def __init__(self, name: str, device: Device, config: Any, granted: frozenset[str], channel: SocketChannel) -> None:
        self._name, self._device, self._config = name, device, config
        self._channel = channel
        self._commands = CommandQueue(name)
        self._updates: asyncio.Queue[object] = asyncio.Queue(MOST_UPDATES)
        self._requests = Requests()
        self._doing: set[asyncio.Task[None]] = set()
        ports: dict[str, Any] = {"commands": self._commands}
        if "store" in granted:
            ports["store"] = RemoteStore(self._ask)
        if "connect" in granted:
            ports["connect"] = self._connect
        self._context = Context(ports)

    async def run(self) -> None:
        """Until the generator ends or the hub closes the channel; the generator is then cancelled."""
        listening = asyncio.ensure_future(self._listen())
        telling = asyncio.ensure_future(self._tell())
        running = asyncio.ensure_future(self._generate())
        await asyncio.wait([listening, running], return_when=asyncio.FIRST_COMPLETED)
        listening.cancel()
        if running.done():
            await self._updates.join()
            await self._send(DeviceEnded(error=running.result()))
        await cancelled(listening, running, telling, *self._doing)

    async def _generate(self) -> dict[str, str] | None:
        """The generator from its beginning to its end; the error that it ended in."""
        run = self._device.run
        assert run is not None  # the loader checked it
        self._commands.open()
        try:
            generator = cast("AsyncGenerator[Update, None]", run(self._context, self._config))
            async with aclosing(generator) as updates:
                async for update in updates:
                    await self._updates.put(update)
        except HearthError as error:
            return error.to_wire()
        except Exception as error:
            traceback.print_exception(error)
            return PluginError(f"{type(error).__name__}: {error}"[:1000]).to_wire()
        finally:
            self._commands.close(UnavailableError(f"{self._name} stopped", remedy="try again in a moment"))
        return None

    async def _tell(self) -> None:
        while True:
            updates = [update_as_bytes(await self._updates.get())]
            while not self._updates.empty() and len(updates) < MOST_UPDATES:
                updates.append(update_as_bytes(self._updates.get_nowait()))
            await self._send(Told(updates=tuple(map(msgspec.Raw, updates))))
            for _ in updates:
                self._updates.task_done()

    async def _listen(self) -> None:
        while True:
            try:
                message = decode_for_device(await self._channel.receive())
            except ChannelClosedError:
                return
            if isinstance(message, Ping):
                self._spawn(self._send(Pong(id=message.id)))
            elif isinstance(message, DoCommand):
                self._spawn(self._do(message))
            elif isinstance(message, PortReply):
                self._settle(message)

    def _settle(self, reply: PortReply) -> None:
        value = reply.value
        if value == HANDED_OVER and reply.error is None:
            value = socket.socket(fileno=self._channel.descriptor())
            value.setblocking(False)
        self._requests.settle(reply.id, value, reply.error)

    async def _do(self, message: DoCommand) -> None:
        command = DeviceCommand(message.id, message.entity, message.trait, message.value)
        error: dict[str, str] | None = None
        try:
            await self._commands.deliver(command)
        except CommandError as failure:
            error = failure.to_wire()
        except Exception as failure:  # whatever it was failed with
            error = CommandError(f"{type(failure).__name__}: {failure}"[:300]).to_wire()
        await self._send(CommandAnswer(id=message.id, error=error))

    async def _connect(self, host: str, port: int) -> socket.socket:
        return cast("socket.socket", await self._ask(Connect(host=host, port=port)))

    async def _ask(self, ask: Any) -> Any:
        return await self._requests.ask(lambda number: self._send(DeviceRequest(id=number, ask=ask)))

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    async def _send(self, message: FromDevice) -> None:
        with contextlib.suppress(ChannelClosedError):  # the hub is gone, and this process soon
            await self._channel.send(encode_device(message))
