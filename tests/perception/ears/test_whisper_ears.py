"""Whisper in the ears as a home has them: its model named by a setting, checked, and run in the sealed worker."""

import hashlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from hub.core.bundled import bundled
from hub.core.bus import Bus
from hub.core.errors import HearthError, ModelError
from hub.core.events import SpeechTranscribed, WakeHeard
from hub.core.paths import model_cache
from hub.core.settings import HomeSettings, Settings, VoiceSettings
from hub.guard.sealing.syscalls import this_architecture
from hub.inference.store import ModelStore
from hub.media.decode import AudioFile
from hub.perception.ears.build import build_ears
from hub.perception.ears.ears import Ears
from hub.perception.speech.automaton import minimal
from hub.perception.speech.grammar import SpeechGrammar

pytest.importorskip("faster_whisper", reason="faster-whisper (extra `whisper`) is not installed")

from tests.perception.speech.whisper_model import make_whisper

pytestmark = [
    pytest.mark.sealed,
    pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64"),
]
NAME = "faster-whisper-tiny.en"
CLIP = Path(__file__).parents[3] / "config" / "demo" / "clips" / "01_light_on.flac"
SENTENCE = ["set", "the", "light", "to", "fifty", "percent"]


@pytest.fixture
def models(tmp_path: Path) -> ModelStore:
    """The models that are here, and a stand-in for tiny.en with a card of its own."""
    cards, cache = tmp_path / "cards", tmp_path / "cache"
    shutil.copytree(bundled("models"), cards)
    folder = make_whisper(cache / f"{NAME}-1", "Set the light to 50%.")
    files = "".join(
        f'[[files]]\nname = "{path.name}"\nsha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"\n'
        f"size = {path.stat().st_size}\n"
        for path in sorted(folder.iterdir())
    )
    (cards / f"{NAME}.toml").write_text(
        f'name = "{NAME}"\ntask = "speech"\nversion = "1"\nlicence = "MIT"\ndescription = "A stand-in."\n{files}'
        f'[[sources]]\nhuggingface = "nobody/nothing"\nrevision = "{"0" * 40}"\n'
    )
    for other in model_cache().glob("*"):
        (cache / other.name).symlink_to(other)
    store = ModelStore(cache, cards)
    try:
        for name in ("openwakeword", "silero-vad", "pocketsphinx-en-us"):
            store.folder(name)
    except HearthError as error:
        pytest.skip(f"a model is not here: {error}")
    return store


def settings(language: str = "en") -> Settings:
    return Settings(home=HomeSettings(language=language), voice=VoiceSettings(recognizer="whisper:tiny.en"))


def grammar() -> SpeechGrammar:
    whole = len(SENTENCE)
    automaton = minimal(
        0, lambda n: [(SENTENCE[n], n + 1, 0)] if n < whole else [], lambda n: 0 if n == whole else None
    )
    return SpeechGrammar.of(automaton, dict.fromkeys(SENTENCE, ("T",)))


@pytest.fixture
async def ears(models: ModelStore) -> AsyncIterator[Ears]:
    made = build_ears(settings(), models, Bus())
    await made.start()
    yield made
    await made.stop()


async def test_a_clip_is_heard_by_whisper_in_the_sealed_worker(ears: Ears) -> None:
    assert ears.sealed
    await ears.set_grammar(grammar())
    with AudioFile(CLIP) as file:
        spoken = np.concatenate(list(file.chunks()))
    quiet = np.random.default_rng(5).normal(0, 6, 16_000 * 3).astype(np.int16)
    stream = await ears.open_stream("clip")
    await stream.feed(np.concatenate((spoken, quiet)))
    await stream.end()
    events = [event async for event in stream]
    assert any(isinstance(event, WakeHeard) for event in events)
    (heard,) = [event for event in events if isinstance(event, SpeechTranscribed)]
    assert heard.text == "Set the light to 50%."
    assert heard.confidence >= 0.5
    assert heard.stages_ms["silence"] < 500  # the turn ended early: it is a whole command of the home


async def test_a_model_that_another_language_needs(models: ModelStore) -> None:
    with pytest.raises(ModelError, match=r"'de'.*\[voice\]"):
        await build_ears(settings("de"), models, Bus()).start()


def test_a_model_with_a_changed_file_is_refused(models: ModelStore) -> None:
    (models.folder(NAME) / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=f"hearth models pull {NAME}"):
        build_ears(settings(), models, Bus())
