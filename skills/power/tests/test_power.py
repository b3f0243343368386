from pathlib import Path

from hub.core.traits import PLAIN_CONFIG
from hub.sdk import Entity
from hub.sdk.testing import SkillHome

FOLDER = Path(__file__).parents[1]
LAMP, STRIP, FAN = (
    Entity(id=i, name=n, names={"de": (d,)}, traits={"OnOff": PLAIN_CONFIG})
    for i, n, d in (
        ("light.lamp", "lamp", "Lampe"),
        ("light.strip", "strip", "Lichtband"),
        ("fan.f", "fan", "Ventilator"),
    )
)


def home(**states: bool) -> SkillHome:
    lit = {"light.lamp": {"OnOff": states.get("lamp", False)}, "light.strip": {"OnOff": states.get("strip", False)}}
    return SkillHome(FOLDER, [LAMP, STRIP, FAN], lit)


async def test_on_and_off() -> None:
    one = home()
    assert await one.ask("turn_on", "light.lamp") == "Turned on the lamp."
    assert await one.ask("turn_off", "light.lamp", "light.strip", language="de") == "Lampe und Lichtband ausgeschaltet."
    assert one.home.commands == [
        ("light.lamp", "OnOff", True),
        ("light.lamp", "OnOff", False),
        ("light.strip", "OnOff", False),
    ]


async def test_many_things_are_counted() -> None:
    assert await home().ask("turn_off", "light.lamp", "light.strip", "fan.f") == "Turned off 3 devices."


async def test_a_thing_that_does_not_answer_is_named() -> None:
    one = home()
    one.home.broken["light.strip"] = "timeout"
    both = ("light.lamp", "light.strip")
    assert await one.ask("turn_on", *both) == "Turned on the lamp. The strip did not answer."
    assert await one.ask("turn_on", *both, language="de") == "Lampe eingeschaltet. Lichtband hat nicht geantwortet."
    assert await one.ask("turn_on", "light.strip") == "The strip did not answer."


async def test_nothing_there_is_said() -> None:
    assert await home().ask("turn_on") == "I found nothing there to turn on or off."


async def test_toggle_turns_off_what_is_partly_on() -> None:
    one = home(lamp=True)
    assert await one.ask("toggle", "light.lamp", "light.strip") == "Turned off the lamp and the strip."
    assert await one.ask("toggle", "light.lamp", "light.strip") == "Turned on the lamp and the strip."
