"""A stream of a page's sound whose page is told of everything that is heard, before anybody answers it."""

from collections.abc import AsyncIterator, Awaitable, Callable

from hub.core.events import Event, SpeechNotHeard, SpeechStarted, SpeechTranscribed, WakeHeard, WakeRefused
from hub.satellites.page_wire import Began, Listening, Missed, ToPage, Transcript, Wake
from hub.satellites.ports import EarStream

Tell = Callable[[ToPage], Awaitable[None]]


class PageStream:
    """What a conversation reads. With `once` it ends with the turn: after the first thing said, and the answers to
    what the hub asks about it.
    """

    def __init__(self, ears: EarStream, tell: Tell, *, once: bool) -> None:
        self._ears = ears
        self._tell = tell
        self._once = once
        self._goes_on = False
        self._mutes = 0

    async def listen(self, causes: tuple[int, ...] = ()) -> None:
        """Listen to what is said next without a wake word, and have the page say so."""
        self._goes_on = True
        await self._ears.listen(causes)
        await self._tell(Listening())

    async def mute(self, muted: bool) -> None:
        """Be deaf once more, or once less: a reply and what is said unasked may overlap."""
        self._mutes += 1 if muted else -1
        if self._mutes == (1 if muted else 0):
            await self._ears.mute(muted)

    async def __aiter__(self) -> AsyncIterator[Event]:
        async for event in self._ears:
            # Asked for here, a turn ends too when its wake word, said out of habit, is another's to answer.
            elsewhere = self._goes_on and isinstance(event, WakeRefused) and event.reason == "elsewhere"
            concludes = elsewhere or isinstance(event, SpeechTranscribed | SpeechNotHeard)
            if concludes:
                self._goes_on = False
            told = Missed(reason="wake_elsewhere") if elsewhere else _told(event)
            if told is not None:
                await self._tell(told)
            yield event
            if concludes and self._once and not self._goes_on:
                return


def _told(event: Event) -> ToPage | None:
    if isinstance(event, WakeHeard):
        return Wake(word=event.word, score=event.score)
    if isinstance(event, SpeechStarted):
        return Began()
    if isinstance(event, SpeechTranscribed):
        return Transcript(text=event.text, confidence=event.confidence)
    if isinstance(event, SpeechNotHeard):
        return Missed(reason=event.reason)
    return None
