"""What satellites need of other rooms."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from hub.core.events import Event, Hypothesis

Pcm = NDArray[np.int16]
"""Mono samples; into the hub always at 16 kHz."""


class EarStream(Protocol):
    """One stream of sound that the ears listen to.

    Iterating gives what was heard, in order: `WakeHeard`, `SpeechStarted`, then `SpeechTranscribed` or
    `SpeechNotHeard`; with wake words again and again, without them once. It ends after `close`, or when all that
    was fed before `end` has been heard. The events are not on the bus yet.
    """

    def __aiter__(self) -> AsyncIterator[Event]:
        """What is heard."""
        ...

    async def feed(self, samples: Pcm) -> None:
        """More sound, 16 kHz; waits while the ears are behind. Nothing happens after `end` or `close`.

        Raises `WorkerDiedError` when the ears died; the stream is lost then, a new one may be opened.
        """
        ...

    async def end(self) -> None:
        """No more sound will come: what is being said is transcribed as it is."""
        ...

    async def close(self) -> None:
        """Forget the stream."""
        ...


class Ears(Protocol):
    """Wake words and speech recognition."""

    @property
    def words(self) -> Sequence[str]:
        """The wake words that there are models for."""
        ...

    async def open_stream(self, stream: str, *, wake: Sequence[str], area: str = "") -> EarStream:
        """Listen to a new stream: for these wake words and what follows each, or, without any, for speech at once.

        Raises `UnavailableError` when the ears cannot take it.
        """
        ...


class Answer(Protocol):
    """How a sentence was answered."""

    @property
    def reply(self) -> str:
        """What to say; may be empty."""
        ...

    @property
    def reason(self) -> str:
        """Why it was not understood; empty when it was."""
        ...

    @property
    def expects_answer(self) -> bool:
        """Whether the hub asked something."""
        ...


class Dialogue(Protocol):
    """The conversation."""

    async def hear(
        self,
        text: str,
        *,
        confidence: float = 1.0,
        alternatives: Sequence[Hypothesis] = (),
        area: str = "",
        person: str = "",
        stream: str = "",
        language: str = "",
        channel: str = "voice",
        causes: tuple[int, ...] = (),
    ) -> Answer:
        """Understand and answer. Raises `HearthError` when it cannot."""
        ...


class Recognized(Struct, frozen=True, kw_only=True):
    """An intent that a sentence means: its name (skill.intent) and its slots, the entities among them."""

    name: str
    slots: dict[str, Any] = field(default_factory=dict)


class Understanding(Protocol):
    """Says what a sentence means without acting on it."""

    def recognize(self, text: str, *, area: str = "", language: str = "") -> Sequence[Recognized]:
        """The intents in the order in which they would be done; empty when it means nothing here."""
        ...


class Speech(Struct, frozen=True):
    """Spoken words: int16 mono `samples` at `rate` Hz."""

    samples: Pcm
    rate: int


class Voice(Protocol):
    """Text to speech."""

    @property
    def voices(self) -> Sequence[tuple[str, str]]:
        """(name, language) of every voice, the household's own first; empty: the hub is mute."""
        ...

    async def synthesize(self, text: str, *, voice: str = "", language: str = "") -> Speech:
        """`text` as sound. Raises `MediaError` or `UnavailableError`."""
        ...


class Connector(Protocol):
    """`guard.connect`: the only way to open a connection."""

    async def __call__(self, host: str, port: int, why: str, /) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open it. Raises `EgressError` where the household does not allow it, `UnavailableError` when it fails."""
        ...
