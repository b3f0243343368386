import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.perception.ears.trail import LEVELS, STEP_S, Trail
from hub.swarm.arbitration.likeness import ALIKE, alike, likeness
from tests.swarm.arbitrated import sound


def outline(samples: np.ndarray, until: float = 2.0) -> bytes:
    trail = Trail(lambda: 100.0)
    trail.hear(samples)
    return trail.outline(until).levels


@pytest.mark.parametrize("gain", [1.0, 0.3, 0.05])
def test_a_sound_is_like_itself_at_any_level(gain: float) -> None:
    for seed in range(10):
        assert alike(outline(sound(seed)), outline(sound(seed, gain)), 0.0)


@pytest.mark.parametrize("late", [-0.25, -0.05, 0.05, 0.25])
def test_a_sound_that_was_noticed_later_is_laid_over_where_it_was(late: float) -> None:
    samples = np.concatenate((sound(4), np.zeros(8000, np.int16)))
    one, other = outline(samples), outline(samples, 2.0 + late)
    assert likeness(one, other, late) > 0.95
    assert likeness(one, other, late + 0.05) > 0.95  # clocks and microphones differ by less than this


def test_different_sounds_are_not_alike() -> None:
    found = [alike(outline(sound(a)), outline(sound(b)), 0.0) for a in range(20) for b in range(a)]
    assert sum(found) / len(found) < 0.1


def test_silence_is_like_nothing() -> None:
    assert likeness(bytes(LEVELS), bytes(LEVELS), 0.0) == 0
    assert likeness(bytes(LEVELS), outline(sound(1)), 0.0) == 0


def test_outlines_that_hardly_overlap_are_not_alike() -> None:
    one = outline(sound(1))
    assert likeness(one, one, 10.0) == likeness(one, one, -10.0) == 0


@given(st.binary(min_size=LEVELS, max_size=LEVELS), st.binary(min_size=LEVELS, max_size=LEVELS), st.floats(-1, 1))
def test_both_ways_round_is_the_same(one: bytes, other: bytes, behind: float) -> None:
    steps = round(behind / STEP_S) * STEP_S
    there, back = likeness(one, other, steps), likeness(other, one, -steps)
    assert there == pytest.approx(back, abs=1e-9)
    assert 0 <= there <= 1 + 1e-9


def test_outlines_of_another_length_are_not_alike() -> None:
    assert not alike(b"\1" * 10, b"\1" * 10, 0.0)
    assert ALIKE < 1
