"""One sound file through a running hub: the stream, the conversation on it, and what each stage cost."""

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.core.events import CommandDone, CommandFailed, Event, IntentMatched, SpeechTranscribed

if TYPE_CHECKING:
    from hub.app import Hub
    from hub.perception.ears.ear_stream import EarStream
    from hub.satellites.ports import Arbiter

_STAGES = ("wake", "vad", "speech", "intent", "act")


class _Stopwatch:
    """What the dialogue and the devices took, from the events' own times; `began` is when the sound did."""

    def __init__(self) -> None:
        self.ms = {"intent": 0.0, "act": 0.0}
        self.after_speech_ms: dict[str, float] = {}
        self.began = time.monotonic()
        self._heard = self._understood = self._spoken = 0.0

    def take(self, event: Event) -> None:
        if isinstance(event, SpeechTranscribed):
            self._heard = event.mono
            self._spoken = self.began + event.t_end
            silence = event.stages_ms.get("silence", 0.0)
            self.after_speech_ms = {"silence": silence, "speech": (event.mono - self._spoken) * 1000 - silence}
        elif isinstance(event, IntentMatched):
            self.ms["intent"] += (event.mono - (self._heard or event.mono)) * 1000
            self._heard, self._understood = event.mono, event.mono
        elif isinstance(event, CommandDone | CommandFailed) and self._understood:
            self.ms["act"] += (event.mono - self._understood) * 1000
            self._understood = self._heard = event.mono
            if "total" not in self.after_speech_ms:
                self.after_speech_ms |= {**self.ms, "total": (event.mono - self._spoken) * 1000}

    def told(self, heard: "EarStream", *, after_speech: bool) -> dict[str, Any]:
        """The stream's length, the time that it took and each stage's; with what passed after speech, if anything."""
        cost = {**({} if heard.ended is None else heard.ended.stages_ms), **self.ms}
        told = {
            "audio_s": round(heard.fed / 16_000, 3),
            "wall_s": round(time.monotonic() - self.began, 3),
            "stages_ms": {stage: round(cost.get(stage, 0.0), 2) for stage in _STAGES},
        }
        if after_speech and "total" in self.after_speech_ms:
            told["after_speech_ms"] = {stage: round(ms, 1) for stage, ms in self.after_speech_ms.items()}
        return told


async def hear_file(
    hub: "Hub",
    file: Path,
    *,
    area: str = "",
    wake: bool = True,
    listen: bool = False,
    real_time: bool = False,
    arbiter: "Arbiter | None" = None,
) -> dict[str, Any]:
    """Feed `file` to the ears and answer what is heard; returns the `end` line of the contract.

    `listen` takes what is said as an answer, without a wake word. `real_time` feeds as a microphone would; the line
    then also says what passed between the end of the words and the first acknowledged command. With an `arbiter` a
    wake word is answered only where no other hub answers it. Raises `MediaError` when the file cannot be read.
    """
    from hub.media.file_source import FileSource
    from hub.satellites.arbitrated import ArbitratedStream
    from hub.satellites.conversing import conversing

    assert hub.ears is not None and hub.dialogue is not None
    source = FileSource(file, "file")
    watch = _Stopwatch()
    cancel = hub.bus.subscribe((SpeechTranscribed, IntentMatched, CommandDone, CommandFailed), watch.take)
    words = hub.ears.words if wake else ()
    alone = arbiter is None or not words
    heard = await hub.ears.open_stream("file", wake=words, area=area, publish=alone)
    stream = heard if alone or arbiter is None else ArbitratedStream(heard, "file", area, words, arbiter, hub.bus)
    try:
        async with conversing(stream, hub.dialogue):
            if listen:
                await stream.listen()
            watch.began = time.monotonic()
            async for chunk in source:
                if real_time:
                    await asyncio.sleep(max(0.0, watch.began + chunk.t + chunk.duration - time.monotonic()))
                await stream.feed(chunk.samples)
            await stream.end()
    finally:
        cancel()
        await stream.close()
        await source.close()
    return {"event": "end", "file": str(file), **watch.told(heard, after_speech=real_time)}
