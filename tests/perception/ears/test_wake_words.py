import pytest

from hub.perception.ears.wake_words import with_wake_words, without_wake_words
from hub.perception.speech.grammar import SpeechGrammar

SOUNDS = {"hey": ("HH EY",), "jarvis": ("JH AA R V IH S",), "alexa": ("AH L EH K S AH",), "xyz": ()}
GRAMMAR = SpeechGrammar(
    words=("light", "off", "stop", "turn"),
    arcs=((0, 1, 3, 10), (1, 2, 1, 0), (2, 3, 0, 0), (0, 3, 2, 500)),
    finals=((3, 0),),
    pronunciations={"light": ("L AY T",), "off": ("AO F",), "stop": ("S T AA P",), "turn": ("T ER N",)},
)


@pytest.mark.parametrize("before", ["", "hey jarvis ", "jarvis ", "alexa "])
def test_every_sentence_may_begin_with_a_wake_word(before: str) -> None:
    grammar = SpeechGrammar.decode(with_wake_words(GRAMMAR, ["hey jarvis", "alexa"], SOUNDS).encode())
    for sentence in ("turn off light", "stop"):
        assert grammar.ending((before + sentence).split()).whole
    assert not grammar.ending((before + "turn off").split()).whole


@pytest.mark.parametrize("phrase", ["hey jarvis", "jarvis", "alexa"])
def test_the_wake_word_alone_is_whole_and_goes_on(phrase: str) -> None:
    ending = with_wake_words(GRAMMAR, ["hey jarvis", "alexa"], SOUNDS).ending(phrase.split())
    assert ending.whole
    assert ending.longer


@pytest.mark.parametrize("sentence", ["hey", "hey stop", "jarvis jarvis stop", "hey hey stop", "stop alexa"])
def test_nothing_else_is_let_in(sentence: str) -> None:
    grammar = with_wake_words(GRAMMAR, ["hey jarvis", "alexa"], SOUNDS)
    assert not grammar.ending(sentence.split()).whole


def test_a_word_that_cannot_be_spoken_is_left_out() -> None:
    assert with_wake_words(GRAMMAR, ["hey xyz"], SOUNDS) == GRAMMAR
    assert with_wake_words(GRAMMAR, [], {}) == GRAMMAR
    assert with_wake_words(SpeechGrammar(), ["hey jarvis"], SOUNDS) == SpeechGrammar()


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        ("hey jarvis turn off the light", "turn off the light"),
        ("jarvis turn off the light", "turn off the light"),
        ("Hey Jarvis, turn off the light.", "turn off the light."),
        ("alexa stop", "stop"),
        ("turn off the light", "turn off the light"),
        ("hey jarvis", ""),
        ("hey you", "hey you"),
        ("", ""),
    ],
)
def test_the_wake_word_is_taken_off(heard: str, text: str) -> None:
    assert without_wake_words(heard, ["hey jarvis", "alexa"]) == text
