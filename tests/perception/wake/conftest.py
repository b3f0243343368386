"""The bundled models, and the demo home's clips as speech."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hub.core.bundled import bundled
from hub.inference.store import ModelStore
from hub.media.decode import AudioFile
from hub.perception.wake.spotter import WakeModels, WakeSpotter

Sound = NDArray[np.int16]


@pytest.fixture(scope="session")
def store() -> ModelStore:
    return ModelStore()


@pytest.fixture(scope="session")
def wake_files(store: ModelStore) -> WakeModels:
    card = store.card("openwakeword")
    return WakeModels(
        mel=store.path(card.name, "melspectrogram.onnx"),
        embedding=store.path(card.name, "embedding_model.onnx"),
        words={w.word: store.path(card.name, w.file) for w in card.words},
    )


@pytest.fixture(scope="session")
def acoustic_model(store: ModelStore) -> Path:
    return store.path("pocketsphinx-en-us", "en-us/mdef").parent


@pytest.fixture(scope="session")
def make_spotter(wake_files: WakeModels) -> Callable[..., WakeSpotter]:
    def make(**options: object) -> WakeSpotter:
        return WakeSpotter(wake_files, **options)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def speech() -> Callable[[str], Sound]:
    """A demo clip by its number; each says "hey jarvis" and a command."""

    def read(number: str) -> Sound:
        path = next((bundled("config") / "demo" / "clips").glob(f"{number}_*.flac"))
        with AudioFile(path) as file:
            return np.concatenate(list(file.read()))

    return read


@pytest.fixture
def room() -> Callable[[float], Sound]:
    """So many seconds of a quiet room's noise."""

    def make(seconds: float) -> Sound:
        return (np.random.default_rng(3).standard_normal(int(seconds * 16_000)) * 20).astype(np.int16)

    return make
