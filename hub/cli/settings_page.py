"""The reference page of hearth.toml: every table, field and default, from the structs that read it."""

import math
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import inspect

from hub.core.settings import Settings

_WORDS: Final = {
    inspect.StrType: "text",
    inspect.BoolType: "true or false",
    inspect.IntType: "whole number",
    inspect.FloatType: "number",
    inspect.AnyType: "anything",
}
_INTRODUCTION: Final = """\
# hearth.toml

Every table and field, written from the code. [Settings](../settings.md) says how to use them; the same as a JSON
Schema, for your editor: [settings.schema.json](settings.schema.json). Times (`_ms`) are milliseconds.
"""


def settings_page() -> str:
    """The page in Markdown."""
    whole = _struct(inspect.type_info(Settings))
    plain: list[inspect.Field] = []
    tables: list[str] = []
    for field in whole.fields:
        kind = _without_description(field.type)[0]
        repeated = isinstance(kind, inspect.VarTupleType)
        inner = _without_description(kind.item_type)[0] if isinstance(kind, inspect.VarTupleType) else kind
        if isinstance(inner, inspect.StructType):
            header = f"[[{field.name}]]" if repeated else f"[{field.name}]"
            tables += _table(header, inner)
        else:
            plain.append(field)
    top = ["## Before the first table", "", *_rows(plain), ""]
    return "\n".join([_INTRODUCTION, *top, *tables]).rstrip() + "\n"


def _table(header: str, struct: inspect.StructType) -> Iterator[str]:
    doc = " ".join((struct.cls.__doc__ or "").split())
    doc = doc.partition(": ")[2] if doc.startswith("[") else doc
    yield from (f"## `{header}`", "", doc[:1].upper() + doc[1:], "", *_rows(struct.fields), "")
    for field in struct.fields:
        nested = _nested(_without_description(field.type)[0])
        if nested is not None:
            yield from _table(f"[{header.strip('[]')}.{field.name}.NAME]", nested)


def _nested(kind: inspect.Type) -> inspect.StructType | None:
    """The struct that a field maps names to, if it is one."""
    for option in kind.types if isinstance(kind, inspect.UnionType) else (kind,):
        if isinstance(option, inspect.DictType) and isinstance(option.value_type, inspect.StructType):
            return option.value_type
    return None


def _rows(fields: "tuple[inspect.Field, ...] | list[inspect.Field]") -> Iterator[str]:
    yield from ("| field | type | default | meaning |", "|---|---|---|---|")
    for field in fields:
        kind, meaning = _without_description(field.type)
        yield f"| `{field.name}` | {_words(kind)} | {_default(field)} | {meaning} |"


def _without_description(kind: inspect.Type) -> tuple[inspect.Type, str]:
    if isinstance(kind, inspect.Metadata):
        return kind.type, str((kind.extra_json_schema or {}).get("description", ""))
    return kind, ""


def _words(kind: inspect.Type) -> str:
    """The type in a person's words."""
    kind = _without_description(kind)[0]
    match kind:
        case inspect.UnionType() if any(isinstance(t, inspect.BoolType) and len(kind.types) > 2 for t in kind.types):
            return "a trait's value"
        case inspect.UnionType():
            return " or ".join(_words(t) for t in kind.types if not isinstance(t, inspect.NoneType))
        case inspect.VarTupleType():
            return f"list of {_words(kind.item_type)}"
        case inspect.TupleType():
            return f"[{', '.join(_words(item) for item in kind.item_types)}]"
        case inspect.DictType():
            inner = kind.value_type
            return "tables" if isinstance(inner, inspect.StructType) else f"table of {_words(inner)}"
        case inspect.LiteralType():
            return ", ".join(f"`{v}`" for v in kind.values)
        case inspect.IntType() | inspect.FloatType():
            return _WORDS[type(kind)] + _span(kind.ge, kind.le)
    return _WORDS[type(kind)]


def _span(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    return f", {-math.inf if low is None else low:g} to {math.inf if high is None else high:g}"


def _default(field: inspect.Field) -> str:
    if field.required:
        return "required"
    value: Any = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if value is None:
        return ""
    if isinstance(value, str):
        return f'`"{value}"`'
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return {"()": "`[]`", "{}": "`{}`"}.get(repr(value), f"`{value}`")


def _struct(kind: inspect.Type) -> inspect.StructType:
    assert isinstance(kind, inspect.StructType)
    return kind
