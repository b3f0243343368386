"""microWakeWord models as a second engine: cheaper than openWakeWord, less accurate, and made for small devices.

The interpreter that the `pymicro-wakeword` package brings keeps a model's memory, so each stream has one for each of
its words; there is nothing to batch and no silence to skip.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from hub.core.errors import ModelError
from hub.perception.wake.detection import WakeDetection
from hub.perception.wake.gate import levels
from hub.perception.wake.moment import Confirm
from hub.perception.wake.open_streams import OpenStreams
from hub.perception.wake.stream import ListeningStream
from hub.perception.wake.streaming import FEATURES

_MAX_CONFIG_BYTES = 64 * 1024
_NO_FEATURES = np.zeros((0, FEATURES), np.float32)


class _Micro(Struct, frozen=True):
    probability_cutoff: Annotated[float, Meta(ge=0, le=1)]
    sliding_window_size: Annotated[int, Meta(ge=1, le=100)]


class MicroConfig(Struct, frozen=True):
    """What of a model's JSON file is used."""

    wake_word: str
    micro: _Micro


class MicroModel(Struct, frozen=True):
    """A word's two files."""

    tflite: Path
    config: Path


class MicroSpotter(OpenStreams):
    """Many streams, several words. Not thread-safe: one thread owns it. See `WakeEngine`."""

    def __init__(self, models: Mapping[str, MicroModel], *, confirm: Mapping[str, Confirm] | None = None) -> None:
        """`confirm`: a second stage per word. Raises `ModelError` when a model's files cannot be used."""
        import pymicro_wakeword

        super().__init__(tuple(models), confirm)
        self._library = pymicro_wakeword
        self._models = dict(models)
        self._configs = {word: _read_config(model.config) for word, model in models.items()}
        self._fronts: dict[str, Any] = {}
        self._networks: dict[str, dict[str, Any]] = {}
        for word in models:
            self._network(word).close()  # says at once what cannot be used

    def cutoff(self, word: str) -> float:
        """The threshold that the model's author recommends."""
        return self._configs[word].micro.probability_cutoff

    def _network(self, word: str) -> Any:
        config, tflite = self._configs[word], self._models[word].tflite
        libraries = sorted((Path(self._library.__file__).parent / "lib").glob("*tensorflowlite_c.*"))
        if not libraries:
            raise ModelError("pymicro-wakeword has no interpreter for this machine", remedy="use an openWakeWord model")
        if not tflite.is_file():
            raise ModelError("is not there", place=str(tflite), remedy="run `hearth models pull microwakeword`")
        try:
            return self._library.MicroWakeWord(
                id=word,
                wake_word=config.wake_word,
                tflite_model=tflite,
                probability_cutoff=config.micro.probability_cutoff,
                sliding_window_size=config.micro.sliding_window_size,
                trained_languages=[],
                libtensorflowlite_c_path=libraries[0],
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(f"not a microWakeWord model: {error}", place=str(tflite)) from error

    def open(self, stream: str, words: Mapping[str, float]) -> None:
        """Begin to listen to `stream` for `words`, each with its threshold (0 to 1).

        Raises `UsageError` for a stream that is open, or a word without a model.
        """
        triggers = self._triggers(stream, words)
        self._streams[stream] = ListeningStream(stream, 0, triggers, None)
        self._fronts[stream] = self._library.MicroWakeWordFeatures()
        self._networks[stream] = {w: self._network(w) for w in words}

    def close(self, stream: str) -> None:
        """Forget a stream and zero what was kept of it; an unknown one is ignored."""
        state = self._streams.pop(stream, None)
        if state is not None:
            state.zero()
            self._fronts.pop(stream).reset()
            for network in self._networks.pop(stream).values():
                network.close()

    def step(self) -> list[WakeDetection]:
        """Work off every whole 80 ms frame that is queued."""
        detections: list[WakeDetection] = []
        for name, state in self._streams.items():
            while state.has_frame():
                frame = state.take_frame()
                state.hears(float(levels(frame[None])[0]))
                self._score(name, frame, state)
                detections.extend(state.decide(_NO_FEATURES))
        return detections

    def scores(self, stream: str) -> dict[str, float]:
        """The latest scores of a stream, by word."""
        return dict(self._streams[stream].scores)

    def _score(self, name: str, frame: NDArray[np.int16], state: ListeningStream) -> None:
        best = dict.fromkeys(state.triggers, 0.0)
        for features in self._fronts[name].process_streaming(frame.tobytes()):
            for word, network in self._networks[name].items():
                best[word] = max(best[word], float(network.process_streaming_prob(features) or 0.0))
        state.scores = best


def _read_config(path: Path) -> MicroConfig:
    try:
        data = path.read_bytes()
        if len(data) > _MAX_CONFIG_BYTES:
            raise ModelError("larger than 64 KiB", place=str(path))
        return msgspec.json.decode(data, type=MicroConfig)
    except (OSError, msgspec.DecodeError) as error:
        remedy = "run `hearth models pull microwakeword`"
        raise ModelError(f"no microWakeWord configuration: {error}", place=str(path), remedy=remedy) from error
