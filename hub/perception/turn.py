"""When somebody has finished speaking: the end of a turn, in seconds of the stream's own sound, never of a clock.

Home assistants wait for 0.7 s of silence. Here a turn ends much sooner when what was heard is already a whole command
that nothing longer begins with.
"""

import enum

import msgspec
from msgspec import Struct


class TurnSettings(Struct, frozen=True, kw_only=True):
    """The waits, in seconds, and the chances of speech that begin and go on counting as speech."""

    silence_s: float = 0.7  # ends any turn
    acceptable_s: float = 0.17  # ends it after a whole command that a longer one begins with
    complete_s: float = 0.05  # ends it after a whole command that nothing longer begins with
    no_speech_s: float = 5.0  # of nothing but silence, and nobody is there
    longest_s: float = 15.0  # of speech
    begin_s: float = 0.09  # of voice (three frames), and somebody is speaking: "stop" is not much longer
    begin_chance: float = 0.5
    go_on_chance: float = 0.35
    early_end: bool = True


class Hearing(enum.Enum):
    """How good what was recognised so far is."""

    NOTHING = 0  # no word of a command yet
    WORDS = 1  # a command has begun
    ACCEPTABLE = 2  # a whole command; a longer one begins with it
    COMPLETE = 3  # a whole command; nothing longer begins with it


class TurnEnd(enum.Enum):
    """Why a turn is over."""

    SILENCE = "silence"  # they have finished
    COMPLETE = "complete"  # it is a whole command
    NOBODY = "nobody"  # nobody spoke
    TOO_LONG = "too_long"


class Turn:
    """One turn of speaking. Push every frame's verdict; ask `hearing` only when it says that it matters."""

    def __init__(self, settings: TurnSettings, counts_from: float) -> None:
        """Voice before `counts_from` is the wake word's, and no speech."""
        self._settings = settings
        self._counts_from = counts_from
        self._waited_from = self._counts_from
        self.voiced_s = 0.0
        """Seconds of voice in what is being said."""
        self._first_voice: float | None = None
        self.began: float | None = None
        """When speech began, None before."""
        self.last_voice = self._counts_from
        """The end of the last frame with voice in it."""

    def push(self, end: float, length: float, chance: float | None, hearing: Hearing) -> TurnEnd | None:
        """Take the frame that ends at `end` and is `length` long; the turn's end, or None while it goes on.

        `chance` None is a frame that tells nothing: neither speech nor silence.
        """
        s = self._settings
        if chance is None:
            self.last_voice += length
            self._waited_from += length
            return self._too_long(end)
        if chance >= (s.begin_chance if self.began is None else s.go_on_chance):
            self._voice(end, length)
        if self.began is None:
            return TurnEnd.NOBODY if end - self._waited_from >= s.no_speech_s - 1e-9 else None
        return self._too_long(end) or self._over(end - self.last_voice + 1e-9, hearing)

    def _voice(self, end: float, length: float) -> None:
        if end <= self._counts_from:
            return
        if self._first_voice is None or end - self.last_voice > self._settings.silence_s:
            self._first_voice, self.voiced_s = end - length, 0.0
        self.voiced_s += length
        self.last_voice = end
        if self.began is None and self.voiced_s >= self._settings.begin_s - 1e-9:
            self.began = self._first_voice

    def _too_long(self, end: float) -> TurnEnd | None:
        long = self.began is not None and end - self.began >= self._settings.longest_s
        return TurnEnd.TOO_LONG if long else None

    def _over(self, silent: float, hearing: Hearing) -> TurnEnd | None:
        s = self._settings
        if s.early_end and hearing is Hearing.COMPLETE and silent >= s.complete_s:
            return TurnEnd.COMPLETE
        if s.early_end and hearing is Hearing.ACCEPTABLE and silent >= min(s.acceptable_s, s.silence_s):
            return TurnEnd.COMPLETE
        return TurnEnd.SILENCE if silent >= s.silence_s else None

    def wait_for_silence(self) -> None:
        """From now on only silence ends the turn, however good what was heard looks."""
        self._settings = msgspec.structs.replace(self._settings, early_end=False)

    def go_on(self, end: float) -> None:
        """What was heard was nothing: wait for speech again from `end` on, as long as is left of the first wait."""
        self._counts_from = end
        self._first_voice, self.voiced_s, self.began = None, 0.0, None
        self.last_voice = end
