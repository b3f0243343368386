from pathlib import Path

import pytest

from hub.core.traits import PLAIN_CONFIG, TraitConfig
from hub.sdk import Entity
from hub.sdk.testing import SkillHome

FOLDER = Path(__file__).parents[1]
ROBOT = Entity(
    id="vacuum.robot",
    name="robot",
    names={"de": ("Roboter",)},
    traits={"Mode": TraitConfig(options=("docked", "cleaning", "paused", "returning"))},
)


@pytest.mark.parametrize(
    ("intent", "mode", "english", "german"),
    [
        ("start", "cleaning", "Sent the robot to work.", "Roboter losgeschickt."),
        ("dock", "returning", "Sent the robot home.", "Roboter nach Hause geschickt."),
        ("pause", "paused", "Stopped the robot.", "Roboter angehalten."),
    ],
)
async def test_the_robot_is_told_in_its_own_words(intent: str, mode: str, english: str, german: str) -> None:
    one = SkillHome(FOLDER, [ROBOT])
    assert await one.ask(intent) == english
    assert await one.ask(intent, "vacuum.robot", language="de") == german
    assert one.home.commands == [("vacuum.robot", "Mode", mode)] * 2


async def test_a_robot_with_a_switch_only() -> None:
    one = SkillHome(FOLDER, [Entity(id="vacuum.old", name="old one", traits={"OnOff": PLAIN_CONFIG})])
    await one.ask("start")
    await one.ask("dock")
    assert one.home.commands == [("vacuum.old", "OnOff", True), ("vacuum.old", "OnOff", False)]


async def test_what_a_robot_cannot_do_is_told() -> None:
    dumb = Entity(id="vacuum.dumb", name="dumb one", traits={"Mode": TraitConfig(options=("spin",))})
    assert await SkillHome(FOLDER, [dumb]).ask("dock") == "The dumb one cannot do that."
    assert await SkillHome(FOLDER).ask("start") == "I found no robot vacuum."
