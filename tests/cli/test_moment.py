import time
from datetime import datetime

import click
import pytest

from hub.cli import moment as module


def moment(text: str) -> float:
    return module.moment(None, None, text)


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("2h", 7200), ("7d", 604_800), ("1.5d", 129_600)])
def test_so_long_ago(text: str, seconds: float) -> None:
    before = time.time()
    assert before - seconds <= moment(text) <= time.time() - seconds


def test_days_and_times_are_local_unless_they_say_otherwise() -> None:
    assert moment("2026-01-31") == datetime.fromisoformat("2026-01-31").timestamp()
    assert moment("2026-01-31T00:00:00+00:00") == 1_769_817_600
    assert moment("today") <= time.time()


def test_zero_is_ever_since() -> None:
    assert moment("0") == moment("1960-01-01") == moment("999999w") == 0.0


@pytest.mark.parametrize("text", ["", "yore", "7", "-3h", "2026-13-01", "7d ago"])
def test_other_words_are_wrong_usage(text: str) -> None:
    with pytest.raises(click.BadParameter):
        moment(text)
