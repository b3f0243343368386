from datetime import date, time
from pathlib import Path

import pytest

import hub.sdk.speech
from hub.sdk.speech import speech_filters, words

LANGUAGES = sorted(p.stem for p in (Path(hub.sdk.speech.__file__).parent / "words").glob("*.toml"))


def test_every_language_has_the_same_words() -> None:
    english = words("en")
    for language in LANGUAGES:
        known = words(language)
        assert set(known.units) == set(english.units)
        assert set(known.kinds) == set(english.kinds)
        assert set(known.trouble) == set(english.trouble)
        assert len(known.date["weekdays"]) == 7
        assert len(known.date["months"]) == 12


def test_an_unknown_or_hostile_language_speaks_english() -> None:
    assert words("xx") == words("en") == words("../words/de")


@pytest.mark.parametrize(
    ("seconds", "english", "german"),
    [
        (30, "30 seconds", "30 Sekunden"),
        (1, "1 second", "1 Sekunde"),
        (105, "1 minute and 45 seconds", "1 Minute und 45 Sekunden"),
        (330, "5 minutes and 30 seconds", "5 Minuten und 30 Sekunden"),
        (22_800, "6 hours and 20 minutes", "6 Stunden und 20 Minuten"),
        (3_609, "1 hour", "1 Stunde"),
        (90_061, "1 day, 1 hour and 1 minute", "1 Tag, 1 Stunde und 1 Minute"),
        (0.2, "0 seconds", "0 Sekunden"),
        (59.7, "1 minute", "1 Minute"),
    ],
)
def test_duration(seconds: float, english: str, german: str) -> None:
    assert speech_filters("en")["duration"](seconds) == english
    assert speech_filters("de")["duration"](seconds) == german


def test_clock_and_date() -> None:
    en, de = speech_filters("en"), speech_filters("de")
    assert [en["clock"](t) for t in ("07:30", "19:00", "00:05", "12:00")] == ["7:30 am", "7 pm", "12:05 am", "12 pm"]
    assert [de["clock"](t) for t in (time(7, 30), "2026-11-20T19:00:00+01:00")] == ["7:30 Uhr", "19 Uhr"]
    assert en["date"]("2026-11-20") == "Friday, November 20"
    assert de["date"](date(2026, 3, 1)) == "Sonntag, der 1. März"


def test_number_drops_what_nobody_says() -> None:
    assert [speech_filters("en")["number"](n) for n in (21.0, 21.52, -0.01, 40)] == ["21", "21.5", "0", "40"]
    assert speech_filters("de")["number"](21.5) == "21,5"


def test_listing_and_articles() -> None:
    en = speech_filters("en")
    assert en["listing"](en["the"](["lamp", "my light", "Anna's fan"])) == "the lamp, my light and Anna's fan"
    assert en["listing"]([]) == ""
    assert speech_filters("de")["listing"](["Lampe", "Küchenlicht"]) == "Lampe und Küchenlicht"


def test_few_things_are_named_and_many_counted() -> None:
    lights = [{"name": n, "kind": "light"} for n in ("lamp", "ceiling", "strip")]
    things = speech_filters("en")["things"]
    assert things(lights[:2]) == "the lamp and the ceiling"
    assert things(lights) == "3 lights"
    assert things([*lights, {"name": "fan", "kind": "fan"}]) == "4 devices"
    assert speech_filters("de")["things"](lights) == "3 Lichter"


def test_troubles_are_named_by_their_cause() -> None:
    failed = [
        {"name": "lamp", "kind": "light", "code": "timeout"},
        {"name": "fan", "kind": "fan", "code": "unavailable"},
        {"name": "strip", "kind": "light", "code": "timeout"},
        {"name": "tv", "kind": "media_player", "code": "something new"},
    ]
    assert speech_filters("en")["troubles"](failed) == (
        "The lamp and the strip did not answer. The fan cannot be reached. The tv did not do it."
    )
    assert speech_filters("de")["troubles"](failed[:1]) == "Lamp hat nicht geantwortet."
    assert speech_filters("en")["troubles"]([]) == ""
