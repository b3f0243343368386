"""What an integration wants to be told: the JSON Schema of its config struct, by which what was entered is checked."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from hub.core.errors import FieldRefusedError, PluginError
from hub.sdk.device import Device
from hub.sdk.plugin_module import field_names

_NAMED_SO: Final = re.compile(r"(^|_)(password|passphrase|passcode|secret|token|api_?key|pin)($|_)", re.IGNORECASE)
_AT: Final = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<field>\w*).*`)?$", re.DOTALL)
_FIELD: Final = re.compile(r"field `(\w+)`")


class Form(Struct, frozen=True, kw_only=True):
    """A JSON Schema of an object, and which of its fields are secrets: these never come back in an answer."""

    schema: dict[str, Any]
    secrets: frozenset[str]


def form_of(device: Device, place: str) -> Form:
    """The form of an integration. Raises `PluginError` naming `place` when the config cannot be described."""
    return marked(schema_of(device, place), place)


def schema_of(device: Device, place: str) -> dict[str, Any]:
    """The JSON Schema of an integration's config. Raises as `form_of`."""
    try:
        return msgspec.json.schema(device.config)
    except TypeError as error:
        raise PluginError(f"its config has no JSON Schema: {error}", place=place) from error


def marked(schema: dict[str, Any], place: str) -> Form:
    """The form that a schema makes; secrets are the fields with `writeOnly`, and those whose names say so.

    Raises `PluginError` naming `place` for what is no schema of fields: a stranger may have said it.
    """
    try:
        return _marked(dict(schema))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise PluginError(f"its config has no JSON Schema: {error}"[:300], place=place) from error


def _marked(schema: dict[str, Any]) -> Form:
    definitions = dict(schema.pop("$defs", {}))
    whole = definitions.pop(schema["$ref"].rpartition("/")[2]) if "$ref" in schema else schema
    if definitions:
        whole = {**whole, "$defs": definitions}
    fields = whole.get("properties", {})
    secrets = frozenset(
        name
        for name, said in fields.items()
        if b'"writeOnly":true' in msgspec.json.encode(said) or _NAMED_SO.search(name)
    )
    told = {name: {**said, "writeOnly": True} if name in secrets else {**said} for name, said in fields.items()}
    return Form(schema={**whole, "properties": told}, secrets=secrets)


def checked(device: Device, config: Mapping[str, Any]) -> dict[str, Any]:
    """The config as plain JSON, without what is as it is anyway. Raises `FieldRefusedError`, with the field."""
    assert device.config is not None
    names = field_names(device)
    for name in config:
        if name not in names:
            raise FieldRefusedError("there is no such field", place=name[:80], remedy=f"there are: {', '.join(names)}")
    try:
        taken = msgspec.convert(dict(config), device.config)
    except msgspec.ValidationError as error:
        text = str(error)
        match = _AT.match(text)
        named = _FIELD.search(text)
        field = (match["field"] if match else None) or (named[1] if named else "")
        what = match["what"] if match else text
        raise FieldRefusedError(what, place=field, remedy="correct it") from error
    plain: dict[str, Any] = msgspec.to_builtins(taken)
    usual = {
        field.encode_name: msgspec.to_builtins(field.default)
        for field in msgspec.structs.fields(device.config)
        if field.default is not msgspec.NODEFAULT
    }
    return {name: value for name, value in plain.items() if name not in usual or usual[name] != value}
