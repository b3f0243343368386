"""Questions from hub to hub: their envelope, and those under way."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import structlog

from hub.core.cancelled import cancelled
from hub.core.entries import enter_under
from hub.core.errors import HearthError, NotFoundError, ProtocolError, UnavailableError
from hub.swarm.ports import Answer

log = structlog.get_logger(__name__)
_ANSWERED: Final = b"\0"
_FAILED: Final = b"\1"
_MOST_AT_ONCE: Final = 32
_LONGEST_S: Final = 60.0


def pack_answer(body: bytes) -> bytes:
    """An answer as it goes over the mesh."""
    return _ANSWERED + body


def pack_error(error: BaseException) -> bytes:
    """An error as it goes over the mesh: what is not one of ours says its kind and nothing of the inside."""
    if not isinstance(error, HearthError):
        error = UnavailableError(f"the hub failed to answer: {type(error).__name__}")
    return _FAILED + msgspec.json.encode(error.to_wire())


def unpack(data: bytes) -> bytes:
    """The answer; raises the error that was answered, or `ProtocolError` for something that is neither."""
    if data[:1] == _ANSWERED:
        return data[1:]
    try:
        if data[:1] != _FAILED:
            raise ProtocolError("a hub's answer has no meaning")
        wire = msgspec.json.decode(data[1:], type=dict[str, str])
    except msgspec.DecodeError as error:
        raise ProtocolError(f"a hub's answer has no meaning: {error}") from error
    raise HearthError.from_wire(wire)


class Answers:
    """Who answers what, and the questions being answered: at most 32 of one hub at once, a minute each."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}
        self._under_way: dict[str, set[asyncio.Task[None]]] = {}

    def answer(self, topic: str, answer: Answer) -> Callable[[], None]:
        """Have questions about a topic answered; returns the function that ends it."""
        return enter_under(self._answers, topic, answer)

    def asked(self, sender: str, topic: str, body: bytes, reply: Callable[[bytes], Awaitable[None]]) -> None:
        """Answer a question by `reply`, in a task of its own."""
        tasks = self._under_way.setdefault(sender, set())
        if len(tasks) >= _MOST_AT_ONCE:
            log.warning("a hub asks too much at once", hub=sender, topic=topic)
            task = asyncio.get_running_loop().create_task(
                _say(reply, pack_error(UnavailableError("too many questions at once", remedy="ask again later")))
            )
        else:
            task = asyncio.get_running_loop().create_task(self._answer(sender, topic, body, reply))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _answer(self, sender: str, topic: str, body: bytes, reply: Callable[[bytes], Awaitable[None]]) -> None:
        answer = self._answers.get(topic)
        try:
            if answer is None:
                raise NotFoundError(f"this hub does not answer {topic}", remedy="do both run the same version?")
            async with asyncio.timeout(_LONGEST_S):
                packed = pack_answer(await answer(sender, body))
        except Exception as error:
            if not isinstance(error, HearthError):
                log.exception("a question could not be answered", topic=topic, hub=sender)
            packed = pack_error(error)
        await _say(reply, packed)

    async def close(self) -> None:
        """Answer no more."""
        await cancelled(*(task for tasks in self._under_way.values() for task in tasks))


async def _say(reply: Callable[[bytes], Awaitable[None]], packed: bytes) -> None:
    try:
        await reply(packed)
    except Exception:
        log.exception("an answer could not be sent")
