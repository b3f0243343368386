"""Pauses in speech, by energy alone: where it is worth looking at what was said so far."""

from typing import Final

import numpy as np

from hub.perception.speech.recognizer import Pcm

_FRAME: Final = 320  # 20 ms
_QUIET: Final = 0.18
"""Of the loudest part's level; softer is a pause."""
_PAUSE_S: Final = 0.1
_LEAST_LEVEL: Final = 30.0


class Pauses:
    """Follows the level of an utterance. `resting` says that its speaker paused just now."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.int16)
        self._loudest = _LEAST_LEVEL
        self._quiet_frames = 0
        self.spoke = False
        """Whether there was anything loud since it was last set to False."""

    def feed(self, pcm: Pcm) -> None:
        """More sound, any length."""
        sound = np.concatenate((self._rest, pcm))
        whole = len(sound) // _FRAME * _FRAME
        self._rest = sound[whole:]
        levels = np.sqrt(np.mean(np.square(sound[:whole].astype(np.float32).reshape(-1, _FRAME)), axis=1))
        for level in levels:
            # The loudest part fades by half in two seconds, so that one knock does not make all speech a pause.
            self._loudest = max(float(level), self._loudest * 0.993, _LEAST_LEVEL)
            if level < self._loudest * _QUIET:
                self._quiet_frames += 1
            else:
                self._quiet_frames = 0
                self.spoke = True

    @property
    def resting(self) -> bool:
        """Whether the last tenth of a second was quiet."""
        return self._quiet_frames * _FRAME >= _PAUSE_S * 16_000
