"""German, the second language: the same code with another file."""

import pytest

from hub.dialogue.lattice import INFINITE
from hub.dialogue.matcher import Matcher
from hub.dialogue.meanings import Understood
from hub.dialogue.targets import Surroundings
from hub.dialogue.words import words_of
from tests.dialogue.conftest import make_home
from tests.dialogue.talking import House


@pytest.mark.parametrize(
    ("text", "name", "entities"),
    [
        ("mach das Licht in der Küche an", "switching.on", {"light.kitchen", "light.counter"}),
        ("schalte das Küchenlicht an", "switching.on", {"light.kitchen"}),
        ("mach die Schlafzimmerlampe aus", "switching.off", {"light.bedroom"}),
        ("mach alles oben aus", "switching.off", {"light.bedroom", "fan.bedroom"}),
        ("mach alles im Obergeschoss aus", "switching.off", {"light.bedroom", "fan.bedroom"}),
        ("mach im Schlafzimmer das Licht an", "switching.on", {"light.bedroom"}),
        ("mach die Lampe und das Küchenlicht aus", "switching.off", {"light.lamp", "light.kitchen"}),
        ("mach die Rollos zu", "covering.close", {"cover.blinds"}),
        ("kannst du bitte das Licht im Schlafzimmer anmachen", "", set()),
        ("mach das Lciht in der Küche an", "switching.on", {"light.kitchen", "light.counter"}),
        ("stelle einen Timer auf fünf Minuten", "counting.start", set()),
        ("weck mich um halb acht", "counting.start", set()),
        ("wie warm ist es im Schlafzimmer", "counting.warm", set()),
    ],
)
def test_sentences(german: Matcher, text: str, name: str, entities: set[str]) -> None:
    outcome = german.match(text, Surroundings())
    if not name:
        assert not isinstance(outcome, Understood)
        return
    assert isinstance(outcome, Understood), outcome
    assert outcome.sure
    assert outcome.meaning.name == name
    assert set(outcome.meaning.target or ()) == entities


@pytest.mark.parametrize(
    "around", ["sei so gut und {}", "wärst du so nett und {}", "sei so lieb und {} bitte", "hey, sei so nett und {}"]
)
def test_politeness_around_a_command(german: Matcher, around: str) -> None:
    outcome = german.match(around.format("mach die Lampe aus"), Surroundings())
    assert isinstance(outcome, Understood)
    assert (outcome.meaning.name, outcome.meaning.cost) == ("switching.off", 0)


def test_not_is_never_dropped(german: Matcher) -> None:
    outcome = german.match("mach das Küchenlicht nicht an", Surroundings())
    assert not (isinstance(outcome, Understood) and outcome.sure)


@pytest.mark.parametrize("word", ["außer", "später", "schließ", "öffne"])
def test_a_word_that_decides_the_meaning_is_never_dropped_however_it_is_written(german: Matcher, word: str) -> None:
    [heard] = words_of(word)
    assert german.mender.drop_cost(heard) >= INFINITE


async def test_a_conversation() -> None:
    async with House(make_home(language="de")) as house:
        await house.say("mach die Lampe aus und die Rollos zu", "mach das Licht im Schlafzimmer an", "und in der Küche")
        assert house.skills.did == [
            ("switching.off", ("light.lamp",)),
            ("covering.close", ("cover.blinds",)),
            ("switching.on", ("light.bedroom",)),
            ("switching.on", ("light.kitchen", "light.counter")),
        ]
        assert await house.say("mach den Kronleuchter an") == ["Ich kenne nichts, das den kronleuchter heißt."]


async def test_another_language_than_the_homes_is_understood_when_asked_for() -> None:
    async with House() as house:
        turn = await house.dialogue.hear("mach die Lampe aus", language="de")
        assert [m.name for m in turn.intents] == ["switching.off"]
