"""The spotter's parts: mel rows, heads, the gate, the trigger, the tail of audio."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from hub.inference.sessions import Sessions
from hub.perception.wake.gate import HANGOVER, SilenceGate, levels
from hub.perception.wake.heads import WordHead
from hub.perception.wake.mel import MelFrontEnd
from hub.perception.wake.moment import WakeMoment, all_of
from hub.perception.wake.spotter import WakeModels
from hub.perception.wake.tail import AudioTail
from hub.perception.wake.trigger import PATIENCE, REARM, RETRY_EVERY, Trigger

MOMENT = WakeMoment(np.zeros(0, np.int16), np.zeros((16, 96), np.float32), 0.9)


def test_mel_rows_are_those_of_the_graph(wake_files: WakeModels) -> None:
    assert isinstance(wake_files.mel, Path)
    front = MelFrontEnd(wake_files.mel.read_bytes())
    graph = onnxruntime.InferenceSession(wake_files.mel.read_bytes())
    rng = np.random.default_rng(5)
    chunks = (rng.standard_normal((4, 1760)) * np.array([[9000.0], [40.0], [1.0], [0.0]])).astype(np.int16)
    got = front.rows(chunks, np.zeros(4, np.bool_))
    for row, chunk in zip(got, chunks, strict=True):  # one call each: the graph limits a whole call together
        want = graph.run(None, {"input": chunk[None].astype(np.float32)})[0].reshape(8, 32) / 10 + 2
        assert np.abs(want - row).max() < 1e-4
    first = front.rows(np.concatenate([np.zeros((1, 480), np.int16), chunks[:1, :1280]], 1), np.ones(1, np.bool_))
    alone = graph.run(None, {"input": chunks[:1, :1280].astype(np.float32)})[0].reshape(5, 32) / 10 + 2
    assert (first[0, :3] == 1).all()
    assert np.abs(first[0, 3:] - alone).max() < 1e-4


@pytest.mark.parametrize("word", ["hey_jarvis", "alexa", "hey_mycroft", "hey_marvin"])
def test_a_head_scores_a_batch_as_one_by_one(word: str, wake_files: WakeModels) -> None:
    path = wake_files.words[word]
    assert isinstance(path, Path)
    original = onnxruntime.InferenceSession(path.read_bytes())
    # Features far from silence, so that the branch of hey_jarvis's second network is taken for some.
    features = (np.random.default_rng(8).standard_normal((400, 16, 96)) * 25).astype(np.float32)
    name = original.get_inputs()[0].name
    want = np.array([original.run(None, {name: f[None]})[0].item() for f in features])
    got = WordHead(path, Sessions(), word).scores(features)
    assert np.abs(want - got).max() < 1e-5
    assert np.ptp(want) > 0.01


def test_the_gate_closes_on_steady_noise_and_opens_on_a_little_more() -> None:
    rng = np.random.default_rng(2)
    noise = levels((rng.standard_normal((200, 1280)) * 100).astype(np.int16))
    gate = SilenceGate(4.0)
    opened = [gate.push(float(level)) for level in noise]
    assert all(opened[:HANGOVER])
    assert not any(opened[HANGOVER:])
    louder = float(levels((rng.standard_normal((1, 1280)) * 180).astype(np.int16))[0])  # 5 dB
    assert gate.push(louder)
    after = [gate.push(float(level)) for level in noise]
    assert after.index(False) == HANGOVER


def test_the_gate_learns_a_louder_room_and_hums_do_not_open_it() -> None:
    rng = np.random.default_rng(2)
    gate = SilenceGate(4.0)
    quiet = levels((rng.standard_normal((100, 1280)) * 20).astype(np.int16))
    loud = levels((rng.standard_normal((120, 1280)) * 300).astype(np.int16))
    for level in quiet:
        gate.push(float(level))
    opened = [gate.push(float(level)) for level in loud]
    assert opened[0]
    assert not opened[-1]
    hum = (8000 * np.sin(2 * np.pi * 20 * np.arange(1280) / 16_000)).astype(np.int16)
    assert levels(hum[None])[0] < levels((rng.standard_normal((1, 1280)) * 100).astype(np.int16))[0]


def test_digital_silence_and_one_bit_noise_never_open_the_gate() -> None:
    gate = SilenceGate(4.0)
    one_bit = np.random.default_rng(0).integers(0, 2, (100, 1280)).astype(np.int16)
    results = [gate.push(float(level)) for level in [0.0] * 50 + levels(one_bit).tolist()]
    assert not any(results[HANGOVER:])


def test_a_word_is_reported_once_until_its_score_has_fallen() -> None:
    trigger = Trigger(0.5)
    scores = [0.1, 0.6, 0.9, 0.2, 0.8, *[0.1] * REARM, 0.7]
    fired = [trigger.push(s, lambda _: MOMENT) for s in scores]
    assert [n for n, hit in enumerate(fired) if hit] == [1, len(scores) - 1]


def test_a_second_stage_is_asked_again_and_then_no_more() -> None:
    answers = iter([False, True])
    asked: list[float] = []

    def confirm(moment: WakeMoment) -> bool:
        asked.append(moment.score)
        return next(answers)

    trigger = Trigger(0.5, confirm)
    fired = [
        trigger.push(s, lambda best: WakeMoment(MOMENT.audio, MOMENT.features, best)) for s in [0.6, 0.9, *[0.1] * 8]
    ]
    assert fired.index(True) == RETRY_EVERY
    assert not trigger.judging
    assert asked == [0.6, 0.9]
    never = Trigger(0.5, lambda _: False)
    judging, refused = [], []
    for _ in range(3 * PATIENCE):
        assert not never.push(0.9, lambda _: MOMENT)
        judging.append(never.judging)
        refused.append(never.refused)
    assert judging == [True] * PATIENCE + [False] * (2 * PATIENCE)
    assert never.pending
    assert [frame for frame, told in enumerate(refused) if told] == [PATIENCE]
    assert not trigger.refused


def test_all_stages_must_agree() -> None:
    assert all_of()(MOMENT)
    assert all_of(lambda _: True, lambda _: True)(MOMENT)
    assert not all_of(lambda _: False, pytest.fail)(MOMENT)  # the dear one is not asked


def test_the_tail_keeps_the_last_samples() -> None:
    tail = AudioTail(100)
    everything = np.zeros(100, np.int16)
    rng = np.random.default_rng(1)
    for _ in range(60):
        piece = rng.integers(-999, 999, rng.integers(1, 40)).astype(np.int16)
        tail.push(piece)
        everything = np.concatenate([everything, piece])
        assert (tail.last(100) == everything[-100:]).all()
        assert (tail.last(7) == everything[-7:]).all()
