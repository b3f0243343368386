"""The settings that the household may make in the app, and how they join what hearth.toml says.

What hearth.toml says wins: such a setting is locked. A table of hearth.toml that could not be read locks all of itself,
so that nothing which somebody wrote down there is decided elsewhere meanwhile.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct, inspect

from hub.core.errors import HearthError, NotFoundError, SettingsError, ValueRefusedError
from hub.core.settings import Settings

KEPT: Final = (
    "home.name",
    "home.language",
    "voice.microphone",
    "voice.area",
    "voice.tts",
    "voice.voice",
    "voice.silence_ms",
    "learning.enabled",
    "presence.enabled",
    "seeing.landmarks",
    "swarm.enabled",
    "swarm.name",
    "swarm.host",
    "web.host",
    "web.tls",
    "gesture",
    "camera",
)
"""`table.field`, or the name of a list of tables, which is kept as a whole."""
Check = Callable[[Any], None]
"""Raises a `HearthError` for a value of the right type with which the hub could not run.

One by a setting's key sees its value; one by a table's name sees the table as it would be, with all that is kept in it.
"""
_MOST_PROBLEM: Final = 300


class SettingForm(Struct, frozen=True):
    """What a setting is, for a form: words about it, its default as plain JSON and its JSON Schema."""

    key: str
    title: str
    description: str
    default: Any
    schema: dict[str, Any]


@functools.cache
def form_of(key: str) -> SettingForm:
    """What the setting is. Raises `NotFoundError` for what the app may not decide."""
    kind = _type_of(key)
    about = inspect.type_info(kind)
    extra = (about.extra_json_schema or {}) if isinstance(about, inspect.Metadata) else {}
    default = value_in(Settings(), key)
    return SettingForm(
        key=key,
        title=str(extra.get("title", "")),
        description=str(extra.get("description", "")),
        default=msgspec.json.decode(msgspec.json.encode(default)),
        schema=msgspec.json.schema(kind),
    )


def value_in(settings: Settings, key: str) -> Any:
    """The setting's value as hearth.toml's structs hold it. Raises `NotFoundError`."""
    table, field = _split(key)
    found = getattr(settings, table)
    return getattr(found, field) if field else found


def with_value(settings: Settings, key: str, value: Any) -> Settings:
    """`settings` with another value, which is as `parsed` gave it. Raises `NotFoundError`."""
    table, field = _split(key)
    changed = msgspec.structs.replace(getattr(settings, table), **{field: value}) if field else value
    return msgspec.structs.replace(settings, **{table: changed})


def parsed(key: str, value: Any, checks: Mapping[str, Check]) -> Any:
    """A plain JSON value as the setting's own type. Raises `NotFoundError`, and `ValueRefusedError` naming the key."""
    kind = _type_of(key)
    try:
        found = msgspec.convert(value, kind)
        _check_text(value)
        if key in checks:
            checks[key](found)
    except msgspec.ValidationError as error:
        raise ValueRefusedError(
            f"{key}: {error}"[:_MOST_PROBLEM], remedy="GET /api/v1/settings says what fits"
        ) from error
    except HearthError as error:
        raise ValueRefusedError(f"{key}: {error.message}"[:_MOST_PROBLEM], remedy=error.remedy) from error
    return found


def is_locked(key: str, said: Iterable[str]) -> bool:
    """Whether hearth.toml decides: `said` are the keys that stand there, and whole tables."""
    return key in said or _split(key)[0] in said


class Merged(Struct, frozen=True):
    """Settings of hearth.toml with those of the app under them."""

    settings: Settings
    kept: frozenset[str] = frozenset()
    """What holds because it was set in the app."""
    problems: tuple[SettingsError, ...] = ()
    """What was set in the app and is left out."""


def merged(settings: Settings, said: frozenset[str], kept: Mapping[str, Any], checks: Mapping[str, Check]) -> Merged:
    """`settings` of hearth.toml with the `kept` plain JSON values under them.

    What is damaged, or a newer hub's, is left out and told of; what is locked is left out. Of a table that its check
    refuses, all that was set in the app is left out: what hearth.toml says may have changed since.
    """
    problems: list[SettingsError] = []
    fitting: dict[str, Any] = {}
    for key, value in kept.items():
        try:
            if not is_locked(key, said):
                fitting[key] = parsed(key, value, checks)
        except HearthError as error:
            problems.append(_left_out(error))
    for table in {_split(key)[0] for key in fitting if _split(key)[1]}:
        try:
            check_table(table, with_values(settings, fitting), checks)
        except HearthError as error:
            problems.append(_left_out(error))
            fitting = {key: value for key, value in fitting.items() if _split(key)[0] != table}
    return Merged(with_values(settings, fitting), frozenset(fitting), tuple(problems))


def with_values(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """`settings` with other values by key, which are as `parsed` gave them. Raises `NotFoundError`."""
    for key, value in values.items():
        settings = with_value(settings, key, value)
    return settings


def check_table(table: str, settings: Settings, checks: Mapping[str, Check]) -> None:
    """Raise `ValueRefusedError` when the table's check refuses what `settings` have in it."""
    try:
        if table in checks:
            checks[table](getattr(settings, table))
    except HearthError as error:
        raise ValueRefusedError(f"{table}: {error.message}"[:_MOST_PROBLEM], remedy=error.remedy) from error


def _left_out(error: HearthError) -> SettingsError:
    return SettingsError(error.message, place="kept in the app", remedy="set it there once more")


def _split(key: str) -> tuple[str, str]:
    if key not in KEPT:
        known = ", ".join(KEPT)
        raise NotFoundError(f"the app decides on no setting {key[:80]!r}", remedy=f"it does on {known}")
    table, _, field = key.partition(".")
    return table, field


def _type_of(key: str) -> Any:
    table, field = _split(key)
    kind = next(f.type for f in msgspec.structs.fields(Settings) if f.name == table)
    return next(f.type for f in msgspec.structs.fields(kind) if f.name == field) if field else kind


def _check_text(value: Any) -> None:
    """Raise `ValueRefusedError` for control characters anywhere in a plain JSON value."""
    if isinstance(value, str) and any(ord(letter) < 32 for letter in value):
        raise ValueRefusedError("there are control characters in it", remedy="write it in plain letters")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            _check_text(each)
