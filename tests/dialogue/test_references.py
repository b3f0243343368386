"""Numbers, durations, temperatures and times as they are said, in both languages."""

import pytest
from hassil.numbers import get_rbnf_engine
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.dialogue.lattice import Lattice
from hub.dialogue.matcher import Matcher
from hub.dialogue.words import words_of


def values(matcher: Matcher, phrase: str, text: str) -> set[object]:
    """What `text`, all of it, can stand for as `phrase`."""
    lattice = Lattice(words_of(text), matcher.grammar.sources)
    return {span.value for span in lattice.spans(phrase, 0) if span.end == len(lattice.words)}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5 minutes", 300),
        ("five minutes", 300),
        ("5 and a half minutes", 330),
        ("five and a half minutes", 330),
        ("1 hour and 20 minutes", 4800),
        ("an hour and twenty minutes", 4800),
        ("half an hour", 1800),
        ("a quarter of an hour", 900),
        ("an hour and a half", 5400),
        ("6 hours and 20 minutes", 22800),
        ("1 minute and 45 seconds", 105),
        ("ninety seconds", 90),
        ("two hours, three minutes and four seconds", 7384),
        ("one hundred and twenty minutes", 7200),
        ("a hundred seconds", 100),
    ],
)
def test_durations(matcher: Matcher, text: str, seconds: float) -> None:
    assert values(matcher, "duration", text) == {float(seconds)}


@pytest.mark.parametrize("text", ["0 minutes", "minutes", "5", "half", "five and a half", "9999 hours"])
def test_no_durations(matcher: Matcher, text: str) -> None:
    assert values(matcher, "duration", text) == set()


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("seven", "07:00"),
        ("7 am", "07:00"),
        ("seven thirty", "07:30"),
        ("7 30 pm", "19:30"),
        ("7:30 pm", "19:30"),
        ("19:30", "19:30"),
        ("quarter past seven", "07:15"),
        ("a quarter to eight", "07:45"),
        ("half past six in the evening", "18:30"),
        ("ten past nine", "09:10"),
        ("twenty to five pm", "16:40"),
        ("noon", "12:00"),
        ("midnight", "00:00"),
        ("12 am", "00:00"),
        ("twelve pm", "12:00"),
        ("five o'clock", "05:00"),
        ("quarter to midnight", None),
    ],
)
def test_times(matcher: Matcher, text: str, time: str | None) -> None:
    assert values(matcher, "time", text) == ({time} if time else set())


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("21", 21.0),
        ("21 degrees", 21.0),
        ("21.5 degrees", 21.5),
        ("21,5 °", 21.5),
        ("twenty one point five degrees", 21.5),
        ("twenty-one and a half degrees celsius", 21.5),
        ("minus five degrees", -5.0),
    ],
)
def test_temperatures(matcher: Matcher, text: str, degrees: float) -> None:
    assert values(matcher, "temperature", text) == {degrees}


@pytest.mark.parametrize(
    ("text", "percent"), [("50 percent", 50), ("50%", 50), ("fifty", 50), ("half", 50), ("full", 100), ("101", None)]
)
def test_percents(matcher: Matcher, text: str, percent: int | None) -> None:
    assert values(matcher, "percent", text) == ({percent} if percent is not None else set())


@pytest.mark.parametrize(
    ("phrase", "text", "value"),
    [
        ("duration", "fünf Minuten", 300.0),
        ("duration", "eine Stunde und zwanzig Minuten", 4800.0),
        ("duration", "eine halbe Stunde", 1800.0),
        ("duration", "anderthalb Stunden", 5400.0),
        ("duration", "fünfundzwanzig Sekunden", 25.0),
        ("time", "halb acht", "07:30"),
        ("time", "sieben Uhr dreißig", "07:30"),
        ("time", "viertel vor sieben abends", "18:45"),
        ("time", "19.30 Uhr", "19:30"),
        ("temperature", "einundzwanzig Komma fünf Grad", 21.5),
        ("temperature", "minus drei Grad", -3.0),
        ("percent", "zwanzig Prozent", 20),
    ],
)
def test_german_values(german: Matcher, phrase: str, text: str, value: object) -> None:
    assert values(german, phrase, text) == {value}


def in_words(number: int) -> str:
    return str(get_rbnf_engine("en").format_number(number).text)


@given(st.integers(1, 48), st.integers(1, 240), st.integers(1, 240), st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_duration_comes_back(matcher: Matcher, hours: int, minutes: int, seconds: int, words: bool) -> None:
    say = in_words if words else str
    total = hours * 3600 + minutes * 60 + seconds
    text = f"{say(hours)} hours {say(minutes)} minutes and {say(seconds)} seconds"
    assert values(matcher, "duration", text) == {float(total)}


@given(st.integers(0, 23), st.integers(0, 59))
@settings(max_examples=60, deadline=None)
def test_any_time_in_digits_comes_back(matcher: Matcher, hour: int, minute: int) -> None:
    assert values(matcher, "time", f"{hour}:{minute:02d}") == {f"{hour:02d}:{minute:02d}"}


@given(st.integers(0, 100))
@settings(max_examples=40, deadline=None)
def test_any_percent_comes_back(matcher: Matcher, percent: int) -> None:
    assert values(matcher, "percent", f"{in_words(percent)} percent") == {percent}
