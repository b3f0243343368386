"""What a recogniser is told to listen for, of all that may be typed."""

import functools

import pytest

from hub.bench.intent import bundled_words
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.language import load_language
from hub.dialogue.sentences import Sentences
from hub.dialogue.spoken_grammar import spoken_grammar
from hub.perception.speech.grammar import SpeechGrammar
from tests.dialogue.conftest import LIGHT, entity, make_home


@functools.cache
def _grammar(pointing: bool = False) -> SpeechGrammar:
    home = make_home(entity("light.lamp", "lamp", "bedroom", LIGHT))
    return spoken_grammar(HomeGrammar(home, Sentences(load_language("en"), bundled_words())), pointing=pointing)


def _heard(sentence: str, pointing: bool = False) -> bool:
    return _grammar(pointing).ending(sentence.split()).whole


@pytest.mark.parametrize(
    "sentence",
    [
        "turn on the lamp",
        "lamp on",
        "turn it off",
        "set that to red",
    ],
)
def test_what_people_say_is_listened_for(sentence: str) -> None:
    assert _heard(sentence)


@pytest.mark.parametrize(
    "sentence", ["turn them on", "that off", "it red", "this lamp on", "that is the light", "turn on the sofa"]
)
def test_what_nobody_says_is_not(sentence: str) -> None:
    assert not _heard(sentence)


def test_a_second_command_may_follow() -> None:
    assert _heard("turn on the lamp and turn it off")


@pytest.mark.parametrize(
    "sentence", ["turn this on", "turn that light off", "what's this", "that is the lamp", "forget where the lamp is"]
)
def test_pointing_words_are_listened_for_where_a_camera_looks_for_hands(sentence: str) -> None:
    assert _heard(sentence, pointing=True)
    assert not _heard(sentence)


@pytest.mark.parametrize("sentence", ["this lamp on", "that off", "that is the light", "turn that lamp over there on"])
def test_and_no_more_of_them_than_are_needed(sentence: str) -> None:
    assert not _heard(sentence, pointing=True)
