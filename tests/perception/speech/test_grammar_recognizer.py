"""PocketSphinx with the real acoustic model, in a small grammar, on the demo home's clips."""

import numpy as np
import pytest

from hub.bench.recordings import Sound, clips, read
from hub.core.bundled import bundled
from hub.core.errors import ModelError, UnavailableError
from hub.inference.store import ModelStore
from hub.perception.speech.grammar_recognizer import GrammarRecognizer
from hub.perception.speech.recognizer import Transcript
from tests.perception.speech.small_grammars import SENTENCES, grammar


@pytest.fixture(scope="module")
def recognizer() -> GrammarRecognizer:
    made = GrammarRecognizer(ModelStore().folder("pocketsphinx-en-us") / "en-us")
    made.set_grammar(grammar(*SENTENCES))
    return made


def test_a_clip_is_heard_word_by_word(recognizer: GrammarRecognizer) -> None:
    sound = read(clips(bundled("config") / "demo" / "clips")[0])
    utterance = recognizer.begin()
    for at in range(0, len(sound), 1280):
        utterance.feed(sound[at : at + 1280])
    heard = utterance.finish()
    assert heard.text == SENTENCES[0]
    assert heard.confidence > 0.8
    times = [(w.t_start, w.t_end) for w in heard.words]
    assert times == sorted(times) and 0 < times[0][0] < times[-1][1] <= len(sound) / 16_000


def test_the_guess_is_complete_once_the_command_is(recognizer: GrammarRecognizer) -> None:
    sound = read(clips(bundled("config") / "demo" / "clips")[0])
    utterance = recognizer.begin()
    utterance.feed(sound)
    partial = utterance.partial()
    assert (partial.text, partial.complete) == (SENTENCES[0], True)
    utterance.cancel()


def test_another_sentence_is_not_believed(recognizer: GrammarRecognizer) -> None:
    utterance = recognizer.begin()
    utterance.feed(read(clips(bundled("config") / "demo" / "clips")[8]))  # what is the temperature in the bedroom
    assert utterance.finish().confidence < 0.5


def test_silence_is_nothing_and_what_was_kept_is_zeroed(recognizer: GrammarRecognizer) -> None:
    utterance = recognizer.begin()
    utterance.feed(np.zeros(16_000, np.int16))
    kept = utterance._sound
    assert utterance.finish().text == ""
    assert kept == [] and utterance.finish().text == ""


def test_at_most_four_speak_at_once(recognizer: GrammarRecognizer) -> None:
    open_ones = [recognizer.begin() for _ in range(4)]
    with pytest.raises(UnavailableError, match="speak at once"):
        recognizer.begin()
    for utterance in open_ones:
        utterance.cancel()
    recognizer.begin().cancel()


def test_a_folder_without_a_model_is_named(tmp_path: object) -> None:
    with pytest.raises(ModelError, match="hearth models verify"):
        GrammarRecognizer(tmp_path)  # type: ignore[arg-type]


def test_what_was_heard_before_changes_nothing(recognizer: GrammarRecognizer) -> None:
    sounds = [read(path) for path in clips(bundled("config") / "demo" / "clips")[:2]]

    def hear(sound: Sound) -> Transcript:
        utterance = recognizer.begin()
        utterance.feed(sound)
        return utterance.finish()

    first = hear(sounds[0])
    hear((sounds[1] // 8).astype(np.int16))
    assert hear(sounds[0]) == first


def test_a_name_that_cannot_be_pronounced_costs_its_own_sentences_alone() -> None:
    """A room called in another script must not make the home deaf."""
    made = GrammarRecognizer(ModelStore().folder("pocketsphinx-en-us") / "en-us")
    mixed = grammar(*SENTENCES, "hey jarvis turn on the غرفة light", "寝室 please")
    made.set_grammar(mixed)
    utterance = made.begin()
    utterance.feed(read(clips(bundled("config") / "demo" / "clips")[0]))
    assert utterance.finish().text == SENTENCES[0]
    sayable = mixed.sayable()
    assert sayable.ending(SENTENCES[0].split()).whole
    assert not sayable.ending(["please"]).longer and not sayable.ending(["寝室"]).longer
    assert grammar(*SENTENCES).sayable().arcs == grammar(*SENTENCES).arcs


def test_a_grammar_of_which_nothing_can_be_said_is_none() -> None:
    made = GrammarRecognizer(ModelStore().folder("pocketsphinx-en-us") / "en-us")
    made.set_grammar(grammar("غرفة"))
    with pytest.raises(UnavailableError):
        made.begin()
