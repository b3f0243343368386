"""The hub's end of the channel to one caged integration: updates and requests come in, commands and replies go out."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
import structlog

from hub.core.errors import (
    CommandError,
    CommandTimeoutError,
    HearthError,
    PluginError,
    ProtocolError,
    UnavailableError,
    ValueRefusedError,
)
from hub.plugins.channel.channel import ChannelClosedError
from hub.plugins.channel.command_queue import MOST_COMMANDS
from hub.plugins.channel.relay import relay
from hub.plugins.channel.socket_channel import SocketChannel
from hub.plugins.device_messages import (
    HANDED_OVER,
    MOST_UPDATES,
    CommandAnswer,
    Connect,
    DeviceEnded,
    DeviceRequest,
    DoCommand,
    ToDevice,
    Told,
    Unreadable,
    decode_from_device,
    encode_device,
    read_update,
)
from hub.plugins.messages import Ping, Pong, PortReply, StoreDelete, StoreGet
from hub.sdk.context import Context
from hub.sdk.device import DeviceCommand, Update

log = structlog.get_logger(__name__)
_MOST_REQUESTS: Final = 32
_MOST_CONNECTIONS: Final = 16
_MOST_TOLD: Final = 300
_ITS_TO_SAY: Final = (CommandError, CommandTimeoutError, UnavailableError)
"""How a command may fail at a device. What the home itself decides, such as asking first, is not among it."""


class DeviceHubSide:
    """Speaks with one life of an integration, which has the ports of `context`. `close` it."""

    def __init__(self, name: str, channel: SocketChannel, context: Context) -> None:
        self._name, self._channel, self._context = name, channel, context
        self._commands: dict[int, DeviceCommand] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._pinging: asyncio.Task[None] | None = None
        self._relays: set[asyncio.Task[None]] = set()
        self._heard = asyncio.get_running_loop().time()
        self._listening = False

    async def updates(self) -> AsyncIterator[Update | Unreadable]:
        """What it tells, until it ends. Raises `ChannelClosedError`, `ProtocolError`, and what it says it ended in."""
        while True:
            self._listening = True
            message = decode_from_device(await self._channel.receive())
            self._listening, self._heard = False, asyncio.get_running_loop().time()
            if isinstance(message, Told):
                for update in message.updates[:MOST_UPDATES]:
                    yield read_update(update)
            elif isinstance(message, CommandAnswer):
                self._answered(message)
            elif isinstance(message, DeviceRequest):
                if len(self._tasks) >= _MOST_REQUESTS:
                    await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
                _keep(self._tasks, self._request(message))
            elif isinstance(message, DeviceEnded):
                if message.error is not None:
                    raise _as_failure(message.error)
                return
            elif not isinstance(message, Pong):
                raise ProtocolError("it introduces itself twice", remedy="speak api 1")

    async def command(self) -> None:
        """Bring it its commands, for as long as it lives."""
        async for command in self._context.commands:
            if len(self._commands) >= MOST_COMMANDS:  # the dispatcher gave the oldest up long ago
                oldest = self._commands.pop(next(iter(self._commands)))
                oldest.fail(UnavailableError(f"{self._name} does not answer", remedy="try again"))
            self._commands[command.id] = command
            await self._send(DoCommand(id=command.id, entity=command.entity, trait=command.trait, value=command.value))

    def silent_s(self) -> float:
        """For how long it has said nothing although it was listened to; it is asked for a sign of life each time."""
        if self._pinging is None or self._pinging.done():  # one that does not read is not sent more and more
            self._pinging = asyncio.get_running_loop().create_task(self._send(Ping(id=0)))
        return asyncio.get_running_loop().time() - self._heard if self._listening else 0.0

    def close(self) -> None:
        """End it, with its connections."""
        for task in (*self._tasks, *self._relays, *([self._pinging] if self._pinging else ())):
            task.cancel()
        self._channel.close()

    def _answered(self, answer: CommandAnswer) -> None:
        command = self._commands.pop(answer.id, None)
        if command is None:
            return
        if answer.error is None:
            command.done()
        else:
            command.fail(_as_command_error(answer.error))

    async def _request(self, request: DeviceRequest) -> None:
        descriptors: tuple[int, ...] = ()
        try:
            value = await self._do(request.ask)
            if isinstance(value, socket.socket):
                descriptors, value = (value.detach(),), HANDED_OVER
            reply = encode_device(PortReply(id=request.id, value=msgspec.to_builtins(value)))
        except HearthError as error:
            reply = encode_device(PortReply(id=request.id, error=error.to_wire()))
        except Exception as error:
            log.exception("a port failed", integration=self._name)
            wire = PluginError(f"the hub failed: {type(error).__name__}").to_wire()
            reply = encode_device(PortReply(id=request.id, error=wire))
        with contextlib.suppress(ChannelClosedError):
            await self._channel.send(reply, descriptors)

    async def _do(self, ask: Any) -> Any:
        if isinstance(ask, Connect):
            return await self._connect(ask)
        if isinstance(ask, StoreGet):
            return await self._context.store.get(ask.key)
        if isinstance(ask, StoreDelete):
            return await self._context.store.delete(ask.key)
        return await self._context.store.set(ask.key, ask.value)

    async def _connect(self, ask: Connect) -> socket.socket:
        """An end that the integration can use; what goes over it, the hub passes on and counts."""
        if len(self._relays) >= _MOST_CONNECTIONS:
            raise ValueRefusedError(f"{_MOST_CONNECTIONS} connections are open", remedy="close one")
        connection = await self._context.connect(ask.host, ask.port)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        _keep(self._relays, relay(connection, ours))
        return theirs

    async def _send(self, message: ToDevice) -> None:
        with contextlib.suppress(ChannelClosedError):  # its end is seen to where it is listened to
            await self._channel.send(encode_device(message))


def _keep(tasks: set[asyncio.Task[None]], work: Any) -> None:
    task = asyncio.get_running_loop().create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


def _as_command_error(wire: dict[str, str]) -> CommandError:
    error = HearthError.from_wire(wire)
    kind = type(error) if type(error) in _ITS_TO_SAY else CommandError
    made = kind(error.message[:_MOST_TOLD], remedy=error.remedy[:_MOST_TOLD])
    assert isinstance(made, CommandError)
    return made


def _as_failure(wire: dict[str, str]) -> PluginError:
    error = HearthError.from_wire(wire)
    return PluginError(error.message[:_MOST_TOLD], remedy=error.remedy[:_MOST_TOLD])
