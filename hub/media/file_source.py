"""A sound file as a source, as fast as its listener takes it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path

from hub.media.chunk import SAMPLE_RATE, AudioChunk, Pcm
from hub.media.decode import AudioFile

_CHUNKS_A_TURN = 25  # two seconds decoded in the thread at a time


class FileSource:
    """Chunks of a wav, flac, mp3 or ogg file. Decoding happens in a thread; memory does not grow with the file."""

    def __init__(self, path: Path, stream: str = "", *, chunk_s: float = 0.08) -> None:
        """`stream` names it, else its path does. Raises `MediaError` when there is no sound in the file to be read."""
        self._name = stream or str(path)
        self._file = AudioFile(path)
        self._chunk_s = chunk_s
        self._closed = False

    @property
    def stream(self) -> str:
        """The stream's name."""
        return self._name

    async def __aiter__(self) -> AsyncIterator[AudioChunk]:
        pieces = self._file.chunks(self._chunk_s)
        position = 0
        while not self._closed:
            batch = await asyncio.to_thread(_take, pieces)
            if not batch:
                return
            for samples in batch:
                yield AudioChunk(samples, self._name, position / SAMPLE_RATE)
                position += len(samples)

    async def close(self) -> None:
        """Stop reading."""
        self._closed = True
        self._file.close()


def _take(pieces: Iterator[Pcm]) -> list[Pcm]:
    return list(islice(pieces, _CHUNKS_A_TURN))
