"""The hub's own voice as Wyoming sees it."""

from collections.abc import Sequence

from hub.core.errors import UnavailableError
from hub.dialogue.tts.speak import Speaker
from hub.dialogue.tts.speech import Speech


class SpokenBy:
    """`Voice` by the engines of `[voice] tts`: each is a voice in each of the household's languages."""

    def __init__(self, speaker: Speaker, languages: Sequence[str] = ("en",)) -> None:
        self._speaker = speaker
        self._languages = tuple(languages)

    @property
    def voices(self) -> Sequence[tuple[str, str]]:
        """(name, language) of every voice, the household's own first; empty: the hub is mute."""
        return [(name, language) for name in self._speaker.names for language in self._languages]

    async def synthesize(self, text: str, *, voice: str = "", language: str = "") -> Speech:
        """`text` as sound; the household's own engine speaks, whatever `voice` asks for.

        Raises `UnavailableError` when no engine can.
        """
        speech = await self._speaker.synthesize(text, language or self._languages[0])
        if speech is None:
            raise UnavailableError("nothing to speak with", remedy="install flite, or see `hearth doctor`")
        return speech
