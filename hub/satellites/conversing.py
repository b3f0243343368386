"""A conversation on one stream of sound: what the ears hear goes to the dialogue, a question listens for its answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

import structlog

from hub.core.cancelled import cancelled
from hub.core.errors import HearthError
from hub.core.events import Event, SpeechTranscribed
from hub.dialogue.dialogue import Dialogue, Turn

log = structlog.get_logger(__name__)


class Overheard(Protocol):
    """What a conversation needs of a stream of sound."""

    def __aiter__(self) -> AsyncIterator[Event]:
        """What is heard."""
        ...

    async def listen(self, causes: tuple[int, ...] = ()) -> None:
        """Listen to what is said next without a wake word."""
        ...

    async def mute(self, muted: bool) -> None:
        """Be deaf to it, or no longer."""
        ...


async def _unsaid(_error: HearthError) -> None:
    """Nobody is there to be told."""


async def converse(
    stream: Overheard,
    dialogue: Dialogue,
    answer: Callable[[Turn], Awaitable[None]] | None = None,
    failed: Callable[[HearthError], Awaitable[None]] = _unsaid,
) -> None:
    """Answer all that is said on `stream` until it ends; `answer` speaks a turn's reply, `failed` says why none is.

    While the reply is spoken the stream is deaf, so that the hub does not hear itself. After a question the next
    sentence needs no wake word.
    """
    async for event in stream:
        if not isinstance(event, SpeechTranscribed):
            continue
        try:
            turn = await dialogue.hear(
                event.text,
                confidence=event.confidence,
                alternatives=event.alternatives,
                area=event.origin.area,
                stream=event.stream,
                causes=(event.id,),
            )
            if answer is not None and turn.reply:
                await stream.mute(True)
                try:
                    await answer(turn)
                finally:
                    await stream.mute(False)
            if turn.expects_answer:
                await stream.listen(turn.ids)
        except HearthError as error:
            log.warning("a sentence could not be answered", stream=event.stream, error=str(error))
            await failed(error)


@asynccontextmanager
async def conversing(
    stream: Overheard,
    dialogue: Dialogue,
    answer: Callable[[Turn], Awaitable[None]] | None = None,
    failed: Callable[[HearthError], Awaitable[None]] = _unsaid,
) -> AsyncIterator[None]:
    """`converse` beside the block, which feeds the stream and ends it: leaving waits until all of it is answered.

    A block that fails waits for nothing.
    """
    conversation = asyncio.create_task(converse(stream, dialogue, answer, failed))
    try:
        yield
        await conversation
    finally:
        await cancelled(conversation)
