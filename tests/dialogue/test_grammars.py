"""Grammars follow the skills that come and go."""

import asyncio
import threading
from collections.abc import Sequence

from hub.core.bus import Bus
from hub.core.entities import HomeView
from hub.dialogue.grammars import Grammars
from hub.dialogue.meanings import Understood
from hub.dialogue.targets import Surroundings
from hub.sdk.locale import SkillWords, parse_locale

LOCALE = parse_locale(b"language: en\nintents:\n  tell:\n    sentences: [what is for dinner]\n", "en.yaml")
DINNER = SkillWords(skill="dinner", locales={"en": LOCALE})


async def understands(grammars: Grammars) -> bool:
    matcher = await grammars.matcher("en")
    return isinstance(matcher.match("what is for dinner", Surroundings()), Understood)


async def test_a_skill_is_understood_once_it_is_there_and_not_once_it_is_gone() -> None:
    skills: list[SkillWords] = []
    heard: list[object] = []
    grammars = Grammars(Bus(), lambda: HomeView(language="en"), lambda: tuple(skills), changed=heard.append)
    await grammars.start()
    assert not await understands(grammars)
    skills.append(DINNER)
    await grammars.reload()
    assert await understands(grammars)
    skills.clear()
    await grammars.reload()
    assert not await understands(grammars)
    assert len(heard) == 3  # the recogniser was told of each
    await grammars.close()


async def test_a_skill_that_comes_while_a_grammar_is_built_is_not_missed() -> None:
    skills: list[SkillWords] = []
    reading, go_on = threading.Event(), threading.Event()

    def words() -> Sequence[SkillWords]:
        found = tuple(skills)
        reading.set()
        go_on.wait()
        return found

    grammars = Grammars(Bus(), lambda: HomeView(language="en"), words)
    starting = asyncio.create_task(grammars.start())
    await asyncio.to_thread(reading.wait)
    skills.append(DINNER)
    reloading = asyncio.create_task(grammars.reload())
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(starting, reloading)
    assert await understands(grammars)
    await grammars.close()
