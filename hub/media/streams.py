"""What sound comes from and goes to."""

from collections.abc import AsyncIterator
from typing import Protocol

from hub.media.chunk import AudioChunk, Pcm


class AudioSource(Protocol):
    """A place that sound comes from: a file, a microphone, a satellite.

    Iterating gives its chunks in order, without gaps, each to be released by whoever took it. It raises `MediaError`
    when the source fails, and ends when the source does.
    """

    @property
    def stream(self) -> str:
        """The name of its stream, unique in this hub."""
        ...

    def __aiter__(self) -> AsyncIterator[AudioChunk]:
        """The chunks from now on."""
        ...

    async def close(self) -> None:
        """Stop; an iteration in progress ends."""
        ...


class AudioSink(Protocol):
    """A place that sound goes to: a loudspeaker, a satellite, a file."""

    async def play(self, samples: Pcm, rate: int) -> None:
        """Return once `samples` (int16 mono at `rate` Hz) have sounded. Raises `MediaError` when they cannot."""
        ...

    async def close(self) -> None:
        """Let go of the device or file."""
        ...
