"""What the hub offers over Wyoming, as the `info` event tells it."""

from collections.abc import Sequence

from msgspec import Struct, field
from wyoming.info import (
    AsrModel,
    AsrProgram,
    Attribution,
    HandleModel,
    HandleProgram,
    Info,
    IntentModel,
    IntentProgram,
    TtsProgram,
    TtsVoice,
    WakeModel,
    WakeProgram,
)

from hub.satellites.ports import Dialogue, Ears, Understanding, Voice

_WHO = Attribution(name="Hearth", url="")


class Offer(Struct, frozen=True, kw_only=True):
    """The services that are there: a missing one is not offered. `phrases` are how the wake words are said."""

    ears: Ears | None = None
    dialogue: Dialogue | None = None
    understanding: Understanding | None = None
    voice: Voice | None = None
    languages: tuple[str, ...] = ("en",)
    phrases: dict[str, str] = field(default_factory=dict)
    version: str = "1"

    def info(self) -> Info:
        """The answer to `describe`, as things stand."""
        info = Info()
        if self.ears is not None:
            info.wake = [WakeProgram(models=self._wake(self.ears.words), **self._about("wake words"))]
            speech = AsrModel(languages=list(self.languages), **self._about("speech of this home"))
            info.asr = [
                AsrProgram(
                    models=[speech],
                    supports_transcript_streaming=True,
                    requires_external_vad=False,
                    prefers_auto_gain_enabled=False,
                    prefers_noise_reduction_enabled=False,
                    **self._about("speech to text"),
                )
            ]
        if self.voice is not None and self.voice.voices:
            voices = [
                TtsVoice(
                    name=name, languages=[language], attribution=_WHO, installed=True, description=name, version=None
                )
                for name, language in self.voice.voices
            ]
            info.tts = [TtsProgram(voices=voices, supports_synthesize_streaming=True, **self._about("text to speech"))]
        if self.understanding is not None:
            intents = IntentModel(languages=list(self.languages), **self._about("intents of this home"))
            info.intent = [IntentProgram(models=[intents], **self._about("intent recognition"))]
        if self.dialogue is not None:
            handle = HandleModel(languages=list(self.languages), **self._about("commands of this home"))
            info.handle = [HandleProgram(models=[handle], supports_home_control=True, **self._about("conversation"))]
        return info

    def _wake(self, words: Sequence[str]) -> list[WakeModel]:
        return [
            WakeModel(
                name=word,
                phrase=self.phrases.get(word, word.replace("_", " ")),
                languages=["en"],
                attribution=_WHO,
                installed=True,
                description=word,
                version=None,
            )
            for word in words
        ]

    def _about(self, description: str) -> dict:  # type: ignore[type-arg]
        return {
            "name": "hearth",
            "attribution": _WHO,
            "installed": True,
            "description": f"Hearth: {description}",
            "version": self.version,
        }
