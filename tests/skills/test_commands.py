"""What people say to the demo home does the right thing: from text through the dialogue's grammar to the commands."""

import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.core.bundled import bundled
from hub.core.entities import Area, Entity, HomeView
from hub.core.settings_file import load_settings
from hub.core.traits import PLAIN_CONFIG, TraitConfig
from hub.dialogue.conversation import Act, Conversation, Session
from hub.dialogue.matcher import Matcher
from hub.dialogue.meanings import Meaning, Understood
from hub.dialogue.targets import Surroundings
from hub.home.declared import declared_entity
from hub.sdk.testing import SkillHome

COMMANDS = tomllib.loads((bundled("config") / "demo" / "commands.toml").read_text("utf-8"))["command"]
STORY = tomllib.loads((bundled("config") / "demo" / "story.toml").read_text("utf-8"))["clip"]
DECLARED = load_settings(bundled("config") / "demo" / "hearth.toml").settings


def meanings(matcher: Matcher, text: str, area: str) -> list[Meaning]:
    """What the dialogue would do for `text` said in `area`, fresh."""
    steps = Conversation(matcher).read(text, Session(), area, 0.0).steps
    assert all(isinstance(step, Act) for step in steps), f"{text!r}: {steps}"
    return [step.meaning for step in steps if isinstance(step, Act)]


async def carried_out(meaning: Meaning, area: str) -> tuple[list[tuple[str, str, Any]], str]:
    """The commands that a skill gives in the demo home as it starts, and its reply."""
    home = SkillHome(
        bundled("skills") / meaning.skill,
        [declared_entity(e) for e in DECLARED.entity],
        {e.id: dict(e.initial) for e in DECLARED.entity},
        areas=DECLARED.area,
    )
    target = meaning.target.entities if meaning.target else ()
    reply = await home.ask(meaning.intent, *target, area=area, slots=meaning.slots)
    return home.home.commands, reply


def test_there_are_enough_different_commands_from_every_skill() -> None:
    assert len({c["text"] for c in COMMANDS}) >= 60
    skills = {p.parent.name for p in bundled("skills").glob("*/skill.toml")}
    assert {c["intent"].partition(".")[0] for c in COMMANDS} == skills - {"cameras"}  # the demo home has none


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: re.sub(r"\W+", "_", c["text"]))
async def test_a_command_does_what_it_says(command: dict[str, Any], matcher: Callable[..., Matcher]) -> None:
    understood = meanings(matcher(), command["text"], command["area"])
    assert understood[0].name == command["intent"]
    assert all(m.cost == 0 for m in understood)
    sent, reply = await carried_out(understood[0], command["area"])
    expected = {(e, command["trait"], command["value"]) for e in command.get("entities", ())}
    assert expected <= set(sent) if command.get("more") else expected == set(sent)
    assert command.get("reply", "") in reply
    assert reply.endswith((".", "?"))


@pytest.mark.parametrize("clip", [c for c in STORY if c.get("wake", True)], ids=lambda c: c["id"])
def test_the_story_is_understood_and_its_clips_are_there(clip: dict[str, Any], matcher: Callable[..., Matcher]) -> None:
    assert 10_000 < (bundled("config") / "demo" / clip["file"]).stat().st_size < 100_000
    if clip["intent"] == "dialogue.undo" or clip["id"] in ("follow_up", "point"):
        return  # what was said or pointed at before says what it means
    found = meanings(matcher(), clip["text"], clip["area"])
    assert [m.name for m in found] == clip.get("intents", [clip["intent"]])
    named = {e for m in found for e in m.target or ()}
    assert named == ({c["entity"] for c in clip["commands"]} if found[0].target and clip["commands"] else named)


# -- the sentences of the public recordings, in a home that has their things -----------------------------------------

_THINGS = (
    ("light.bed", "Bed Light", "bedroom", ("OnOff", "Level", "Color"), ""),
    ("light.standing", "Standing Light", "office", ("OnOff", "Level"), ""),
    ("light.counter", "Counter", "kitchen", ("OnOff", "Level", "Color"), ""),
    ("cover.curtains", "Office curtains", "office", ("Position",), "curtain"),
    ("cover.blinds", "Office blinds", "office", ("Position",), "blind"),
    ("cover.window", "Office window", "office", ("Position",), "window"),
    ("cover.sliding_door", "Sliding Door", "office", ("Position",), "door"),
    ("climate.ecobee", "EcoBee", "office", ("Setpoint", "Measure"), ""),
    ("media_player.tv", "TV", "office", ("OnOff", "Media", "Level"), ""),
    ("lock.front_door", "Front Door", "", ("Lock",), ""),
    ("sensor.outdoor_humidity", "Outdoor Humidity", "", ("Measure",), "humidity"),
)
_INTENTS = (  # the first pattern that is found in a sentence says what it must be understood as
    (r"timer", "timers."),
    (r"weather", "weather.weather"),
    (r"humidity", "ask.measure"),
    (r"temp", "ask.temperature"),
    (r"^is .* (open|closed)", "ask.is_"),
    (r"^is .* locked", "ask.is_locked"),
    (r"^is .* unlocked", "ask.is_unlocked"),
    (r"^(next|skip)", "media.next"),
    (r"^pause", "media.pause"),
    (r"^resume", "media.resume"),
    (r"brightness", "lights.brightness"),
    (r"^set", "lights.color"),
    (r"^turn.* off", "power.turn_off"),
    (r"^turn.* on", "power.turn_on"),
    (r"^open", "covers.open"),
    (r"^close", "covers.close"),
)


def house_of_the_recordings() -> HomeView:
    """A home with the rooms and things that the recordings speak of."""
    areas = {i: Area(id=i, name=i) for i in ("kitchen", "office", "bedroom")}
    config = {"Measure": TraitConfig(measures="temperature", unit="°C")}
    entities = {
        i: Entity(
            id=i, name=n, area=a, device_class=d, exposed=True, traits={t: config.get(t, PLAIN_CONFIG) for t in traits}
        )
        for i, n, a, traits, d in _THINGS
    }
    return HomeView(areas=areas, entities=entities)


@pytest.mark.realdata
@pytest.mark.skipif("HEARTH_DATA" not in os.environ, reason="$HEARTH_DATA has the recordings")
def test_the_sentences_of_the_public_recordings_are_understood(matcher: Callable[..., Matcher]) -> None:
    folder = Path(os.environ["HEARTH_DATA"]) / "voice" / "home"
    sentences = sorted(p.stem for p in folder.glob("*/*.wav") if not p.stem.startswith("oov_"))
    assert len(sentences) > 20
    reader = matcher("en", house_of_the_recordings())
    wrong = {}
    for sentence in sentences:
        wanted = next(intent for pattern, intent in _INTENTS if re.search(pattern, sentence, re.IGNORECASE))
        outcome = reader.match(sentence, Surroundings(area="office"))
        name = outcome.meaning.name if isinstance(outcome, Understood) and not outcome.meaning.cost else ""
        if not name.startswith(wanted):
            wrong[sentence] = (wanted, name or msgspec.to_builtins(outcome))
    assert wrong == {}
