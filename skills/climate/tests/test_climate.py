from pathlib import Path

from hub.core.traits import PLAIN_CONFIG, TraitConfig
from hub.sdk import Entity
from hub.sdk.testing import SkillHome

FOLDER = Path(__file__).parents[1]
MODES = TraitConfig(options=("heat", "cool", "off"))
HALL = Entity(
    id="climate.hall", name="thermostat", area="hall", traits={"Setpoint": TraitConfig(min=7, max=30), "Mode": MODES}
)
BATH = Entity(
    id="climate.bath", name="towel rail", area="bath", traits={"Setpoint": PLAIN_CONFIG, "OnOff": PLAIN_CONFIG}
)


def home(*entities: Entity) -> SkillHome:
    states = {"climate.hall": {"Setpoint": 20.0}, "climate.bath": {"Setpoint": 23.0}}
    return SkillHome(FOLDER, entities or (HALL, BATH), states)


async def test_set_by_name_by_room_and_by_where_one_stands() -> None:
    one = home()
    assert await one.ask("set", "climate.hall", slots={"temperature": 21.5}) == "Set the thermostat to 21.5 degrees."
    await one.ask("set", slots={"temperature": 22, "area": "bath"})
    await one.ask("set", area="hall", slots={"temperature": 19})
    await one.ask("set", area="kitchen", slots={"temperature": 18})
    assert [(e, v) for e, _, v in one.home.commands] == [
        ("climate.hall", 21.5), ("climate.bath", 22.0), ("climate.hall", 19.0), ("climate.hall", 18.0),
        ("climate.bath", 18.0),
    ]  # fmt: skip


async def test_another_room_without_a_thermostat_is_not_another_thermostat() -> None:
    one = home()
    assert await one.ask("set", area="hall", slots={"temperature": 22, "area": "attic"}) == (
        "I found no thermostat there that I can set."
    )
    assert one.home.commands == []


async def test_warmer_and_cooler() -> None:
    one = home(HALL)
    assert await one.ask("warmer") == "Set the thermostat to 21 degrees."
    assert await one.ask("cooler", slots={"number": 3}, language="de") == "thermostat auf 18 Grad."
    assert await home().ask("warmer") == "Turned up the thermostat and the towel rail."


async def test_out_of_range_is_told() -> None:
    assert await home().ask("set", "climate.hall", slots={"temperature": 45}) == "The thermostat cannot do that."
    assert await home(HALL).ask("warmer", slots={"number": 20}) == "The thermostat cannot do that."


async def test_on_and_off_by_switch_or_by_mode() -> None:
    one = home()
    assert await one.ask("turn_off") == "Turned off the thermostat and the towel rail."
    await one.ask("turn_on", "climate.hall")
    assert one.home.commands == [
        ("climate.hall", "Mode", "off"),
        ("climate.bath", "OnOff", False),
        ("climate.hall", "Mode", "heat"),
    ]


async def test_modes() -> None:
    one = home()
    assert await one.ask("mode", "climate.hall", slots={"mode": "cool"}) == "Set the thermostat to cool."
    assert await one.ask("mode", "climate.hall", slots={"mode": "dry"}) == "The thermostat cannot do that."
    assert (
        await one.ask("mode", "climate.bath", slots={"mode": "heat"}) == "I found no thermostat there that I can set."
    )
