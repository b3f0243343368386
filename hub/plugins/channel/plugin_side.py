"""The plugin's end of the channel: takes calls, runs handlers with exactly the granted ports, sends answers.

Nothing here touches the hub but through the channel, so that it can run in a process of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from hub.core.cancelled import cancelled
from hub.core.clock import Clock
from hub.core.errors import HearthError, NotFoundError, PluginError, ProtocolError
from hub.plugins.channel.channel import Channel, ChannelClosedError
from hub.plugins.channel.remote_ports import remote_ports
from hub.plugins.channel.requests import Requests
from hub.plugins.messages import (
    Answer,
    Ask,
    CallEvent,
    CallIntent,
    CallTimer,
    CancelCall,
    Ping,
    Pong,
    PortReply,
    PortRequest,
    ToHub,
    decode_for_plugin,
    encode,
)
from hub.sdk.context import Context
from hub.sdk.intents import CallContext, IntentAnswer, Reply
from hub.sdk.json_values import plain
from hub.sdk.plugin_module import place_in_plugin, place_of
from hub.sdk.setting import Value
from hub.sdk.skill import Skill
from hub.sdk.slots import arguments_for, timer_arguments

Failed = Callable[[BaseException], None]
"""Is told what a handler raised that no handler should."""


class PluginSide:
    """Runs one skill behind one channel. `granted` are the names of its ports, `settings` what the household chose."""

    def __init__(
        self,
        name: str,
        skill: Skill,
        granted: frozenset[str],
        channel: Channel,
        clock: Clock,
        failed: Failed,
        settings: Mapping[str, Value] | None = None,
    ) -> None:
        self._settings = settings or {}
        self._name = name
        self._skill = skill
        self._granted = granted
        self._channel = channel
        self._clock = clock
        self._failed = failed
        self._calls: dict[int, asyncio.Task[None]] = {}
        self._requests = Requests()

    async def run(self) -> None:
        """Serve until the channel closes; every handler still running is then cancelled."""
        try:
            while True:
                message = decode_for_plugin(await self._channel.receive())
                if isinstance(message, Ping):
                    await self._send(Pong(id=message.id))
                else:
                    self._take(message)
        except ChannelClosedError:
            pass
        finally:
            await cancelled(*self._calls.values())

    def _take(self, message: CallIntent | CallTimer | CallEvent | CancelCall | PortReply) -> None:
        if isinstance(message, CallIntent):
            self._begin(message.id, self._intent(message))
        elif isinstance(message, CallTimer):
            self._begin(message.id, self._timer(message))
        elif isinstance(message, CallEvent):
            self._begin(message.id, self._event(message))
        elif isinstance(message, CancelCall):
            task = self._calls.get(message.id)
            if task is not None:
                task.cancel()
        else:
            self._requests.settle(message.id, message.value, message.error)

    def _begin(self, call: int, work: Awaitable[IntentAnswer]) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(call, work), name=f"{self._name}:{call}")
        self._calls[call] = task
        task.add_done_callback(lambda _: self._calls.pop(call, None))

    async def _answer(self, call: int, work: Awaitable[IntentAnswer]) -> None:
        try:
            answer = await work
        except HearthError as error:
            if isinstance(error, PluginError):
                error.place = error.place or place_in_plugin(error)
            answer = IntentAnswer(error=error.to_wire())
        except Exception as error:
            self._failed(error)
            place = place_in_plugin(error) or self._name
            answer = IntentAnswer(error=PluginError(f"{type(error).__name__}: {error}", place=place).to_wire())
        try:
            await self._send(Answer(id=call, answer=answer))
        except ProtocolError as error:
            await self._send(Answer(id=call, answer=IntentAnswer(error=error.to_wire())))

    async def _intent(self, message: CallIntent) -> IntentAnswer:
        call = message.call
        handler = self._handler(self._skill.intents, call.intent)
        return await _ended(handler, self._context(message.id, call.context), **arguments_for(handler, call))

    async def _timer(self, message: CallTimer) -> IntentAnswer:
        timer = message.timer
        handler = self._handler(self._skill.timers, timer.handler)
        arguments = timer_arguments(handler, timer.arguments)
        return await _ended(handler, self._context(message.id, message.context), **arguments)

    async def _event(self, message: CallEvent) -> IntentAnswer:
        handler = self._handler(self._skill.events, type(message.event).__name__)
        return await _ended(handler, self._context(message.id, message.context), message.event)

    def _handler(self, table: dict[str, Callable[..., Awaitable[Any]]], name: str) -> Callable[..., Awaitable[Any]]:
        if name not in table:
            raise NotFoundError(f"{self._name} has no handler {name[:80]!r}", remedy="update the skill")
        return table[name]

    def _context(self, call: int, context: CallContext) -> Context:
        async def ask(what: Ask) -> Any:
            return await self._requests.ask(lambda number: self._send(PortRequest(id=number, call=call, ask=what)))

        ports = remote_ports(self._granted, ask, self._clock, frozenset(self._skill.timers))
        return Context(ports, context, self._settings)

    async def _send(self, message: ToHub) -> None:
        await self._channel.send(encode(message))


async def _ended(handler: Callable[..., Awaitable[Any]], *arguments: Any, **named: Any) -> IntentAnswer:
    """What the handler came to; raises what it raised, and `PluginError` with its line when it is none."""
    return _as_answer(await handler(*arguments, **named), place_of(handler))


def _as_answer(result: Any, place: str) -> IntentAnswer:
    """What a handler returned, as an answer: nothing, plain text, a reply with its values, or an answer."""
    if result is None:
        return IntentAnswer()
    if isinstance(result, IntentAnswer):
        return result
    if isinstance(result, Reply):
        try:
            return IntentAnswer(reply=str(result), values=plain(result.values))
        except TypeError as error:
            remedy = "give it numbers, texts, times, and lists and tables of those"
            raise PluginError(
                f"the reply {str(result)!r} cannot be filled: {error}", place=place, remedy=remedy
            ) from None
    if isinstance(result, str):
        return IntentAnswer(text=result)
    remedy = "return text, ctx.reply(...) or nothing"
    raise PluginError(f"a handler returned {type(result).__name__}", place=place, remedy=remedy)
