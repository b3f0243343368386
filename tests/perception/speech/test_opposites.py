"""On or off: what is in doubt is weighed against its opposite, with the real acoustic model."""

import msgspec
import pytest

from hub.bench.recordings import clips, read
from hub.core.bundled import bundled
from hub.inference.store import ModelStore
from hub.perception.speech.opposites import Opposites, turned_round
from tests.perception.speech.small_grammars import SENTENCES, grammar

GRAMMAR = msgspec.structs.replace(grammar(*SENTENCES), opposites=(("on", "off"), ("lock", "unlock")))
ON, OFF, LOCK = (sentence.split() for sentence in SENTENCES)


@pytest.fixture(scope="module")
def opposites() -> Opposites:
    return Opposites(ModelStore().folder("pocketsphinx-en-us") / "en-us")


def test_only_sentences_of_the_home_are_weighed() -> None:
    assert turned_round(ON, GRAMMAR) == [OFF]
    assert turned_round(LOCK, GRAMMAR) == []  # nothing here can be unlocked
    assert turned_round(["on"], GRAMMAR) == []
    assert turned_round(ON, msgspec.structs.replace(GRAMMAR, opposites=())) == []


def test_what_was_said_is_far_likelier_than_its_opposite(opposites: Opposites) -> None:
    sound = read(clips(bundled("config") / "demo" / "clips")[0])
    (off,) = opposites.weigh(ON, 0.6, GRAMMAR, sound)
    assert off.text == SENTENCES[1]
    assert off.confidence < 0.6 * 0.85


def test_what_was_misheard_is_no_likelier_than_its_opposite(opposites: Opposites) -> None:
    sound = read(clips(bundled("config") / "demo" / "clips")[0])
    (on,) = opposites.weigh(OFF, 0.6, GRAMMAR, sound)
    assert (on.text, on.confidence) == (SENTENCES[0], 0.6)


def test_a_sentence_without_an_opposite_costs_nothing(opposites: Opposites) -> None:
    assert opposites.weigh(LOCK, 0.9, GRAMMAR, read(clips(bundled("config") / "demo" / "clips")[0])) == ()
