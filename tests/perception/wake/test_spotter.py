"""The spotter against openWakeWord itself, and against itself with streams, chunks and silence arranged otherwise."""

import warnings
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from hub.core.errors import ModelError, UsageError
from hub.perception.wake.detection import FRAME, WakeDetection
from hub.perception.wake.spotter import CATCH_UP, WakeModels, WakeSpotter

Sound = NDArray[np.int16]
Speech = Callable[[str], Sound]
Make = Callable[..., WakeSpotter]
WORDS = ("hey_jarvis", "alexa", "hey_mycroft", "hey_marvin")


def scores_of(spotter: WakeSpotter, sound: Sound, word: str, stream: str = "s") -> list[float]:
    """The score after each frame."""
    spotter.open(stream, {word: 0.5})
    found = []
    for begin in range(0, len(sound) - FRAME + 1, FRAME):
        spotter.feed(stream, sound[begin : begin + FRAME])
        spotter.step()
        found.append(spotter.scores(stream)[word])
    spotter.close(stream)
    return found


def detections(spotter: WakeSpotter, sound: Sound, word: str = "hey_jarvis") -> list[WakeDetection]:
    spotter.open("s", {word: 0.5})
    spotter.feed("s", sound)
    found = spotter.step()
    spotter.close("s")
    return found


@pytest.mark.parametrize("word", WORDS)
def test_scores_are_those_of_openwakeword(
    word: str, wake_files: WakeModels, make_spotter: Make, speech: Speech
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = pytest.importorskip("openwakeword.model").Model([str(wake_files.words[word])])
    sound = np.concatenate([speech("01"), np.zeros(12_800, np.int16), speech("05"), speech("07")])
    theirs = [
        float(next(iter(model.predict(sound[b : b + FRAME]).values()))) for b in range(0, len(sound) - FRAME + 1, FRAME)
    ]
    ours = scores_of(make_spotter(gate_db=None), sound, word)
    assert np.abs(np.subtract(theirs, ours)).max() < 1e-4
    if word == "hey_jarvis":
        assert max(theirs) > 0.9  # the comparison saw the word


def test_the_first_five_frames_are_not_scored(make_spotter: Make, speech: Speech) -> None:
    loud = speech("01")[16_000:]
    assert scores_of(make_spotter(gate_db=None), loud, "hey_mycroft")[:5] == [0.0] * 5


def test_how_sound_is_cut_into_chunks_does_not_matter(make_spotter: Make, speech: Speech) -> None:
    sound = speech("02")
    whole = detections(make_spotter(), sound)
    for size in (1, 333, 1280, 5000):
        spotter = make_spotter()
        spotter.open("s", {"hey_jarvis": 0.5})
        found = []
        for begin in range(0, len(sound), size):
            spotter.feed("s", sound[begin : begin + size])
            if size > 1 or begin % 640 == 0:
                found += spotter.step()
        found += spotter.step()
        assert found == whole
    assert len(whole) == 1


def test_streams_together_are_scored_as_each_alone(make_spotter: Make, speech: Speech) -> None:
    numbers = [f"{n:02}" for n in range(1, 12)]
    sounds = {n: speech(n) for n in numbers}
    together = make_spotter()
    for number in numbers:  # more than the spotter first has room for
        together.open(number, {"hey_jarvis": 0.5, "alexa": 0.5})
        together.feed(number, sounds[number])
    found = together.step()
    for number in numbers:
        alone = detections(make_spotter(), sounds[number])
        mine = [d for d in found if d.stream == number]
        assert [d.t for d in mine] == [d.t for d in alone]
        assert [d.score for d in mine] == pytest.approx([d.score for d in alone], abs=1e-4)
    assert len(found) >= 10


def test_a_wake_is_reported_once_with_its_times(make_spotter: Make, speech: Speech) -> None:
    spotter = make_spotter()
    clip = speech("01")
    found = detections(spotter, np.concatenate([clip, clip, clip]))
    assert [d.word for d in found] == ["hey_jarvis"] * 3
    length = len(clip) / 16_000
    for number, detection in enumerate(found):
        begin = number * length
        assert begin <= detection.t_start < detection.t < begin + 2.5
        assert 0.3 < detection.t - detection.t_start < 1.7
        assert detection.score >= 0.5
        assert detection.snr_db > 10


@pytest.mark.parametrize("quiet_s", [0.5, 1.0, 1.9, 2.5, 7.0])
@pytest.mark.parametrize("kind", ["digital", "room"])
def test_scores_after_skipped_silence_are_exact(
    kind: str, quiet_s: float, make_spotter: Make, speech: Speech, room: Callable[[float], Sound]
) -> None:
    background = room(12.0)
    quiet = background[: int((3.2 + quiet_s) * 16_000)] if kind == "room" else np.zeros(int(quiet_s * 16_000), np.int16)
    under = background[: len(speech("01"))] if kind == "room" else np.zeros(len(speech("01")), np.int16)
    spoken = speech("01") + under
    sound = np.concatenate([spoken, quiet, spoken, quiet, spoken])
    always = scores_of(make_spotter(gate_db=None), sound, "hey_jarvis")
    gated = scores_of(make_spotter(gate_db=4.0), sound, "hey_jarvis")
    computed = [n for n, score in enumerate(gated) if score != 0.0]
    assert max(abs(always[n] - gated[n]) for n in computed) < 1e-5
    skipped = [always[n] for n in range(5, len(gated)) if gated[n] == 0.0]
    assert max(skipped, default=0.0) < 0.05  # nothing that mattered was skipped
    if quiet_s == 7.0:
        assert len(skipped) > CATCH_UP


def test_silence_costs_no_inference(make_spotter: Make, room: Callable[[float], Sound]) -> None:
    spotter = make_spotter()
    runs = 0
    real = spotter._backbone._session

    class Counting:
        def run(self, *args: object) -> object:
            nonlocal runs
            runs += 1
            return real.run(*args)

    spotter._backbone._session = Counting()
    spotter.open("s", {"hey_jarvis": 0.5})
    spotter.feed("s", room(20.0))
    spotter.step()
    assert 0 < runs <= 30  # of 250 frames: the first, while nothing is known of the room


def test_a_second_stage_decides(make_spotter: Make, speech: Speech) -> None:
    asked: list[tuple[int, tuple[int, ...], float]] = []

    def refuse(moment: object) -> bool:
        asked.append((len(moment.audio), moment.features.shape, moment.score))  # type: ignore[attr-defined]
        return False

    assert detections(make_spotter(confirm={"hey_jarvis": refuse}), speech("01")) == []
    assert 1 <= len(asked) <= 4
    assert asked[0][:2] == (17 * FRAME, (16, 96))
    assert asked[0][2] >= 0.5
    assert len(detections(make_spotter(confirm={"hey_jarvis": lambda _: True}), speech("01"))) == 1


def test_closing_forgets_and_zeroes(make_spotter: Make, speech: Speech) -> None:
    spotter = make_spotter()
    spotter.open("s", {"hey_jarvis": 0.5})
    spotter.feed("s", speech("01")[:20_001])
    spotter.step()
    state = spotter._streams["s"]
    kept = state._tail.last(state._tail.size)
    assert kept.any()
    spotter.close("s")
    spotter.close("s")
    assert not kept.any()
    assert not spotter._features[state.slot].any()
    assert len(detections(spotter, speech("01"))) == 1  # the freed place serves the next stream as new


def test_wrong_use_says_what_to_do(make_spotter: Make) -> None:
    spotter = make_spotter()
    with pytest.raises(UsageError, match="no wake word model 'computer'"):
        spotter.open("s", {"computer": 0.5})
    with pytest.raises(UsageError, match="not open"):
        spotter.feed("s", np.zeros(10, np.int16))
    spotter.open("s", {"alexa": 0.5})
    with pytest.raises(UsageError, match="open already"):
        spotter.open("s", {"alexa": 0.5})
    for wrong in (np.zeros(10, np.float32), np.zeros((2, 10), np.int16)):
        with pytest.raises(UsageError, match="int16"):
            spotter.feed("s", wrong)  # type: ignore[arg-type]
    spotter.feed("s", np.zeros(0, np.int16))
    assert spotter.step() == []


def test_models_in_one_anothers_place_are_refused(wake_files: WakeModels) -> None:
    alexa = wake_files.words["alexa"]
    with pytest.raises(ModelError, match="not the mel spectrogram"):
        WakeSpotter(WakeModels(wake_files.embedding, wake_files.embedding, {}))
    with pytest.raises(ModelError, match="not the embedding network"):
        WakeSpotter(WakeModels(wake_files.mel, alexa, {}))
    with pytest.raises(ModelError, match="not a wake word model"):
        WakeSpotter(WakeModels(wake_files.mel, wake_files.embedding, {"x": wake_files.embedding}))
    with pytest.raises(ModelError, match=r"x: .*ONNX"):
        WakeSpotter(WakeModels(wake_files.mel, wake_files.embedding, {"x": b"nonsense"}))
