"""Speech by espeak-ng: small, in a hundred languages."""

import re

from hub.core.errors import UsageError
from hub.dialogue.tts.program import run
from hub.dialogue.tts.speech import Speech, from_wav, silence, speakable

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$")


class Espeak:
    """espeak-ng in the language that is asked for."""

    name = "espeak-ng"
    languages: tuple[str, ...] = ()

    def __init__(self, program: str = "espeak-ng") -> None:
        self._program = program

    async def synthesize(self, text: str, language: str = "en") -> Speech:
        """`text` spoken; raises `UnavailableError` when espeak-ng cannot, `UsageError` for no language code."""
        if not _LANGUAGE.match(language):
            raise UsageError(f"{language[:20]!r} is no language", remedy="give a code such as en or de")
        text = speakable(text)
        if not text:
            return silence()
        command = (self._program, "-v", language, "-b", "1", "--stdin", "--stdout")
        return from_wav(await run(command, text), self.name)
