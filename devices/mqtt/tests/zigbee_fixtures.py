"""What a Zigbee2MQTT bridge would tell of a small home, in its own words."""

from typing import Any


def _state(on: str = "ON", off: str = "OFF") -> dict[str, Any]:
    return {
        "access": 7, "label": "State", "name": "state", "property": "state", "type": "binary",
        "value_off": off, "value_on": on, "value_toggle": "TOGGLE",
    }  # fmt: skip


LINKQUALITY = {
    "access": 1, "category": "diagnostic", "label": "Linkquality", "name": "linkquality", "property": "linkquality",
    "type": "numeric", "unit": "lqi", "value_max": 255, "value_min": 0,
}  # fmt: skip

LIGHT = {
    "type": "light",
    "features": [
        _state(),
        {"access": 7, "name": "brightness", "property": "brightness", "type": "numeric", "value_max": 254,
         "value_min": 0},
        {"access": 7, "name": "color_temp", "property": "color_temp", "type": "numeric", "unit": "mired",
         "value_max": 500, "value_min": 153, "presets": [{"name": "warm", "value": 454}]},
        {"access": 7, "name": "color_xy", "property": "color", "type": "composite",
         "features": [{"access": 7, "name": "x", "property": "x", "type": "numeric"},
                      {"access": 7, "name": "y", "property": "y", "type": "numeric"}]},
    ],
}  # fmt: skip


def _device(address: str, name: str, exposes: list[Any], **fields: Any) -> dict[str, Any]:
    return {
        "ieee_address": address, "friendly_name": name, "type": "Router", "network_address": 4711, "supported": True,
        "disabled": False, "interview_completed": True, "power_source": "Mains (single phase)", "endpoints": {},
        "definition": {"model": "M1", "vendor": "Acme", "description": "A thing", "supports_ota": True,
                       "options": [], "exposes": [*exposes, LINKQUALITY]},
        **fields,
    }  # fmt: skip


DEVICES: list[Any] = [
    {"ieee_address": "0x00", "friendly_name": "Coordinator", "type": "Coordinator", "definition": None,
     "supported": True, "disabled": False, "interview_completed": True, "network_address": 0, "endpoints": {}},
    _device("0x01", "living room/floor lamp", [LIGHT]),
    _device("0x02", "kitchen lamp", [LIGHT]),
    _device(
        "0x03", "bedroom climate",
        [{"access": 1, "label": "Temperature", "name": "temperature", "property": "temperature", "type": "numeric",
          "unit": "°C"},
         {"access": 1, "category": "diagnostic", "label": "Battery", "name": "battery", "property": "battery",
          "type": "numeric", "unit": "%", "value_max": 100, "value_min": 0}],
        type="EndDevice", power_source="Battery",
    ),
    _device(
        "0x04", "window",
        [{"access": 1, "label": "Contact", "name": "contact", "property": "contact", "type": "binary",
          "value_off": True, "value_on": False}], type="EndDevice", power_source="Battery",
    ),
    _device(
        "0x05", "hall motion",
        [{"access": 1, "label": "Occupancy", "name": "occupancy", "property": "occupancy", "type": "binary",
          "value_off": False, "value_on": True},
         {"access": 7, "category": "config", "label": "Sensitivity", "name": "sensitivity", "property": "sensitivity",
          "type": "enum", "values": ["low", "high"]}], power_source="Battery",
    ),
    _device(
        "0x06", "blind",
        [{"type": "cover", "features": [
            {"access": 3, "name": "state", "property": "state", "type": "enum", "values": ["OPEN", "CLOSE", "STOP"]},
            {"access": 7, "name": "position", "property": "position", "type": "numeric", "value_max": 100,
             "value_min": 0}]}],
    ),
    _device("0x07", "front door", [{"type": "lock", "features": [_state("LOCK", "UNLOCK")]}]),
    _device(
        "0x08", "radiator",
        [{"type": "climate", "features": [
            {"access": 7, "name": "occupied_heating_setpoint", "property": "occupied_heating_setpoint",
             "type": "numeric", "unit": "°C", "value_max": 30, "value_min": 5, "value_step": 0.5},
            {"access": 5, "name": "local_temperature", "property": "local_temperature", "type": "numeric",
             "unit": "°C"},
            {"access": 7, "name": "system_mode", "property": "system_mode", "type": "enum",
             "values": ["off", "heat"]}]}],
    ),
    _device("0x09", "double plug", [
        {"type": "switch", "endpoint": side, "features": [
            {**_state(), "property": f"state_{side}", "endpoint": side}]} for side in ("left", "right")]),
    _device("0x0a", "unknown", [], definition=None, supported=False),
    _device("0x0b", "evil/#", [LIGHT]),
    "not even a table",
]  # fmt: skip

GROUPS: list[Any] = [
    {"id": 1, "friendly_name": "all lamps",
     "members": [{"ieee_address": "0x01", "endpoint": 11}, {"ieee_address": "0x02", "endpoint": 11}],
     "scenes": [{"id": 3, "name": "Evening"}]},
    {"id": 2, "friendly_name": "empty", "members": [], "scenes": []},
]  # fmt: skip
