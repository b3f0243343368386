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
Values = dict[str, bool | int | float | str]


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class HomeSettings(_Table, frozen=True):
    """[home]: the household."""

    name: Annotated[
        str, Meta(title="Name of the home", max_length=100, description="shown on the page and when the hub starts")
    ] = "Home"
    language: Annotated[
        str,
        Meta(
            title="Language",
            pattern="^[a-z]{2}$",
            description="what the hub understands and answers in: `en` or `de`",
        ),
    ] = "en"


class EntitySettings(_Table, frozen=True):
    """[[entity]]: with `traits` or a `scene` a virtual entity, without them words about one that a device brings."""

    id: Annotated[str, Meta(description="`kind.name`, such as `light.kitchen`")]
    name: Annotated[str, Meta(description="what people say")]
    area: Annotated[str, Meta(description="the id of an area; empty: no place of its own")] = ""
    aliases: Annotated[tuple[str, ...], Meta(description="other names that people say")] = ()
    names: Annotated[
        dict[str, tuple[str, ...]], Meta(description="names in other languages, the first one is spoken back")
    ] = field(default_factory=dict)
    traits: Annotated[
        tuple[str, ...] | dict[str, TraitConfig],
        Meta(description="what a virtual entity can do: a list of traits, or tables `[entity.traits.NAME]`"),
    ] = ()
    exposed: Annotated[
        bool | None, Meta(description="whether voice, gesture and skills may touch it; absent: its kind's rule decides")
    ] = None
    device_class: Annotated[str, Meta(description="a narrower kind, such as `garage`, `blind` or `outlet`")] = ""
    initial: Annotated[Values, Meta(description="a virtual entity's first values, by trait")] = field(
        default_factory=dict
    )
    scene: Annotated[
        dict[str, Values], Meta(description="what a press of this scene brings about: entity -> trait -> value")
    ] = field(default_factory=dict)


class WakeWordSettings(_Table, frozen=True):
    """[[wake]]: a word that the hub listens for; without any such table it is `hey_jarvis`."""

    model: Annotated[str, Meta(description="the word, as [the models](models.md) name it")] = "hey_jarvis"
    threshold: Annotated[
        Ratio, Meta(description="the score from which it counts; at 0.5, what its model card says")
    ] = 0.5
    verify: Annotated[bool, Meta(description="ask a second listener too; off only where false wakes do not matter")] = (
        True
    )


class VoiceSettings(_Table, frozen=True):
    """[voice]: hearing and speaking."""

    recognizer: Annotated[str, Meta(description="`auto`, `grammar`, or `whisper:NAME`")] = "auto"
    tts: Annotated[
        str,
        Meta(title="Engine that speaks", description="`auto`, `flite`, `espeak-ng`, `wyoming://host:port` or `none`"),
    ] = "auto"
    voice: Annotated[str, Meta(title="Voice", description="flite's voice: `slt`, `rms`, `awb` or `kal16`")] = "slt"
    microphone: Annotated[bool, Meta(title="Microphone", description="listen with this machine's own microphone")] = (
        False
    )
    area: Annotated[str, Meta(title="Room of the microphone", description="the area where that microphone stands")] = ""
    min_confidence: Annotated[
        Ratio, Meta(description="what was heard less surely than this is not acted on; the hub asks to hear it again")
    ] = 0.5
    silence_ms: Annotated[
        int, Meta(title="Silence at the end", ge=100, le=3000, description="the silence that ends a sentence")
    ] = 700
    early_end: Annotated[
        bool, Meta(description="end sooner when what was heard is a whole command that nothing longer begins with")
    ] = True


class MqttSettings(_Table, frozen=True):
    """[[mqtt]]: a broker."""

    host: Annotated[str, Meta(description="its name or address in this home")] = "127.0.0.1"
    port: Port = 1883
    username: Annotated[str, Meta(description="empty: the broker asks for none")] = ""
    password: Annotated[str, Meta(description="keep hearth.toml readable by the hub alone when you set one")] = ""
    discovery_prefix: Annotated[
        str, Meta(description="where devices announce themselves as for Home Assistant; empty: nowhere")
    ] = "homeassistant"
    zigbee2mqtt_topic: Annotated[str, Meta(description="Zigbee2MQTT's base topic; empty: none")] = "zigbee2mqtt"


class SatelliteSettings(_Table, frozen=True):
    """[[satellite]]: a Wyoming satellite that the hub connects to."""

    name: Annotated[str, Meta(description="how you call it")]
    host: Annotated[str, Meta(description="its name or address in this home")]
    port: Port = 10700
    area: Annotated[str, Meta(description='the area where it stands, so that "the light" is the one there')] = ""


class CameraSettings(_Table, frozen=True):
    """[[camera]]: a camera that the hub looks through, while its switch is on."""

    name: Annotated[str, Meta(description='how you call it: "turn off the hallway camera" closes it')]
    source: Annotated[str, Meta(description="`/dev/video0`, `rtsp://user:password@host/path`, or a picture or film")]
    area: Annotated[str, Meta(description="the area that it sees")] = ""
    gestures: Annotated[bool, Meta(description="look for hands")] = True
    people: Annotated[bool, Meta(description="look for people, to know which rooms are in use")] = True
    rate: Annotated[float, Meta(gt=0, le=60, description="frames a second to look at, at most")] = 15.0
    sees: Annotated[
        dict[str, tuple[float, float]],
        Meta(
            description="where entities are in its picture: fractions of width and height, from the left and the top; "
            'or point at one and say "that is the lamp"'
        ),
    ] = field(default_factory=dict)


GestureName = Literal[
    "open_palm", "fist", "point", "victory", "three", "four", "thumb_up", "thumb_down", "ok", "rock", "call",
    "swipe_left", "swipe_right", "raise", "lower", "circle",
]  # fmt: skip


class GestureSettings(_Table, frozen=True):
    """[[gesture]]: what a gesture is for. One of `does` and `say`; it replaces what the gesture is for otherwise."""

    name: Annotated[GestureName, Meta(description="the gesture or motion")]
    does: Annotated[
        Literal["", "stop", "yes", "no", "raise", "lower", "select", "nothing"],
        Meta(description="stop or mute; answer a question just asked; change the light last spoken of; point at"),
    ] = ""
    say: Annotated[
        str, Meta(max_length=200, description="do what this sentence would do; risky things are asked about")
    ] = ""


class SeeingSettings(_Table, frozen=True):
    """[seeing]: all cameras together."""

    allow_unsealed: Annotated[
        bool, Meta(description="look even where the vision worker cannot be cut off from the network")
    ] = False
    arm: Annotated[bool, Meta(description="a gesture counts only after an open palm or the wake word; off: always")] = (
        True
    )
    landmarks: Annotated[
        bool,
        Meta(
            title="Drawn hands",
            description="whether the page may draw the hands that cameras see, from 21 points each, while somebody who "
            "looks after the hub watches; no picture",
        ),
    ] = False


class PresenceSettings(_Table, frozen=True):
    """[presence]: which rooms are in use, and who is at home."""

    enabled: Annotated[
        bool, Meta(title="Who is where", description="whether the hub works out who is where at all")
    ] = True
    not_in: Annotated[tuple[str, ...], Meta(description="areas of which it is never worked out")] = ()
    ignore: Annotated[
        tuple[str, ...],
        Meta(description="entities that tell nothing of people, such as a motion sensor that sees a cat"),
    ] = ()
    people: Annotated[
        dict[str, tuple[str, ...]],
        Meta(
            description="a person's id -> the entities that follow them: a Presence that is on while they are at home, "
            "or a Text that names the room"
        ),
    ] = field(default_factory=dict)


class WyomingSettings(_Table, frozen=True):
    """[wyoming]: serve wake words, speech, voice and conversation to others, such as Home Assistant."""

    enabled: Annotated[bool, Meta(description="whether to serve it")] = False
    host: Annotated[
        str, Meta(description="the address to listen on; the protocol has no password, so think before you open it")
    ] = "127.0.0.1"
    port: Port = 10400


class WebSettings(_Table, frozen=True):
    """[web]: the page and the API."""

    host: Annotated[
        str,
        Meta(
            title="The page is reached at",
            description="the address to listen on; any but a loopback one needs `tls` and an owner",
        ),
    ] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="0: any free one")] = 8420
    tls: Annotated[
        bool,
        Meta(
            title="The page speaks https",
            description="https, with a certificate of the home's own authority (`/ca.crt`) that renews itself",
        ),
    ] = False
    names: Annotated[
        tuple[str, ...], Meta(description="further names that the hub is reached by, such as `hub.home.arpa`")
    ] = ()
    accounts: Annotated[
        Literal["on", "off"],
        Meta(
            description="on: once the home has an owner, everybody logs in; off: whoever sits at this machine may do "
            "everything, and nobody else comes in"
        ),
    ] = "on"
    setup_code: Annotated[
        bool, Meta(description="print a code when the hub starts with which another device may make the owner")
    ] = False


class SwarmSettings(_Table, frozen=True):
    """[swarm]: other hubs of this home."""

    enabled: Annotated[bool, Meta(title="Other hubs", description="whether this hub pairs and works with others")] = (
        False
    )
    name: Annotated[
        str, Meta(title="Name of this hub", max_length=64, description="what it is called; empty: as its machine is")
    ] = ""
    host: Annotated[
        str,
        Meta(
            title="Reached at",
            description="the address that other hubs reach it at, `0.0.0.0` for all; loopback: only this machine",
        ),
    ] = "127.0.0.1"
    port: Annotated[Port, Meta(description="for the hubs' messages")] = 8421
    pairing_port: Annotated[Port, Meta(description="where a hub knocks that wants to be paired")] = 8422
    bulk_port: Annotated[Port, Meta(description="for what is large: what hubs learn together")] = 8423


class LearningSettings(_Table, frozen=True):
    """[learning]: what the hub learns from use, by itself and with the other hubs of the home."""

    enabled: Annotated[bool, Meta(title="Learning", description="whether it keeps examples and learns at all")] = True
    # Of two hubs, each could take its own update off the sum and have the other's.
    least_hubs: Annotated[
        int,
        Meta(
            ge=2,
            le=64,
            description="with fewer hubs nothing is sent; 3, because of two each could work out what the other sent",
        ),
    ] = 3
    at: Annotated[
        str,
        Meta(
            pattern="^(([01][0-9]|2[0-3]):[0-5][0-9])?$",
            description="when the hubs learn together each day, as `03:30` of this machine's time; empty: when asked",
        ),
    ] = "03:30"


class StoreSettings(_Table, frozen=True):
    """[store]: where states, history and settings of the app are kept."""

    url: Annotated[
        str,
        Meta(description="empty: `hearth.db` beside hearth.toml; or `postgresql://user:password@host/name`"),
    ] = ""
    history_days: Annotated[int, Meta(ge=0, le=3650, description="how long past states and events are kept")] = 30


class ModelSettings(_Table, frozen=True):
    """[models]: what the hub thinks with."""

    allow_download: Annotated[
        bool, Meta(description="may fetch models from outside the package index (Hugging Face)")
    ] = False
    provider: Annotated[str, Meta(description="`auto`, or the name of one of ONNX Runtime's execution providers")] = (
        "auto"
    )
    threads: Annotated[int, Meta(ge=0, le=256, description="for all models together; 0: what the machine has")] = 0


class SafetySettings(_Table, frozen=True):
    """[safety]: entity ids or kinds, beyond the built-in rules."""

    confirm: Annotated[tuple[str, ...], Meta(description="ask before changing these")] = ()
    deny: Annotated[tuple[str, ...], Meta(description="closed to voice, gesture and skills, whatever else says")] = ()


class PluginSettings(_Table, frozen=True):
    """[plugins]: skills and device integrations."""

    disabled: Annotated[tuple[str, ...], Meta(description="ids of those to leave out")] = ()
    paths: Annotated[tuple[str, ...], Meta(description="folders with more: `PATH/skills/*`, `PATH/devices/*`")] = ()
    config: Annotated[dict[str, dict[str, Any]], Meta(description="settings for each, by its id")] = field(
        default_factory=dict
    )
    allow_uncaged: Annotated[
        bool, Meta(description="run plugins that did not come with the hub even where they cannot be caged")
    ] = False


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
    gesture: tuple[GestureSettings, ...] = ()
    seeing: SeeingSettings = SeeingSettings()
    presence: PresenceSettings = PresenceSettings()
    wyoming: WyomingSettings = WyomingSettings()
    web: WebSettings = WebSettings()
    swarm: SwarmSettings = SwarmSettings()
    learning: LearningSettings = LearningSettings()
    store: StoreSettings = StoreSettings()
    models: ModelSettings = ModelSettings()
    safety: SafetySettings = SafetySettings()
    plugins: PluginSettings = PluginSettings()
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="how much the hub tells while it runs")
    ] = "info"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of hearth.toml."""
    return msgspec.json.schema(Settings)
