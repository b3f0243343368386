import numpy as np
import pytest

from hub.perception.ears.trail import LEVELS, STEP_S, Trail, amplitudes


def noise(seconds: float, level: float, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(round(seconds * 16_000)) * level).astype(np.int16)


class Clock:
    def __init__(self) -> None:
        self.now = 500.0

    def __call__(self) -> float:
        return self.now


def test_a_word_is_as_loud_as_it_stands_over_the_rooms_noise() -> None:
    for gain in (1, 4):
        trail = Trail(Clock())
        trail.hear(np.concatenate((noise(3, 30 * gain), noise(0.5, 1000 * gain))))
        assert trail.outline(3.5).energy_db == pytest.approx(20 * np.log10(1000 / 30), abs=2.5)


def test_the_outline_has_the_word_where_it_was() -> None:
    trail = Trail(Clock())
    trail.hear(np.concatenate((noise(3, 30), noise(0.5, 1000), noise(0.1, 30))))
    found = trail.outline(3.6)
    assert len(found.levels) == LEVELS
    over = amplitudes(found.levels) > 10
    assert over.sum() == pytest.approx(0.5 / STEP_S, abs=1)
    assert not over[-3:].any()
    assert found.ends - found.onset == pytest.approx(0.6, abs=STEP_S)


def test_the_clock_follows_the_quickest_arrivals() -> None:
    clock = Clock()
    trail = Trail(clock)
    random = np.random.default_rng(1)
    for n in range(200):
        clock.now = 500 + (n + 1) * 0.02 + random.uniform(0, 0.15)
        trail.hear(np.zeros(320, np.int16))
    assert trail.clock(4.0) == pytest.approx(504.0, abs=0.01)
    assert trail.at(503.0).ends == pytest.approx(503.0, abs=0.03)


def test_pieces_of_any_length_make_the_same_outline() -> None:
    samples = np.concatenate((noise(2, 30), noise(0.8, 900, 3)))
    whole, pieces = Trail(Clock()), Trail(Clock())
    whole.hear(samples)
    for begin in range(0, len(samples), 333):
        pieces.hear(samples[begin : begin + 333])
    assert whole.outline(2.8).levels == pieces.outline(2.8).levels


def test_what_was_not_heard_is_silence() -> None:
    assert Trail(Clock()).outline(1.0).levels == bytes(LEVELS)
    trail = Trail(Clock())
    trail.hear(noise(1, 1000))
    assert trail.outline(5.0).levels == bytes(LEVELS)
    assert trail.outline(-5.0).energy_db == 0


def test_digital_silence_does_not_make_a_word_louder() -> None:
    trail = Trail(Clock())
    trail.hear(np.concatenate((np.zeros(48_000, np.int16), noise(0.5, 1000))))
    assert trail.outline(3.5).energy_db < 60
