import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.entities import Entity, split_id
from hub.core.errors import ValueRefusedError
from hub.core.traits import TRAITS, TraitConfig, parse_value


@pytest.mark.parametrize(
    ("trait", "raw", "value"),
    [
        ("OnOff", "on", True), ("OnOff", False, False), ("Level", "40%", 40), ("Level", 39.6, 40),
        ("Color", "Red", "#ff0000"), ("Color", "#00FF7f", "#00ff7f"), ("Position", 0, 0), ("Setpoint", "21.5", 21.5),
        ("Lock", "Locked", "locked"), ("Media", "next", "next"), ("Press", "pressed", "pressed"),
        ("Contact", "open", True), ("Measure", "-3.5", -3.5), ("Mode", "Clean", "Clean"),
    ],
)  # fmt: skip
def test_values_parse(trait: str, raw: object, value: object) -> None:
    assert parse_value(trait, raw) == value


@pytest.mark.parametrize(
    ("trait", "raw"),
    [("OnOff", "maybe"), ("Level", 101), ("Level", "nan"), ("Level", True), ("Measure", "inf"), ("Color", "mud"),
     ("Lock", "ajar"), ("Setpoint", 400), ("Mode", ""), ("Blink", 1)],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused_with_a_remedy(trait: str, raw: object) -> None:
    with pytest.raises(ValueRefusedError) as caught:
        parse_value(trait, raw)
    assert caught.value.remedy


def test_an_entity_narrows_its_trait() -> None:
    config = TraitConfig(min=10, max=25)
    assert parse_value("Setpoint", 25, config) == 25
    with pytest.raises(ValueRefusedError, match="10 to 25"):
        parse_value("Setpoint", 26, config)
    assert parse_value("Mode", "eco", TraitConfig(options=("Eco", "Boost"))) == "Eco"


@given(
    st.sampled_from(sorted(TRAITS)), st.one_of(st.none(), st.text(max_size=30), st.floats(), st.integers(), st.binary())
)
def test_hostile_values_are_refused_or_plain(trait: str, raw: object) -> None:
    try:
        value = parse_value(trait, raw)
    except ValueRefusedError:
        return
    assert isinstance(value, bool | int | float | str)


@pytest.mark.parametrize("bad", ["", "light", "light.", "light.Kitchen", "lamp.x", "light.a b", "light." + "a" * 200])
def test_entity_ids_are_checked(bad: str) -> None:
    with pytest.raises(ValueRefusedError):
        split_id(bad)


def test_an_entity_knows_its_kind_and_names() -> None:
    lamp = Entity(id="light.lamp", name="lamp", aliases=("floor lamp",), names={"de": ("Stehlampe",)})
    assert lamp.kind == "light"
    assert lamp.spoken_names("de") == ("lamp", "floor lamp", "Stehlampe")
    with pytest.raises(ValueRefusedError, match="Blink"):
        Entity(id="light.lamp", name="lamp", traits={"Blink": TraitConfig()})
