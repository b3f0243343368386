"""The contract of a recogniser: sound in while somebody speaks, words out.

Sound is int16 mono at 16 kHz. A recogniser is used from one thread; several utterances may be open at once.
"""

from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hub.core.events import Hypothesis
from hub.perception.speech.grammar import SpeechGrammar

SAMPLE_RATE = 16_000
Pcm = NDArray[np.int16]


class Partial(Struct, frozen=True):
    """What has been heard so far.

    `complete`: a whole command that nothing longer begins with, so the turn can end now. `acceptable`: a whole
    command, but a longer one begins with it ("turn off the light" in "turn off the light in the kitchen").
    """

    text: str = ""
    complete: bool = False
    acceptable: bool = False


class WordTime(Struct, frozen=True):
    """A word and when it was said, in seconds from the utterance's first sample."""

    word: str
    t_start: float
    t_end: float


class Transcript(Struct, frozen=True):
    """What was said. `confidence` (0 to 1) is calibrated: 0.5 is where speech outside the grammar is refused.

    `alternatives` are the next best, best first, without `text` itself. Nothing heard: `text` is empty.
    """

    text: str = ""
    confidence: float = 0.0
    alternatives: tuple[Hypothesis, ...] = ()
    words: tuple[WordTime, ...] = ()


class Utterance(Protocol):
    """One turn of speaking. Ends with `finish` or `cancel`; nothing works after either."""

    def feed(self, pcm: Pcm) -> None:
        """More sound, any length."""
        ...

    def partial(self) -> Partial:
        """The best guess so far. Cheap; may be asked after every `feed`."""
        ...

    def finish(self) -> Transcript:
        """What was said. Frees the utterance."""
        ...

    def cancel(self) -> None:
        """Forget it. Frees the utterance."""
        ...


class Recognizer(Protocol):
    """Turns speech into text."""

    def set_grammar(self, grammar: SpeechGrammar) -> None:
        """Hear these sentences (a grammar recogniser), or prefer their names (others). Open utterances keep theirs.

        Raises `ModelError` when the grammar cannot be used: another language, a phone that the model does not have.
        """
        ...

    def prepare(self) -> None:
        """Do now what would otherwise be waited for later; called when there is nothing else to do."""
        ...

    def begin(self, before: Pcm | None = None) -> Utterance:
        """A new utterance. `before` is sound just before it, such as the wake word: it tells level and channel.

        Raises `UnavailableError` when there is no grammar yet or too many utterances are open.
        """
        ...
