"""The wake word engines that the benchmarks compare: ours, and the peers where they are installed."""

import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np

from hub.bench.recordings import Sound
from hub.core.bundled import bundled
from hub.inference.runtime import onnx_runtime
from hub.inference.store import ModelStore
from hub.perception.wake.detection import FRAME
from hub.perception.wake.spotter import WakeModels
from hub.perception.wake.verify import second_stages

MODEL: Final = "openwakeword"
PEER: Final = "openwakeword 0.4.0"
Predict = Callable[[Sound], dict[str, float]]
"""One frame of 80 ms in, the scores by word out."""


def wake_models(words: Iterable[str] | None = None) -> WakeModels:
    """The bundled models of all words, or of these. `ModelError` when they have not been pulled."""
    store = ModelStore()
    chosen = [w for w in store.card(MODEL).words if words is None or w.word in set(words)]
    return WakeModels(
        mel=store.path(MODEL, "melspectrogram.onnx"),
        embedding=store.path(MODEL, "embedding_model.onnx"),
        words={w.word: store.path(MODEL, w.file) for w in chosen},
    )


def confirmations(words: Iterable[str]) -> dict[str, Any]:
    """The second stages as the hub uses them."""
    return second_stages(ModelStore().path("pocketsphinx-en-us", "en-us/mdef").parent, words)


def open_peer(word: str) -> Predict | None:
    """openWakeWord's own `Model` for one word and one stream; None where it is not installed.

    One word a model: with several, its zeroing of the first five frames ends early for all but the last.
    """
    try:
        onnx_runtime()  # told to be silent before openWakeWord loads it
        from openwakeword.model import Model
    except ImportError:
        return None
    path = wake_models([word]).words[word]
    assert isinstance(path, Path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a GPU first
        model = Model([str(path)])

    def predict(frame: Sound) -> dict[str, float]:
        return {word: float(model.predict(frame)[path.stem])}

    return predict


def demo_speech() -> Sound:
    """The demo home's clips one after another: people's commands after "hey jarvis", as synthesisers say them."""
    from hub.bench.recordings import clips, padded, read

    return np.concatenate([padded(read(p), 0.3, 0.3) for p in clips(bundled("config") / "demo" / "clips")])


def frames(sound: Sound) -> list[Sound]:
    """The whole 80 ms frames of a sound."""
    return [sound[b : b + FRAME] for b in range(0, len(sound) - FRAME + 1, FRAME)]
