"""PocketSphinx as it is used here: opened over an acoustic model, and what it makes of a whole utterance.

Scores are natural logarithms divided by 1,024, PocketSphinx's own scale.
"""

import math
import warnings
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from hub.core.errors import ModelError
from hub.perception.speech.recognizer import Pcm

_SEARCH: Final = "search"
_IMPOSSIBLE: Final = -50.0

Arc = tuple[Any, ...]
"""From a state to a state with a probability, and the word that is said on the way, if any."""


class Segment(Struct, frozen=True):
    """A word, its first and last frame of 10 ms, how well its sound fits, and how likely the grammar finds it."""

    word: str
    start: int
    end: int
    score: float
    prior: float = 0.0

    @property
    def frames(self) -> int:
        """How long it is."""
        return max(1, self.end - self.start + 1)


class Sphinx:
    """A decoder over one acoustic model and one finite-state grammar at a time."""

    def __init__(self, model: Path, **beams: float) -> None:
        """`model` is the folder of the acoustic model. Raises `ModelError` when it cannot be used."""
        from pocketsphinx import Decoder

        try:
            self._decoder = Decoder(
                hmm=str(model),
                dict=None,
                lm=None,
                loglevel="FATAL",
                lw=1.0,
                bestpath=False,
                # Every sound of the model is scored, also those that no sentence has: the scores of two grammars can
                # only be compared when both are measured against the same best.
                compallsen=True,
                **beams,
            )
        except (RuntimeError, ValueError) as error:
            remedy = "run `hearth models verify pocketsphinx-en-us`"
            raise ModelError(f"PocketSphinx cannot use it: {error}", place=str(model), remedy=remedy) from error

    def learn(self, words: list[tuple[str, str]]) -> None:
        """Take words and their phones in; one that it has already is left. Raises `ModelError` for unknown phones."""
        for place, (word, phones) in enumerate(words):
            if self._decoder.lookup_word(word) is not None:
                continue
            try:
                self._decoder.add_word(word, phones, place == len(words) - 1)
            except RuntimeError as error:
                raise ModelError(f"{word!r} has sounds that the model lacks: {phones}") from error

    def search(self, start: int, end: int, arcs: list[Arc]) -> None:
        """Look for the paths of this grammar from now on. Raises `ModelError` when there can be none."""
        try:
            self._decoder.add_fsg(_SEARCH, self._decoder.create_fsg(_SEARCH, start, end, arcs))
            self._decoder.activate_search(_SEARCH)
        except (RuntimeError, ValueError) as error:
            raise ModelError(
                f"the grammar cannot be used: {error}", remedy="report it with your hearth.toml"
            ) from error

    def decode(self, pcm: Pcm) -> list[Segment]:
        """The likeliest path through a whole utterance of int16 at 16 kHz; empty when there is none."""
        # Forgets the noise of the last speaker's room. It is called deprecated, but without it a sentence is heard
        # differently after another one, and one that was heard before leaves a trace in what is heard now.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self._decoder.start_stream()
        self._decoder.start_utt()
        try:
            self._decoder.process_raw(pcm.tobytes(), False, True)
        finally:
            self._decoder.end_utt()
        return [
            Segment(s.word, s.start_frame, s.end_frame, _log(s.ascore), _log(s.lscore))
            for s in self._decoder.seg() or ()
        ]


def _log(probability: float) -> float:
    return math.log(probability) if probability > 0 else _IMPOSSIBLE
