"""The streaming network against the whole one."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from hub.core.errors import ModelError
from hub.inference.sessions import Sessions
from hub.perception.wake.spotter import WakeModels
from hub.perception.wake.streaming import Backbone, to_streaming


def source(files: WakeModels) -> bytes:
    assert isinstance(files.embedding, Path)
    return files.embedding.read_bytes()


def test_steps_give_what_whole_windows_give(wake_files: WakeModels) -> None:
    full = onnxruntime.InferenceSession(source(wake_files))
    backbone = Backbone(Sessions().open(to_streaming(source(wake_files))))
    mel = (np.random.default_rng(0).random((3, 8 * 30, 32)) * 6 - 3).astype(np.float32)
    slots = np.array([5, 0, 2])
    stepwise = [backbone.advance(slots, mel[:, 8 * i : 8 * i + 8])[:, 0] for i in range(20)]
    at_once = backbone.advance(slots, mel[:, 160:240])
    for step, got in [*enumerate(stepwise), *((20 + i, at_once[:, i]) for i in range(10))]:
        end = 8 * step + 8
        if end >= 76:
            want = full.run(None, {"input_1": mel[:, end - 76 : end, :, None]})[0].reshape(3, 96)
            assert np.abs(want - got).max() < 1e-4


def test_a_fresh_slot_has_ones_behind_it(wake_files: WakeModels) -> None:
    full = onnxruntime.InferenceSession(source(wake_files))
    backbone = Backbone(Sessions().open(to_streaming(source(wake_files))), slots=1)
    backbone.grow(3)
    mel = np.random.default_rng(1).random((1, 8, 32)).astype(np.float32)
    want = full.run(None, {"input_1": np.concatenate([np.ones((1, 68, 32), np.float32), mel], 1)[..., None]})[0]
    for slot in (0, 2):
        backbone.reset(slot)
        assert np.abs(backbone.advance(np.array([slot]), mel)[0, 0] - want.ravel()).max() < 1e-5


def test_other_graphs_are_refused(wake_files: WakeModels) -> None:
    head = wake_files.words["alexa"]
    assert isinstance(head, Path)
    with pytest.raises(ModelError, match="not the embedding network"):
        to_streaming(head.read_bytes())
    with pytest.raises(ModelError, match="not an ONNX model"):
        to_streaming(b"\x00" * 100)
