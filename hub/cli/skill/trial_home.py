"""A home that a skill's tests speak to: the demo home's things and grammar, and the one skill."""

import sys
from pathlib import Path

from hub.core.bundled import bundled
from hub.core.entities import Entity, HomeView
from hub.core.errors import PluginError
from hub.core.settings_file import load_settings
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.language import load_language
from hub.dialogue.matcher import Matcher
from hub.dialogue.meanings import Meaning, Understood
from hub.dialogue.sentences import Sentences
from hub.dialogue.targets import Surroundings
from hub.home.declared import declared_entity
from hub.plugins.wheels import wheels_of
from hub.sdk.locale import SkillWords
from hub.sdk.testing import SkillHome


class SpokenHome(SkillHome):
    """A `SkillHome` with the things of the demo home, that understands sentences: `await say(...)`, `expect(...)`."""

    def __init__(self, folder: Path) -> None:
        self._view = demo_view()
        sys.path[:0] = [wheel for wheel in wheels_of(folder) if wheel not in sys.path]
        super().__init__(folder, self._view.entities.values(), areas=self._view.areas.values())
        self.last = ""

    async def say(self, sentence: str, *, area: str = "living_room", language: str = "en") -> str:
        """Say a sentence in an area; the skill's answer in words. Fails the test when it means something else."""
        __tracebackhide__ = True  # an author's mistake is in what the author wrote
        if language not in self.locales:
            have = ", ".join(self.locales) or "none"
            raise PluginError(f"there is no locale/{language}.yaml", remedy=f"write it; there are: {have}")
        meaning = understood(sentence, self.words, self._view, area=area, language=language)
        assert meaning is not None, f"nobody understands {sentence!r} in {language}"
        entities, phrase = (meaning.target.entities, meaning.target.phrase) if meaning.target else ((), "")
        self.last = await self.ask(
            meaning.intent, *entities, area=area, language=language, phrase=phrase, slots=meaning.slots
        )
        return self.last

    def expect(self, reply: str) -> None:
        """Fail the test unless this was the last answer."""
        __tracebackhide__ = True
        assert self.last == reply, f"it answered {self.last!r}, not {reply!r}"

    @property
    def words(self) -> SkillWords:
        """What the skill understands."""
        return SkillWords(skill=self.manifest.id, locales=self.locales)


def demo_view() -> HomeView:
    """The demo home as the dialogue sees it."""
    settings = load_settings(bundled("config") / "demo" / "hearth.toml").settings
    entities: dict[str, Entity] = {e.id: e for e in map(declared_entity, settings.entity)}
    return HomeView(
        language="en",
        areas={a.id: a for a in settings.area},
        entities=entities,
        people={p.id: p for p in settings.person},
    )


def understood(
    sentence: str, skill: SkillWords, home: HomeView, *, others: tuple[SkillWords, ...] = (), area: str, language: str
) -> Meaning | None:
    """What a sentence means beside the `others`' sentences; None when nothing for certain."""
    matcher = Matcher(HomeGrammar(home, Sentences(load_language(language), [skill, *others])))
    outcome = matcher.match(sentence, Surroundings(area=area))
    return outcome.meaning if isinstance(outcome, Understood) and outcome.sure else None
