"""The hub's side of the ears: streams of sound to the sealed worker, what was heard as events."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog

from hub.core.bus import Bus
from hub.core.errors import HearthError, UnavailableError, WorkerDiedError
from hub.core.events import Origin
from hub.guard.worker_client import WorkerClient
from hub.guard.worker_host import WorkerDown, WorkerHost
from hub.perception.ears.ear_stream import EarStream
from hub.perception.ears.messages import (
    GRAMMAR_PART,
    FromEars,
    GrammarPart,
    GrammarSet,
    Judged,
    Refused,
    StreamEnded,
)
from hub.perception.ears.wake_words import with_wake_words
from hub.perception.opened import Opened
from hub.perception.speech.grammar import SpeechGrammar

log = structlog.get_logger(__name__)
_GRAMMAR_S: Final = 120.0
_MOST_STREAMS: Final = 256
Pronounce = Callable[[list[str]], Mapping[str, tuple[str, ...]]]


class Ears(WorkerClient[FromEars]):
    """Wake words and speech recognition for any number of streams. Call `start` before anything else.

    When the worker dies, what was being said is lost (`SpeechNotHeard` with reason "lost"); the streams go on in the
    next worker, with the same grammar.
    """

    def __init__(
        self,
        host: WorkerHost[FromEars],
        bus: Bus,
        *,
        thresholds: Mapping[str, float],
        phrases: Mapping[str, str],
        pronounce: Pronounce,
        hub: str = "",
    ) -> None:
        """`thresholds` are the household's for each wake word, `phrases` how they are spoken; `pronounce` gives words'
        sounds.
        """
        super().__init__(host, off="the ears are not running", away="the ears do not come back")
        self._bus = bus
        self._thresholds = dict(thresholds)
        self.phrases = dict(phrases)
        self._pronounce = pronounce
        self._hub = hub
        self._streams: Opened[EarStream] = Opened("streams", _MOST_STREAMS)
        self._grammar: tuple[int, bytes] | None = None
        self._setting_grammar, self._sending_grammar = asyncio.Lock(), asyncio.Lock()
        self._grammar_answer: asyncio.Future[GrammarSet] | None = None
        host.lost = self._what_is_lost

    @property
    def words(self) -> Sequence[str]:
        """The wake words that there are models for."""
        return tuple(self._thresholds)

    async def stop(self) -> None:
        """End the worker and every stream."""
        await super().stop()
        for stream in tuple(self._streams.values()):
            stream.finish(None)
        self._streams.clear()

    async def open_stream(
        self, stream: str, *, wake: Sequence[str] | None = None, area: str = "", publish: bool = False
    ) -> EarStream:
        """Listen to a new stream: for these wake words (None: all) and what follows each; without any, for all speech.

        `publish` puts what is heard on the bus as well. Raises `UnavailableError` when the ears cannot take it.
        """
        names = self.words if wake is None else wake
        unknown = [word for word in names if word not in self._thresholds]
        if unknown:
            raise UnavailableError(f"no model for {unknown[0]}", remedy=f"there are {', '.join(self.words)}")
        opened = EarStream(
            self._line,
            stream,
            self._streams.number(),
            {word: self._thresholds[word] for word in names},
            Origin(hub=self._hub, area=area, source=stream),
            publish=publish,
            closed=self._streams.pop,
        )
        await self._line.wait_until_up()
        self._streams[opened.number] = opened
        await opened.open()
        return opened

    async def set_grammar(self, grammar: SpeechGrammar) -> None:
        """Hear the sentences of `grammar` from the next utterance on, with or without a wake word before them.

        Raises `ModelError` when the recogniser cannot use it; it then keeps the one that it had.
        """
        async with self._setting_grammar:
            await self._set_grammar(await asyncio.to_thread(self._encode, grammar))

    async def _set_grammar(self, data: bytes) -> None:
        serial = self._grammar[0] + 1 if self._grammar else 1
        before, self._grammar = self._grammar, (serial, data)
        answer = self._grammar_answer = asyncio.get_running_loop().create_future()
        await self._line.wait_until_up()
        await self._send_grammar()
        try:
            async with asyncio.timeout(_GRAMMAR_S):  # unlike wait_for it never swallows that we are cancelled
                result = await answer
        except TimeoutError:
            raise WorkerDiedError("the ears do not take the home's sentences", remedy="see `hearth doctor`") from None
        if result.error is not None:
            self._grammar = (serial, before[1]) if before else None
            raise HearthError.from_wire(result.error)

    def _encode(self, grammar: SpeechGrammar) -> bytes:
        words = sorted({word for phrase in self.phrases.values() for word in phrase.split()})
        return with_wake_words(grammar, self.phrases.values(), self._pronounce(words)).encode()

    async def _send_grammar(self) -> None:
        if self._grammar is None:
            return
        serial, data = self._grammar
        async with self._sending_grammar:
            for index, begin in enumerate(range(0, len(data), GRAMMAR_PART)):
                part = data[begin : begin + GRAMMAR_PART]
                await self._line.say(GrammarPart(serial, index, part, begin + GRAMMAR_PART >= len(data)))

    async def _restore(self) -> None:
        """Tell a new worker how things stand."""
        await self._send_grammar()
        for stream in tuple(self._streams.values()):
            await stream.open()

    def _died(self, _down: WorkerDown) -> None:
        for stream in self._streams.values():
            event = stream.lost()
            if event is not None and stream.publish:
                self._bus.publish(event)

    def _what_is_lost(self) -> str:
        places = sorted({s.origin.area or s.name for s in self._streams.values() if s.expecting})
        return f"what was being said ({', '.join(places)})" if places else "nothing that was said"

    def _take(self, said: Any) -> None:
        if isinstance(said, GrammarSet):
            if self._grammar_answer is not None and not self._grammar_answer.done():
                self._grammar_answer.set_result(said)
            return
        stream = self._streams.get(said.stream)
        if stream is None:
            return  # closed meanwhile
        if isinstance(said, StreamEnded | Refused):
            del self._streams[said.stream]
            if isinstance(said, Refused):
                log.warning("stream refused", stream=stream.name, error=str(HearthError.from_wire(said.error)))
            stream.finish(said if isinstance(said, StreamEnded) else None)
            return
        if isinstance(said, Judged):
            stream.was_judged(said.serial)
            return
        event = stream.heard(said)
        if stream.publish:
            self._bus.publish(event)
