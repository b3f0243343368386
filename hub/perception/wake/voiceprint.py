"""A second stage for one person's voice: a small logistic network on the spotter's embeddings.

Trained in a second from a few clips of the person saying the word, against clips of them saying other things and of
others saying the word. It is a filter against false wakes and the television, not a lock: a recording passes it.
The idea is that of openWakeWord's custom verifier models; nothing here is read or written by pickle.
"""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import ModelError, UsageError
from hub.perception.wake.detection import FRAME
from hub.perception.wake.heads import WINDOW
from hub.perception.wake.moment import Confirm, WakeMoment
from hub.perception.wake.streaming import FEATURES

_SIZE = WINDOW * FEATURES
_MAX_BYTES = 1024 * 1024
_RIDGE = 1e-3
_STEPS = 50
_LEAD = 25
"""Frames of silence before and after an enrolment clip (2 s), so that its first word is heard whole."""


class Embedder(Protocol):
    """What enrolment needs of the spotter: scores and embeddings of a stream, frame by frame."""

    def open(self, stream: str, words: dict[str, float]) -> None:
        """Begin a stream."""
        ...

    def close(self, stream: str) -> None:
        """End it."""
        ...

    def feed(self, stream: str, pcm: NDArray[np.int16]) -> None:
        """Queue samples."""
        ...

    def step(self) -> object:
        """Work off what is queued."""
        ...

    def scores(self, stream: str) -> dict[str, float]:
        """The latest scores."""
        ...

    def features(self, stream: str) -> NDArray[np.float32]:
        """The latest embeddings, 16 x 96."""
        ...


@dataclass(frozen=True, slots=True)
class Voiceprint:
    """A trained network: `score` = logistic(weights . (features - mean) / scale + bias)."""

    word: str
    weights: NDArray[np.float32]
    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    bias: float

    def score(self, features: NDArray[np.float32]) -> float:
        """How much the last 1.28 s sound like this person saying the word, 0 to 1; features are 16 x 96."""
        if features.size != _SIZE:
            raise UsageError(f"a voiceprint needs {WINDOW} x {FEATURES} embeddings, not {features.shape}")
        z = (features.reshape(-1) - self.mean) / self.scale
        return float(1 / (1 + np.exp(-np.clip(z @ self.weights + self.bias, -50, 50))))

    def confirm(self, threshold: float = 0.5) -> Confirm:
        """The second stage for the spotter."""

        def check(moment: WakeMoment) -> bool:
            return self.score(moment.features) >= threshold

        return check

    def save(self, path: Path) -> None:
        """Write it as a numpy archive (no pickle)."""
        word = np.frombuffer(self.word.encode(), np.uint8)
        data = io.BytesIO()
        np.savez(data, word=word, weights=self.weights, mean=self.mean, scale=self.scale, bias=np.float32(self.bias))
        path.write_bytes(data.getvalue())


def load_voiceprint(path: Path) -> Voiceprint:
    """Read what `save` wrote; `ModelError` for anything else."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ModelError("larger than 1 MiB", place=str(path))
        with np.load(path, allow_pickle=False) as data:
            word = data["word"].tobytes().decode()
            weights, mean, scale = (data[k].astype(np.float32) for k in ("weights", "mean", "scale"))
            bias = float(data["bias"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"no voiceprint: {error}", place=str(path), remedy="enrol again") from error
    sound = all(a.shape == (_SIZE,) and np.isfinite(a).all() for a in (weights, mean, scale))
    if not sound or not np.isfinite(bias) or not (scale > 0).all():
        raise ModelError("no voiceprint: its numbers make no sense", place=str(path), remedy="enrol again")
    return Voiceprint(word, weights, mean, scale, bias)


def moments(
    spotter: Embedder, word: str, clips: Iterable[NDArray[np.int16]], threshold: float = 0.3
) -> NDArray[np.float32]:
    """The embeddings of each clip's frames that score at least `threshold`, or its best frame: shape (n, 16, 96)."""
    found: list[NDArray[np.float32]] = []
    quiet = np.zeros(_LEAD * FRAME, np.int16)
    for number, clip in enumerate(clips):
        stream = f"enrol {number}"
        spotter.open(stream, {word: 1.0})
        seen: list[tuple[float, NDArray[np.float32]]] = []
        audio = np.concatenate([quiet, clip, quiet])
        for begin in range(0, len(audio) - FRAME + 1, FRAME):
            spotter.feed(stream, audio[begin : begin + FRAME])
            spotter.step()
            seen.append((spotter.scores(stream)[word], spotter.features(stream)))
        spotter.close(stream)
        high = [features for score, features in seen if score >= threshold]
        found.extend(high or [max(seen, key=lambda s: s[0])[1]])
    return np.stack(found) if found else np.zeros((0, WINDOW, FEATURES), np.float32)


def enrol(word: str, person: NDArray[np.float32], others: NDArray[np.float32]) -> Voiceprint:
    """Train from embeddings (n, 16, 96) of the person saying the word and (m, 16, 96) of everything else.

    Ridge-penalised logistic regression in the dual (there are fewer clips than dimensions), by Newton's method; both
    classes weigh the same. Raises `UsageError` with fewer than 3 moments of either.
    """
    if len(person) < 3 or len(others) < 3:
        text = f"{len(person)} moments of the person and {len(others)} of others are too few"
        raise UsageError(text, remedy="record the word at least 3 times, and some other speech")
    x = np.concatenate([person, others]).reshape(-1, _SIZE).astype(np.float64)
    y = np.concatenate([np.ones(len(person)), np.zeros(len(others))])
    balance = np.concatenate([np.full(len(person), 0.5 / len(person)), np.full(len(others), 0.5 / len(others))])
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-3
    x = (x - mean) / scale
    kernel = x @ x.T / _SIZE + 1.0  # the 1 is the bias
    dual = np.zeros(len(x))
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(kernel @ dual, -50, 50)))
        curve = np.maximum(balance * p * (1 - p), 1e-9)
        target = kernel @ dual + balance * (y - p) / curve
        fresh = np.linalg.solve(kernel + np.diag(_RIDGE / curve), target)
        if np.abs(fresh - dual).max() < 1e-9:
            break
        dual = fresh
    weights = (x.T @ dual / _SIZE).astype(np.float32)
    return Voiceprint(word, weights, mean.astype(np.float32), scale.astype(np.float32), float(dual.sum()))
