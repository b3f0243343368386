"""Models put together in memory for MediaPipe Tasks."""

import io
import sys
import zipfile
from pathlib import Path

import pytest

from hub.core.errors import HearthError, ModelError
from hub.inference.mediapipe import base_options, bundle, close, create, read_model, tasks, with_normalisation
from hub.inference.store import ModelStore

pytest.importorskip("mediapipe")


def test_a_bundle_is_a_stored_zip() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle({"a.tflite": b"one" * 99, "b.tflite": b"two"}))) as archive:
        assert archive.read("a.tflite") == b"one" * 99
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_mediapipe_comes_without_plots() -> None:
    before = "matplotlib" in sys.modules
    assert tasks().__name__ == "mediapipe"
    assert ("matplotlib" in sys.modules) == before


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="TensorFlow Lite"):
        with_normalisation(b"nothing of the kind", mean=0, deviation=1)
    with pytest.raises(ModelError, match="HandLandmarker"):
        create("HandLandmarker", base_options=base_options(bundle({"hand_detector.tflite": b"no"})))
    with pytest.raises(ModelError, match="cannot be read"):
        read_model(tmp_path / "missing.tflite")


def test_the_note_about_the_input_is_added_and_all_else_stays() -> None:
    try:
        path = ModelStore().path("mediapipe-faces", "face_detection/face_detection_full_range_sparse.tflite")
    except HearthError as error:
        pytest.skip(str(error))
    model = read_model(path)
    noted = with_normalisation(model, mean=127.5, deviation=127.5)
    assert len(model) - 4096 <= len(noted) <= len(model) + 4096
    task = create("FaceDetector", base_options=base_options(noted))
    close(task)
    close(task)  # twice is once
