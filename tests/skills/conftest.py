"""The demo home and every bundled skill's words, as the dialogue gets them."""

from collections.abc import Callable

import pytest

from hub.core.bundled import bundled
from hub.core.entities import HomeView
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.language import load_language
from hub.dialogue.matcher import Matcher
from hub.dialogue.sentences import Sentences
from hub.sdk.locale import SkillWords, read_locale
from tests.demo_home import demo_view

SKILLS = bundled("skills")


@pytest.fixture(scope="session")
def words() -> list[SkillWords]:
    """Every bundled skill's locales."""
    folders = sorted(p.parent for p in SKILLS.glob("*/skill.toml"))
    return [
        SkillWords(skill=f.name, locales={p.stem: read_locale(p) for p in (f / "locale").glob("*.yaml")})
        for f in folders
    ]


@pytest.fixture(scope="session")
def demo_home() -> HomeView:
    """The bundled demo home, with a camera in its hallway."""
    return demo_view()


@pytest.fixture(scope="session")
def matcher(words: list[SkillWords], demo_home: HomeView) -> Callable[..., Matcher]:
    """The matcher of a home (the demo home) in a language."""
    made: dict[tuple[str, int], Matcher] = {}
    compiled: dict[str, Sentences] = {}

    def of(language: str = "en", home: HomeView = demo_home) -> Matcher:
        if language not in compiled:
            compiled[language] = Sentences(load_language(language), words)
            assert compiled[language].problems == {}
        key = (language, id(home))
        if key not in made:
            made[key] = Matcher(HomeGrammar(home, compiled[language]))
        return made[key]

    return of
