"""The short keys of Home Assistant's MQTT discovery, and `~`.

Most short keys are a family ("bri", brightness) and an ending ("cmd_t", command_topic), so they are made rather than
listed; the rest are single words. Source: the MQTT integration's documentation, "Supported abbreviations".
"""

from typing import Any, Final

_ENDINGS: Final = {
    "t": "topic", "tpl": "template", "cmd_t": "command_topic", "cmd_tpl": "command_template",
    "stat_t": "state_topic", "stat_tpl": "state_template", "val_tpl": "value_template",
}  # fmt: skip

_FAMILIES: Final = {
    "": "", "act": "action", "avty": "availability", "aux": "aux", "away_mode": "away_mode", "b": "blue",
    "bat_lev": "battery_level", "bri": "brightness", "chrg": "charging", "cln": "cleaning", "clr_temp": "color_temp",
    "clrm": "color_mode", "curr_hum": "current_humidity", "curr_temp": "current_temperature", "dir": "direction",
    "dock": "docked", "err": "error", "fan_mode": "fan_mode", "fanspd": "fan_speed", "fx": "effect", "g": "green",
    "hold": "hold", "hs": "hs", "hum": "target_humidity", "img": "image", "json_attr": "json_attributes",
    "l_ver": "latest_version", "lrst": "last_reset", "mode": "mode", "osc": "oscillation", "pct": "percentage",
    "pos": "position", "pow": "power", "pr_mode": "preset_mode", "r": "red", "rgb": "rgb", "rgbw": "rgbw",
    "rgbww": "rgbww", "send": "send", "set_fan_spd": "set_fan_speed", "set_pos": "set_position", "spd": "speed",
    "swing_h_mode": "swing_horizontal_mode", "swing_mode": "swing_mode", "temp": "temperature",
    "temp_hi": "temperature_high", "temp_lo": "temperature_low", "tilt": "tilt", "tilt_status": "tilt_status",
    "url": "url", "whit": "white", "whit_val": "white_value", "xy": "xy",
}  # fmt: skip

_PAYLOADS: Final = {
    "arm_away": "arm_away", "arm_custom_b": "arm_custom_bypass", "arm_home": "arm_home", "arm_nite": "arm_night",
    "arm_vacation": "arm_vacation", "avail": "available", "cln_sp": "clean_spot", "cls": "close",
    "dir_fwd": "direction_forward", "dir_rev": "direction_reverse", "disarm": "disarm", "hi_spd": "high_speed",
    "home": "home", "inst": "install", "lo_spd": "low_speed", "loc": "locate", "lock": "lock",
    "med_spd": "medium_speed", "not_avail": "not_available", "not_home": "not_home", "off": "off",
    "off_spd": "off_speed", "on": "on", "open": "open", "osc_off": "oscillation_off", "osc_on": "oscillation_on",
    "paus": "pause", "prs": "press", "ret": "return_to_base", "rst": "reset", "rst_hum": "reset_humidity",
    "rst_mode": "reset_mode", "rst_pct": "reset_percentage", "rst_pr_mode": "reset_preset_mode", "stop": "stop",
    "stop_tilt": "stop_tilt", "stpa": "start_pause", "strt": "start", "toff": "turn_off", "ton": "turn_on",
    "trig": "trigger", "unlk": "unlock",
}  # fmt: skip

_STATES: Final = {
    "cla": "class", "closing": "closing", "clsd": "closed", "jam": "jammed", "locked": "locked",
    "locking": "locking", "off": "off", "on": "on", "open": "open", "opening": "opening", "stopped": "stopped",
    "unlocked": "unlocked", "unlocking": "unlocking",
}  # fmt: skip

_WORDS: Final = {
    "atype": "automation_type", "av_tones": "available_tones", "avty": "availability",
    "avty_mode": "availability_mode", "bri_scl": "brightness_scale", "clr_temp_k": "color_temp_kelvin",
    "clrm": "color_mode", "cmd_off_tpl": "command_off_template", "cmd_on_tpl": "command_on_template",
    "cmps": "components", "cod_arm_req": "code_arm_required", "cod_dis_req": "code_disarm_required",
    "cod_form": "code_format", "cod_trig_req": "code_trigger_required", "cont_type": "content_type",
    "def_ent_id": "default_entity_id", "dev": "device", "dev_cla": "device_class", "dsp_prc": "display_precision",
    "e": "encoding", "en": "enabled_by_default", "ent_cat": "entity_category", "ent_pic": "entity_picture",
    "evt_typ": "event_types", "exp_aft": "expire_after", "fanspd_lst": "fan_speed_list", "flsh": "flash",
    "flsh_tlng": "flash_time_long", "flsh_tsht": "flash_time_short", "frc_upd": "force_update",
    "fx_list": "effect_list", "grp": "group", "hum_state_tpl": "target_humidity_state_template", "ic": "icon",
    "img_e": "image_encoding", "init": "initial", "json_attr": "json_attributes", "max_hum": "max_humidity",
    "max_k": "max_kelvin", "max_mirs": "max_mireds", "migr_discvry": "migrate_discovery", "min_hum": "min_humidity",
    "min_k": "min_kelvin", "min_mirs": "min_mireds", "o": "origin", "obj_id": "object_id", "off_dly": "off_delay",
    "on_cmd_type": "on_command_type", "ops": "options", "opt": "optimistic", "p": "platform", "pl": "payload",
    "pos": "reports_position", "pos_clsd": "position_closed", "pos_open": "position_open",
    "pr_modes": "preset_modes", "ptrn": "pattern", "rel_s": "release_summary", "rel_u": "release_url",
    "ret": "retain", "spd_rng_max": "speed_range_max", "spd_rng_min": "speed_range_min", "spds": "speeds",
    "src_type": "source_type", "stat_val_tpl": "state_value_template", "stype": "subtype",
    "sug_dsp_prc": "suggested_display_precision",
    "sup_clrm": "supported_color_modes",
    "sup_dur": "support_duration", "sup_duration": "support_duration",
    "sup_feat": "supported_features", "sup_off": "supported_turn_off", "sup_vol": "support_volume_set",
    "swing_h_modes": "swing_horizontal_modes", "temp_unit": "temperature_unit",
    "tilt_clsd_val": "tilt_closed_value", "tilt_inv_stat": "tilt_invert_state",
    "tilt_opnd_val": "tilt_opened_value", "tilt_opt": "tilt_optimistic", "tit": "title", "trns": "transition",
    "uniq_id": "unique_id", "unit_of_meas": "unit_of_measurement", "whit_scl": "white_scale",
    "whit_val_scl": "white_value_scale",
}  # fmt: skip


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for short, long in _FAMILIES.items():
        for ending, full in _ENDINGS.items():
            table[f"{short}_{ending}" if short else ending] = f"{long}_{full}" if long else full
    table["send_cmd_t"] = "send_command_topic"
    table |= {f"pl_{short}": f"payload_{long}" for short, long in _PAYLOADS.items()}
    table |= {f"stat_{short}": f"state_{long}" for short, long in _STATES.items()}
    return table | _WORDS | {"tpl": "tpl"}


KEYS: Final = _table()
"""Short key -> long key, for components."""

DEVICE_KEYS: Final = {
    "cns": "connections", "cu": "configuration_url", "hw": "hw_version", "ids": "identifiers", "mdl": "model",
    "mdl_id": "model_id", "mf": "manufacturer", "sa": "suggested_area", "sn": "serial_number", "sw": "sw_version",
}  # fmt: skip
"""Short key -> long key, inside `device`."""

ORIGIN_KEYS: Final = {"sw": "sw_version", "url": "support_url"}
"""Short key -> long key, inside `origin`."""


def expand(config: dict[str, Any]) -> dict[str, Any]:
    """`config` with long keys, in itself, its device, origin and availability, and with `~` put into its topics."""
    full = {KEYS.get(key, key): value for key, value in config.items()}
    if isinstance(full.get("device"), dict):
        full["device"] = {DEVICE_KEYS.get(key, key): value for key, value in full["device"].items()}
    if isinstance(full.get("origin"), dict):
        full["origin"] = {ORIGIN_KEYS.get(key, key): value for key, value in full["origin"].items()}
    if isinstance(full.get("availability"), list):
        full["availability"] = [
            {KEYS.get(key, key): value for key, value in entry.items()} if isinstance(entry, dict) else entry
            for entry in full["availability"]
        ]
    elif isinstance(full.get("availability"), dict):
        full["availability"] = [{KEYS.get(key, key): value for key, value in full["availability"].items()}]
    base = full.get("~")
    if isinstance(base, str):
        _put_base(full, base)
        for entry in full["availability"] if isinstance(full.get("availability"), list) else ():
            if isinstance(entry, dict):
                _put_base(entry, base)
    return full


def _put_base(config: dict[str, Any], base: str) -> None:
    for key, value in config.items():
        if isinstance(value, str) and key.endswith("topic"):
            head = base + value[1:] if value.startswith("~") else value
            config[key] = head[:-1] + base if head.endswith("~") else head
