import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from hub.media.decode import AudioFile
from hub.perception.vad.silero import SileroVad
from hub.perception.vad.voice import WARM_UP, VoiceActivity

LOUD = (np.random.default_rng(1).standard_normal(16_000) * 3_000).astype(np.int16)
QUIET = (np.random.default_rng(2).standard_normal(16_000) * 5).astype(np.int16)


class Counting:
    """A detector that believes everything, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.resets = 0

    def probability(self, frame: np.ndarray) -> float:
        assert len(frame) == 512
        self.asked += 1
        return 0.9

    def reset(self) -> None:
        self.resets += 1


def test_frames_come_with_their_positions_however_sound_is_fed() -> None:
    one, other = VoiceActivity(Counting(), position=100), VoiceActivity(Counting(), position=100)
    at_once = list(one.feed(LOUD))
    in_pieces = [frame for n in range(0, 16_000, 333) for frame in other.feed(LOUD[n : n + 333])]
    assert at_once == in_pieces
    assert [frame.end for frame in at_once[:2]] == [612, 1_124]


def test_the_first_frames_tell_nothing() -> None:
    verdicts = [frame.probability for frame in VoiceActivity(Counting(), before=QUIET).feed(LOUD)]
    assert verdicts[:WARM_UP] == [None] * WARM_UP
    assert set(verdicts[WARM_UP:]) == {0.9}


def test_the_network_is_not_asked_about_silence() -> None:
    detector = Counting()
    voice = VoiceActivity(detector, before=QUIET)
    verdicts = [frame.probability for frame in voice.feed(QUIET)]
    assert detector.asked == WARM_UP
    assert set(verdicts[WARM_UP:]) == {0.0}


def test_sound_after_silence_is_judged_with_what_came_before() -> None:
    detector = Counting()
    voice = VoiceActivity(detector)
    list(voice.feed(QUIET))
    asked = detector.asked
    frames = list(voice.feed(LOUD[:1_024]))
    assert all(frame.probability == 0.9 for frame in frames[1:])
    assert detector.asked - asked > len(frames)


def test_releasing_zeroes_and_resets() -> None:
    detector = Counting()
    voice = VoiceActivity(detector)
    list(voice.feed(QUIET[:10_000]))
    kept = [voice._rest, *voice._skipped]
    voice.release()
    assert not any(array.any() for array in kept)
    assert detector.resets == 1


@pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")
def test_silero_hears_speech_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    subprocess.run(["flite", "-voice", "slt", "-t", "turn on the kitchen light", "-o", str(path)], check=True)
    with AudioFile(path) as file:
        speech = np.concatenate(list(file.chunks()))
    rng = np.random.default_rng(4)
    sound = np.concatenate([np.zeros(16_000, np.int16), speech, np.zeros(16_000, np.int16)])
    sound = sound + rng.normal(0, 8, len(sound)).astype(np.int16)
    frames = list(VoiceActivity(SileroVad()).feed(sound))
    voiced = [frame.end / 16_000 for frame in frames if (frame.probability or 0) > 0.5]
    assert 1.0 <= voiced[0] < 1.4
    assert 1.0 + len(speech) / 16_000 - 0.4 < voiced[-1] <= 1.0 + len(speech) / 16_000 + 0.3
    middle = [frame for frame in frames if 1.4 < frame.end / 16_000 < len(speech) / 16_000 + 0.6]
    assert sum((frame.probability or 0) > 0.35 for frame in middle) > 0.7 * len(middle)
