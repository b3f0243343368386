"""A Whisper model in a local folder, run by faster-whisper (CTranslate2) on the processor, with 8-bit weights."""

import time
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hub.core.errors import ModelError
from hub.perception.speech.recognizer import SAMPLE_RATE
from hub.perception.speech.whisper_words import confidence

LONGEST_S: Final = 30
"""What the model takes at once."""
Sound = NDArray[np.float32]
"""Samples from -1 to 1, mono at 16 kHz."""
_FILES: Final = ("config.json", "model.bin", "tokenizer.json")
_SHORTEST: Final = SAMPLE_RATE // 10
_FRAME: Final = 320  # 20 ms
_SILENT: Final = 0.001
"""Effective level, -60 dB, that nothing in silence reaches. Whisper makes up words for silence."""
_MOST_PIECES: Final = 128
_WARM_UP_PIECES: Final = 8


class Heard(Struct, frozen=True):
    """The text as Whisper writes it, with capitals and full stops, and how sure it is; see `confidence`."""

    text: str = ""
    confidence: float = 0.0


class Whisper:
    """The model. `seconds` is how long it took for the last sound."""

    def __init__(self, folder: Path, threads: int) -> None:
        """Load the model and run it once. Raises `ModelError` when it cannot be used."""
        self._model = _load(folder, threads)
        self.seconds = 0.0
        noise = np.random.default_rng(0).normal(0.0, 0.1, SAMPLE_RATE).astype(np.float32)
        try:
            self._run(noise, "en", (), _WARM_UP_PIECES)
            self.pieces("warm")
        except Exception as error:  # CTranslate2 and tokenizers have no errors of their own
            raise _broken(folder, error) from error

    def speaks(self, language: str) -> bool:
        """Whether it knows a language."""
        return language in self._model.supported_languages

    def pieces(self, word: str) -> int:
        """Of how many pieces of the model's alphabet a word is made, small or as a name; a common one is whole."""
        encode = self._model.hf_tokenizer.encode
        return min(len(encode(f" {way}", add_special_tokens=False).ids) for way in (word, word.capitalize()))

    def hear(self, sound: Sound, language: str, hotwords: tuple[str, ...]) -> Heard:
        """What is said in `sound`, at most `LONGEST_S`. Silence is never shown to the model."""
        return Heard() if _silent(sound) else self._run(sound, language, hotwords, _MOST_PIECES)

    def _run(self, sound: Sound, language: str, hotwords: tuple[str, ...], most: int) -> Heard:
        began = time.perf_counter()
        # One pass: a second temperature hardly ever saves a command, and costs as much again. Times of words would
        # double the time; the voice activity knows them well enough.
        found, _ = self._model.transcribe(
            sound,
            language=language,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
            max_new_tokens=most,
            hotwords=", ".join(hotwords) or None,
        )
        segments = list(found)
        self.seconds = time.perf_counter() - began
        text = " ".join(" ".join(segment.text for segment in segments).split())
        sure = (confidence(s.avg_logprob, s.no_speech_prob, s.compression_ratio) for s in segments)
        return Heard(text, min(sure)) if text else Heard()


def _silent(sound: Sound) -> bool:
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    return len(sound) < _SHORTEST or float(np.square(frames).mean(axis=1).max()) < _SILENT**2


def _load(folder: Path, threads: int) -> Any:
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:  # faster-whisper would look for them on the network
        remedy = f"run `hearth models pull {_name(folder)}`"
        raise ModelError(f"{missing[0]} of the Whisper model is missing", place=str(folder), remedy=remedy)
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise ModelError("faster-whisper is not installed", remedy="run `pip install 'hearth[whisper]'`") from error
    try:
        return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True)
    except Exception as error:  # as above
        raise _broken(folder, error) from error


def _broken(folder: Path, error: Exception) -> ModelError:
    remedy = f"run `hearth models verify {_name(folder)}`"
    return ModelError(f"faster-whisper cannot use it: {error}", place=str(folder), remedy=remedy)


def _name(folder: Path) -> str:
    """The model's name: its folder is called NAME-VERSION."""
    return folder.name.rpartition("-")[0] or folder.name
