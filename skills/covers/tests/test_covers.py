from pathlib import Path

import pytest

from hub.core.traits import PLAIN_CONFIG
from hub.sdk import Entity
from hub.sdk.testing import SkillHome

FOLDER = Path(__file__).parents[1]
BLINDS = Entity(id="cover.blinds", name="blinds", names={"de": ("Rollos",)}, traits={"Position": PLAIN_CONFIG})
NEW = Entity(id="cover.new", name="new one", traits={"Position": PLAIN_CONFIG})


def home() -> SkillHome:
    return SkillHome(FOLDER, [BLINDS, NEW], {"cover.blinds": {"Position": 70}})


@pytest.mark.parametrize(
    ("intent", "slots", "position", "english", "german"),
    [
        ("open", {}, 100, "Opened the blinds.", "Rollos geöffnet."),
        ("close", {}, 0, "Closed the blinds.", "Rollos geschlossen."),
        ("halfway", {}, 50, "Set the blinds to 50 percent open.", "Rollos auf 50 Prozent geöffnet."),
        ("position", {"percent": 30}, 30, "Set the blinds to 30 percent open.", "Rollos auf 30 Prozent geöffnet."),
        ("stop", {}, 70, "Stopped the blinds.", "Rollos angehalten."),
        ("more_open", {}, 90, "Moved the blinds a little.", "Rollos ein Stück bewegt."),
        ("more_closed", {}, 50, "Moved the blinds a little.", "Rollos ein Stück bewegt."),
    ],
)
async def test_moving(intent: str, slots: dict[str, int], position: int, english: str, german: str) -> None:
    one = home()
    assert await one.ask(intent, "cover.blinds", slots=slots) == english
    assert one.home.commands == [("cover.blinds", "Position", position)]
    assert await home().ask(intent, "cover.blinds", slots=slots, language="de") == german


async def test_a_cover_that_does_not_say_where_it_is_cannot_be_stopped() -> None:
    one = home()
    assert await one.ask("stop", "cover.new") == "I found nothing there that I can move."
    assert one.home.commands == []


async def test_a_stuck_cover_is_named() -> None:
    one = home()
    one.home.broken["cover.blinds"] = "timeout"
    assert await one.ask("close", "cover.blinds", "cover.new") == "Closed the new one. The blinds did not answer."
