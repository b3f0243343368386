import pytest

from hub.bench.intent import HIT, SLIPS, bundled_words, made_home
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.language import load_language
from hub.dialogue.matcher import Matcher
from hub.dialogue.meanings import Understood
from hub.dialogue.sentences import Sentences
from hub.dialogue.targets import Surroundings


@pytest.mark.parametrize("names", [500, 1500])
def test_the_made_home_has_that_many_different_names(names: int) -> None:
    home = made_home(names)
    assert len({entity.name for entity in home.entities.values()}) == names


def test_what_is_timed_is_understood() -> None:
    matcher = Matcher(HomeGrammar(made_home(500), Sentences(load_language("en"), bundled_words())))
    for text in (HIT, *SLIPS):
        outcome = matcher.match(text, Surroundings())
        assert isinstance(outcome, Understood), text
        assert outcome.sure, text
        assert outcome.meaning.name in ("power.turn_on", "power.turn_off")
