"""The wake benchmarks: that they measure what they say, and on real recordings that the targets hold."""

from pathlib import Path

import numpy as np
import pytest

from hub.bench import wake
from hub.bench.recordings import RATE, clips, loudest_power, mixed, padded, read
from hub.bench.wake_accuracy import THRESHOLD, WakeListener
from hub.bench.wake_models import demo_speech, wake_models
from hub.perception.wake.spotter import WakeSpotter


def test_the_mixture_has_the_ratio_that_it_claims() -> None:
    rng = np.random.default_rng(0)
    sound = np.zeros(RATE, np.int16)
    sound[4000:12_000] = rng.standard_normal(8000) * 2000
    noise = (rng.standard_normal(RATE * 40) * 500).astype(np.int16)
    for snr_db in (20, 5):
        mixture = mixed(sound, noise, 3, snr_db).astype(float)
        under = np.mean(mixture[:RATE] ** 2)
        assert 10 * np.log10(loudest_power(sound) / under) == pytest.approx(snr_db, abs=0.3)
    assert (mixed(sound, noise, 3, 5) == mixed(sound, noise, 3, 5)).all()
    assert (mixed(sound, noise, 3, 5) != mixed(sound, noise, 4, 5)).any()
    loud = mixed((sound * 12).astype(np.int16), noise, 0, 0)
    assert np.abs(loud).max() == 32767


def test_the_cost_is_measured_beside_the_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openwakeword")
    monkeypatch.setattr(wake, "_STEPS", 10)
    speech = demo_speech()
    line = wake._cost(speech, 2)
    assert line.peer is not None and line.peer > 0 and line.ours > 0 and line.ok is None
    assert wake._difference(speech[: 16 * RATE]).ok
    quiet = wake._beside_micro("digital silence", np.zeros(6 * RATE, np.int16))
    assert quiet.peer is not None and quiet.ratio is not None


@pytest.fixture(scope="module")
def listener() -> WakeListener:
    return WakeListener()


@pytest.mark.realdata
def test_no_alexa_of_people_is_lost_by_the_second_stage_or_by_skipping_silence(
    data: Path, listener: WakeListener
) -> None:
    people = [read(p) for p in clips(data / "voice" / "wake" / "alexa")][::3]
    kitchen = read(data / "voice" / "noise" / "kitchen.wav")
    for sounds in (
        [padded(p) for p in people],
        [mixed(p, kitchen, n, 10) for n, p in enumerate(people)],
        [mixed(p, kitchen, n, 5) for n, p in enumerate(people)],
    ):
        first = WakeSpotter(wake_models(["alexa"]), gate_db=None)
        for number, sound in enumerate(sounds):
            first.open(str(number), {"alexa": THRESHOLD})
            first.feed(str(number), sound)
        assert {int(d.stream) for d in first.step()} <= listener.woken(sounds, ["alexa"])


@pytest.mark.realdata
def test_bare_jarvis_wakes_for_under_five_in_a_hundred(data: Path, listener: WakeListener) -> None:
    sounds = [padded(read(p)) for p in clips(data / "voice" / "wake" / "jarvis")]
    assert len(listener.woken(sounds, ["hey_jarvis"])) < 0.05 * len(sounds)


@pytest.mark.realdata
def test_other_words_and_speech_do_not_wake(data: Path, listener: WakeListener) -> None:
    paths = [*clips(data / "voice/wake/other"), *clips(data / "voice/negative"), *clips(data / "voice/coffee")[::8]]
    assert listener.woken([padded(read(p)) for p in paths], listener.words) == set()


@pytest.mark.realdata
def test_real_phrases_wake(data: Path, listener: WakeListener) -> None:
    for place, word in (
        ("hey_jarvis/mww_1", "hey_jarvis"),
        ("wyoming/hey_jarvis", "hey_jarvis"),
        ("wyoming/alexa", "alexa"),
    ):
        assert listener.woken([padded(read(data / "voice" / "wake" / f"{place}.wav"))], [word]) == {0}
