"""What satellites need of other rooms."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol

from msgspec import Struct, field

from hub.core.events import Event, Hypothesis, WakeHeard
from hub.dialogue.tts.speech import Speech
from hub.media.chunk import Pcm
from hub.perception.ears.trail import Trail


class EarStream(Protocol):
    """One stream of sound that the ears listen to.

    Iterating gives what was heard, in order: `WakeHeard`, `SpeechStarted`, then `SpeechTranscribed` or
    `SpeechNotHeard`. It ends after `close`, or when all that was fed before `end` has been heard.
    """

    def __aiter__(self) -> AsyncIterator[Event]:
        """What is heard."""
        ...

    async def feed(self, samples: Pcm) -> None:
        """More sound, 16 kHz; waits while the ears are behind or being restarted.

        Raises `WorkerDiedError` when they stay away.
        """
        ...

    async def listen(self, causes: tuple[int, ...] = ()) -> None:
        """Listen to what is said next without a wake word."""
        ...

    async def mute(self, muted: bool) -> None:
        """Be deaf to it, or no longer."""
        ...

    async def judged(self, t: float) -> None:
        """Return when the sound up to second `t` of the stream was heard and no wake word in it may still come."""
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

    async def open_stream(
        self, stream: str, *, wake: Sequence[str] | None = None, area: str = "", publish: bool = False
    ) -> EarStream:
        """Listen to a new stream: for these wake words and what follows each, or, without any, for all speech.

        `publish` puts what is heard on the bus. Raises `UnavailableError` when the ears cannot take it.
        """
        ...


class Arbiter(Protocol):
    """Says which of the streams that heard the same wake word answers it, here or on another hub of this home."""

    def attend(
        self,
        stream: str,
        area: str,
        words: Iterable[str],
        trail: Trail,
        judged: Callable[[float], Awaitable[None]],
        after: Callable[[bool], None],
    ) -> Callable[[], None]:
        """A stream listens for these words; `trail` hears all that it is fed. Returns the function that ends it.

        `judged` is `EarStream.judged`.
        `after(True)`: what the stream lost, and kept, is to be answered after all; `after(False)`: it may be forgotten.
        """
        ...

    async def mine(self, stream: str, wake: WakeHeard) -> bool:
        """Whether the stream answers this wake word. Returns before anybody may hear or see that it was heard."""
        ...

    def still_mine(self, stream: str) -> bool:
        """Whether that still holds, when it is about to be acted on."""
        ...

    def kept(self, stream: str, confidence: float | None) -> None:
        """A stream that lost keeps what was said, so sure of it; None: it heard nothing."""
        ...

    async def no_speech(self, stream: str) -> bool:
        """The winner heard nothing after its wake word: whether another that did answers now."""
        ...

    def turn_ended(self, stream: str) -> None:
        """The winner has answered."""
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
