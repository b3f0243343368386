"""The eyes of a home: which model files they need, and the sealed worker that is given them."""

from pathlib import Path
from typing import Final

import msgspec

from hub.core.bus import Bus
from hub.core.settings import Settings
from hub.guard.worker_host import WorkerHost
from hub.inference.store import ModelStore
from hub.perception.eyes.config import EyesConfig
from hub.perception.eyes.eyes import Eyes
from hub.perception.eyes.messages import FromEyes

_QUIET: Final = {"GLOG_minloglevel": "2", "TF_CPP_MIN_LOG_LEVEL": "2", "MPLBACKEND": "agg"}
"""What MediaPipe would write to stderr at every frame, and no window for the plots that it can draw."""


def build_eyes(settings: Settings, models: ModelStore, bus: Bus, *, search: tuple[Path, ...] = ()) -> Eyes:
    """The eyes, not yet started. Blocking: hashes model files. `search` is where to import MediaPipe from, if not here.

    Raises `ModelError` when a model that they need is not here.
    """
    config, files = eyes_config(models)
    host: WorkerHost[FromEyes] = WorkerHost(
        "eyes",
        "hub.perception.eyes.worker:run",
        msgspec.to_builtins(config),
        bus,
        FromEyes,
        readable=files,
        search=search,
        allow_unsealed=settings.seeing.allow_unsealed,
        environment=_QUIET,
    )
    return Eyes(host)


def eyes_config(models: ModelStore) -> tuple[EyesConfig, tuple[Path, ...]]:
    """What the worker is told, and the files that it must be able to read."""
    config = EyesConfig(
        palm=str(models.path("mediapipe-hands", "palm_detection/palm_detection_full.tflite")),
        hand_landmarks=str(models.path("mediapipe-hands", "hand_landmark/hand_landmark_full.tflite")),
        gesture_head=str(models.path("gesture", "gesture.onnx")),
        face=str(models.path("mediapipe-faces", "face_detection/face_detection_full_range_sparse.tflite")),
        pose_detector=str(models.path("mediapipe-bodies", "pose_detection/pose_detection.tflite")),
        pose_landmarks=str(models.path("mediapipe-bodies", "pose_landmark/pose_landmark_full.tflite")),
    )
    return config, tuple(Path(path) for path in msgspec.structs.astuple(config))
