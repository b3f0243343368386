from pathlib import Path

import pytest

from hub.core.traits import PLAIN_CONFIG
from hub.sdk import Entity
from hub.sdk.testing import SkillHome

FOLDER = Path(__file__).parents[1]
FAN = Entity(id="fan.f", name="fan", traits={"OnOff": PLAIN_CONFIG, "Level": PLAIN_CONFIG})


def home(on: bool = True) -> SkillHome:
    return SkillHome(FOLDER, [FAN], {"fan.f": {"OnOff": on, "Level": 50}})


@pytest.mark.parametrize(
    ("intent", "slots", "level", "english", "german"),
    [
        ("speed", {"percent": 80}, 80, "Set the fan to 80 percent.", "fan auf 80 Prozent."),
        ("faster", {}, 75, "Turned up the fan.", "fan schneller gestellt."),
        ("slower", {}, 25, "Turned down the fan.", "fan langsamer gestellt."),
        ("slower", {"percent": 90}, 10, "Turned down the fan.", "fan langsamer gestellt."),
        ("faster", {"percent": 90}, 100, "Turned up the fan.", "fan schneller gestellt."),
    ],
)
async def test_speed(intent: str, slots: dict[str, int], level: int, english: str, german: str) -> None:
    one = home()
    assert await one.ask(intent, "fan.f", slots=slots) == english
    assert one.home.commands == [("fan.f", "Level", level)]
    assert await home().ask(intent, "fan.f", slots=slots, language="de") == german


async def test_a_fan_that_stands_still_starts_from_nothing() -> None:
    one = home(on=False)
    await one.ask("faster", "fan.f")
    assert one.home.commands == [("fan.f", "Level", 25)]


async def test_no_fan() -> None:
    assert await home().ask("speed", slots={"percent": 5}) == "I found no fan there whose speed I can set."
