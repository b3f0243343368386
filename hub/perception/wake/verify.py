"""The second stage of a wake word: does the phrase itself fit the sound better than what is often taken for it?

openWakeWord's networks answer to parts of a phrase: "hey jarvis" wakes for most people's bare "jarvis", "alexa" for
"lexus". PocketSphinx, made to choose between the phrase and its rivals on the last 1.4 s, hears the difference. It
runs only when the first stage's score is high, about 40 ms each time.
"""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import ModelError, NotFoundError
from hub.perception.wake.moment import Confirm, WakeMoment
from hub.perception.wake.phrases import PHRASES, SOUNDS, Phrase

_SCALE: Final = 1024
"""The decoder keeps its log-likelihoods divided by this."""
_SETTINGS: Final = {
    "dict": None,
    "lm": None,
    "loglevel": "FATAL",
    "lw": 1.0,
    "bestpath": False,
    "beam": 1e-120,
    "pbeam": 1e-120,
    "wbeam": 1e-100,
    "maxhmmpf": -1,
}


class PhraseVerifier:
    """One decoder for the second stages of all words. Belongs to the thread that owns the spotter."""

    def __init__(self, acoustic_model: Path, phrases: dict[str, Phrase] | None = None) -> None:
        """`acoustic_model` is the folder of PocketSphinx's US English model; it is read here and never written to.

        The library ends the process over files that are not what they seem: take the folder from the model store,
        which has compared their hashes. Raises `ModelError` when it cannot be loaded.
        """
        import pocketsphinx

        if not (acoustic_model / "mdef").is_file():
            remedy = "run `hearth models pull pocketsphinx-en-us`"
            raise ModelError("no PocketSphinx acoustic model here", place=str(acoustic_model), remedy=remedy)
        try:
            self._decoder = pocketsphinx.Decoder(pocketsphinx.Config(hmm=str(acoustic_model), **_SETTINGS))
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"PocketSphinx cannot load it: {error}", place=str(acoustic_model)) from error
        self._phrases = PHRASES if phrases is None else phrases
        used = {w for p in self._phrases.values() for words in (p.says, *p.rivals) for w in words}
        for word in sorted(used):
            self._decoder.add_word(word, SOUNDS[word], False)
        for name, phrase in self._phrases.items():
            self._add(f"{name} said", (phrase.says,))
            self._add(f"{name} rival", phrase.rivals)

    def _add(self, name: str, choices: Iterable[tuple[str, ...]]) -> None:
        """A grammar that lets exactly one of `choices` be said; silence and noise may stand anywhere."""
        arcs: list[tuple[int, int, float, str]] = []
        final, fresh = 1, 2
        for words in choices:
            state = 0
            for position, word in enumerate(words):
                last = position == len(words) - 1
                arcs.append((state, final if last else fresh, 1.0, word))
                state = fresh
                fresh += not last
        self._decoder.add_fsg(name, self._decoder.create_fsg(name, 0, final, arcs))

    def ratio(self, word: str, audio: NDArray[np.int16]) -> float:
        """How much better the phrase fits than its best rival: natural log of the likelihood ratio.

        Minus infinity when the phrase cannot be in the sound at all. Raises `NotFoundError` for a word without phrase.
        """
        if word not in self._phrases:
            raise NotFoundError(f"the wake word {word!r} has no second stage")
        said = self._fit(f"{word} said", audio)
        return -math.inf if said == -math.inf else said - self._fit(f"{word} rival", audio)

    def _fit(self, grammar: str, audio: NDArray[np.int16]) -> float:
        if not len(audio):
            return -math.inf
        decoder: Any = self._decoder
        decoder.activate_search(grammar)
        decoder.start_utt()
        try:
            decoder.process_raw(np.ascontiguousarray(audio).tobytes(), full_utt=True)
        finally:
            decoder.end_utt()
        heard = decoder.hyp()
        return math.log(heard.score) * _SCALE if heard is not None and heard.score > 0 else -math.inf

    def confirm(self, word: str) -> Confirm:
        """The second stage of `word`, for the spotter. Raises `NotFoundError` for a word without phrase."""
        margin = self._phrases[word].margin if word in self._phrases else 0.0
        self.ratio(word, np.zeros(1600, np.int16))  # the first decoding is the slow one, and an unknown word is told

        def check(moment: WakeMoment) -> bool:
            return self.ratio(word, moment.audio) >= margin

        return check


def second_stages(acoustic_model: Path, words: Iterable[str]) -> dict[str, Confirm]:
    """Second stages for those of `words` that have one; the others are taken at the first stage's word."""
    wanted = [w for w in words if w in PHRASES]
    if not wanted:
        return {}
    verifier = PhraseVerifier(acoustic_model, {w: PHRASES[w] for w in wanted})
    return {word: verifier.confirm(word) for word in wanted}
