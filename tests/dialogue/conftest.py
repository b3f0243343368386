"""A small home with a few skills' words, in English and German."""

from typing import Any

import msgspec
import pytest
import yaml

from hub.core.entities import Area, Entity, HomeView, Person
from hub.core.traits import PLAIN_CONFIG
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.language import load_language
from hub.dialogue.matcher import Matcher
from hub.dialogue.sentences import Sentences
from hub.sdk.locale import Locale, SkillWords

LIGHT = ("OnOff", "Level", "Color")
_SKILLS = """
switching:
  en:
    language: en
    expansions: {turn: "(turn|switch)"}
    intents:
      "on":
        target: {traits: [OnOff]}
        slots: {value: true}
        sentences: ["<turn> on {target}", "<turn> {target} on [<in_area>]"]
      "off":
        target: {traits: [OnOff]}
        slots: {value: false}
        sentences: ["<turn> off {target}", "<turn> {target} off [<in_area>]"]
    replies: {"on": "Turned on {{ names | the | listing }}.", left: "{{ seconds | duration }} left."}
  de:
    language: de
    expansions: {mach: "(mach|schalte)"}
    intents:
      "on":
        target: {traits: [OnOff]}
        slots: {value: true}
        sentences: ["<mach> {target} (an|ein)", "<mach> <in_area> {target} (an|ein)"]
      "off":
        target: {traits: [OnOff]}
        slots: {value: false}
        sentences: ["<mach> {target} aus"]
    replies: {left: "Noch {{ seconds | duration }}."}
lamps:
  en:
    language: en
    lists: {mood: {cosy: 1, "(work|working)": 2}}
    intents:
      level:
        target: {kinds: [light], traits: [Level]}
        sentences: ["set [the brightness of] {target} to {percent}", "dim {target} to {percent:level}"]
      color:
        target: {kinds: [light]}
        sentences: ["set {target} to {color}", "make {target} {color}"]
      mood:
        sentences: ["{mood} mood [<in_area>]"]
covering:
  en:
    language: en
    intents:
      open:
        target: {kinds: [cover], traits: [Position]}
        sentences: ["open {target}"]
      close:
        target: {kinds: [cover], traits: [Position]}
        sentences: ["close {target}"]
  de:
    language: de
    intents:
      close:
        target: {kinds: [cover], traits: [Position]}
        sentences: ["mach {target} zu"]
locking:
  en:
    language: en
    intents:
      lock:
        target: {kinds: [lock], traits: [Lock]}
        sentences: ["lock {target}"]
      unlock:
        target: {kinds: [lock], traits: [Lock]}
        sentences: ["(unlock|open) {target}"]
counting:
  en:
    language: en
    intents:
      start:
        sentences: ["(set|start) [a] timer for {duration}", "wake me at {time}"]
      heat:
        target: {kinds: [climate], traits: [Setpoint]}
        sentences: ["set {target} to {temperature}"]
      count:
        sentences: ["count to {number}", "add {1..12:hours} hours"]
      warm:
        sentences: ["how warm is it [<in_area>]"]
      who:
        sentences: ["where is {person}"]
  de:
    language: de
    intents:
      start:
        sentences: ["stelle einen Timer auf {duration}", "weck mich um {time}"]
      warm:
        sentences: ["wie warm ist es [<in_area>]"]
"""


def make_skills(text: str = _SKILLS) -> list[SkillWords]:
    """Skills' words from YAML: skill -> language -> locale."""
    tables: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return [
        SkillWords(skill=skill, locales={code: msgspec.convert(t, Locale) for code, t in locales.items()})
        for skill, locales in tables.items()
    ]


def entity(id: str, name: str, area: str = "", traits: tuple[str, ...] = ("OnOff",), **more: Any) -> Entity:  # noqa: A002
    return Entity(id=id, name=name, area=area, traits=dict.fromkeys(traits, PLAIN_CONFIG), **more)


def make_home(*more: Entity, language: str = "en") -> HomeView:
    areas = (
        Area(id="kitchen", name="kitchen", floor="downstairs", names={"de": ("Küche",)}),
        Area(id="living_room", name="living room", floor="downstairs", names={"de": ("Wohnzimmer",)}),
        Area(id="bedroom", name="bedroom", floor="upstairs", names={"de": ("Schlafzimmer",)}),
        Area(id="garage", name="garage", floor="downstairs"),
    )
    things = (
        entity("light.kitchen", "kitchen light", "kitchen", LIGHT, names={"de": ("Küchenlicht",)}),
        entity("light.counter", "counter light", "kitchen", LIGHT),
        entity("light.lamp", "lamp", "living_room", LIGHT, names={"de": ("Lampe",)}),
        entity("light.bedroom", "bedroom light", "bedroom", LIGHT),
        entity("fan.bedroom", "bedroom fan", "bedroom"),
        entity("switch.coffee", "coffee machine", "kitchen"),
        entity("cover.blinds", "blinds", "living_room", ("Position",), device_class="blind", names={"de": ("Rollos",)}),
        entity("cover.garage", "garage door", "garage", ("Position",), device_class="garage"),
        entity("climate.hall", "thermostat", "", ("Setpoint",)),
        entity("lock.front", "front door", "", ("Lock",)),
        entity("media_player.tv", "TV", "living_room", ("OnOff", "Media"), aliases=("telly",)),
        *more,
    )
    return HomeView(
        language=language,
        areas={a.id: a for a in areas},
        entities={e.id: e for e in things},
        people={"anna": Person(id="anna", name="Anna")},
    )


def make_matcher(home: HomeView, skills: list[SkillWords], language: str = "en") -> Matcher:
    return Matcher(HomeGrammar(home, Sentences(load_language(language), skills)))


@pytest.fixture(scope="session")
def skills() -> list[SkillWords]:
    return make_skills()


@pytest.fixture(scope="session")
def matcher(skills: list[SkillWords]) -> Matcher:
    """The small home in English. Matchers keep no state between sentences."""
    return make_matcher(make_home(), skills)


@pytest.fixture(scope="session")
def german(skills: list[SkillWords]) -> Matcher:
    """The small home in German."""
    return make_matcher(make_home(language="de"), skills, "de")
