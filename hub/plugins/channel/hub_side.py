"""The hub's end of the channel to one skill: calls go out, answers and port requests come in."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any, Final

import msgspec
import structlog

from hub.core.errors import HearthError, PluginError, ProtocolError, ValueRefusedError
from hub.plugins.channel.channel import Channel, ChannelClosedError
from hub.plugins.channel.pace import Pace
from hub.plugins.messages import (
    Answer,
    CancelCall,
    Ping,
    Pong,
    PortReply,
    PortRequest,
    ToPlugin,
    decode_for_hub,
    encode,
)
from hub.plugins.ports.broker import PortBroker
from hub.sdk.intents import CallContext, IntentAnswer

log = structlog.get_logger(__name__)
_MOST_REQUESTS: Final = 64
"""Port requests of one call under way at once."""
_MOST_TASKS: Final = 256
"""Requests of all calls under way; the plugin is not listened to while there are more."""
_MOST_LOGGED: Final = 500
"""Characters of an error that are logged."""
_LONGEST_S: Final = 60.0
"""A call ends after this long, whatever the hub was doing for it."""


class _Call:
    """One call under way. The plugin's time runs only while the hub does nothing for it."""

    def __init__(self, context: CallContext, deadline_s: float) -> None:
        loop = asyncio.get_running_loop()
        self.context = context
        self.answer: asyncio.Future[IntentAnswer] = loop.create_future()
        self.timer = asyncio.timeout(deadline_s)
        self._deadline_s = self._left = deadline_s
        self._since = loop.time()
        self._end = loop.time() + _LONGEST_S
        self._requests = 0

    def own_s(self) -> float:
        """Seconds of its own that the plugin has taken so far."""
        spent = self._deadline_s - self._left
        return spent if self._requests else spent + asyncio.get_running_loop().time() - self._since

    def request_began(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._requests >= _MOST_REQUESTS:
            raise ValueRefusedError("too many requests at once", remedy="await them in smaller groups")
        self._requests += 1
        if self._requests == 1:
            self._left -= now - self._since
            self._reschedule(self._end)

    def request_ended(self) -> None:
        self._requests -= 1
        if self._requests == 0:
            self._since = asyncio.get_running_loop().time()
            self._reschedule(min(self._end, self._since + max(self._left, 0.0)))

    def _reschedule(self, when: float) -> None:
        if not self.answer.done() and not self.timer.expired():
            self.timer.reschedule(when)


class HubSide:
    """Calls one skill.

    `broken` is told when the skill's end of the channel talks nonsense, `late` when a call was not answered in time.
    """

    def __init__(
        self,
        skill: str,
        channel: Channel,
        broker: PortBroker,
        deadline_s: float,
        broken: Callable[[str], None],
        late: Callable[[], None] = lambda: None,
    ) -> None:
        self._skill = skill
        self._channel = channel
        self._broker = broker
        self._deadline_s = deadline_s
        self._broken = broken
        self._late = late
        self._pings: dict[int, asyncio.Event] = {}
        self._calls: dict[int, _Call] = {}
        self._ids = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._alive = True
        self.pace = Pace()
        """How long its calls take."""

    @property
    def alive(self) -> bool:
        """Whether the channel is open, as far as is known."""
        return self._alive

    async def call(self, message: Callable[[int], ToPlugin], context: CallContext) -> IntentAnswer:
        """Send what `message(id)` makes and wait for its answer; trouble of any kind is the answer's `error`."""
        number = next(self._ids)
        call = self._calls[number] = _Call(context, self._deadline_s)
        answered = False
        try:
            if not self._alive:
                raise PluginError(
                    f"the {self._skill} skill is not running", remedy="try it in a moment; the log says why"
                )
            async with call.timer:
                await self._channel.send(encode(message(number)))
                answer = await call.answer
            answered = True
            self._note(answer)
            return answer
        except TimeoutError:
            text = f"the {self._skill} skill did not answer within {self._deadline_s:g} s"
            log.warning("a skill's handler hangs", skill=self._skill)
            self._late()
            return _failed(PluginError(text, remedy="try again; if it stays so, disable the skill"))
        except ChannelClosedError:
            return _failed(
                PluginError(f"the {self._skill} skill is not running", remedy="try it in a moment; the log says why")
            )
        except HearthError as error:
            answered = True
            return _failed(error)
        finally:
            self._calls.pop(number, None)
            self.pace.note(call.own_s())
            if not answered:
                self._take_back(number)

    def _note(self, answer: IntentAnswer) -> None:
        """A line in the log for what the skill's author is to mend; what the home could not do is no such thing."""
        error = HearthError.from_wire(answer.error) if answer.error else None
        if isinstance(error, PluginError | ProtocolError):
            log.warning("a skill's handler failed", skill=self._skill, error=str(error)[:_MOST_LOGGED])

    async def answers(self, within_s: float) -> bool:
        """Whether the plugin's own loop still runs: it says so within the time, or the channel is closed anyway."""
        number = next(self._ids)
        heard = self._pings[number] = asyncio.Event()
        try:
            async with asyncio.timeout(within_s):
                await self._send(encode(Ping(id=number)))
                while self._alive and not heard.is_set():
                    await heard.wait()
        except TimeoutError:
            return False
        finally:
            self._pings.pop(number, None)
        return True

    async def run(self) -> None:
        """Serve the plugin's messages until the channel closes."""
        trouble = ""
        try:
            while True:
                self._take(await self._channel.receive())
                if len(self._tasks) >= _MOST_TASKS:
                    await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        except ChannelClosedError:
            pass
        except ProtocolError as error:
            trouble = str(error)
        finally:
            self._alive = False
            for heard in self._pings.values():
                heard.set()
            for call in self._calls.values():
                if not call.answer.done():
                    stopped = PluginError(
                        f"the {self._skill} skill stopped", remedy="try it in a moment; the log says why"
                    )
                    call.answer.set_exception(stopped)
            self._channel.close()
            for task in tuple(self._tasks):
                task.cancel()
        if trouble:
            self._broken(trouble)

    def _take(self, data: bytes) -> None:
        message = decode_for_hub(data)
        if isinstance(message, Pong):
            if message.id in self._pings:
                self._pings[message.id].set()
            return
        if not isinstance(message, Answer | PortRequest):
            raise ProtocolError("it introduces itself twice", remedy="speak api 1")
        call = self._calls.get(message.id if isinstance(message, Answer) else message.call)
        if isinstance(message, Answer):
            if call is not None and not call.answer.done():
                call.answer.set_result(message.answer)
        else:
            self._spawn(self._request(message, call))

    async def _request(self, request: PortRequest, call: _Call | None) -> None:
        try:
            if call is None:
                raise PluginError("the call that this belongs to has ended", remedy="await ports inside the handler")
            call.request_began()
            try:
                value = await self._broker.handle(request.ask, call.context)
            finally:
                call.request_ended()
            reply = encode(PortReply(id=request.id, value=msgspec.to_builtins(value)))
        except HearthError as error:
            reply = encode(PortReply(id=request.id, error=error.to_wire()))
        except Exception as error:
            log.exception("a port failed", skill=self._skill)
            wire = PluginError(f"the hub failed: {type(error).__name__}").to_wire()
            reply = encode(PortReply(id=request.id, error=wire))
        await self._send(reply)

    def _take_back(self, number: int) -> None:
        if self._alive:
            self._spawn(self._send(encode(CancelCall(id=number))))

    async def _send(self, data: bytes) -> None:
        try:
            await self._channel.send(data)
        except ChannelClosedError:
            log.debug("a skill ended before it was told", skill=self._skill)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work, name=f"skill:{self._skill}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _failed(error: HearthError) -> IntentAnswer:
    return IntentAnswer(error=error.to_wire())
