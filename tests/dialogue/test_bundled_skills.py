"""Every example sentence of every bundled skill, in the demo home, through the real grammar."""

from pathlib import Path

import pytest

from hub.core.bundled import bundled
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.language import load_language
from hub.dialogue.matcher import Matcher
from hub.dialogue.meanings import Understood
from hub.dialogue.sentences import Sentences
from hub.dialogue.targets import Surroundings
from hub.sdk.locale import SkillWords, read_locale
from tests.demo_home import demo_view

LANGUAGES = ("en", "de")


def bundled_skills() -> list[SkillWords]:
    folders = sorted(p for p in Path(bundled("skills")).iterdir() if (p / "locale").is_dir())
    return [
        SkillWords(
            skill=folder.name,
            locales={p.stem: read_locale(p) for p in sorted((folder / "locale").glob("*.yaml")) if p.stem in LANGUAGES},
        )
        for folder in folders
    ]


@pytest.fixture(scope="module", params=LANGUAGES)
def matcher(request: pytest.FixtureRequest) -> Matcher:
    sentences = Sentences(load_language(request.param), bundled_skills())
    assert sentences.problems == {}
    return Matcher(HomeGrammar(demo_view(request.param), sentences))


def test_examples_are_understood(matcher: Matcher) -> None:
    """Said in the living room after the kitchen light was spoken of."""
    around = Surroundings(area="living_room", last=("light.kitchen",))
    wrong: list[str] = []
    count = 0
    for skill in bundled_skills():
        locale = skill.locales.get(matcher.grammar.language.language)
        for intent, words in locale.intents.items() if locale else ():
            for example in words.examples:
                count += 1
                outcome = matcher.match(example, around)
                good = isinstance(outcome, Understood) and outcome.meaning.name == f"{skill.skill}.{intent}"
                if not good or not isinstance(outcome, Understood) or outcome.meaning.cost > 0:
                    wrong.append(f"{skill.skill}.{intent}: {example!r} -> {outcome}")
    assert count > 100
    assert not wrong, "\n".join(wrong)


SPOKEN_OF = {
    "en": ("make it a bit brighter", "make it darker", "make it warmer"),
    "de": ("mach es etwas heller", "mach es dunkler", "mach es wärmer"),
}


def test_it_is_what_was_spoken_of_and_only_without_that_the_room(matcher: Matcher) -> None:
    brighter, darker, warmer = SPOKEN_OF[matcher.grammar.language.language]
    kitchen = Surroundings(area="living_room", last=("light.kitchen",))
    for said, name in ((brighter, "lights.brighter"), (darker, "lights.dimmer")):
        about = matcher.match(said, kitchen)
        assert isinstance(about, Understood)
        assert (about.meaning.name, tuple(about.meaning.target or ())) == (name, ("light.kitchen",))
        for last in ((), ("lock.front_door",)):
            room = matcher.match(said, Surroundings(area="living_room", last=last))
            assert isinstance(room, Understood)
            assert (room.meaning.name, room.meaning.target) == (name, None)
    heating = matcher.match(warmer, Surroundings(area="living_room", last=("light.bedroom",)))
    assert isinstance(heating, Understood)
    assert heating.meaning.name == "climate.warmer"


@pytest.mark.parametrize(
    "text", ["turn on the lamp at seven", "turn off the lamp in 5 minutes", "turn on the lamp at 7:30"]
)
def test_what_is_to_be_done_later_is_not_done_now(text: str) -> None:
    matcher = Matcher(HomeGrammar(demo_view("en"), Sentences(load_language("en"), bundled_skills())))
    assert not isinstance(matcher.match(text, Surroundings(area="living_room")), Understood)


@pytest.mark.realdata
def test_sentences_that_people_recorded_are_understood(data: Path) -> None:
    """The names of the recordings are the sentences; what belongs to another home is not understood, and never acts."""
    sentences = Sentences(load_language("en"), bundled_skills())
    matcher = Matcher(HomeGrammar(demo_view("en"), sentences))
    elsewhere = (
        "Sliding Door",
        "windows",
        "Office curtains",
        "Bed Light",
        "EcoBee",
        "Standing Light",
        "blinds in the Office",
    )
    texts = [p.stem for p in (data / "voice" / "home").glob("*/*.wav") if not p.stem.startswith("oov")]
    known = [text for text in texts if not any(name in text for name in elsewhere)]
    missed = [text for text in known if not isinstance(matcher.match(text, Surroundings(area="kitchen")), Understood)]
    assert len(known) >= 30
    assert missed == []
    for text in set(texts) - set(known):
        outcome = matcher.match(text, Surroundings(area="kitchen"))
        assert not (isinstance(outcome, Understood) and outcome.sure), text
