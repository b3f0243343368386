from pathlib import Path

from hub.sdk.testing import SkillHome


async def test_it_says_that_it_does_not_know() -> None:
    home = SkillHome(Path(__file__).parents[1])
    assert (await home.ask("weather", slots={"place": "Berlin"})).startswith("I have no weather source for Berlin.")
    assert (await home.ask("weather", language="de")).startswith("Ich habe keine Wetterquelle.")
