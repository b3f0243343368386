from pathlib import Path
from typing import Any

from hub.core.traits import PLAIN_CONFIG
from hub.sdk import Entity
from hub.sdk.testing import SkillHome

FOLDER = Path(__file__).parents[1]


def thing(name: str, *traits: str, **more: Any) -> Entity:
    return Entity(id=name, name=name.partition(".")[2], traits=dict.fromkeys(traits, PLAIN_CONFIG), **more)


THINGS = [
    thing("light.lamp", "OnOff"),
    thing("light.strip", "OnOff"),
    thing("lock.front", "Lock"),
    thing("lock.back", "Lock"),
    thing("cover.garage", "Position", device_class="garage"),
    thing("cover.blind", "Position", device_class="blind"),
    thing("binary_sensor.window", "Contact", device_class="window"),
    thing("switch.iron", "OnOff"),
]
STATES: dict[str, dict[str, Any]] = {
    "light.lamp": {"OnOff": True},
    "light.strip": {"OnOff": False},
    "lock.front": {"Lock": "unlocked"},
    "lock.back": {"Lock": "locked"},
    "cover.garage": {"Position": 100},
    "cover.blind": {"Position": 100},
    "binary_sensor.window": {"Contact": True},
    "switch.iron": {"OnOff": True},
}


async def test_good_night_turns_off_locks_and_warns() -> None:
    home = SkillHome(FOLDER, THINGS, STATES)
    assert await home.ask("good_night") == (
        "Good night. I turned off the lamp. The front and the back are locked. Still open: the garage and the window."
    )
    assert home.home.commands == [("light.lamp", "OnOff", False), ("lock.front", "Lock", "locked")]


async def test_leaving_also_tells_what_is_on() -> None:
    home = SkillHome(FOLDER, THINGS, STATES)
    assert (await home.ask("leaving")).endswith("Still on: the iron.")
    assert (await home.ask("leaving", language="de")).endswith("Noch offen: garage und window. Noch an: iron.")


async def test_a_lock_that_fails_is_not_called_locked() -> None:
    home = SkillHome(FOLDER, THINGS[:4], STATES)
    home.home.broken["lock.front"] = "timeout"
    assert await home.ask("good_night") == (
        "Good night. I turned off the lamp. The back is locked. The front did not answer."
    )


async def test_the_households_own_scene_decides_on_the_lights() -> None:
    scene = Entity(
        id="scene.gn",
        name="sleep",
        names={"de": ("gute nacht",)},
        aliases=("Good night",),
        traits={"Press": PLAIN_CONFIG},
    )
    home = SkillHome(FOLDER, [*THINGS, scene], STATES)
    await home.ask("good_night")
    assert home.home.commands == [("scene.gn", "Press", "pressed"), ("lock.front", "Lock", "locked")]


async def test_an_empty_home_says_good_night_too() -> None:
    home = SkillHome(FOLDER)
    assert await home.ask("good_night", language="de") == "Gute Nacht."
    assert await home.ask("back") == "Hello."
