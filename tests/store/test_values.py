import math

from hypothesis import given
from hypothesis import strategies as st

from hub.core.events import Value
from hub.core.ids import EPOCH_MS, id_time, new_id
from hub.store.values import (
    Form,
    first_id_at,
    lag_of,
    load_causes,
    load_value,
    milliseconds,
    moment_of,
    storable,
    store_causes,
    store_value,
)

values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


@given(values)
def test_a_value_comes_back_with_its_type(value: Value) -> None:
    loaded = load_value(*store_value(value))
    expected = storable(value) if isinstance(value, str) else value
    assert loaded == expected
    assert type(loaded) is type(value)


@given(st.decimals(min_value=-999_999, max_value=999_999, places=3, allow_nan=False))
def test_sensor_readings_come_back_exactly(reading: object) -> None:
    value = float(str(reading))
    assert load_value(*store_value(value)) == value


def test_a_sensor_reading_is_kept_as_a_small_whole_number() -> None:
    assert store_value(25.61) == (Form.HUNDREDTHS, 2561.0, None)
    assert store_value(20.0) == (Form.FLOAT, 20.0, None)
    assert store_value(1 / 3) == (Form.FLOAT, 1 / 3, None)


def test_not_a_number_comes_back_as_such() -> None:
    loaded = load_value(*store_value(math.nan))
    assert isinstance(loaded, float)
    assert math.isnan(loaded)


def test_a_form_of_a_newer_hub_is_nothing() -> None:
    assert load_value(77, 1.0, "x") is None


@given(st.lists(st.integers(0, 2**63 - 1)).map(tuple))
def test_causes_come_back(causes: tuple[int, ...]) -> None:
    assert load_causes(store_causes(causes)) == causes


def test_an_id_holds_its_moment() -> None:
    event = new_id()
    assert lag_of(event, id_time(event)) is None
    assert moment_of(event, None) == id_time(event)
    earlier = id_time(event) - 3600
    lag = lag_of(event, earlier)
    assert lag is not None
    assert abs(moment_of(event, lag) - earlier) < 0.002


@given(st.integers(EPOCH_MS, EPOCH_MS + 2**41))
def test_ids_of_a_moment_begin_at_its_first(moment: int) -> None:
    first = (moment - EPOCH_MS) << 21
    assert milliseconds(id_time(first)) == moment
    assert first_id_at(id_time(first)) == first
    assert first_id_at(id_time(first) + 0.0004) == first
    assert first_id_at(id_time(first) + 0.0011) > first


def test_ids_stay_in_their_range_whatever_the_moment() -> None:
    assert first_id_at(0) == first_id_at(-1e12) == first_id_at(-math.inf) == first_id_at(math.nan) == 0
    assert first_id_at(1e300) == first_id_at(math.inf) == 2**63 - 1


def test_what_no_database_takes_is_replaced() -> None:
    assert storable("a\x00b\ud800c") == "a\ufffdb?c"
