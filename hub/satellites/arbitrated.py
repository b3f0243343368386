"""Streams that react to a wake word only where no other stream, here or on another hub, answers it.

`ArbitratedEars` stand before the ears and give out streams that hold an event back until it is decided whose it is.
What a stream hears goes on the bus only when it is this stream's to answer, so that nothing of the hub (a chime, a
lamp, the page that shows who listens) reacts to what another answers. The ears go on hearing meanwhile: what a loser
transcribes is kept, in RAM and until the winner's turn is over, for the case that the winner hears no speech.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from hub.core.arrivals import Arrivals
from hub.core.bus import Bus
from hub.core.cancelled import cancelled
from hub.core.events import Event, SpeechNotHeard, SpeechTranscribed, WakeHeard, WakeRefused
from hub.media.chunk import Pcm
from hub.perception.ears.trail import Trail
from hub.satellites.ports import Arbiter, Ears, EarStream

_MOST_EVENTS: Final = 256  # that wait for a reader, or are kept


class ArbitratedEars:
    """The ears, with an arbiter for all streams that listen for wake words."""

    def __init__(self, ears: Ears, arbiter: Arbiter, bus: Bus) -> None:
        self._ears = ears
        self._arbiter = arbiter
        self._bus = bus

    @property
    def words(self) -> Sequence[str]:
        """The wake words that there are models for."""
        return self._ears.words

    async def open_stream(
        self, stream: str, *, wake: Sequence[str] | None = None, area: str = "", publish: bool = False
    ) -> EarStream:
        """As the ears' own; a stream without wake words is theirs as it is."""
        words = tuple(self._ears.words if wake is None else wake)
        if not words:
            return await self._ears.open_stream(stream, wake=words, area=area, publish=publish)
        inner = await self._ears.open_stream(stream, wake=words, area=area)
        return ArbitratedStream(inner, stream, area, words, self._arbiter, self._bus if publish else None)


class ArbitratedStream:
    """One such stream. Iterating gives what is this stream's to answer."""

    def __init__(
        self, inner: EarStream, name: str, area: str, words: Sequence[str], arbiter: Arbiter, bus: Bus | None
    ) -> None:
        self.name = name
        self.inner = inner
        """The ears' own stream."""
        self._arbiter = arbiter
        self._bus = bus
        self._trail = Trail()
        self._events: Arrivals[Event] = Arrivals(_MOST_EVENTS)
        self._kept: list[Event] | None = None
        self._following = False  # a sentence without a wake word is listened for
        self._asked = False  # somebody asked for it here, by a button: nobody else answers it
        self._leave = arbiter.attend(name, area, words, self._trail, inner.judged, self._after)
        self._hearing = asyncio.get_running_loop().create_task(self._hear(), name=f"arbitrate {name}")

    async def feed(self, samples: Pcm) -> None:
        """More sound, 16 kHz."""
        self._trail.hear(samples)
        await self.inner.feed(samples)

    async def listen(self, causes: tuple[int, ...] = ()) -> None:
        """Listen to what is said next without a wake word: the turn goes on. Nothing that `causes` it: somebody asked
        for it here, by a button, and it is answered here whoever answers another.
        """
        self._following = True
        if not causes:
            self._asked, self._kept = True, None
        await self.inner.listen(causes)

    async def mute(self, muted: bool) -> None:
        """Be deaf to it, or no longer."""
        await self.inner.mute(muted)

    async def judged(self, t: float) -> None:
        """Return when no wake word up to second `t` may still come."""
        await self.inner.judged(t)

    async def end(self) -> None:
        """No more sound will come."""
        await self.inner.end()

    async def close(self) -> None:
        """Forget the stream."""
        await cancelled(self._hearing)
        self._finish()
        await self.inner.close()

    async def __aiter__(self) -> AsyncIterator[Event]:
        async for event in self._events:
            yield event
            if isinstance(event, SpeechTranscribed | SpeechNotHeard) and not self._following:
                self._arbiter.turn_ended(self.name)

    async def _hear(self) -> None:
        """Take what the ears hear as it comes, however long the reader takes over each event."""
        try:
            async for event in self.inner:
                await self._take(event)
        finally:
            self._finish()

    async def _take(self, event: Event) -> None:
        if isinstance(event, WakeHeard):
            asked, self._asked, self._following, self._kept = self._asked, False, False, None
            if await self._arbiter.mine(self.name, event):
                self._tell(event)
            else:
                self._kept = [event]
                self._say_whose(event, asked=asked)
            return
        concludes = isinstance(event, SpeechTranscribed | SpeechNotHeard)
        asked = self._asked
        if self._kept is None and concludes and not asked and not self._arbiter.still_mine(self.name):
            self._kept = []  # another hub, which could not be heard, answers it too
        if self._kept is not None:
            self._keep(event)
            return
        if concludes:
            self._asked = self._following = False
        if isinstance(event, SpeechNotHeard) and not asked:
            await self._arbiter.no_speech(self.name)
        self._tell(event)

    def _keep(self, event: Event) -> None:
        assert self._kept is not None
        if len(self._kept) < _MOST_EVENTS:
            self._kept.append(event)
        if isinstance(event, SpeechTranscribed):
            self._arbiter.kept(self.name, event.confidence)
        elif isinstance(event, SpeechNotHeard):
            self._arbiter.kept(self.name, None)

    def _after(self, answer: bool) -> None:
        kept = self._kept or []
        if answer:
            self._kept = None
            for event in kept:
                self._tell(event)
        elif any(isinstance(event, SpeechTranscribed | SpeechNotHeard) for event in kept):
            self._kept = None
        elif self._kept is not None:
            self._kept = []  # the rest of it is still to come, and not this stream's either

    def _tell(self, event: Event) -> None:
        self._events.put(event)
        if self._bus is not None:
            self._bus.publish(event)

    def _say_whose(self, wake: WakeHeard, *, asked: bool) -> None:
        """For the list of what was heard: after the decision, and nothing of the hub reacts to it. Who `asked` for a
        turn here, and then said a wake word that another answers, is told too.
        """
        refused = WakeRefused(
            stream=self.name, word=wake.word, score=wake.score, t=wake.t, reason="elsewhere", origin=wake.origin
        )
        if asked:
            self._events.put(refused)
        if self._bus is not None:
            self._bus.publish(refused)

    def _finish(self) -> None:
        if not self._events.over:
            self._events.end()
            self._leave()
