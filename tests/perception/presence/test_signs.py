import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.entities import Entity
from hub.core.traits import TraitConfig
from hub.perception.presence.evidence import SENSORS, sensor_of, sighting
from hub.perception.presence.signs import CameraLooks, CarbonDioxide, LightLevel
from hub.perception.seen import PeopleSeen


def looks(times: int, every: float, **seen: object) -> float:
    camera, strength = CameraLooks(), 0.0
    for n in range(times):
        sign = camera.look(PeopleSeen(camera=1, t=0.0, **seen), n * every)  # type: ignore[arg-type]
        assert sign is not None
        strength = sign.strength
    return strength


def test_seeing_nobody_counts_by_time_and_not_by_looks() -> None:
    assert looks(301, 0.1, bodies=0) == pytest.approx(looks(16, 2.0, bodies=0))


def test_no_face_says_less_than_no_body_and_takes_nothing_back() -> None:
    assert -1.1 < looks(600, 0.5, faces=0) < -0.5
    camera = CameraLooks()
    for n in range(300):
        body = camera.look(PeopleSeen(camera=1, t=0, bodies=0), n * 3.0)
        face = camera.look(PeopleSeen(camera=1, t=0, faces=0), n * 3.0 + 1.5)
        assert body is not None and face is not None and face.strength <= body.strength
    assert face.strength < -2.4


def test_what_moves_makes_nobody_less_certain_unless_all_moves() -> None:
    still, moving, lights = (looks(200, 0.5, bodies=0, moved=share) for share in (0.0, 0.1, 0.9))
    assert still == pytest.approx(lights) and still < moving < 0


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_sighting_is_always_a_number_within_bounds(confidence: float) -> None:
    assert -1.3 <= sighting(confidence) <= 6.0


@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(-1e3, 1e3)), max_size=50))
def test_air_and_light_stay_within_bounds_whatever_the_clock_does(readings: list[tuple[float, float]]) -> None:
    air, light, at = CarbonDioxide(), LightLevel(), 0.0
    for value, passed in readings:
        at += passed
        for sign in (air.read(value, at), light.read(value, at)):
            assert sign is None or -3.0 <= sign.strength <= 3.0


def test_breath_is_somebody_and_clearing_air_is_nobody() -> None:
    def after_an_hour(people: int, start: float) -> float:
        """A room of 50 m3 that is aired 0.6 times an hour."""
        air, ppm, strength = CarbonDioxide(), start, 0.0
        for minute in range(60):
            ppm += people * 6.0 - 0.01 * (ppm - 420.0)
            sign = air.read(ppm, minute * 60.0)
            strength = sign.strength if sign else 0.0
        return strength

    assert after_an_hour(0, 1200.0) < -1.0
    assert after_an_hour(1, 450.0) > 1.0
    assert after_an_hour(4, 450.0) == pytest.approx(2.4)


def test_a_lamp_makes_a_step_and_the_sun_does_not() -> None:
    meter = LightLevel()
    assert [meter.read(100.0 + 5 * n, n * 60.0) for n in range(60)] == [None] * 60
    on = meter.read(800.0, 60 * 60.0)
    assert on is not None and 1.5 < on.strength < 3 and on.rest > 0
    off = meter.read(390.0, 61 * 60.0)
    assert off is not None and off.strength < 0


def test_a_lamp_in_the_dark_is_surer_than_one_by_day() -> None:
    meter = LightLevel()
    dark = meter.read(0.0, 0.0)
    on = meter.read(300.0, 60.0)
    assert dark is not None and dark.strength < 0
    assert on is not None and on.strength == 3.0


def test_steps_up_and_down_in_turn_are_clouds() -> None:
    meter = LightLevel()
    meter.read(100.0, 0.0)
    signs = [meter.read(300.0 if n % 2 == 0 else 100.0, 60.0 * (n + 1)) for n in range(10)]
    assert all(sign is not None and sign.strength == sign.rest == 0.0 for sign in signs[2:])


def test_a_lamp_that_the_hub_switched_is_no_hand() -> None:
    meter = LightLevel()
    meter.read(100.0, 0.0)
    on = meter.read(500.0, 10.0, ours=True)
    assert on is not None and on.strength == on.rest


def test_a_sensor_is_what_the_household_calls_it_then_what_it_says_then_motion() -> None:
    def weights(says: str, called: str = "") -> object:
        traits = {"Presence": TraitConfig(measures=says)}
        return sensor_of(Entity(id="binary_sensor.x", name="x", traits=traits, device_class=called))

    assert weights("occupancy") is SENSORS["occupancy"]
    assert weights("occupancy", "motion") is SENSORS["motion"]
    assert weights("presence", "something else") is SENSORS["presence"]
    assert weights("") is SENSORS["motion"]


def test_every_sensor_says_more_by_yes_than_by_no() -> None:
    for name, sensor in SENSORS.items():
        assert sensor.yes > -sensor.no > 0, name
    assert SENSORS["presence"].no < SENSORS["occupancy"].no < SENSORS["motion"].no
