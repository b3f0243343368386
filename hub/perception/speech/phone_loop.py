"""What a sound scores as any speech at all: the sounds of the language in any order, whatever words they make.

A command that was said fits about as well as that; foreign speech in a command's clothes fits worse, and so does a
command in noise, but the loop in the same noise fits worse too.
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hub.perception.speech.pronounce import PHONES
from hub.perception.speech.recognizer import Pcm
from hub.perception.speech.sphinx import Sphinx

_BEAMS: Final = {"beam": 1e-20, "pbeam": 1e-20, "wbeam": 1e-10, "maxhmmpf": 800}


class PhoneLoop:
    """Not for two threads at once."""

    def __init__(self, model: Path) -> None:
        """`model` is the folder of the acoustic model. Raises `ModelError` when it cannot be used."""
        self._sphinx = Sphinx(model, **_BEAMS)
        self._sphinx.learn([(f"p{phone}", phone) for phone in sorted(PHONES)])
        self._sphinx.search(0, 1, [(0, 0, 1.0, f"p{phone}") for phone in sorted(PHONES)] + [(0, 1, 1.0)])

    def scores(self, pcm: Pcm) -> NDArray[np.float64]:
        """The sum of the scores of all frames of 10 ms before each, so that a difference is that of a stretch."""
        found = [segment for segment in self._sphinx.decode(pcm) if segment.word != "(NULL)"]
        length = max((segment.end for segment in found), default=-1) + 1
        frames = np.zeros(length)
        for segment in found:
            frames[segment.start : segment.end + 1] = segment.score / segment.frames
        return np.concatenate(([0.0], np.cumsum(frames)))
