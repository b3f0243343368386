"""Intents by the real grammar of the demo home, without acting; and the hub's own voice."""

from collections.abc import AsyncIterator, Sequence

import pytest

from hub.core.bundled import bundled
from hub.core.bus import Bus
from hub.core.errors import UnavailableError
from hub.core.settings import PluginSettings
from hub.core.settings_file import load_settings
from hub.core.states import StateTable
from hub.dialogue.dialogue import Dialogue
from hub.dialogue.tts.speak import Speaker
from hub.dialogue.tts.speech import Speech, silence
from hub.home.registry import Home
from hub.plugins.discovery import find_skills
from hub.satellites.wyoming.spoken import SpokenBy
from hub.satellites.wyoming.understanding import GrammarUnderstanding
from hub.sdk.intents import IntentAnswer, IntentCall
from hub.sdk.locale import SkillWords


class Words:
    """The bundled skills' words; calling one is a failure of the test."""

    def words(self) -> Sequence[SkillWords]:
        return [found.words for found in find_skills(PluginSettings()).plugins]

    async def call(self, call: IntentCall) -> IntentAnswer:
        raise AssertionError(call)


@pytest.fixture
async def understanding() -> AsyncIterator[GrammarUnderstanding]:
    bus = Bus()
    settings = load_settings(bundled("config") / "demo" / "hearth.toml").settings
    dialogue = Dialogue(bus, Home(settings, bus, StateTable(bus)).view, Words())
    await dialogue.start()
    yield GrammarUnderstanding(dialogue)
    await dialogue.close()


async def test_what_sentences_mean(understanding: GrammarUnderstanding) -> None:
    one = understanding.recognize("turn on the kitchen light", language="en")
    assert [r.slots["entity"] for r in one] == [["light.kitchen"]]
    two = understanding.recognize("turn off the lamp and close the blinds")
    assert [r.slots["entity"] for r in two] == [["light.living_room_lamp"], ["cover.living_room_blinds"]]
    here = understanding.recognize("turn on the light", area="bedroom")
    assert here[0].slots["entity"] == ["light.bedroom"]
    assert understanding.recognize("purple bananas sing") == []
    assert understanding.recognize("x" * 100_000) == []


class Engine:
    """An engine that speaks silence, or fails."""

    name = "quiet"

    def __init__(self, works: bool) -> None:
        self._works = works

    async def synthesize(self, text: str, language: str = "en") -> Speech:
        if not self._works:
            raise UnavailableError("hoarse")
        return silence(22_050)


async def test_the_hubs_own_voice() -> None:
    voice = SpokenBy(Speaker([Engine(True)]), ("en", "de"))
    assert voice.voices == [("quiet", "en"), ("quiet", "de")]
    assert (await voice.synthesize("hello")).rate == 22_050
    with pytest.raises(UnavailableError, match="speak with"):
        await SpokenBy(Speaker([Engine(False)])).synthesize("hello")
    assert SpokenBy(Speaker([])).voices == []
