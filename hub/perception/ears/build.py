"""The ears of a home: which model files its settings ask for, and the worker that is given them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from hub.core.bus import Bus
from hub.core.errors import HearthError, NotFoundError, UnheardError
from hub.core.settings import Settings, WakeWordSettings
from hub.guard.worker_host import WorkerHost
from hub.inference.store import ModelStore
from hub.perception.ears.config import EarsConfig, WakeWord
from hub.perception.ears.ears import Ears
from hub.perception.ears.messages import FromEars
from hub.perception.speech.pronounce import pronunciations
from hub.perception.turn import TurnSettings

_ENGINES: Final = ("openwakeword", "microwakeword")  # the first that has a word is used
_LANGUAGES: Final = ("en",)  # that the acoustic model knows
_WHISPER: Final = ("small.en", "base.en", "tiny.en")


def build_ears(settings: Settings, models: ModelStore, bus: Bus, *, allow_unsealed: bool = False) -> Ears:
    """The ears that `settings` describe, not yet started. Blocking: hashes model files.

    Raises `ModelError` or `NotFoundError` when a model that they need is not here.
    """
    config, files = ears_config(settings, models)
    host: WorkerHost[FromEars] = WorkerHost(
        "ears",
        "hub.perception.ears.worker:run",
        msgspec.to_builtins(config),
        bus,
        FromEars,
        readable=files,
        allow_unsealed=allow_unsealed,
    )
    return Ears(
        host,
        bus,
        thresholds={word: about.threshold for word, about in config.words.items()},
        phrases={word: about.phrase for word, about in config.words.items()},
        pronounce=lambda words: pronunciations(words, config.language),
    )


def ears_config(settings: Settings, models: ModelStore) -> tuple[EarsConfig, tuple[Path, ...]]:
    """What the worker is told, and the files and folders that it must be able to read.

    Raises `ModelError` where nothing recognises the home's language: the hub then says so and goes on by text.
    """
    mel = models.path("openwakeword", "melspectrogram.onnx")
    embedding = models.path("openwakeword", "embedding_model.onnx")
    vad = models.path("silero-vad", "ggml-silero-v6.2.0.bin")
    words = check_words(settings, models)
    acoustic, whisper = _acoustic_model(models), check_language(settings, models)
    voice = settings.voice
    config = EarsConfig(
        mel=str(mel),
        embedding=str(embedding),
        words=words,
        vad=str(vad),
        acoustic_model=str(acoustic or ""),
        whisper=str(whisper or ""),
        language=settings.home.language,
        threads=settings.models.threads,
        provider=settings.models.provider,
        turn=TurnSettings(silence_s=voice.silence_ms / 1000, early_end=voice.early_end),
    )
    files = [mel, embedding, vad, *(Path(word.model) for word in words.values())]
    files += [Path(word.model).with_suffix(".json") for word in words.values() if word.engine == "microwakeword"]
    return config, (*files, *(folder for folder in (acoustic, whisper) if folder is not None))


def check_language(settings: Settings, models: ModelStore) -> Path | None:
    """The Whisper model that is to be used, None for the grammar.

    Raises `UnheardError` where nothing recognises the home's language, `ModelError` where the model that is wanted is
    not here.
    """
    whisper, language = _whisper(settings, models), settings.home.language
    if whisper is None and language not in _LANGUAGES:
        raise UnheardError(
            f"nothing here recognises speech in {language!r}",
            place="[home]",
            remedy='type and read in that language, or set language = "en" to speak',
        )
    return whisper


def check_words(settings: Settings, models: ModelStore) -> dict[str, WakeWord]:
    """The wake words that are asked for. Raises `NotFoundError` for one that nobody knows, and `ModelError`."""
    return {wake.model: _wake_word(wake, models) for wake in settings.wake}


def _wake_word(wake: WakeWordSettings, models: ModelStore) -> WakeWord:
    known: list[str] = []
    for engine in _ENGINES:
        for about in models.card(engine).words:
            if about.word == wake.model:
                path = models.path(engine, about.file)
                # A threshold that nobody chose is the engine's own: microWakeWord's scores are not openWakeWord's.
                chosen = about.threshold if wake.threshold == WakeWordSettings().threshold else wake.threshold
                return WakeWord(
                    engine=engine, model=str(path), phrase=about.phrase, threshold=chosen, verify=wake.verify
                )
            known.append(about.word)
    raise NotFoundError(
        f"there is no wake word {wake.model!r}", place="[[wake]]", remedy=f"known are {', '.join(dict.fromkeys(known))}"
    )


def _acoustic_model(models: ModelStore) -> Path:
    return models.folder("pocketsphinx-en-us") / "en-us"  # beside it lies the dictionary, which the worker needs not


def _whisper(settings: Settings, models: ModelStore) -> Path | None:
    """The folder of the Whisper model to use, None for the grammar.

    `auto` is the grammar where it knows the home's language, else the best Whisper that is here.
    """
    wanted = settings.voice.recognizer
    kind, _, name = wanted.partition(":")
    if kind == "whisper":
        return models.folder(f"faster-whisper-{name or _WHISPER[0]}")
    if kind not in ("auto", "grammar"):
        raise NotFoundError(
            f"there is no recogniser {wanted!r}", place="[voice]", remedy="use auto, grammar or whisper:NAME"
        )
    if kind == "grammar" or settings.home.language in _LANGUAGES:
        return None
    return next(_ready_whispers(models), None)


def _ready_whispers(models: ModelStore) -> Iterator[Path]:
    for name in _WHISPER:
        try:
            yield models.folder(f"faster-whisper-{name}")
        except HearthError:
            continue
