"""The wake spotter: one pass of mel, backbone and heads a tick, for all streams of the hub together.

Its scores are those of openWakeWord 0.4.0 (`Model.predict`, fed 80 ms at a time): same mel rows with each chunk's own
80 dB limit, same start (rows of ones, embeddings of silence, scores 0 for the first five frames). What is skipped as
silence is not scored; what follows it is scored as if nothing had been skipped.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hub.inference.sessions import Sessions, read_model
from hub.perception.wake.detection import FRAME, WakeDetection
from hub.perception.wake.gate import levels
from hub.perception.wake.heads import WINDOW, WordHead
from hub.perception.wake.mel import CONTEXT, MelFrontEnd
from hub.perception.wake.moment import Confirm
from hub.perception.wake.open_streams import OpenStreams
from hub.perception.wake.stream import ListeningStream
from hub.perception.wake.streaming import FEATURES, WARM_UP_STEPS, Backbone, to_streaming

CATCH_UP = WARM_UP_STEPS + WINDOW - 1
"""Steps that a score depends on; of a longer silence only these are computed when sound returns."""
UNSCORED = 5
"""First frames of a stream, whose scores the reference library sets to 0."""
BATCH = 16
"""Streams a run of the backbone: larger batches fall out of the processor's cache."""


class WakeModels(Struct, frozen=True):
    """Where the models are: paths, or the files' bytes (a sealed worker gets bytes)."""

    mel: Path | bytes
    embedding: Path | bytes
    words: Mapping[str, Path | bytes]


class WakeSpotter(OpenStreams):
    """Many streams, several words, one engine. Not thread-safe: one thread owns it. See `WakeEngine`."""

    def __init__(
        self,
        models: WakeModels,
        *,
        sessions: Sessions | None = None,
        confirm: Mapping[str, Confirm] | None = None,
        gate_db: float | None = 4.0,
    ) -> None:
        """`confirm`: a second stage per word. `gate_db`: how far above a stream's noise floor sound begins; None
        computes every frame. Opens and converts the models in memory (about 0.1 s); raises `ModelError`.
        """
        super().__init__(tuple(models.words), confirm)
        sessions = sessions or Sessions()
        self._mel = MelFrontEnd(read_model(models.mel, "melspectrogram"))
        streaming = to_streaming(read_model(models.embedding, "embedding"))
        self._backbone = Backbone(sessions.open(streaming, name="embedding"))
        self._heads = {word: WordHead(model, sessions, word) for word, model in models.words.items()}
        self._gate_db = gate_db
        self._free: list[int] = []
        self._features = np.zeros((0, WINDOW, FEATURES), np.float32)
        self._silence = self._backbone.embed_silence()

    def open(self, stream: str, words: Mapping[str, float]) -> None:
        """Begin to listen to `stream` for `words`, each with its threshold (0 to 1).

        Raises `UsageError` for a stream that is open, or a word without a model.
        """
        triggers = self._triggers(stream, words)
        slot = self._take_slot()
        self._backbone.reset(slot)
        self._features[slot] = self._silence
        self._streams[stream] = ListeningStream(stream, slot, triggers, self._gate_db)

    def _take_slot(self) -> int:
        if not self._free:
            have = len(self._features)
            more = max(8, have)
            self._backbone.grow(have + more)
            room = np.zeros((more, WINDOW, FEATURES), np.float32)
            self._features = np.concatenate([self._features, room])
            self._free = list(range(have + more - 1, have - 1, -1))
        return self._free.pop()

    def close(self, stream: str) -> None:
        """Forget a stream and zero what was kept of it; an unknown one is ignored."""
        state = self._streams.pop(stream, None)
        if state is not None:
            state.zero()
            self._features[state.slot] = 0
            self._backbone.reset(state.slot)
            self._free.append(state.slot)

    def step(self) -> list[WakeDetection]:
        """Work off every whole 80 ms frame that is queued, all streams together."""
        detections: list[WakeDetection] = []
        while ready := [s for s in self._streams.values() if s.has_frame()]:
            detections.extend(self._tick(ready))
        return detections

    def scores(self, stream: str) -> dict[str, float]:
        """The first stage's latest scores of a stream, by word; 0 where its last frame was skipped as silence."""
        state = self._streams[stream]
        return {word: state.scores.get(word, 0.0) for word in state.triggers}

    def features(self, stream: str) -> NDArray[np.float32]:
        """A copy of the stream's last 16 embeddings, shape (16, 96); what was skipped as silence is not in them."""
        latest: NDArray[np.float32] = self._features[self._streams[stream].slot].copy()
        return latest

    def _tick(self, ready: list[ListeningStream]) -> list[WakeDetection]:
        frames = np.stack([s.take_frame() for s in ready])
        active = [s for s, level in zip(ready, levels(frames), strict=True) if s.hears(float(level))]
        by_steps: dict[int, list[ListeningStream]] = {}
        for state in active:
            by_steps.setdefault(min(state.behind, CATCH_UP), []).append(state)
        for steps, group in by_steps.items():
            for begin in range(0, len(group), BATCH):
                self._embed(group[begin : begin + BATCH], steps)
        self._score(active)
        heard = set(map(id, active))
        detections: list[WakeDetection] = []
        for state in ready:
            if id(state) not in heard:
                state.scores.clear()  # silence: all scores count as 0
            detections.extend(state.decide(self._features[state.slot]))
        return detections

    def _embed(self, states: list[ListeningStream], steps: int) -> None:
        """Bring the embeddings of these streams up to date, `steps` frames each."""
        slots = np.array([s.slot for s in states])
        chunks = np.stack([s.chunks(steps, CONTEXT) for s in states])
        first = np.zeros((len(states), steps), np.bool_)
        first[:, 0] = [s.frames == steps for s in states]
        mel = self._mel.rows(chunks.reshape(-1, CONTEXT + FRAME), first.reshape(-1))
        new = self._backbone.advance(slots, mel.reshape(len(states), -1, mel.shape[-1]))
        kept = self._features[slots]
        self._features[slots] = np.concatenate([kept, new], axis=1)[:, -WINDOW:]
        for state in states:
            state.behind = 0

    def _score(self, active: list[ListeningStream]) -> None:
        for word, head in self._heads.items():
            listening = [s for s in active if word in s.triggers]
            if listening:
                scores = head.scores(self._features[[s.slot for s in listening]])
                for state, score in zip(listening, scores, strict=True):
                    state.scores[word] = float(score) if state.frames > UNSCORED else 0.0
