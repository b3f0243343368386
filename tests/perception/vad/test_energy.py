import numpy as np
import pytest

from hub.perception.vad.energy import EnergyGate, level_db, noise_floor_db

RNG = np.random.default_rng(3)


def noise(level: float) -> np.ndarray:
    return (RNG.standard_normal(512) * level).astype(np.int16)


def test_hum_and_offset_have_no_level() -> None:
    hum = np.rint(8_000 * np.sin(2 * np.pi * 50 * np.arange(512) / 16_000) + 3_000).astype(np.int16)
    hiss = noise(1_000)
    assert level_db(hum) < level_db(hiss) - 10
    assert level_db(np.full(512, 12_000, np.int16)) == 0


def test_what_rises_above_the_room_is_loud() -> None:
    gate = EnergyGate()
    loud = [gate.push(level_db(noise(20))) for _ in range(100)]
    assert not any(loud[16:])
    assert gate.push(level_db(noise(200)))
    assert not gate.push(level_db(noise(20)))


@pytest.mark.parametrize("room", [5, 50, 500])
def test_the_floor_is_the_rooms_own(room: float) -> None:
    gate = EnergyGate()
    loud = [gate.push(level_db(noise(room))) for _ in range(300)]
    assert sum(loud[16:]) == 0


def test_five_seconds_of_speech_do_not_become_the_floor() -> None:
    gate = EnergyGate()
    for _ in range(100):
        gate.push(level_db(noise(20)))
    assert all(gate.push(level_db(noise(400))) for _ in range(160))


def test_the_rooms_noise_is_told_from_what_was_before() -> None:
    before = np.concatenate([noise(20) for _ in range(40)] + [noise(3_000) for _ in range(20)])
    floor = noise_floor_db(before, 512)
    assert floor == pytest.approx(level_db(noise(20)), abs=1)
    assert EnergyGate(floor_db=floor).push(level_db(noise(100)))
    assert not EnergyGate(floor_db=floor).push(level_db(noise(20)))
    assert noise_floor_db(before[:2_000], 512) is None


def test_louder_noise_is_believed_in_the_end() -> None:
    gate = EnergyGate()
    gate.push(level_db(noise(20)))
    last = [gate.push(level_db(noise(80))) for _ in range(900)][-50:]
    assert not any(last)


def test_a_stream_that_begins_in_a_word_begins_loud() -> None:
    gate = EnergyGate()
    assert all(gate.push(level_db(noise(2_000))) for _ in range(10))
    assert not EnergyGate().push(level_db(np.zeros(512, np.int16)))
