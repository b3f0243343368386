"""A room with a microphone, in real time: its noise never pauses, and voices sound in it when they are to."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import numpy as np

from hub.media.chunk import SAMPLE_RATE, Pcm


class Room:
    """`hear` gets what the microphone hears, `piece` samples at a time. `noise` is how loud the room itself is."""

    def __init__(self, hear: Callable[[Pcm], Awaitable[None]], *, piece: int = 320, noise: float = 12.0) -> None:
        self._hear = hear
        self._piece: Final = piece
        self._noise: Final = noise
        self._random = np.random.default_rng()
        self._voices: list[tuple[float, Pcm]] = []

    def speak(self, samples: Pcm, begins: float) -> None:
        """Let a voice begin at second `begins` of the machine's monotonic clock."""
        self._voices.append((begins, samples))

    async def run(self) -> None:
        """Sound, until cancelled."""
        at = time.monotonic()
        while True:
            await asyncio.sleep(max(0.0, at + self._piece / SAMPLE_RATE - time.monotonic()))
            await self._hear(self._sound(at))
            at += self._piece / SAMPLE_RATE

    def _sound(self, at: float) -> Pcm:
        sound = self._random.standard_normal(self._piece) * self._noise
        for begins, samples in self._voices:
            first = round((at - begins) * SAMPLE_RATE)
            offset, part = max(0, -first), samples[max(0, first) : max(0, first + self._piece)]
            sound[offset : offset + len(part)] += part
        self._voices = [v for v in self._voices if v[0] + len(v[1]) / SAMPLE_RATE > at]
        return np.clip(sound, -32768, 32767).astype(np.int16)
