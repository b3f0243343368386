from pathlib import Path

from hub.sdk import Entity
from hub.sdk.testing import SkillHome

FOLDER = Path(__file__).parents[1]


async def test_help_speaks_only_of_what_is_here() -> None:
    reply = await SkillHome(FOLDER, [Entity(id="light.a", name="a"), Entity(id="sensor.b", name="b")]).ask("abilities")
    assert "turn on the lights" in reply
    assert "timer" in reply
    assert "blinds" not in reply
    assert "lock" not in reply


async def test_manners() -> None:
    home = SkillHome(FOLDER)
    assert await home.ask("name", language="de") == "Ich bin Hearth, die Zentrale dieses Hauses."
    assert await home.ask("thanks") == "You're welcome."
