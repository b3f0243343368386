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
def _grammar() -> SpeechGrammar:
    home = make_home(entity("light.lamp", "lamp", "bedroom", LIGHT))
    return spoken_grammar(HomeGrammar(home, Sentences(load_language("en"), bundled_words())))


def _heard(sentence: str) -> bool:
    return _grammar().ending(sentence.split()).whole


@pytest.mark.parametrize("sentence", ["turn on the lamp", "lamp on", "turn it off", "set that to red"])
def test_what_people_say_is_listened_for(sentence: str) -> None:
    assert _heard(sentence)


@pytest.mark.parametrize("sentence", ["turn them on", "that off", "it red", "turn on the sofa"])
def test_what_nobody_says_is_not(sentence: str) -> None:
    assert not _heard(sentence)


def test_a_second_command_may_follow() -> None:
    assert _heard("turn on the lamp and turn it off")
