import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.errors import MediaError
from hub.media.resample import Resampler

RATES = [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000]


def tone(rate: int, hertz: float, seconds: float = 0.5) -> np.ndarray:
    return np.rint(10_000 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)).astype(np.int16)


def at_once(samples: np.ndarray, rate: int) -> np.ndarray:
    resampler = Resampler(rate)
    return np.concatenate((resampler.process(samples), resampler.finish()))


@pytest.mark.parametrize("rate", RATES)
def test_a_tone_stays_that_tone_in_the_same_place(rate: int) -> None:
    heard = at_once(tone(rate, 440), rate)
    wanted = tone(16_000, 440)
    assert abs(len(heard) - len(wanted)) <= 1
    assert np.abs(heard[200:-200].astype(int) - wanted[200 : len(heard) - 200]).max() <= 3


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(RATES), st.lists(st.integers(0, 900), min_size=1, max_size=12), st.integers(0, 2**31))
def test_how_it_is_cut_makes_no_difference(rate: int, cuts: list[int], seed: int) -> None:
    samples = np.random.default_rng(seed).integers(-20_000, 20_000, sum(cuts)).astype(np.int16)
    resampler, pieces, at = Resampler(rate), [], 0
    for cut in cuts:
        pieces.append(resampler.process(samples[at : at + cut]))
        at += cut
    pieces.append(resampler.finish())
    assert np.array_equal(np.concatenate(pieces), at_once(samples, rate))


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_what_is_above_the_new_nyquist_does_not_fold_back(rate: int) -> None:
    heard = at_once(tone(rate, 9_000), rate)
    assert np.abs(heard[200:-200]).max() <= 3


def test_full_scale_is_clipped_and_not_wrapped() -> None:
    square = np.where(np.arange(48_000) // 60 % 2, 32_767, -32_768).astype(np.int16)
    heard = at_once(square, 48_000)
    assert heard[200:-200].max() == 32_767
    assert heard[200:-200].min() == -32_768


@pytest.mark.parametrize("rate", [0, -1, 100, 191_999, 10_000_000])
def test_threat_41_impossible_rates_are_refused(rate: int) -> None:
    with pytest.raises(MediaError, match="Hz"):
        Resampler(rate)
