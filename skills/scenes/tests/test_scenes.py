from pathlib import Path

from hub.core.traits import PLAIN_CONFIG
from hub.sdk import Entity
from hub.sdk.testing import SkillHome

MOVIE = Entity(id="scene.movie", name="movie time", names={"de": ("Filmabend",)}, traits={"Press": PLAIN_CONFIG})


async def test_a_scene_is_set() -> None:
    one = SkillHome(Path(__file__).parents[1], [MOVIE])
    assert await one.ask("activate", "scene.movie") == "Set the scene movie time."
    assert await one.ask("activate", "scene.movie", language="de") == "Szene Filmabend."
    assert one.home.commands == [("scene.movie", "Press", "pressed")] * 2


async def test_a_scene_that_fails_is_told() -> None:
    one = SkillHome(Path(__file__).parents[1], [MOVIE])
    one.home.broken["scene.movie"] = "command_failed"
    assert await one.ask("activate", "scene.movie") == "The movie time did not do it."
    assert await one.ask("activate") == "I found no such scene."
