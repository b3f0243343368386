"""Several wake engines as one: each word is listened for by the engine that has its model."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import UsageError
from hub.perception.wake.detection import WakeDetection, WakeEngine


class WakeEngines:
    """A `WakeEngine` made of others. A word that two of them have is the first one's."""

    def __init__(self, engines: Sequence[WakeEngine]) -> None:
        self._engines = tuple(engines)
        self._owner = {word: engine for engine in reversed(self._engines) for word in engine.words}
        self._streams: dict[str, tuple[WakeEngine, ...]] = {}

    @property
    def words(self) -> tuple[str, ...]:
        """The words that there are models for."""
        return tuple(self._owner)

    def open(self, stream: str, words: Mapping[str, float]) -> None:
        """Begin to listen to `stream`. Raises `UsageError` for a stream that is open or a word without a model."""
        unknown = [word for word in words if word not in self._owner]
        if unknown:
            raise UsageError(
                f"there is no wake word model {unknown[0]!r}", remedy=f"loaded are {', '.join(self.words)}"
            )
        opened: list[WakeEngine] = []
        for engine in self._engines:
            own = {word: threshold for word, threshold in words.items() if self._owner[word] is engine}
            if own:
                engine.open(stream, own)
                opened.append(engine)
        self._streams[stream] = tuple(opened)

    def close(self, stream: str) -> None:
        """Forget a stream; an unknown one is ignored."""
        for engine in self._streams.pop(stream, ()):
            engine.close(stream)

    def feed(self, stream: str, pcm: NDArray[np.int16]) -> None:
        """Queue samples. Raises `UsageError` for a stream that is not open."""
        if stream not in self._streams:
            raise UsageError(f"stream {stream!r} is not open", remedy="open it first")
        for engine in self._streams[stream]:
            engine.feed(stream, pcm)

    def judging(self, stream: str) -> bool:
        """Whether any engine may yet report a word that it noticed in an open stream."""
        return any(engine.judging(stream) for engine in self._streams[stream])

    def refused(self, stream: str) -> list[WakeDetection]:
        """The words of an open stream that a second stage has given up on since this was last asked."""
        return [refused for engine in self._streams[stream] for refused in engine.refused(stream)]

    def step(self) -> list[WakeDetection]:
        """Work off what is queued, every engine in turn."""
        return [detection for engine in self._engines for detection in engine.step()]
