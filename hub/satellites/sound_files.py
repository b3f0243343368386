"""Sound files that somebody gives to the hub's page: heard and answered as if they had been said, faster than time."""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from hub.core.bus import Bus
from hub.core.entities import HomeView
from hub.core.errors import HearthError, NotFoundError, UnavailableError
from hub.dialogue.dialogue import Dialogue, Turn
from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.media.sound_file.decoding import decoded
from hub.perception.ears.ear_stream import EarStream
from hub.perception.ears.ears import Ears
from hub.satellites.conversing import conversing
from hub.satellites.page_stream import PageStream
from hub.satellites.page_wire import Missed, Reply, ToPage, Trouble

LONGEST_S: Final = 60.0
_HEARS_S: Final = 120.0
_AT_ONCE: Final = SAMPLE_RATE  # samples fed before anything else of the hub has its turn
_numbers = itertools.count(1)


class HeardFile(Struct, frozen=True, kw_only=True):
    """What was heard in a file of `audio_s`, in order; it took `wall_s`, and each stage so many ms."""

    audio_s: float
    wall_s: float
    stages_ms: dict[str, float]
    told: tuple[ToPage, ...]


class SoundFiles:
    """Hears one file at a time."""

    def __init__(self, ears: Ears, dialogue: Dialogue, bus: Bus, home: Callable[[], HomeView]) -> None:
        self._ears = ears
        self._dialogue = dialogue
        self._bus = bus
        self._home = home
        self._busy = asyncio.Lock()

    async def hear(self, data: bytes, *, area: str = "", wake: bool = True) -> HeardFile:
        """Hear a wav, flac, mp3 or ogg file as if in `area`, and do what is said in it.

        `wake`: only what follows a wake word. Raises `MediaError` for what is no such file, `NotFoundError` for an area
        that is none, `UnavailableError` while another file is heard, or when the ears are away.
        """
        if area and area not in self._home().areas:
            raise NotFoundError("there is no such room", remedy="choose another room")
        if self._busy.locked():
            raise UnavailableError("another file is being heard", remedy="try again in a moment")
        async with self._busy:
            sound = await decoded(data, self._bus, most_s=LONGEST_S)
            try:
                async with asyncio.timeout(_HEARS_S):
                    return await self._hear(sound, area, wake)
            except TimeoutError:
                raise UnavailableError("the ears take too long", remedy="try a shorter file") from None
            finally:
                sound[:] = 0

    async def _hear(self, sound: Pcm, area: str, wake: bool) -> HeardFile:
        began = time.monotonic()
        words = self._ears.words if wake else ()
        ears = await self._ears.open_stream(f"file:{next(_numbers)}", wake=words, area=area, publish=True)
        told: list[ToPage] = []

        async def tell(message: ToPage) -> None:
            told.append(message)

        async def answer(turn: Turn) -> None:
            if turn.reason:
                told.append(Missed(reason=turn.reason, text=turn.text))
            told.append(Reply(number=len(told), text=turn.reply))

        async def failed(error: HearthError) -> None:
            told.append(Trouble.of(error))

        try:
            async with conversing(PageStream(ears, tell, once=False), self._dialogue, answer, failed):
                await _feed(ears, sound)
        finally:
            await ears.close()
        return HeardFile(
            audio_s=round(len(sound) / SAMPLE_RATE, 3),
            wall_s=round(time.monotonic() - began, 3),
            stages_ms=ears.ended.stages_ms if ears.ended is not None else {},
            told=tuple(told),
        )


async def _feed(ears: EarStream, sound: Pcm) -> None:
    for begin in range(0, len(sound), _AT_ONCE):
        await ears.feed(sound[begin : begin + _AT_ONCE])
    await ears.end()
