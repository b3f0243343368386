from pathlib import Path

import pytest

from hub.core.traits import PLAIN_CONFIG, TraitConfig
from hub.sdk import Entity
from hub.sdk.testing import SkillHome

FOLDER = Path(__file__).parents[1]


def light(name: str, area: str, *traits: str) -> Entity:
    return Entity(id=f"light.{name}", name=name, area=area, traits=dict.fromkeys(("OnOff", *traits), PLAIN_CONFIG))


LAMP = light("lamp", "study", "Level", "Color", "ColorTemperature")
WHITE = light("white", "study", "Level", "ColorTemperature")
PLAIN = light("plain", "kitchen")


def home() -> SkillHome:
    states = {"light.lamp": {"OnOff": True, "Level": 60}, "light.white": {"OnOff": False, "Level": 90}}
    return SkillHome(FOLDER, [LAMP, WHITE, PLAIN], states)


async def test_brightness_of_what_is_named_or_of_the_room() -> None:
    one = home()
    assert await one.ask("brightness", "light.lamp", slots={"percent": 30}) == "Set the lamp to 30 percent."
    await one.ask("brightness", area="study", slots={"percent": 50})
    await one.ask("brightness", area="kitchen", slots={"percent": 40, "area": "study"})
    assert [(e, v) for e, _, v in one.home.commands] == [
        ("light.lamp", 30), ("light.lamp", 50), ("light.white", 50), ("light.lamp", 40), ("light.white", 40),
    ]  # fmt: skip


async def test_nowhere_means_no_light() -> None:
    one = home()
    assert await one.ask("brightness", slots={"percent": 30}) == "I found no light there."
    assert one.home.commands == []


@pytest.mark.parametrize(
    ("intent", "percent", "level"),
    [("brighter", None, 80), ("brighter", 60, 100), ("dimmer", None, 40), ("dimmer", 100, 5)],
)
async def test_relative_brightness_stays_in_range(intent: str, percent: float | None, level: int) -> None:
    one = home()
    await one.ask(intent, "light.lamp", slots={} if percent is None else {"percent": percent})
    assert one.home.commands == [("light.lamp", "Level", level)]


async def test_a_light_that_is_off_gets_brighter_from_dark() -> None:
    one = home()
    assert await one.ask("brighter", "light.white", language="de") == "white heller gestellt."
    assert one.home.commands == [("light.white", "Level", 20)]


async def test_colour_goes_to_those_that_have_it() -> None:
    one = home()
    assert await one.ask("color", area="study", slots={"color": "red"}) == "Changed the color of the lamp."
    assert one.home.commands == [("light.lamp", "Color", "#ff0000")]
    assert await one.ask("color", "light.white", slots={"color": "red"}) == "The white cannot do that."


async def test_white_is_done_by_white_lights_too() -> None:
    one = home()
    await one.ask("color", area="study", slots={"color": "warm white"})
    assert set(one.home.commands) == {
        ("light.lamp", "Color", "#ffe4c4"),
        ("light.white", "ColorTemperature", 2700),
    }


async def test_warmth() -> None:
    one = home()
    await one.ask("warmth", "light.white", slots={"number": 6500})
    await one.ask("cooler_white", "light.white")
    await one.ask("warmer_white", "light.white")
    assert [v for _, _, v in one.home.commands] == [6500, 6500, 5900]
    assert await one.ask("kelvin", "light.plain", slots={"number": 4000}) == "The plain cannot do that."


async def test_warmth_keeps_to_what_the_light_can() -> None:
    bulb = Entity(id="light.b", name="b", traits={"ColorTemperature": TraitConfig(min=2500, max=4500)})
    one = SkillHome(FOLDER, [bulb], {"light.b": {"ColorTemperature": 2700}})
    await one.ask("warmer_white", "light.b")
    assert one.home.commands == [("light.b", "ColorTemperature", 2500)]


async def test_one_failure_of_two_is_told() -> None:
    one = home()
    one.home.broken["light.lamp"] = "unavailable"
    reply = await one.ask("brightest", area="study")
    assert reply == "Set the white to 100 percent. The lamp cannot be reached."
