"""What the hub and its ears say to each other. Sound goes beside it, as sound frames with the stream's number."""

from typing import Final

from msgspec import Struct, field

from hub.core.events import Hypothesis

GRAMMAR_PART: Final = 48 * 1024
"""Bytes of a grammar in one message; frames are bounded."""
LARGEST_GRAMMAR: Final = 64 * 1024 * 1024


class OpenStream(Struct, frozen=True, tag=True, kw_only=True):
    """Listen to a new stream whose first sample is number `start`: for `words` (each with its threshold) and what
    follows them; without words for all speech, one utterance after the other.
    """

    stream: int
    words: dict[str, float] = field(default_factory=dict)
    start: int = 0


class CloseStream(Struct, frozen=True, tag=True):
    """Forget a stream at once."""

    stream: int


class EndStream(Struct, frozen=True, tag=True):
    """No more sound will come: hear what there is to its end, answer `StreamEnded`, and forget the stream."""

    stream: int


class Listen(Struct, frozen=True, tag=True):
    """Listen to what is said next without a wake word: the hub asked something."""

    stream: int


class Mute(Struct, frozen=True, tag=True):
    """Be deaf to a stream, or no longer: the hub itself is speaking there."""

    stream: int
    muted: bool


class Judge(Struct, frozen=True, tag=True):
    """Say `Judged` with this `serial` once the sound up to sample `until` was heard and no wake word that was noticed
    in it may yet be confirmed: the hub has to know whether a word that another microphone heard is still to come.
    """

    stream: int
    serial: int
    until: int


class GrammarPart(Struct, frozen=True, tag=True):
    """A piece of an encoded `SpeechGrammar`; with the last one it is put to use and answered by `GrammarSet`."""

    serial: int
    index: int  # from 0; a part that does not follow the one before is what a dead worker's successor need not have
    data: bytes
    last: bool


ToEars = OpenStream | CloseStream | EndStream | Listen | Mute | Judge | GrammarPart


class Woke(Struct, frozen=True, tag=True):
    """A wake word was heard and confirmed. Times are seconds into the stream."""

    stream: int
    word: str
    score: float
    t: float
    t_start: float
    snr_db: float


class Doubted(Struct, frozen=True, tag=True):
    """A wake word was noticed, and the second listener did not hear it."""

    stream: int
    word: str
    score: float
    t: float


class Began(Struct, frozen=True, tag=True):
    """Somebody began to speak."""

    stream: int
    t: float


class Transcribed(Struct, frozen=True, tag=True, kw_only=True):
    """What was said."""

    stream: int
    text: str
    confidence: float
    t_start: float
    t_end: float
    alternatives: tuple[Hypothesis, ...] = ()
    stages_ms: dict[str, float] = field(default_factory=dict)


class NotHeard(Struct, frozen=True, tag=True):
    """Nothing that could be transcribed. `reason`: silence, noise, too_long, not_ready."""

    stream: int
    reason: str
    t: float


class Judged(Struct, frozen=True, tag=True):
    """What `Judge` asked for has come: what was confirmed was said before."""

    stream: int
    serial: int


class StreamEnded(Struct, frozen=True, tag=True, kw_only=True):
    """All of an ended stream was heard: `audio_s` of it, with the time that each stage took for all of it."""

    stream: int
    audio_s: float
    stages_ms: dict[str, float] = field(default_factory=dict)


class GrammarSet(Struct, frozen=True, tag=True):
    """The grammar `serial` is in use, or why not (`HearthError.to_wire`)."""

    serial: int
    error: dict[str, str] | None = None


class Refused(Struct, frozen=True, tag=True):
    """A stream could not be opened, and why (`HearthError.to_wire`)."""

    stream: int
    error: dict[str, str]


Heard = Woke | Doubted | Began | Transcribed | NotHeard
FromEars = Woke | Doubted | Began | Transcribed | NotHeard | Judged | StreamEnded | GrammarSet | Refused
