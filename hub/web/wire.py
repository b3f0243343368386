"""What crosses the API: requests with their bounds, responses, and events as JSON.

Ids are 64-bit and cross as text: JavaScript would round them.
"""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from hub.core.events import Event, Value
from hub.core.traits import TraitConfig

Id = Annotated[str, Meta(description="A 64-bit id as text.")]
EntityId = Annotated[str, Meta(min_length=3, max_length=150, description="kind.name, such as light.kitchen")]
ShortText = Annotated[str, Meta(max_length=200)]
_IDS: Final = ("id", "command")


class ErrorDetail(Struct, frozen=True, kw_only=True):
    """What went wrong: a code for programs, a message and a remedy for people; of a form, in which field."""

    code: str
    message: str
    remedy: str = ""
    field: str | UnsetType = UNSET


class ErrorResponse(Struct, frozen=True):
    """Every answer that is not a success."""

    error: ErrorDetail


class HealthResponse(Struct, frozen=True, kw_only=True):
    """`starting` until every room is there, then `ok`, or `degraded` with what is wrong.

    `listening`: a wake word would be heard now. `names_known`: and every name of the home with it; false for a moment
    after a device was found or renamed. `run` is another one each time that the hub starts. `problems` names things
    of the home and where they are: members are told them, and nobody else.
    """

    status: str
    version: str
    run: str
    uptime_s: float
    listening: bool
    names_known: bool
    problems: dict[str, str] = field(default_factory=dict)


class AreaResponse(Struct, frozen=True, kw_only=True):
    """An area of the home. `presence`: whether somebody is there, `people`: how many; null where nothing tells.
    `locked`: hearth.toml decides on it.

    On the live socket both change as the traits `Presence` and `Measure` of `area.<id>`.
    """

    id: str
    name: str
    floor: str = ""
    aliases: tuple[str, ...] = ()
    names: dict[str, tuple[str, ...]] = {}
    """In other languages, by language; the first is the main one."""
    presence: bool | None = None
    people: int | None = None
    locked: bool = False


class PersonResponse(Struct, frozen=True, kw_only=True):
    """Somebody who lives here; whether they are at home (null: nothing tells), and in which area ("": not known)."""

    id: str
    name: str
    home: bool | None = None
    area: str = ""


class EntityResponse(Struct, frozen=True, kw_only=True):
    """An entity: `traits` are the values now (null: unknown), `config` what each trait takes, `changed` since when.
    `hub` is the id of the hub that it is on; empty: this one. `exposed`: the household's word on who may touch it
    (null: the rule of its kind). `locked`: hearth.toml decides on names, area and exposure.
    """

    entity: str
    name: str
    kind: str
    area: str
    traits: dict[str, Value]
    available: bool
    config: dict[str, TraitConfig]
    changed: dict[str, float]
    aliases: tuple[str, ...] = ()
    names: dict[str, tuple[str, ...]] = {}
    """In other languages, by language; the first is the main one."""
    device_class: str = ""
    hub: str = ""
    exposed: bool | None = None
    locked: bool = False


class HomeResponse(Struct, frozen=True, kw_only=True):
    """The whole home as it stands."""

    name: str
    language: str
    areas: list[AreaResponse]
    people: list[PersonResponse]
    entities: list[EntityResponse]


class EntitiesResponse(Struct, frozen=True):
    """The entities that were asked for."""

    entities: list[EntityResponse]


class EntitiesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which entities: of an area, a kind, or having a trait."""

    area: ShortText = ""
    kind: ShortText = ""
    trait: ShortText = ""


class CommandRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Make a trait of an entity become a value. `confirmed`: the person was asked and said yes."""

    entity: EntityId
    trait: Annotated[str, Meta(min_length=1, max_length=50)]
    value: bool | int | float | ShortText | None
    confirmed: bool = False
    area: ShortText = ""


class CommandResponse(Struct, frozen=True, kw_only=True):
    """The device acknowledged the command, and it is on the disk."""

    command: Id
    entity: str
    trait: str
    value: Value
    ok: bool


class SayRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sentence, as if the hub had heard it."""

    text: Annotated[str, Meta(min_length=1, max_length=500)]
    area: ShortText = ""
    person: ShortText = ""


class SayResponse(Struct, frozen=True, kw_only=True):
    """What the hub answered; `expects_answer`: it asked something back."""

    reply: str
    understood: bool
    expects_answer: bool


class WhyQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which trait; empty: the one that changed last."""

    trait: ShortText = ""


class StepResponse(Struct, frozen=True, kw_only=True):
    """One step of a story; `area` and `source` say where it was heard, seen or asked for."""

    kind: str
    text: str
    at: float
    event: Id
    causes: tuple[Id, ...]
    data: dict[str, Any]
    area: str = ""
    source: str = ""


class WhyResponse(Struct, frozen=True, kw_only=True):
    """Why an entity is as it is: one line, and the steps from the first cause on."""

    entity: str
    text: str
    steps: list[StepResponse]


class HistoryQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which trait, between which UTC seconds, at most how many of the newest."""

    trait: ShortText = ""
    since: float = 0.0
    until: float | None = None
    limit: Annotated[int, Meta(ge=1, le=10_000)] = 1_000


class ChangeResponse(Struct, frozen=True, kw_only=True):
    """A trait's value from `at` (UTC seconds) on."""

    event: Id
    trait: str
    value: Value
    at: float


class HistoryResponse(Struct, frozen=True, kw_only=True):
    """The changes of an entity, oldest first."""

    entity: str
    changes: list[ChangeResponse]


def event_json(event: Event) -> bytes:
    """An event as the live socket sends it: its class as `event`, its fields, ids as text."""
    data = ids_as_text(msgspec.to_builtins(event))
    data["causes"] = [str(cause) for cause in event.causes]
    del data["mono"]  # means nothing outside this machine
    return encode(data)


def ids_as_text(fields: dict[str, Any]) -> dict[str, Any]:
    """An event's fields with the ids among them as text."""
    return {name: str(value) if name in _IDS and isinstance(value, int) else value for name, value in fields.items()}


def encode(data: Any) -> bytes:
    """JSON of a response; half surrogate pairs, which JSON in UTF-8 cannot carry, become question marks."""
    try:
        return msgspec.json.encode(data)
    except UnicodeEncodeError:
        return msgspec.json.encode(_whole(msgspec.to_builtins(data)))


def _whole(data: Any) -> Any:
    if isinstance(data, str):
        return data.encode("utf-8", "replace").decode()
    if isinstance(data, dict):
        return {_whole(key): _whole(value) for key, value in data.items()}
    return [_whole(item) for item in data] if isinstance(data, list | tuple) else data
