"""`hearth bench wake`: what listening for a wake word costs, beside openWakeWord and microWakeWord.

CPU time of this process (`time.process_time`) per stream and 80 ms step, every stream hearing speech, in one process:
for openWakeWord one `Model` a stream, as it comes. Target: six times fewer CPU seconds at 32 streams, and the same
first-stage scores. Beside pymicro-wakeword, on quiet sound: digital silence, and a room's noise at -54 dBFS.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hub.bench.measure import Measure, compare
from hub.bench.recordings import RATE, Sound
from hub.bench.wake_models import PEER, demo_speech, frames, open_peer, wake_models
from hub.inference.store import ModelStore
from hub.perception.wake.detection import FRAME
from hub.perception.wake.spotter import WakeSpotter

WORD = "hey_jarvis"
STREAMS = (1, 8, 32, 64)
TARGET_AT = 32
TARGET_RATIO = 6.0
LARGEST_DIFFERENCE = 1e-4
MICRO = "pymicro-wakeword"
MICRO_SHARE = 0.003
"""Its share of real time by the reference measurement, where it is not installed."""
_STEPS = 60
_WARM_UP = 5
_QUIET_S = 30


def measure() -> list[Measure]:
    """Cost by streams, equality of scores, cost of quiet."""
    speech = demo_speech()
    measures = [_cost(speech, streams) for streams in STREAMS]
    measures.append(_difference(speech))
    rng = np.random.default_rng(0)
    room = (rng.standard_normal(_QUIET_S * RATE) * 64).astype(np.int16)
    for name, sound in (("digital silence", np.zeros_like(room)), ("room noise", room), ("speech", speech)):
        measures.append(_beside_micro(name, sound[: _QUIET_S * RATE]))
    return measures


def _cpu(run: Callable[[int], object], steps: int) -> float:
    """CPU seconds of `run(step)` over the steps after a warm-up."""
    for step in range(_WARM_UP):
        run(step)
    began = time.process_time()
    for step in range(_WARM_UP, _WARM_UP + steps):
        run(step)
    return time.process_time() - began


def _heard(pieces: Sequence[Sound], stream: int, step: int) -> Sound:
    return pieces[(step + 7 * stream) % len(pieces)]


def _cost(speech: Sound, streams: int) -> Measure:
    pieces = frames(speech)
    spotter = WakeSpotter(wake_models([WORD]), gate_db=None)
    for stream in range(streams):
        spotter.open(str(stream), {WORD: 0.5})

    def ours(step: int) -> None:
        for stream in range(streams):
            spotter.feed(str(stream), _heard(pieces, stream, step))
        spotter.step()

    cost = _cpu(ours, _STEPS) / _STEPS / streams
    peers = [p for p in (open_peer(WORD) for _ in range(streams)) if p is not None]
    theirs = None
    if peers:
        steps = max(10, _STEPS // streams)

        def predict(step: int) -> None:
            for stream, peer in enumerate(peers):
                peer(_heard(pieces, stream, step))

        theirs = _cpu(predict, steps) / steps / streams * 1e3
    return compare(
        "wake",
        f"CPU a stream and 80 ms step, {streams} stream{'s' if streams > 1 else ''}",
        cost * 1e3,
        "ms",
        peer=theirs,
        peer_name=PEER,
        target_ratio=TARGET_RATIO if streams == TARGET_AT else None,
        lower_is_better=True,
    )


def _difference(speech: Sound) -> Measure:
    """Largest difference of the first stage's score to openWakeWord's own, over the demo clips."""
    peer = open_peer(WORD)
    worst = 0.0
    if peer is not None:
        spotter = WakeSpotter(wake_models([WORD]), gate_db=None)
        spotter.open("s", {WORD: 0.5})
        for frame in frames(speech):
            spotter.feed("s", frame)
            spotter.step()
            worst = max(worst, abs(peer(frame)[WORD] - spotter.scores("s")[WORD]))
    return Measure(
        bench="wake",
        measure=f"largest score difference over {len(speech) / RATE:.0f} s of speech",
        ours=worst,
        unit="",
        peer_name=PEER if peer is not None else f"{PEER} is not installed",
        target=LARGEST_DIFFERENCE,
        ok=worst < LARGEST_DIFFERENCE if peer is not None else None,
    )


def _beside_micro(name: str, sound: Sound) -> Measure:
    """Share of real time of one stream, silence skipped; the first four seconds, in which it opens, not counted."""
    spotter = WakeSpotter(wake_models([WORD]))
    spotter.open("s", {WORD: 0.5})

    def ours(frame: Sound) -> None:
        spotter.feed("s", frame)
        spotter.step()

    micro = _micro()
    theirs = _share(micro, sound) if micro is not None else None
    quiet = name != "speech"
    return compare(
        "wake",
        f"share of real time, {name}",
        _share(ours, sound),
        "",
        peer=theirs,
        peer_name=MICRO,
        target=MICRO_SHARE if quiet and theirs is None else None,
        target_ratio=1.0 if quiet else None,
        lower_is_better=True,
    )


def _share(hear: Callable[[Sound], object], sound: Sound) -> float:
    pieces = frames(sound)
    settled = 4 * RATE // FRAME
    for frame in pieces[:settled]:
        hear(frame)
    began = time.process_time()
    for frame in pieces[settled:]:
        hear(frame)
    return (time.process_time() - began) / ((len(pieces) - settled) * FRAME / RATE)


def _micro() -> Callable[[Sound], Any] | None:
    try:
        import pymicro_wakeword
    except ImportError:
        return None
    config = ModelStore().path("microwakeword", f"{WORD}.json")
    model = pymicro_wakeword.MicroWakeWord.from_config(config)
    front = pymicro_wakeword.MicroWakeWordFeatures()

    def hear(frame: Sound) -> None:
        for features in front.process_streaming(frame.tobytes()):
            model.process_streaming(features)

    return hear
