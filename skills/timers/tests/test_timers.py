from datetime import timedelta
from pathlib import Path

import pytest

from hub.sdk.testing import SkillHome


@pytest.fixture
def home() -> SkillHome:
    return SkillHome(Path(__file__).parents[1])


async def test_a_timer_runs_and_rings_once(home: SkillHome) -> None:
    assert await home.ask("start", slots={"duration": 300}) == "A timer for 5 minutes is running."
    await home.wait(timedelta(minutes=4, seconds=59))
    assert home.said == []
    await home.wait(timedelta(seconds=2))
    assert home.said == ["Your timer for 5 minutes is done."]
    await home.wait(timedelta(hours=1))
    assert len(home.said) == 1


async def test_names(home: SkillHome) -> None:
    assert await home.ask("start", slots={"duration": 60, "name": "tea"}) == "The tea timer for 1 minute is running."
    await home.wait(timedelta(minutes=1), language="de")
    assert home.said == ["Der Timer für tea ist abgelaufen."]


async def test_what_is_left(home: SkillHome) -> None:
    assert await home.ask("status") == "There is no timer running."
    await home.ask("start", slots={"duration": 600})
    await home.ask("start", slots={"duration": 105, "name": "pasta"})
    await home.wait(timedelta(seconds=15))
    assert await home.ask("status") == (
        "1 minute and 30 seconds left on the pasta timer. 9 minutes and 45 seconds left on the timer for 10 minutes."
    )
    assert await home.ask("status", slots={"name": "pasta"}, language="de") == "pasta: noch 1 Minute und 30 Sekunden."
    assert await home.ask("status", slots={"name": "rice"}) == "There is no rice timer running."


async def test_cancelling_asks_which(home: SkillHome) -> None:
    await home.ask("start", slots={"duration": 600})
    await home.ask("start", slots={"duration": 120, "name": "pasta"})
    assert await home.ask("cancel") == "There are 2 timers: pasta, 10 minutes. Tell me which one."
    assert await home.ask("cancel", slots={"name": "pasta"}) == "Cancelled the pasta timer."
    assert await home.ask("cancel", slots={"duration": 60}) == "There is no timer running."
    assert await home.ask("cancel") == "Cancelled the timer for 10 minutes."
    assert await home.ask("cancel", language="de") == "Es läuft kein Timer."
    await home.wait(timedelta(hours=1))
    assert home.said == []


async def test_cancel_all(home: SkillHome) -> None:
    assert await home.ask("cancel_all") == "There is no timer running."
    for minutes in (1, 2, 3):
        await home.ask("start", slots={"duration": 60 * minutes})
    assert await home.ask("cancel_all") == "Cancelled 3 timers."
    await home.wait(timedelta(hours=1))
    assert home.said == []


async def test_longer_and_shorter(home: SkillHome) -> None:
    await home.ask("start", slots={"duration": 300, "name": "tea"})
    await home.wait(timedelta(minutes=1))
    assert await home.ask("add", slots={"duration": 120}) == "The tea timer has 6 minutes left now."
    assert await home.ask("subtract", slots={"duration": 60}) == "The tea timer has 5 minutes left now."
    assert await home.ask("subtract", slots={"duration": 3600}) == "There is only 5 minutes left on it."
    await home.wait(timedelta(minutes=5))
    assert home.said == ["Your tea timer is done."]
    assert await home.ask("add", slots={"duration": 60}) == "There is no timer running."
