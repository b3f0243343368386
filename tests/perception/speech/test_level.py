"""Sound before it is recognised."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hub.perception.speech.level import levels, may_be_tail, tail_length, with_noise

RATE = 16_000


def tone(seconds: float, peak: int) -> np.ndarray:
    return (np.sin(np.arange(int(seconds * RATE)) / 4) * peak).astype(np.int16)


def quiet(seconds: float) -> np.ndarray:
    return (np.random.default_rng(1).standard_normal(int(seconds * RATE)) * 20).astype(np.int16)


def test_the_echo_of_a_beep_is_found() -> None:
    sound = np.concatenate([tone(0.2, 8000), quiet(0.4), tone(1.0, 8000)])
    assert 0.2 * RATE <= tail_length(sound) <= 0.26 * RATE


def test_a_command_that_begins_at_once_is_kept_whole() -> None:
    assert tail_length(tone(1.5, 8000)) == 0
    assert tail_length(np.concatenate([quiet(0.3), tone(1.0, 8000)])) == 0
    assert tail_length(tone(0.3, 8000)) == 0  # too short to tell


def test_what_begins_loud_may_be_a_tail_until_there_is_enough_of_it() -> None:
    assert may_be_tail(np.concatenate([tone(0.2, 8000), quiet(0.2)]))
    assert not may_be_tail(np.concatenate([quiet(0.2), tone(0.2, 8000)]))
    assert not may_be_tail(np.concatenate([tone(0.2, 8000), quiet(0.4), tone(1.0, 8000)]))
    assert not may_be_tail(np.zeros(0, np.int16))


def test_noise_lies_in_digital_silence_and_far_under_speech() -> None:
    sound = np.concatenate([np.zeros(RATE, np.int16), tone(1.0, 8000)])
    noisy = with_noise(sound)
    assert 40 < levels(sound).max() - levels(noisy)[:90].mean() < 44
    noise = noisy[RATE:].astype(float) - sound[RATE:]
    assert 40 < 10 * np.log10(np.square(sound[RATE:].astype(float)).mean() / np.square(noise).mean()) < 44
    assert (with_noise(sound) == noisy).all()


@given(st.lists(st.integers(-32768, 32767), max_size=400))
def test_any_sound_stays_sound(samples: list[int]) -> None:
    sound = np.array(samples, np.int16)
    noisy = with_noise(sound)
    assert noisy.dtype == np.int16 and len(noisy) == len(sound)
    assert 0 <= tail_length(sound) <= len(sound)
