"""A stream of sound as its owner in the hub holds it: sound in, what was heard out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from hub.core.arrivals import Arrivals
from hub.core.events import Event, Origin, SpeechNotHeard, SpeechStarted, SpeechTranscribed, WakeHeard, WakeRefused
from hub.guard.worker_line import WorkerLine
from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.perception.ears.messages import (
    Began,
    CloseStream,
    Doubted,
    EndStream,
    Heard,
    Judge,
    Listen,
    Mute,
    OpenStream,
    StreamEnded,
    Transcribed,
    Woke,
)

_FRAME_SAMPLES: Final = 16_000  # a second of sound in one frame at most
_MOST_EVENTS: Final = 256  # that wait for a reader


class EarStream:
    """Iterate over what is heard: `WakeHeard`, `SpeechStarted`, then `SpeechTranscribed` or `SpeechNotHeard`.

    What follows a wake word has it in its `causes`. The iteration ends after `close`, or when all that was fed before
    `end` has been heard; `ended` is then there.
    """

    def __init__(
        self,
        line: WorkerLine,
        name: str,
        number: int,
        words: dict[str, float],
        origin: Origin,
        *,
        publish: bool,
        closed: Callable[[int], object],
    ) -> None:
        """`line` leads to the worker that hears; `closed` is told the number when its owner forgets the stream."""
        self.name = name
        self.number = number
        self.words = words
        self.origin = origin
        self.publish = publish
        self.fed = 0
        """Samples fed so far."""
        self.ended: StreamEnded | None = None
        """What the stream cost, once it was heard to its end."""
        self.last_wake: Woke | None = None
        """The last wake word with its level over the noise, for choosing between streams that heard the same."""
        self.causes: tuple[int, ...] = ()
        self.expecting = False
        """Whether something is being said, or an answer is awaited: what a death of the worker loses."""
        self._line = line
        self._closed = closed
        self._events: Arrivals[Event] = Arrivals(_MOST_EVENTS)
        self._muted = False
        self._ending = False
        self._feeding = asyncio.Lock()
        self._last_serial = 0
        self._judging: dict[int, asyncio.Future[None]] = {}

    async def open(self) -> None:
        """Tell a worker of the stream, and how it stands: the first one, and each that comes after it."""
        await self._line.say(OpenStream(stream=self.number, words=self.words, start=self.fed))
        if self._muted:
            await self._line.say(Mute(self.number, True))
        if self._ending:
            await self._line.say(EndStream(self.number))

    async def feed(self, samples: Pcm) -> None:
        """More sound: int16 mono at 16 kHz, any length. Waits while the ears are behind, or being restarted.

        Nothing happens after `end` or `close`. Raises `WorkerDiedError` when the ears stay away.
        """
        if self._events.over or self._ending:
            return
        async with self._feeding:
            for begin in range(0, len(samples), _FRAME_SAMPLES):
                part = samples[begin : begin + _FRAME_SAMPLES]
                await self._line.wait_until_up()
                self.fed += len(part)
                await self._line.send_sound(self.number, part.astype("<i2").tobytes())

    async def end(self) -> None:
        """No more sound will come: what is being said is transcribed as it is. The iteration ends soon after."""
        if self._events.over or self._ending:
            return
        self._ending = True
        async with self._feeding:
            await self._line.say(EndStream(self.number))

    async def close(self) -> None:
        """Forget the stream at once."""
        if not self._events.over:
            self.finish(None)
            self._closed(self.number)
            await self._line.say(CloseStream(self.number))

    async def listen(self, causes: tuple[int, ...] = ()) -> None:
        """Listen to what is said next without a wake word, as an answer to what the events `causes` asked."""
        self.causes, self.expecting = causes, True
        await self._line.say(Listen(self.number))

    async def mute(self, muted: bool) -> None:
        """Be deaf to it while the hub speaks there, or no longer."""
        self._muted = muted
        await self._line.say(Mute(self.number, muted))

    async def judged(self, t: float) -> None:
        """Return when the sound up to second `t` of the stream was heard and no wake word in it may still be confirmed;
        those that were are then among the events. At once when the stream is over, or what is being said is lost.
        """
        if self._events.over:
            return
        self._last_serial = serial = self._last_serial + 1
        told = self._judging[serial] = asyncio.get_running_loop().create_future()
        try:
            await self._line.say(Judge(self.number, serial, max(0, round(t * SAMPLE_RATE))))
            await told
        finally:
            self._judging.pop(serial, None)

    def was_judged(self, serial: int | None = None) -> None:
        """What `judged` waits for has come; None: all of it."""
        for told in [f for s, f in self._judging.items() if serial in (None, s)]:
            if not told.done():
                told.set_result(None)

    def __aiter__(self) -> AsyncIterator[Event]:
        return self._events

    def heard(self, message: Heard) -> Event:
        """Make an event of what the worker said, and keep it for the reader."""
        event = self._event(message)
        self._events.put(event)
        return event

    def lost(self) -> Event | None:
        """The worker died: the event that says what that cost here, None when nothing was being said."""
        self.was_judged()
        expecting, self.expecting = self.expecting, False
        if not expecting:
            return None
        event = SpeechNotHeard(
            stream=self.name, reason="lost", t=self.fed / SAMPLE_RATE, origin=self.origin, causes=self.causes
        )
        self.causes = ()
        self._events.put(event)
        return event

    def finish(self, ended: StreamEnded | None) -> None:
        """No more events will come."""
        self.ended = ended
        self.was_judged()
        self._events.end()

    def _event(self, message: Heard) -> Event:
        if isinstance(message, Woke):
            woke = WakeHeard(stream=self.name, word=message.word, score=message.score, t=message.t, origin=self.origin)
            self.last_wake, self.causes, self.expecting = message, (woke.id,), True
            return woke
        if isinstance(message, Doubted):
            return WakeRefused(
                stream=self.name, word=message.word, score=message.score, t=message.t, reason="verifier",
                origin=self.origin,
            )  # fmt: skip
        if isinstance(message, Began):
            self.expecting = True
            return SpeechStarted(stream=self.name, t=message.t, origin=self.origin, causes=self.causes)
        causes, self.causes, self.expecting = self.causes, (), False
        if isinstance(message, Transcribed):
            return SpeechTranscribed(
                stream=self.name,
                text=message.text,
                confidence=message.confidence,
                t_start=message.t_start,
                t_end=message.t_end,
                alternatives=message.alternatives,
                stages_ms=message.stages_ms,
                origin=self.origin,
                causes=causes,
            )
        return SpeechNotHeard(stream=self.name, reason=message.reason, t=message.t, origin=self.origin, causes=causes)
