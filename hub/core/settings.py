"""The settings of a home: one hearth.toml, read into these structs and into nothing else.

What hearth.toml says wins over the store. The structs' field metadata is the published schema (`json_schema`).
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from hub.core.entities import Area, Person
from hub.core.traits import TraitConfig

Port = Annotated[int, Meta(ge=1, le=65535)]
Ratio = Annotated[float, Meta(ge=0.0, le=1.0)]


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class HomeSettings(_Table, frozen=True):
    """[home]"""

    name: str = "Home"
    language: Annotated[str, Meta(pattern="^[a-z]{2}$", description="en, de")] = "en"


class EntitySettings(_Table, frozen=True):
    """[[entity]]: a virtual entity. `traits` is a list of names, or a table of names with their ranges."""

    id: str
    name: str
    area: str = ""
    aliases: tuple[str, ...] = ()
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    traits: tuple[str, ...] | dict[str, TraitConfig] = ()
    exposed: bool | None = None
    device_class: str = ""
    initial: dict[str, bool | int | float | str] = field(default_factory=dict)
    scene: dict[str, dict[str, bool | int | float | str]] = field(default_factory=dict)  # entity -> trait -> value


class WakeWordSettings(_Table, frozen=True):
    """[[wake]]: a word that the hub listens for."""

    model: str = "hey_jarvis"
    threshold: Ratio = 0.5
    verify: bool = True  # second stage; off only where false wakes do not matter


class VoiceSettings(_Table, frozen=True):
    """[voice]"""

    recognizer: str = "auto"  # auto, grammar, whisper:NAME
    tts: str = "auto"  # auto, flite, espeak-ng, wyoming://host:port, none
    voice: str = "slt"
    microphone: bool = False
    area: str = ""  # where this hub's own microphone stands
    min_confidence: Ratio = 0.5
    silence_ms: Annotated[int, Meta(ge=100, le=3000)] = 700
    early_end: bool = True


class MqttSettings(_Table, frozen=True):
    """[[mqtt]]: a broker."""

    host: str = "127.0.0.1"
    port: Port = 1883
    username: str = ""
    password: str = ""
    discovery_prefix: str = "homeassistant"
    zigbee2mqtt_topic: str = "zigbee2mqtt"


class SatelliteSettings(_Table, frozen=True):
    """[[satellite]]: a Wyoming satellite that the hub connects to."""

    name: str
    host: str
    port: Port = 10700
    area: str = ""


class CameraSettings(_Table, frozen=True):
    """[[camera]]"""

    name: str
    source: str
    area: str = ""


class WyomingSettings(_Table, frozen=True):
    """[wyoming]: serve wake, asr, tts and intent handling to others."""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: Port = 10400


class WebSettings(_Table, frozen=True):
    """[web]"""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8420


class StoreSettings(_Table, frozen=True):
    """[store]: `url` empty means hearth.db beside hearth.toml."""

    url: str = ""
    history_days: Annotated[int, Meta(ge=0, le=3650)] = 30


class ModelSettings(_Table, frozen=True):
    """[models]"""

    allow_download: bool = False
    provider: str = "auto"
    threads: Annotated[int, Meta(ge=0, le=256)] = 0  # 0: what the machine has


class SafetySettings(_Table, frozen=True):
    """[safety]: entity ids or kinds, beyond the built-in rules."""

    confirm: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


class PluginSettings(_Table, frozen=True):
    """[plugins]: which to leave out, and settings for each by its id."""

    disabled: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    config: dict[str, dict[str, Any]] = field(default_factory=dict)


class Settings(_Table, frozen=True):
    """A whole hearth.toml."""

    home: HomeSettings = HomeSettings()
    area: tuple[Area, ...] = ()
    person: tuple[Person, ...] = ()
    entity: tuple[EntitySettings, ...] = ()
    wake: tuple[WakeWordSettings, ...] = (WakeWordSettings(),)
    voice: VoiceSettings = VoiceSettings()
    mqtt: tuple[MqttSettings, ...] = ()
    satellite: tuple[SatelliteSettings, ...] = ()
    camera: tuple[CameraSettings, ...] = ()
    wyoming: WyomingSettings = WyomingSettings()
    web: WebSettings = WebSettings()
    store: StoreSettings = StoreSettings()
    models: ModelSettings = ModelSettings()
    safety: SafetySettings = SafetySettings()
    plugins: PluginSettings = PluginSettings()
    log_level: Literal["debug", "info", "warning", "error"] = "info"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of hearth.toml."""
    return msgspec.json.schema(Settings)
