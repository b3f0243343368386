"""Discovery messages of every component: the traits they become, what is read, and what is published."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mqtt_under_test.discovery import COMPONENTS, discover
from mqtt_under_test.model import MqttEntity
from mqtt_under_test.payload import Payload

from hub.core.errors import ProtocolError
from hub.sdk import Value


def entity(component: str, **config: Any) -> MqttEntity:
    topic = f"homeassistant/{component}/x/config"
    found = discover(Payload(topic, json.dumps({"name": "Thing", **config}).encode()), "homeassistant")
    assert not found.problems, str(found.problems[0])
    return found.entities[0]


def problem(component: str, **config: Any) -> ProtocolError:
    topic = f"homeassistant/{component}/x/config"
    found = discover(Payload(topic, json.dumps({"name": "Thing", **config}).encode()), "homeassistant")
    assert not found.entities
    assert found.problems[0].place == topic
    return found.problems[0]


def heard(thing: MqttEntity, topic: str, payload: Any) -> dict[str, Value]:
    data = payload if isinstance(payload, str) else json.dumps(payload)
    reports = [r for li in thing.listeners if li.topic == topic for r in li.read(Payload(topic, data.encode()))]
    return {r.trait: r.value for r in reports if r.value is not None}


def sent(thing: MqttEntity, trait: str, value: Value) -> list[tuple[str, str]]:
    return [(m.topic, m.payload) for m in thing.writers[trait](value)]


def test_switch() -> None:
    thing = entity("switch", cmd_t="c", stat_t="s", pl_on="1", pl_off="0", qos=1, ret=True, dev_cla="outlet")
    assert thing.entity.device_class == "outlet" and thing.entity.exposed is None
    assert heard(thing, "s", "1") == {"OnOff": True}
    assert heard(thing, "s", "None") == {} and heard(thing, "s", "x") == {}
    message = thing.writers["OnOff"](False)[0]
    assert (message.topic, message.payload, message.qos, message.retain) == ("c", "0", 1, True)
    assert thing.confirmed == {"OnOff"}
    assert entity("switch", cmd_t="c", stat_t="s", opt=True).confirmed == frozenset()


def test_diagnostic_entities_are_not_exposed() -> None:
    assert entity("switch", cmd_t="c", ent_cat="config").entity.exposed is False
    assert entity("sensor", stat_t="c", en=False).entity.exposed is False


def test_sensors() -> None:
    warm = entity("sensor", stat_t="s", val_tpl="{{ value_json.t }}", unit_of_meas="°C", dev_cla="temperature")
    assert warm.entity.traits["Measure"].unit == "°C" and warm.entity.traits["Measure"].measures == "temperature"
    assert heard(warm, "s", {"t": 21.5}) == {"Measure": 21.5}
    with pytest.raises(ProtocolError, match="s: 'warm' is not a number"):
        heard(warm, "s", {"t": "warm"})
    assert heard(entity("sensor", stat_t="s"), "s", "washing\u202e\n") == {"Text": "washing"}
    assert heard(entity("binary_sensor", stat_t="s", dev_cla="motion"), "s", "ON") == {"Presence": True}
    assert heard(entity("binary_sensor", stat_t="s", dev_cla="window"), "s", "OFF") == {"Contact": False}
    leak = entity("binary_sensor", stat_t="s", dev_cla="moisture", off_dly=30, exp_aft=60)
    assert heard(leak, "s", "ON") == {"OnOff": True} and not leak.writers
    assert (leak.off_delay_s, leak.expire_after_s) == (30, 60)


def test_button_scene_number_select_siren_alarm() -> None:
    assert sent(entity("button", cmd_t="c", pl_prs="go"), "Press", "pressed") == [("c", "go")]
    assert sent(entity("scene", cmd_t="c"), "Press", "pressed") == [("c", "ON")]
    volts = entity("number", cmd_t="c", stat_t="s", min=-5, max=5, step=0.5, cmd_tpl='{"v": {{ value * 2 }}}')
    assert sent(volts, "Setpoint", 2.5) == [("c", '{"v": 5.0}')]
    assert heard(volts, "s", "-1.5") == {"Setpoint": -1.5}
    with pytest.raises(ProtocolError):
        heard(volts, "s", "99")
    share = entity("number", cmd_t="c", min=0, max=100, unit_of_meas="%")
    assert sent(share, "Level", 40) == [("c", "40")]
    pick = entity("select", cmd_t="c", stat_t="s", ops=["Low", "High"])
    assert heard(pick, "s", "High") == {"Mode": "High"} and sent(pick, "Mode", "Low") == [("c", "Low")]
    assert sent(entity("siren", cmd_t="c"), "OnOff", True) == [("c", '{"state": "ON"}')]
    alarm = entity("alarm_control_panel", cmd_t="c", stat_t="s")
    assert sent(alarm, "Mode", "armed_away") == [("c", "ARM_AWAY")]
    assert heard(alarm, "s", "triggered") == {"Mode": "triggered"}
    assert "more than min" in str(problem("number", cmd_t="c", min=5, max=1))
    assert problem("select", cmd_t="c").remedy


def test_covers_by_words_and_by_numbers() -> None:
    door = entity("cover", cmd_t="c", stat_t="s", dev_cla="garage")
    assert door.entity.device_class == "garage"
    assert sent(door, "Position", 100) == [("c", "OPEN")] and sent(door, "Position", 0) == [("c", "CLOSE")]
    with pytest.raises(ProtocolError, match="only open and close"):
        sent(door, "Position", 30)
    assert heard(door, "s", "open") == {"Position": 100} and heard(door, "s", "closed") == {"Position": 0}
    moving = next(iter(door.listeners[0].read(Payload("s", b"closing"))))
    assert moving.value is None and moving.moving == -1
    assert sent(door, "Position", 0) == [("c", "STOP")]  # it was closed when last seen, and moves: stay means stop
    assert sent(door, "Position", 100) == [("c", "OPEN")]
    blind = entity("cover", pos_t="p", set_pos_t="sp", pos_open=0, pos_clsd=200)
    assert heard(blind, "p", "50") == {"Position": 75}
    assert sent(blind, "Position", 75) == [("sp", "50")]
    shaped = entity("cover", pos_t="p", set_pos_t="sp", set_pos_tpl='{"pos": {{ position }}}')
    assert sent(shaped, "Position", 30) == [("sp", '{"pos": 30}')]
    problem("cover", pos_t="p", pos_open=5, pos_clsd=5)


def test_valve_and_lock() -> None:
    valve = entity("valve", cmd_t="c", stat_t="s", pos=True)
    assert heard(valve, "s", {"state": "opening", "position": 40}) == {"Position": 40}
    assert sent(valve, "Position", 60) == [("c", "60")]
    lock = entity("lock", cmd_t="c", stat_t="s", pl_lock="L", stat_locked="is locked")
    assert heard(lock, "s", "is locked") == {"Lock": "locked"}
    assert heard(lock, "s", "JAMMED") == {"Lock": "jammed"}
    assert sent(lock, "Lock", "locked") == [("c", "L")] and sent(lock, "Lock", "unlocked") == [("c", "UNLOCK")]


def test_lights_with_a_topic_for_each_thing() -> None:
    lamp = entity(
        "light", cmd_t="c", stat_t="s", bri_cmd_t="bc", bri_stat_t="bs", bri_scl=100, rgb_cmd_t="rc", rgb_stat_t="rs",
        clr_temp_cmd_t="tc", clr_temp_stat_t="ts", min_mirs=153, max_mirs=370, fx_cmd_t="fc", fx_list=["rainbow"],
    )  # fmt: skip
    assert set(lamp.entity.traits) == {"OnOff", "Level", "Color", "ColorTemperature", "Mode"}
    assert heard(lamp, "bs", "40") == {"Level": 40} and heard(lamp, "rs", "255,0,128") == {"Color": "#ff0080"}
    assert heard(lamp, "ts", "370") == {"ColorTemperature": 2703}
    assert sent(lamp, "Level", 50) == [("bc", "50"), ("c", "ON")] and sent(lamp, "Level", 0) == [("c", "OFF")]
    assert sent(lamp, "Color", "#00ff00") == [("rc", "0,255,0")]
    assert sent(lamp, "ColorTemperature", 4000) == [("tc", "250")]
    assert sent(lamp, "Mode", "rainbow") == [("fc", "rainbow")]
    dimmer = entity("light", cmd_t="c", bri_cmd_t="bc", on_cmd_type="brightness")
    assert sent(dimmer, "OnOff", True) == [("bc", "255")] and sent(dimmer, "OnOff", False) == [("c", "OFF")]
    hue = entity("light", cmd_t="c", hs_cmd_t="h", hs_stat_t="hs", hs_cmd_tpl="{{ hue }};{{ sat }}")
    assert heard(hue, "hs", "120,100") == {"Color": "#00ff00"} and sent(hue, "Color", "#0000ff") == [
        ("h", "240.0;100.0")
    ]
    with pytest.raises(ProtocolError, match="no rgb colour"):
        heard(lamp, "rs", "255,0")


def test_json_lights() -> None:
    lamp = entity(
        "light", schema="json", cmd_t="c", stat_t="s", bri_scl=254, sup_clrm=["xy", "color_temp"], brightness=True
    )
    state = {
        "state": "ON",
        "brightness": 127,
        "color_mode": "color_temp",
        "color_temp": 250,
        "color": {"x": 0.3, "y": 0.3},
    }
    assert heard(lamp, "s", state) == {"OnOff": True, "Level": 50, "ColorTemperature": 4000}
    state |= {"color_mode": "xy", "color": {"x": 0.64, "y": 0.33}}
    assert heard(lamp, "s", state)["Color"] == "#ff0000"
    assert json.loads(sent(lamp, "Color", "#ff0000")[0][1])["color"] == {"x": 0.64, "y": 0.33}
    assert json.loads(sent(lamp, "Level", 50)[0][1]) == {"state": "ON", "brightness": 127}
    assert json.loads(sent(lamp, "Level", 0)[0][1]) == {"state": "OFF"}
    assert json.loads(sent(lamp, "ColorTemperature", 4000)[0][1]) == {"state": "ON", "color_temp": 250}
    with pytest.raises(ProtocolError, match="not a JSON object"):
        heard(lamp, "s", "ON")


def test_template_lights() -> None:
    lamp = entity(
        "light", schema="template", cmd_t="c", stat_t="s", cmd_off_tpl="off", stat_tpl="{{ value.split(',')[0] }}",
        cmd_on_tpl="on,{{ brightness|d }},{{ red|d }}-{{ green|d }}-{{ blue|d }}", bri_tpl="{{ value.split(',')[1] }}",
        r_tpl="{{ value.split(',')[2] }}", g_tpl="{{ value.split(',')[3] }}", b_tpl="{{ value.split(',')[4] }}",
    )  # fmt: skip
    assert heard(lamp, "s", "on,51,1,2,3") == {"OnOff": True, "Level": 20, "Color": "#010203"}
    assert sent(lamp, "OnOff", False) == [("c", "off")] and sent(lamp, "Level", 20) == [("c", "on,51,--")]
    assert sent(lamp, "Color", "#010203") == [("c", "on,,1-2-3")]


def test_climate_in_both_units() -> None:
    room = entity(
        "climate", temp_cmd_t="tc", temp_stat_t="ts", curr_temp_t="ct", mode_cmd_t="mc", mode_stat_t="ms",
        modes=["off", "heat"], min_temp=10, max_temp=30,
    )  # fmt: skip
    assert heard(room, "ts", "21.5") == {"Setpoint": 21.5} and heard(room, "ct", "19") == {"Measure": 19}
    assert heard(room, "ms", "heat") == {"Mode": "heat"} and sent(room, "Mode", "off") == [("mc", "off")]
    assert sent(room, "Setpoint", 22) == [("tc", "22")] and room.entity.traits["Setpoint"].max == 30
    old = entity("climate", temp_cmd_t="tc", temp_stat_t="ts", temp_unit="F", min_temp=50, max_temp=86)
    assert heard(old, "ts", "68") == {"Setpoint": 20} and sent(old, "Setpoint", 20) == [("tc", "68")]
    assert old.entity.traits["Setpoint"].min == 10


def test_fan_humidifier_vacuum() -> None:
    fan = entity("fan", cmd_t="c", stat_t="s", pct_cmd_t="pc", pct_stat_t="ps", spd_rng_min=1, spd_rng_max=4,
                 pr_modes=["auto"], pr_mode_cmd_t="mc")  # fmt: skip
    assert heard(fan, "ps", "2") == {"Level": 50} and sent(fan, "Level", 75) == [("pc", "3")]
    assert sent(fan, "Mode", "auto") == [("mc", "auto")]
    air = entity("humidifier", cmd_t="c", hum_cmd_t="hc", hum_stat_t="hs", curr_hum_t="ch", min_hum=30, max_hum=80)
    assert heard(air, "hs", "45") == {"Level": 45} and sent(air, "Level", 50) == [("hc", "50")]
    robot = entity("vacuum", cmd_t="c", stat_t="s")
    assert heard(robot, "s", {"state": "cleaning"}) == {"Mode": "cleaning", "OnOff": True}
    assert sent(robot, "Mode", "docked") == [("c", "return_to_base")] and sent(robot, "OnOff", True) == [("c", "start")]


def test_names_and_ids_are_data() -> None:
    thing = entity("switch", name="<b>Ev\u202eil\u0000</b>\n" + "x" * 500, cmd_t="c")
    assert "\u202e" not in thing.entity.name and "\n" not in thing.entity.name and len(thing.entity.name) <= 100
    assert entity("switch", name="💡", cmd_t="c").entity.id.startswith("switch.x")
    assert entity("switch", name="Küche", cmd_t="c", obj_id="My Relay").entity.id == "switch.my_relay"
    named = entity("switch", name=None, cmd_t="c", dev={"name": "Plug", "ids": "p"})
    assert (named.entity.name, named.entity.device) == ("Plug", "p")
    assert entity("switch", name="Child lock", cmd_t="c", dev={"name": "Plug"}).entity.name == "Plug Child lock"


@pytest.mark.parametrize("topic", ["a/+", "#", "", "a\u0000b", "$SYS/x", "x" * 600, 5, "a\nb", None])
def test_hostile_topics_are_refused(topic: Any) -> None:
    assert "command_topic" in str(problem("switch", command_topic=topic))


@pytest.mark.parametrize(
    "topic", ["homeassistant/light/config", "homeassistant/a/b/c/d/config", "homeassistant/l/ü/config"]
)
def test_other_topics_are_named(topic: str) -> None:
    assert discover(Payload(topic, b"{}"), "homeassistant").problems[0].place == topic


def test_unknown_components_are_named_and_known_others_are_passed_over() -> None:
    assert "unknown component" in str(problem("toaster", cmd_t="c"))
    found = discover(Payload("homeassistant/camera/x/config", b'{"t": "a"}'), "homeassistant")
    assert not found.entities and not found.problems


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
_KEYS = st.sampled_from(
    ["name", "cmd_t", "stat_t", "val_tpl", "avty", "avty_t", "avty_mode", "schema", "brightness", "sup_clrm",
    "modes", "ops",
     "min", "max", "dev", "o", "qos", "ret", "pl_on", "bri_scl", "bri_cmd_t", "min_mirs", "cmps", "p", "~",
     "exp_aft", "pos_t",
     "set_pos_t", "temp_cmd_t", "min_temp", "spd_rng_max", "pct_cmd_t", "dev_cla", "unit_of_meas", "cmd_tpl",
     "def_ent_id"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([*COMPONENTS, "device"]), st.dictionaries(_KEYS, _JSON | st.just("a/b"), max_size=8))
def test_any_json_gives_entities_or_named_problems(component: str, config: dict[str, Any]) -> None:
    topic = f"homeassistant/{component}/x/config"
    found = discover(Payload(topic, json.dumps(config).encode()), "homeassistant")
    for wrong in found.problems:
        assert wrong.place.startswith(topic)
    for thing in found.entities:
        for listener in thing.listeners:
            for data in (b"", b"1", b"{}", b'{"state": 5, "color": [], "brightness": "x"}', b"\xff", b"nan", b"1e999"):
                try:
                    list(listener.read(Payload(listener.topic, data)))
                except ProtocolError as error:
                    assert error.place


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_named_problems(data: bytes) -> None:
    found = discover(Payload("homeassistant/light/x/config", data), "homeassistant")
    assert not found.entities
