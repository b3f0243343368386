from pathlib import Path

import pytest

from hub.sdk.testing import SkillHome


@pytest.mark.parametrize(
    ("intent", "language", "reply"),
    [
        ("time", "en", "It is 9:30 am."),
        ("time", "de", "Es ist 9:30 Uhr."),
        ("date", "en", "It is Friday, November 20."),
        ("date", "de", "Heute ist Freitag, der 20. November."),
    ],
)
async def test_time_and_date(intent: str, language: str, reply: str) -> None:
    assert await SkillHome(Path(__file__).parents[1]).ask(intent, language=language) == reply
