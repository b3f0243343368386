"""microWakeWord as an engine."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hub.core.errors import ModelError, UsageError
from hub.inference.store import ModelStore
from hub.perception.wake.detection import WakeEngine
from hub.perception.wake.micro import MicroModel, MicroSpotter

Sound = NDArray[np.int16]


@pytest.fixture
def models(store: ModelStore) -> dict[str, MicroModel]:
    card = store.card("microwakeword")
    return {
        w.word: MicroModel(store.path(card.name, w.file), store.path(card.name, f"{w.word}.json")) for w in card.words
    }


def test_it_hears_its_word_on_each_stream(models: dict[str, MicroModel], speech: Callable[[str], Sound]) -> None:
    engine: WakeEngine = MicroSpotter(models)
    assert set(engine.words) == {"alexa", "hey_jarvis", "hey_mycroft", "okay_nabu"}
    cutoff = MicroSpotter(models).cutoff("hey_jarvis")
    for stream, number in (("a", "01"), ("b", "05")):
        engine.open(stream, {"hey_jarvis": cutoff, "alexa": 0.9})
        engine.feed(stream, np.concatenate([np.zeros(32_000, np.int16), speech(number)]))
    engine.open("quiet", {"hey_jarvis": cutoff})
    engine.feed("quiet", np.zeros(32_000, np.int16))
    found = engine.step()
    assert sorted((d.stream, d.word) for d in found) == [("a", "hey_jarvis"), ("b", "hey_jarvis")]
    assert all(2.0 < d.t < 4.0 and d.score >= cutoff for d in found)
    engine.close("a")
    engine.close("a")
    with pytest.raises(UsageError):
        engine.feed("a", np.zeros(1, np.int16))


def test_wrong_use_and_wrong_files_are_named(models: dict[str, MicroModel], tmp_path: Path) -> None:
    engine = MicroSpotter(models)
    with pytest.raises(UsageError, match="computer"):
        engine.open("s", {"computer": 0.5})
    good = models["alexa"]
    broken = tmp_path / "broken"
    broken.write_bytes(b"x" * 100)
    with pytest.raises(ModelError, match="broken"):
        MicroSpotter({"alexa": MicroModel(good.tflite, broken)})
    with pytest.raises(ModelError, match="not there"):
        MicroSpotter({"alexa": MicroModel(tmp_path / "none", good.config)})
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"wake_word": "x", "micro": {"probability_cutoff": 9, "sliding_window_size": 5}}))
    with pytest.raises(ModelError, match="probability_cutoff"):
        MicroSpotter({"alexa": MicroModel(good.tflite, config)})
