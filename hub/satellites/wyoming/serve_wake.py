"""The wake service: sound in, `detection` for each wake word, `not-detected` when there was none."""

import asyncio
import itertools
from typing import Any, Final

from wyoming.event import Event
from wyoming.wake import Detection, NotDetected

from hub.core.errors import ProtocolError, UnavailableError
from hub.core.events import WakeHeard
from hub.media.chunk import Pcm
from hub.satellites.loudness import Loudness
from hub.satellites.ports import Ears, EarStream
from hub.satellites.wyoming.served_sound import ServedSound
from hub.satellites.wyoming.wire import Wire, context_in

MAX_NAMES: Final = 50
_HEARD_OUT_S: Final = 30.0
"""How long busy ears may take to hear a sound to its end: that no word was heard is told when it is so."""
_numbers = itertools.count(1)


class WakeService(ServedSound):
    """One client's use of the wake spotter. Its events are the client's own and do not go on the hub's bus."""

    def __init__(self, wire: Wire, ears: Ears) -> None:
        super().__init__(ears)
        self._wire = wire
        self._names: tuple[str, ...] = ()
        self._context: dict[str, Any] | None = None
        self._loudness = Loudness()
        self._first_ms = 0
        self._found = 0

    def detect(self, event: Event) -> None:
        """Take a `detect`: which words to listen for (none named: all), and the context to give back.

        Raises `UnavailableError` when none of the named words has a model.
        """
        names = event.data.get("names")
        if names is not None and not (
            isinstance(names, list) and len(names) <= MAX_NAMES and all(isinstance(n, str) for n in names)
        ):
            raise ProtocolError("detect: names is no list of words")
        self._context = context_in(event)
        known = tuple(word for word in self._ears.words if not names or word in names)
        if not known:
            wanted = ", ".join(names or ())[:200]
            raise UnavailableError(f"no model for {wanted}", remedy=f"there are {', '.join(self._ears.words)}")
        self._names = known

    async def start(self, first_ms: int) -> None:
        """A stream of sound begins; `first_ms` is the timestamp of its first sample."""
        await self.close()
        self._first_ms, self._found, self._loudness = first_ms, 0, Loudness()
        await self._open(f"wyoming:wake:{next(_numbers)}", wake=self._names or tuple(self._ears.words))

    async def feed(self, samples: Pcm) -> None:
        """More of it."""
        self._loudness.hear(samples)
        if self._stream is not None:
            await self._stream.feed(samples)

    async def stop(self) -> None:
        """It ended: say so if no word was heard."""
        if self._stream is not None and self._listener is not None:
            await self._stream.end()
            await asyncio.wait({self._listener}, timeout=_HEARD_OUT_S)
            if not self._found:
                await self._wire.write(NotDetected(context=self._context).event())
        await self.close()

    async def _listen(self, stream: EarStream) -> None:
        async for event in stream:
            if isinstance(event, WakeHeard):
                self._found += 1
                await self._wire.write(detection(event, self._loudness, self._first_ms, self._context).event())


def detection(
    heard: WakeHeard, loudness: Loudness, first_ms: int = 0, context: dict[str, Any] | None = None
) -> Detection:
    """The wake word as an event. The protocol has no field for how well it was heard, so its context says it."""
    quality = {
        "score": round(heard.score, 4),
        "snr_db": loudness.snr_db,
        "noise_dbfs": loudness.noise_dbfs,
    }
    timestamp = first_ms + round(heard.t * 1000)
    return Detection(name=heard.word, timestamp=timestamp, context={**(context or {}), **quality})
