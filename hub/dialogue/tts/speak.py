"""Which engine speaks: by `[voice] tts` in the settings, and by what this machine has."""

import shutil
from urllib.parse import urlsplit

import structlog

from hub.core.errors import SettingsError, UnavailableError
from hub.core.settings import VoiceSettings
from hub.dialogue.tts.espeak import Espeak
from hub.dialogue.tts.flite import Flite
from hub.dialogue.tts.speech import Engine, Speech, speakable
from hub.dialogue.tts.wyoming_tts import Connect, WyomingTts

log = structlog.get_logger(__name__)


def engines(settings: VoiceSettings, connect: Connect | None = None) -> list[Engine]:
    """The engines to try, best first, by `settings.tts`: auto, flite, espeak-ng, wyoming://host:port or none.

    Raises `SettingsError` for anything else, and for a Wyoming server when there is no `connect`.
    """
    chosen = settings.tts
    flite = Flite(settings.voice) if shutil.which("flite") else None
    espeak = Espeak() if shutil.which("espeak-ng") else None
    if chosen == "none":
        return []
    if chosen == "auto":
        return [engine for engine in (flite, espeak) if engine is not None]
    if chosen == "flite":
        return [Flite(settings.voice)]
    if chosen == "espeak-ng":
        return [Espeak()]
    address = _address(chosen)
    if address is not None and connect is not None:
        server: Engine = WyomingTts(*address, connect)
        return [server, *(engine for engine in (flite, espeak) if engine is not None)]
    remedy = "use auto, flite, espeak-ng, wyoming://host:port or none"
    raise SettingsError(f"voice.tts cannot be {chosen[:80]!r}", remedy=remedy)


def _address(url: str) -> tuple[str, int] | None:
    """Host and port of wyoming://host:port."""
    try:
        parts = urlsplit(url)
        return (parts.hostname, parts.port) if parts.scheme == "wyoming" and parts.hostname and parts.port else None
    except ValueError:
        return None


class Speaker:
    """Speaks with the first engine that can. Without engines it is mute: `available` is False."""

    def __init__(self, tried: list[Engine]) -> None:
        self._engines = tried

    @property
    def available(self) -> bool:
        """Whether there is anything to speak with."""
        return bool(self._engines)

    @property
    def names(self) -> tuple[str, ...]:
        """The engines, best first."""
        return tuple(engine.name for engine in self._engines)

    async def synthesize(self, text: str, language: str = "en") -> Speech | None:
        """`text` spoken, None when there is nothing to say or nobody to say it.

        An engine that fails is passed over for the next; cancelling stops the one that is speaking.
        """
        if not speakable(text):
            return None
        for engine in self._engines:
            known: tuple[str, ...] = getattr(engine, "languages", ())
            if known and language not in known:
                continue
            try:
                return await engine.synthesize(text, language)
            except UnavailableError as error:
                log.warning("speech engine failed", engine=engine.name, error=str(error))
        return None
