"""Zigbee2MQTT's own topics: exposes as entities, groups, availability, and a round trip through a real broker."""

import asyncio
import json
from typing import Any

import aiomqtt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mqtt_under_test.config import Config
from mqtt_under_test.integration import connect
from mqtt_under_test.model import MqttEntity
from mqtt_under_test.payload import Payload
from mqtt_under_test.zigbee.bridge import Bridge
from mqtt_under_test.zigbee_fixtures import DEVICES, GROUPS, LIGHT


def bridge() -> tuple[dict[str, MqttEntity], list[Any]]:
    found = Bridge("z2m")
    devices, wrong = found.read_devices(Payload("z2m/bridge/devices", json.dumps(DEVICES).encode()))
    groups, also = found.read_groups(Payload("z2m/bridge/groups", json.dumps(GROUPS).encode()))
    return {e.entity.id: e for e in [*devices, *groups]}, [*wrong, *also]


def heard(thing: MqttEntity, **state: Any) -> dict[str, Any]:
    listener = thing.listeners[0]
    return {r.trait: r.value for r in listener.read(Payload(listener.topic, json.dumps(state).encode()))}


def told(thing: MqttEntity, trait: str, value: Any) -> tuple[str, Any]:
    message = thing.writers[trait](value)[0]
    return message.topic, json.loads(message.payload)


def test_devices_become_entities_and_one_bad_name_is_named() -> None:
    found, wrong = bridge()
    assert {i for i, e in found.items() if e.entity.exposed is not False} == {
        "light.living_room_floor_lamp", "light.kitchen_lamp", "sensor.bedroom_climate_temperature",
        "binary_sensor.window_contact", "binary_sensor.hall_motion_occupancy", "cover.blind", "lock.front_door",
        "climate.radiator", "switch.double_plug_left", "switch.double_plug_right", "light.all_lamps",
        "scene.all_lamps_evening",
    }  # fmt: skip
    assert [w.place for w in wrong] == ["z2m/bridge/devices#0x0b"]
    assert found["sensor.window_linkquality"].entity.exposed is False
    assert found["select.hall_motion_sensitivity"].entity.exposed is False


def test_states_and_commands() -> None:
    found, _ = bridge()
    lamp = found["light.living_room_floor_lamp"]
    white = {"color_temp": 250, "color_mode": "color_temp", "color": {"x": 0.3, "y": 0.3}}
    assert heard(lamp, state="ON", brightness=127, **white) == {
        "OnOff": True, "Level": 50, "ColorTemperature": 4000,
    }  # fmt: skip
    assert heard(lamp, color={"x": 0.64, "y": 0.33}, color_mode="xy", color_temp=250) == {"Color": "#ff0000"}
    assert told(lamp, "OnOff", True) == ("z2m/living room/floor lamp/set", {"state": "ON"})
    assert told(lamp, "Level", 50)[1] == {"brightness": 127}
    assert told(lamp, "ColorTemperature", 2700)[1] == {"color_temp": 370}
    assert told(lamp, "Color", "#ff0000")[1] == {"color": {"hex": "#ff0000"}}
    assert lamp.ask[0].topic == "z2m/living room/floor lamp/get" and json.loads(lamp.ask[0].payload) == {"state": ""}
    assert not found["sensor.bedroom_climate_temperature"].ask
    assert heard(found["binary_sensor.window_contact"], contact=False) == {"Contact": True}
    assert heard(found["binary_sensor.hall_motion_occupancy"], occupancy=True) == {"Presence": True}
    assert heard(found["cover.blind"], position=30, state="OPEN") == {"Position": 30}
    assert told(found["cover.blind"], "Position", 40)[1] == {"position": 40}
    assert told(found["cover.blind"], "Position", 30)[1] == {"state": "STOP"}  # where it was last seen
    assert told(found["lock.front_door"], "Lock", "locked")[1] == {"state": "LOCK"}
    radiator = found["climate.radiator"]
    assert heard(radiator, occupied_heating_setpoint=21.5, local_temperature=19.2, system_mode="heat") == {
        "Setpoint": 21.5, "Measure": 19.2, "Mode": "heat",
    }  # fmt: skip
    assert told(found["switch.double_plug_left"], "OnOff", False)[1] == {"state_left": "OFF"}
    assert heard(found["switch.double_plug_right"], state_left="ON", state_right="OFF") == {"OnOff": False}
    assert told(found["light.all_lamps"], "OnOff", True) == ("z2m/all lamps/set", {"state": "ON"})
    assert told(found["scene.all_lamps_evening"], "Press", "pressed")[1] == {"scene_recall": 3}


def test_a_state_that_is_not_json_or_of_other_types_says_nothing() -> None:
    lamp = bridge()[0]["light.kitchen_lamp"]
    assert heard(lamp, state=1, brightness="x", color=[], color_temp=True) == {}
    assert list(lamp.listeners[0].read(Payload("t", b"garbage"))) == []


def test_info_of_a_bridge_that_cannot_be_understood() -> None:
    info = {"config": {"advanced": {"output": "attribute"}}}
    assert "advanced.output" in str(Bridge("z").read_info(Payload("z/bridge/info", json.dumps(info).encode()))[0])
    assert not Bridge("z").read_info(Payload("z/bridge/info", b'{"config": {"advanced": {"output": "json"}}}'))
    assert Bridge("z").read_info(Payload("z/bridge/info", b'{"config": 5}'))


_VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9)
    | st.lists(st.text(), max_size=3)
)


_KEYS = st.sampled_from(["type", "features", "name", "property", "access", "values", "value_min", "value_on"])
_WORDS = st.sampled_from(["light", "numeric", "binary", "enum", "state", "brightness"])
_EXPOSES = st.recursive(
    _VALUES, lambda v: st.lists(v, max_size=4) | st.dictionaries(_KEYS, v | _WORDS, max_size=6), max_leaves=20
)


@settings(max_examples=200, deadline=None)
@given(_EXPOSES)
def test_any_exposes_give_entities_or_nothing(exposes: Any) -> None:
    device = {**DEVICES[1], "definition": {"exposes": [exposes, LIGHT]}}
    entities, _ = Bridge("z").read_devices(Payload("z/bridge/devices", json.dumps([device]).encode()))
    assert any(e.entity.kind == "light" for e in entities)
    for thing in entities:
        for listener in thing.listeners:
            assert list(listener.read(Payload("t", b'{"state": [], "brightness": {}, "x": 1}'))) is not None


@pytest.mark.broker
async def test_a_round_trip_and_its_availability(broker: Any, run: Any) -> None:
    async with aiomqtt.Client("127.0.0.1", broker.port) as z2m:
        for topic in ("living room/floor lamp/set", "living room/floor lamp/get"):
            await z2m.subscribe(f"zigbee2mqtt/{topic}")
        state: dict[str, Any] = {"state": "OFF", "brightness": 10, "linkquality": 99}

        async def serve() -> None:
            async for message in z2m.messages:
                if message.topic.value.endswith("/set"):
                    state.update(json.loads(message.payload))
                await z2m.publish("zigbee2mqtt/living room/floor lamp", json.dumps(state))  # not retained

        task = asyncio.create_task(serve())
        await z2m.publish("zigbee2mqtt/bridge/state", '{"state":"online"}', retain=True)
        await z2m.publish("zigbee2mqtt/bridge/info", '{"version":"2.6.0"}', retain=True)
        await z2m.publish("zigbee2mqtt/bridge/devices", json.dumps(DEVICES), retain=True)
        await z2m.publish("zigbee2mqtt/bridge/groups", json.dumps(GROUPS), retain=True)
        lamp = {"name": "Lamp", "schema": "json", "cmd_t": "zigbee2mqtt/living room/floor lamp/set",
                "stat_t": "zigbee2mqtt/living room/floor lamp", "o": {"name": "Zigbee2MQTT"}}  # fmt: skip
        await z2m.publish("homeassistant/light/0x01/light/config", json.dumps(lamp), retain=True)
        async with run(connect, Config(port=broker.port, first_wait_s=0.05)) as hub:
            name = "light.living_room_floor_lamp"
            await hub.until(lambda h: h.states.get((name, "OnOff")) is False)  # it was asked for
            await hub.until(lambda h: "light.all_lamps" in h.entities)
            assert "light.lamp" not in hub.entities  # what the bridge tells in Home Assistant's words is the same lamp
            await hub.until(lambda h: h.reachable.get(name))
            await hub.command(name, "OnOff", True)
            assert hub.states[name, "OnOff"] is True
            await z2m.publish(
                f"zigbee2mqtt/{'living room/floor lamp'}/availability", '{"state":"offline"}', retain=True
            )
            await hub.until(lambda h: h.reachable[name] is False)
            assert hub.reachable["cover.blind"]
            await z2m.publish("zigbee2mqtt/bridge/state", "offline", retain=True)
            await hub.until(lambda h: not h.reachable["cover.blind"])
            await z2m.publish("zigbee2mqtt/bridge/devices", "[]", retain=True)
            await hub.until(lambda h: not any(e.startswith("cover") for e in h.entities))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
