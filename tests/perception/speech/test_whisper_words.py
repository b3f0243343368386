"""What goes into Whisper and what is made of what comes out, without any model."""

import math

import pytest

from hub.perception.speech.whisper_words import confidence, grammar_words, hotwords, is_echo

SENTENCES = (
    "turn on the light; set to fifty percent; twenty one degrees; what's on; alarm for seven thirty pm; living room"
)
KNOWN = frozenset((*SENTENCES.replace(";", "").split(), "wi-fi"))


@pytest.mark.parametrize(
    ("avg_logprob", "no_speech", "believed"),
    [(-0.1, 0.0, True), (-0.6, 0.1, True), (-0.9, 0.0, True), (-1.1, 0.0, False), (-0.7, 0.9, False), (-4, 1, False)],
)
def test_half_is_where_a_text_is_refused(avg_logprob: float, no_speech: float, believed: bool) -> None:
    assert (confidence(avg_logprob, no_speech, 1.0) >= 0.5) is believed


def test_surer_is_never_less_confident_and_no_speech_never_more() -> None:
    by_sureness = [confidence(n / 10, 0.2, 1.0) for n in range(-40, 1)]
    by_doubt = [confidence(-0.5, n / 10, 1.0) for n in range(11)]
    assert by_sureness == sorted(by_sureness)
    assert by_doubt == sorted(by_doubt, reverse=True)
    assert all(0 <= sure <= 1 for sure in (*by_sureness, *by_doubt))


def test_a_loop_and_a_score_that_is_none_are_worth_nothing() -> None:
    assert confidence(-0.1, 0.0, 3.0) == 0.0
    assert confidence(math.nan, 0.0, 1.0) == 0.0
    assert confidence(-math.inf, 0.0, 1.0) == 0.0


PIECES = {"the": 1, "lamp": 1, "ecobee": 3, "sonos": 2, "jarvis": 2, "thermostat": 2, "50": 2, "what's": 2, "wi-fi": 3}


def test_hotwords_are_the_odd_words_and_the_oddest_first() -> None:
    assert hotwords(PIECES, PIECES.__getitem__) == ("ecobee", "jarvis", "sonos", "thermostat")


@pytest.mark.parametrize(("most", "expected"), [(0, ()), (3, ("jarvis",)), (4, ("ecobee",)), (7, ("ecobee", "jarvis"))])
def test_hotwords_fit_into_what_the_model_takes(most: int, expected: tuple[str, ...]) -> None:
    assert hotwords(PIECES, PIECES.__getitem__, most) == expected


def test_a_home_of_odd_names_gives_what_fits() -> None:
    names = ["zog" + "ab"[n % 2] * (n // 2 + 1) for n in range(500)]
    chosen = hotwords(names, lambda word: 4)
    assert len(chosen) == 44
    assert sum(5 for _ in chosen) <= 220


@pytest.mark.parametrize("text", ["ecobee, jarvis, sonos", " Ecobee, Jarvis, Sonos.", "jarvis, sonos"])
def test_the_prompt_read_out_is_an_echo(text: str) -> None:
    assert is_echo(text, ("ecobee", "jarvis", "sonos"))


@pytest.mark.parametrize("text", ["", "jarvis", "sonos, ecobee", "ecobee sonos", "turn on the sonos", "..."])
def test_what_is_said_is_no_echo(text: str) -> None:
    assert not is_echo(text, ("ecobee", "jarvis", "sonos"))


def test_without_a_prompt_nothing_is_an_echo() -> None:
    assert not is_echo("turn on the light", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Turn on the light.", "turn on the light"),
        ("TURN ON, the \u201clight\u201d!", "turn on the light"),
        ("Set the light to 50%.", "set the light to fifty percent"),
        ("Set to 21\u00b0", "set to twenty one degrees"),
        ("What\u2019s on?", "what's on"),
        ("Alarm for 7:30 p.m.", "alarm for seven thirty pm"),
        ("the living-room Wi-Fi", "the living room wi-fi"),
        ("Turn on the 9", "turn on the 9"),  # nine is no word of this grammar
        ("Mind the xylophone", "mind the xylophone"),
        ("... - !", ""),
        ("", ""),
    ],
)
def test_text_in_the_grammars_spelling(text: str, expected: str) -> None:
    assert " ".join(grammar_words(text, KNOWN)) == expected
