import pytest

from hub.core.entities import Entity
from hub.core.errors import ConfirmationRequiredError, DeniedError
from hub.core.settings_file import parse_settings
from hub.core.traits import TraitConfig
from hub.home.exposure import RULES


def bring(house, entity, trait, owner="mqtt", **given):
    house.home.add(owner, Entity(id=entity, name=entity.partition(".")[2], traits={trait: TraitConfig()}, **given))
    return house.home.entity(entity)


@pytest.mark.parametrize(
    ("entity", "trait", "device_class", "exposed"),
    [
        ("light.a", "OnOff", "", True),
        ("cover.a", "Position", "blind", True),
        ("cover.a", "Position", "garage", False),
        ("cover.a", "Position", "gate", False),
        ("cover.a", "Position", "door", False),
        ("lock.a", "Lock", "", False),
        ("alarm.a", "Mode", "", False),
        ("siren.a", "OnOff", "", False),
        ("valve.a", "Position", "", False),
        ("switch.a", "OnOff", "", False),
        ("button.a", "Press", "", False),
        ("climate.a", "Setpoint", "", True),
    ],
)
def test_what_a_device_brings_is_exposed_only_when_harmless(house, entity, trait, device_class, exposed):
    assert house.exposure.exposed(bring(house, entity, trait, device_class=device_class)) is exposed


async def test_a_switch_that_a_person_named_is_known(house):
    switch = bring(house, "switch.plug", "OnOff")
    assert not house.exposure.exposed(switch)
    assert house.exposure.exposed(await house.home.override("switch.plug", name="christmas tree"))
    lock = bring(house, "lock.shed", "Lock")
    assert not house.exposure.exposed(await house.home.override(lock.id, name="shed"))  # a name does not open a lock
    assert house.exposure.exposed(await house.home.override(lock.id, exposed=True))


def test_the_demo_locks_by_voice_and_asks_before_it_unlocks(house, wish):
    check = house.dispatcher.check
    check(wish("lock.front_door", "Lock", "locked"))
    with pytest.raises(ConfirmationRequiredError, match="unlock front door"):
        check(wish("lock.front_door", "Lock", "unlocked"))
    check(wish("lock.front_door", "Lock", "unlocked", confirmed=True))


def test_the_garage_door_closes_and_stops_unasked_and_asks_before_it_opens(house, wish):
    check = house.dispatcher.check
    for opening in (1, 100, "55%"):
        with pytest.raises(ConfirmationRequiredError, match="open garage door"):
            check(wish("cover.garage_door", "Position", opening))
    house.states.set("cover.garage_door", "Position", 60)
    for safe in (0, 30, 60):
        check(wish("cover.garage_door", "Position", safe))
    with pytest.raises(ConfirmationRequiredError):
        check(wish("cover.garage_door", "Position", 61))
    check(wish("cover.living_room_blinds", "Position", 100))


@pytest.mark.parametrize("channel", ["voice", "ui", "api", "skill", "cli"])
def test_every_way_in_needs_a_yes_for_what_is_risky(house, wish, channel):
    with pytest.raises(ConfirmationRequiredError):
        house.dispatcher.check(wish("lock.front_door", "Lock", "unlocked", channel=channel))


def test_a_gesture_never_does_anything_risky_even_with_a_yes(house, wish):
    check = house.dispatcher.check
    check(wish("lock.front_door", "Lock", "locked", channel="gesture"))
    check(wish("light.kitchen", "OnOff", True, channel="gesture"))
    for entity, trait, value in (("lock.front_door", "Lock", "unlocked"), ("cover.garage_door", "Position", 50)):
        with pytest.raises(DeniedError):
            check(wish(entity, trait, value, channel="gesture", confirmed=True))


@pytest.mark.parametrize(("channel", "denied"), [("voice", True), ("gesture", True), ("skill", True), ("ui", False)])
def test_what_is_not_exposed_is_denied_to_voice_and_hand_only(house, wish, channel, denied):
    bring(house, "lock.shed", "Lock")
    command = wish("lock.shed", "Lock", "locked", channel=channel)
    if denied:
        with pytest.raises(DeniedError, match="not exposed"):
            house.dispatcher.check(command)
    else:
        house.dispatcher.check(command)


def scene_home(effect):
    return parse_settings(
        '[[entity]]\nid = "lock.door"\nname = "door"\ntraits = ["Lock"]\nexposed = true\n'
        f'[[entity]]\nid = "scene.inner"\nname = "inner"\n[entity.scene]\n"lock.door" = {{ Lock = "{effect}" }}\n'
        '[[entity]]\nid = "scene.outer"\nname = "outer"\n[entity.scene]\n"scene.inner" = { Press = "pressed" }\n'
    ).settings


def test_a_scene_is_as_risky_as_what_it_does(furnish, wish):
    house = furnish(scene_home("unlocked"))
    for scene in ("scene.inner", "scene.outer"):
        with pytest.raises(ConfirmationRequiredError, match="unlock door"):
            house.dispatcher.check(wish(scene, "Press", "pressed"))
        with pytest.raises(DeniedError):
            house.dispatcher.check(wish(scene, "Press", "pressed", channel="gesture"))
    furnish(scene_home("locked")).dispatcher.check(wish("scene.outer", "Press", "pressed"))


def test_the_settings_add_to_the_rules(furnish, wish, demo):
    text = '[safety]\nconfirm = ["switch.heater", "lock"]\ndeny = ["fan", "light.office"]'
    safety = parse_settings(text).settings.safety
    settings = type(demo)(area=demo.area, entity=demo.entity, safety=safety)
    check = furnish(settings).dispatcher.check
    with pytest.raises(ConfirmationRequiredError):
        check(wish("switch.heater", "OnOff", True))
    check(wish("switch.coffee_machine", "OnOff", True))
    check(wish("lock.front_door", "Lock", "locked"))  # locking is always safe
    for entity in ("fan.bedroom", "light.office"):
        with pytest.raises(DeniedError):
            check(wish(entity, "OnOff", True))
        check(wish(entity, "OnOff", True, channel="ui"))


def test_disarming_asks_and_arming_does_not(house, wish):
    house.home.add(
        "mqtt",
        Entity(
            id="alarm.home",
            name="alarm",
            traits={"Mode": TraitConfig(options=("armed_home", "disarmed"))},
        ),
    )
    house.dispatcher.check(wish("alarm.home", "Mode", "armed_home", channel="ui"))
    with pytest.raises(ConfirmationRequiredError, match="disarm"):
        house.dispatcher.check(wish("alarm.home", "Mode", "disarmed", channel="ui"))


def test_every_rule_of_the_table_is_readable():
    assert all(rule.what and rule.kinds and (rule.safe or not rule.asks) for rule in RULES)
