from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.sdk.testing import SkillHome


@pytest.fixture
def home() -> SkillHome:  # it is Friday, 9:30
    return SkillHome(Path(__file__).parents[1])


@pytest.mark.parametrize(
    ("time", "day", "english", "german"),
    [
        ("07:00", "", "I'll wake you tomorrow at 7 am.", "Ich wecke dich morgen um 7 Uhr."),
        ("18:15", "", "I'll wake you today at 6:15 pm.", "Ich wecke dich heute um 18:15 Uhr."),
        ("10:00", "tomorrow", "I'll wake you tomorrow at 10 am.", "Ich wecke dich morgen um 10 Uhr."),
        ("10:00", "friday", "I'll wake you today at 10 am.", "Ich wecke dich heute um 10 Uhr."),
        (
            "07:00",
            "friday",
            "I'll wake you on Friday, November 27 at 7 am.",
            "Ich wecke dich am Freitag, der 27. November um 7 Uhr.",
        ),
        (
            "06:30",
            "monday",
            "I'll wake you on Monday, November 23 at 6:30 am.",
            "Ich wecke dich am Montag, der 23. November um 6:30 Uhr.",
        ),
    ],
)
async def test_the_next_such_time(home: SkillHome, time: str, day: str, english: str, german: str) -> None:
    slots = {"time": time, "day": day}
    assert await home.ask("set", slots=slots) == english
    assert await home.ask("set", slots=slots, language="de") == german


async def test_an_alarm_rings_until_it_is_stopped(home: SkillHome) -> None:
    await home.ask("set", slots={"time": "10:00"})
    await home.wait(timedelta(minutes=30, seconds=45))
    assert home.said == ["It is 10 am. Time to wake up."] * 2
    assert await home.ask("cancel") == "OK, I stop ringing."
    await home.wait(timedelta(hours=1))
    assert len(home.said) == 2


async def test_an_alarm_gives_up_in_an_empty_house(home: SkillHome) -> None:
    await home.ask("set_in", slots={"duration": 60})
    await home.wait(timedelta(days=1))
    assert len(home.said) == 5


async def test_snooze(home: SkillHome) -> None:
    assert await home.ask("snooze") == "No alarm is ringing."
    await home.ask("set_in", slots={"duration": 600})
    await home.wait(timedelta(minutes=10))
    assert await home.ask("snooze") == "I'll wake you again in 9 minutes."
    await home.wait(timedelta(minutes=8))
    assert len(home.said) == 1
    await home.wait(timedelta(minutes=1))
    assert len(home.said) == 2


async def test_cancelling(home: SkillHome) -> None:
    assert await home.ask("cancel") == "There is no alarm set."
    await home.ask("set", slots={"time": "07:00"})
    await home.ask("set", slots={"time": "08:00"})
    assert await home.ask("cancel") == "There are 2 alarms: 7 am, 8 am. Tell me which one."
    assert await home.ask("cancel", slots={"time": "08:00"}) == "Cancelled the alarm for 8 am tomorrow."
    assert await home.ask("cancel", slots={"day": "today"}) == "There is no alarm set."
    assert await home.ask("status") == "7 am tomorrow."
    assert await home.ask("cancel_all") == "Cancelled 1 alarm."
    assert await home.ask("status", language="de") == "Es ist kein Wecker gestellt."


async def test_a_ringing_alarm_does_not_shield_a_named_one(home: SkillHome) -> None:
    await home.ask("set", slots={"time": "07:00"})
    await home.ask("set_in", slots={"duration": 60})
    await home.wait(timedelta(minutes=1))
    assert await home.ask("cancel", slots={"time": "07:00"}) == "Cancelled the alarm for 7 am tomorrow."
    assert await home.ask("cancel") == "OK, I stop ringing."


async def test_the_clock_may_be_put_back_in_the_night() -> None:
    evening = datetime(2026, 10, 24, 22, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    home = SkillHome(Path(__file__).parents[1], now=evening)
    await home.ask("set", slots={"time": "07:00"})
    (alarm,) = await home.clock.timers()
    assert alarm.due - evening.timestamp() == 10 * 3600  # nine hours on the clock's face, and the hour that came twice
