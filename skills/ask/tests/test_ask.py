from pathlib import Path
from typing import Any

import pytest

from hub.core.entities import Area
from hub.core.traits import PLAIN_CONFIG, TraitConfig
from hub.core.whereabouts import InUse, Located, Whereabouts
from hub.sdk import Entity
from hub.sdk.testing import SkillHome

FOLDER = Path(__file__).parents[1]
AREAS = [Area(id="kitchen", name="kitchen", names={"de": ("Küche",)}), Area(id="hall", name="hall")]
CELSIUS = TraitConfig(unit="°C", measures="temperature")
HUMID = TraitConfig(unit="%", measures="humidity")


def thing(entity: str, area: str = "", name: str = "", **traits: TraitConfig) -> Entity:
    return Entity(id=entity, name=name or entity.partition(".")[2], area=area, traits=traits)


THINGS = [
    thing("light.lamp", "kitchen", OnOff=PLAIN_CONFIG, Level=PLAIN_CONFIG),
    thing("light.strip", "kitchen", OnOff=PLAIN_CONFIG, Level=PLAIN_CONFIG),
    thing("light.hall", "hall", OnOff=PLAIN_CONFIG),
    thing("lock.front", Lock=PLAIN_CONFIG),
    thing("cover.blind", Position=PLAIN_CONFIG),
    thing("binary_sensor.window", Contact=PLAIN_CONFIG),
    thing("binary_sensor.motion", "kitchen", Presence=PLAIN_CONFIG),
    thing("climate.stat", "hall", Setpoint=PLAIN_CONFIG, Measure=TraitConfig(unit="°C"), Mode=PLAIN_CONFIG),
    thing("sensor.kitchen_air", "kitchen", Measure=CELSIUS),
    thing("sensor.outdoor_humidity", name="outdoor humidity", Measure=HUMID),
    thing("vacuum.robot", Mode=PLAIN_CONFIG),
]
STATES: dict[str, dict[str, Any]] = {
    "light.lamp": {"OnOff": True, "Level": 40},
    "light.strip": {"OnOff": False, "Level": 80},
    "lock.front": {"Lock": "unlocked"},
    "cover.blind": {"Position": 30},
    "binary_sensor.window": {"Contact": False},
    "binary_sensor.motion": {"Presence": False},
    "climate.stat": {"Setpoint": 21.0, "Measure": 19.4, "Mode": "heat"},
    "sensor.kitchen_air": {"Measure": 22.25},
    "sensor.outdoor_humidity": {"Measure": 62.0},
    "vacuum.robot": {"Mode": "cleaning"},
}
OUTDOORS, OUTDOORS_DE = "The outdoor humidity is 62 percent.", "outdoor humidity: 62 Prozent Luftfeuchtigkeit."
Asked = tuple[str, tuple[str, ...], dict[str, Any]]


@pytest.mark.parametrize(
    ("asked", "english", "german"),
    [
        (("is_on", ("light.lamp",), {}), "Yes, the lamp is on.", "Ja, lamp ist an."),
        (("is_on", ("light.lamp", "light.strip"), {}), "No, the strip is off.", "Nein, strip ist aus."),
        (("is_off", ("light.strip",), {}), "Yes, the strip is off.", "Ja, strip ist aus."),
        (("is_on", ("vacuum.robot",), {}), "Yes, the robot is on.", "Ja, robot ist an."),
        (("is_locked", ("lock.front",), {}), "No, the front is unlocked.", "Nein, front ist entriegelt."),
        (("is_unlocked", ("lock.front",), {}), "Yes, the front is unlocked.", "Ja, front ist entriegelt."),
        (("is_open", ("cover.blind",), {}), "Yes, the blind is open.", "Ja, blind ist offen."),
        (("is_closed", ("binary_sensor.window",), {}), "Yes, the window is closed.", "Ja, window ist geschlossen."),
        (
            ("is_open", ("lock.front",), {}),
            "I can't see whether the front is open, but it is unlocked.",
            "Ob front offen ist, sehe ich nicht, aber sie ist nicht verriegelt.",
        ),
        (("is_on", ("light.hall",), {}), "I don't know how the hall is now.", "Das weiß ich gerade nicht: hall."),
        (("any_on", ("light.lamp", "light.strip"), {}), "Yes, the lamp is on.", "Ja, lamp ist an."),
        (("any_on", (), {}), "Yes, the lamp is on.", "Ja, lamp ist an."),
        (("any_open", ("binary_sensor.window",), {}), "None of them is open.", "Davon ist nichts offen."),
        (("which_on", ("light.lamp", "light.strip"), {}), "The lamp is on.", "lamp ist an."),
        (
            ("which_on", (), {"area": "hall"}),
            "I don't know how the hall is now.",
            "Das weiß ich gerade nicht: hall.",
        ),
        (("which_on", (), {"area": "attic"}), "I found nothing like that.", "So etwas habe ich nicht gefunden."),
        (("which_unlocked", ("lock.front",), {}), "The front is unlocked.", "front ist entriegelt."),
        (("count_on", ("light.lamp", "light.strip"), {}), "1 is on: the lamp.", "1 ist an: lamp."),
        (
            ("temperature", (), {"area": "kitchen"}),
            "It is 22.2 degrees in the kitchen.",
            "Küche: 22,2 Grad.",
        ),
        (("temperature", ("climate.stat",), {}), "It is 19.4 degrees in the hall.", "hall: 19,4 Grad."),
        (
            ("temperature", (), {"area": "attic"}),
            "I have no temperature reading for that.",
            "Dafür habe ich keinen Messwert.",
        ),
        (("humidity", (), {}), OUTDOORS, OUTDOORS_DE),
        (("outside_humidity", (), {}), OUTDOORS, OUTDOORS_DE),
        (
            ("outside_temperature", (), {}),
            "I have no temperature reading for that.",
            "Dafür habe ich keinen Messwert.",
        ),
        (
            ("measure", ("sensor.outdoor_humidity",), {}),
            "The outdoor humidity is 62 percent.",
            "outdoor humidity: 62 Prozent.",
        ),
        (("level", ("light.lamp",), {}), "The lamp is at 40 percent.", "lamp: 40 Prozent."),
        (("level", ("light.strip",), {}), "The strip is at 0 percent.", "strip: 0 Prozent."),
        (("level", ("cover.blind",), {}), "The blind is at 30 percent.", "blind: 30 Prozent."),
        (("setpoint", (), {}), "The stat is set to 21 degrees.", "stat: auf 21 Grad gestellt."),
        (
            ("presence", (), {"area": "kitchen"}),
            "No, I notice nobody in the kitchen.",
            "Nein, ich bemerke niemanden (Küche).",
        ),
        (
            ("presence", (), {"area": "hall"}),
            "Nothing tells me whether somebody is in the hall.",
            "Ob dort jemand ist, sagt mir nichts (hall).",
        ),
        (
            ("empty", (), {"area": "kitchen"}),
            "Yes, I notice nobody in the kitchen.",
            "Ja, ich bemerke niemanden (Küche).",
        ),
        (("anyone_home", (), {}), "I notice nobody at home.", "Ich bemerke niemanden zu Hause."),
        (("anyone_home", (), {"person": "anna"}), "I don't know where anna is.", "Ich weiß nicht, wo anna ist."),
        (
            ("status", ("climate.stat",), {}),
            "stat: heat, set to 21 degrees, 19.4 degrees.",
            "stat: heizt, auf 21 Grad gestellt, 19,4 Grad.",
        ),
        (("status", ("light.lamp",), {}), "lamp: on, 40 percent.", "lamp: an, 40 Prozent."),
        (("status", ("light.hall",), {}), "hall: unknown.", "hall: unbekannt."),
        (("status", ("vacuum.robot",), {}), "robot: cleaning.", "robot: saugt."),
    ],
)
async def test_answers(asked: Asked, english: str, german: str) -> None:
    intent, target, slots = asked
    home = SkillHome(FOLDER, THINGS, STATES, areas=AREAS)
    assert await home.ask(intent, *target, slots=slots) == english
    assert await home.ask(intent, *target, slots=slots, language="de") == german
    assert home.home.commands == []


async def test_a_name_that_is_a_plural_takes_the_verb_of_one() -> None:
    home = SkillHome(FOLDER, [thing("cover.b", "hall", "blinds", Position=PLAIN_CONFIG)], {"cover.b": {"Position": 0}})
    assert await home.ask("is_open", "cover.b", slots={"state": "open"}) == "No, the blinds are closed."
    assert await home.ask("which_closed", "cover.b", slots={"state": "closed"}) == "The blinds are closed."
    home = SkillHome(FOLDER, [thing("cover.b", "", "Jalousien", Position=PLAIN_CONFIG)], {"cover.b": {"Position": 0}})
    said = await home.ask("is_closed", "cover.b", slots={"state": "closed"}, language="de")
    assert said == "Ja, Jalousien sind geschlossen."


async def test_things_of_one_name_are_told_apart_by_their_rooms() -> None:
    spots = [
        thing("light.a", "kitchen", "spot", OnOff=PLAIN_CONFIG),
        thing("light.b", "hall", "spot", OnOff=PLAIN_CONFIG),
    ]
    home = SkillHome(FOLDER, spots, {"light.a": {"OnOff": True}, "light.b": {"OnOff": True}}, areas=AREAS)
    on = {"state": "on"}
    assert await home.ask("any_on", slots=on) == "Yes, the kitchen spot and the hall spot are on."
    assert await home.ask("any_on", slots=on, language="de") == "Ja, spot (Küche) und spot (hall) sind an."


LOCKS = [thing("lock.front", Lock=PLAIN_CONFIG), thing("lock.back", Lock=PLAIN_CONFIG)]
LOCKED: dict[str, dict[str, Any]] = {"lock.front": {"Lock": "locked"}, "lock.back": {"Lock": "locked"}}


@pytest.mark.parametrize(
    ("intent", "english", "german"),
    [
        ("is_locked", "Yes, the front is locked.", "Ja, front ist verriegelt."),
        ("any_unlocked", "None of them is unlocked.", "Davon ist nichts entriegelt."),
        ("which_locked", "The front is locked.", "front ist verriegelt."),
    ],
)
async def test_of_what_cannot_be_reached_nothing_is_told(intent: str, english: str, german: str) -> None:
    home = SkillHome(FOLDER, LOCKS, LOCKED, areas=AREAS)
    home.home.unreachable.add("lock.back")
    state = {"state": "locked" if "_locked" in intent else "unlocked"}
    assert await home.ask(intent, "lock.front", "lock.back", slots=state) == f"{english} The back cannot be reached."
    said = await home.ask(intent, "lock.front", "lock.back", slots=state, language="de")
    assert said == f"{german} Back ist nicht erreichbar."


async def test_a_question_about_nothing_else_than_what_cannot_be_reached() -> None:
    home = SkillHome(FOLDER, [*LOCKS, *THINGS], STATES, areas=AREAS)
    home.home.unreachable |= {"lock.back", "sensor.kitchen_air", "light.lamp"}
    assert await home.ask("is_locked", "lock.back", slots={"state": "locked"}) == "The back cannot be reached."
    reading = await home.ask("temperature", slots={"measures": "temperature", "area": "kitchen"})
    assert reading == "I have no temperature reading for that."
    assert await home.ask("status", "light.lamp") == "lamp: unknown."
    assert await home.ask("level", "light.lamp", slots={"trait": "Level"}) == "The lamp cannot be reached."


async def test_the_speakers_room_comes_first() -> None:
    home = SkillHome(FOLDER, THINGS, STATES, areas=AREAS)
    assert await home.ask("temperature", area="hall") == "It is 19.4 degrees in the hall."
    assert await home.ask("temperature") == "It is 19.4 degrees in the hall. It is 22.2 degrees in the kitchen."
    assert await home.ask("presence", area="kitchen") == "No, I notice nobody in the kitchen."


NAMES = {"anna": "Anna", "ben": "Ben"}
ASKED = {
    "presence": ("presence", {"area": "kitchen"}),
    "empty": ("empty", {"area": "kitchen"}),
    "anyone_home": ("anyone_home", {}),
    "where_is": ("anyone_home", {"person": "anna"}),
}
KITCHEN = {"kitchen": InUse(True, 1)}


def here(areas: dict[str, InUse] | None = None, **people: Located) -> Whereabouts:
    return Whereabouts(areas or {}, people, NAMES)


@pytest.mark.parametrize(
    ("known", "asked", "english", "german"),
    [
        (here(KITCHEN), "presence", "Yes, there is somebody in the kitchen.", "Ja, da ist jemand (Küche)."),
        (here(KITCHEN), "empty", "No, there is somebody in the kitchen.", "Nein, da ist jemand (Küche)."),
        (
            here({"kitchen": InUse(True, 3)}),
            "presence",
            "Yes, there are 3 people in the kitchen.",
            "Ja, da sind 3 Personen (Küche).",
        ),
        (
            here(KITCHEN, anna=Located(True, "kitchen")),
            "presence",
            "Yes, Anna is in the kitchen.",
            "Ja, da ist Anna (Küche).",
        ),
        (
            here({"kitchen": InUse(True, 2)}, anna=Located(True, "kitchen")),
            "presence",
            "Yes, Anna and somebody else are in the kitchen.",
            "Ja, da sind Anna und noch jemand (Küche).",
        ),
        (
            here({**KITCHEN, "hall": InUse(True, 1)}, anna=Located(True, "kitchen"), ben=Located(False)),
            "anyone_home",
            "Anna is in the kitchen. Somebody is in the hall.",
            "Anna ist zu Hause (Küche). Jemand ist hier: hall.",
        ),
        (here(ben=Located(True)), "anyone_home", "Ben is at home.", "Ben ist zu Hause."),
        (
            here(anna=Located(True, "hall")),
            "where_is",
            "Anna is in the hall.",
            "Anna ist hier: hall.",
        ),
        (here(anna=Located(True)), "where_is", "Anna is at home.", "Anna ist zu Hause."),
        (here(anna=Located(False)), "where_is", "Anna is not at home.", "Anna ist nicht zu Hause."),
        (here(anna=Located()), "where_is", "I don't know where Anna is.", "Ich weiß nicht, wo Anna ist."),
    ],
)
async def test_who_is_where(known: Whereabouts, asked: str, english: str, german: str) -> None:
    home = SkillHome(FOLDER, THINGS, STATES, areas=AREAS)
    home.home.here = known
    intent, slots = ASKED[asked]
    assert await home.ask(intent, slots=slots) == english
    assert await home.ask(intent, slots=slots, language="de") == german


async def test_a_home_that_notices_nothing_says_so() -> None:
    home = SkillHome(FOLDER, areas=AREAS)
    assert await home.ask("anyone_home") == "Nothing tells me whether somebody is there."
    home.home.here = here(anna=Located(False), ben=Located(False))
    assert await home.ask("anyone_home") == "I notice nobody at home."
