from pathlib import Path

from hub.core.traits import PLAIN_CONFIG
from hub.sdk import Entity
from hub.sdk.testing import SkillHome

FOLDER = Path(__file__).parents[1]
HALLWAY = Entity(
    id="camera.hallway", name="hallway camera", names={"de": ("Flurkamera",)}, traits={"OnOff": PLAIN_CONFIG}
)


def home() -> SkillHome:
    return SkillHome(FOLDER, [HALLWAY], {"camera.hallway": {"OnOff": True}})


async def test_a_camera_is_opened_and_closed() -> None:
    one = home()
    assert await one.ask("turn_off", "camera.hallway") == "Turned off the hallway camera."
    assert await one.ask("turn_on", "camera.hallway", language="de") == "Flurkamera eingeschaltet."
    assert one.home.commands == [("camera.hallway", "OnOff", False), ("camera.hallway", "OnOff", True)]


async def test_a_camera_that_did_not_close_is_never_reported_closed() -> None:
    one = home()
    one.home.broken = {"camera.hallway": "timeout"}
    assert await one.ask("turn_off", "camera.hallway") == "The hallway camera did not answer."
