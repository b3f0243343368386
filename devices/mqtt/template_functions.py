"""What a device's template may call: filters, methods and functions, each bounded in what it makes."""

import math
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

MAX_TEXT = 256 * 1024
MAX_ITEMS = 200_000
_MAX_INT_BITS = 4096
_MISSING: Final = object()
_WIDE = re.compile(r"\d{3,}|\*")
_SPEC = re.compile(r"\{([^{}]*)\}")


def check_size(value: Any) -> Any:
    """`value`, or a ValueError when it has grown beyond what a device could ever mean."""
    if isinstance(value, str | bytes):
        if len(value) > MAX_TEXT:
            raise ValueError("the text grows too long")
    elif isinstance(value, int):
        if value.bit_length() > _MAX_INT_BITS:
            raise ValueError("the number grows too large")
    elif isinstance(value, list | tuple | dict):
        _weigh(value)
    return value


def _weigh(value: Any) -> None:
    # Counts as if every reference were a copy: [a, a] in [b, b] in ... is small in memory and endless to print.
    count = 0
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.values())
            count += len(item)
        elif isinstance(item, list | tuple):
            stack.extend(item)
            count += len(item)
        if count > MAX_ITEMS:
            raise ValueError("the list grows too long")


def plain_text(value: Any) -> str:
    """A value as text; only numbers, text, and JSON made of them have one."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list | tuple | dict):
        return str(check_size(_plain(value)))
    if type(value).__name__ == "Undefined":
        return ""
    raise TypeError(f"a {type(value).__name__} has no text")


def _plain(value: Any) -> Any:
    check_size(value)
    return msgspec.json.decode(msgspec.json.encode(value))


def _float(value: Any, default: Any = _MISSING) -> Any:
    try:
        number = float(value)
    except (TypeError, ValueError):
        if default is _MISSING:
            raise ValueError(f"{str(value)[:40]!r} is not a number") from None
        return default
    return number


def _int(value: Any, default: Any = _MISSING, base: int = 10) -> Any:
    try:
        return int(value, base) if isinstance(value, str) and base != 10 else int(float(value))
    except (TypeError, ValueError, OverflowError):
        if default is _MISSING:
            raise ValueError(f"{str(value)[:40]!r} is not a whole number") from None
        return default


def _bool(value: Any, default: Any = _MISSING) -> Any:
    word = plain_text(value).strip().lower()
    if word in ("1", "true", "yes", "on", "enable"):
        return True
    if word in ("0", "false", "no", "off", "disable"):
        return False
    if default is _MISSING:
        raise ValueError(f"{word[:40]!r} is neither true nor false")
    return default


def _default(value: Any, instead: Any = "", boolean: bool = False) -> Any:
    return instead if type(value).__name__ == "Undefined" or (boolean and not value) else value


def _round(value: Any, precision: int = 0, method: str = "common") -> Any:
    number = _float(value)
    if method in ("ceil", "floor"):
        scale = 10.0 ** max(-12, min(12, precision))
        return (math.ceil if method == "ceil" else math.floor)(number * scale) / scale
    return round(number, max(-12, min(12, precision)))


def _format(template: Any, *args: Any) -> str:
    text = plain_text(template)
    if _WIDE.search("".join(re.findall(r"%[^a-zA-Z%]*", text))):
        raise ValueError("the format is too wide")
    return str(text % tuple(a if isinstance(a, int | float) else plain_text(a) for a in args))


def _str_format(text: str, *args: Any, **kwargs: Any) -> str:
    for inner in _SPEC.findall(text):
        name, _, spec = inner.partition(":")
        if not re.fullmatch(r"\w*", name) or _WIDE.search(spec):
            raise ValueError("the format is too wide")
    if "{" in _SPEC.sub("", text.replace("{{", "").replace("}}", "")):
        raise ValueError("the format is nested")
    plain = [a if isinstance(a, int | float) else plain_text(a) for a in args]
    return text.format(*plain, **{k: v if isinstance(v, int | float) else plain_text(v) for k, v in kwargs.items()})


def _replace(value: Any, old: Any, new: Any, count: int = -1) -> str:
    text, was, now = plain_text(value), plain_text(old), plain_text(new)
    if len(text) + (text.count(was) if was else len(text) + 1) * len(now) > MAX_TEXT:
        raise ValueError("the text grows too long")
    return text.replace(was, now, count)


def _join(values: Any, between: Any = "", attribute: str | None = None) -> str:
    chosen = [v[attribute] for v in values] if attribute is not None else list(values)
    glue = plain_text(between)
    parts = [plain_text(v) for v in chosen]
    if sum(map(len, parts)) + len(glue) * len(parts) > MAX_TEXT:
        raise ValueError("the text grows too long")
    return glue.join(parts)


def _numbers(values: Any) -> list[Any]:
    numbers = list(values)
    if not all(isinstance(n, int | float) for n in numbers):
        raise TypeError("only numbers can be added")
    return numbers


def _list(values: Any) -> list[Any]:
    return list(values.keys() if isinstance(values, dict) else values)


def _extreme(choose: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: choose(values[0] if len(values) == 1 else values)


def _iif(value: Any, if_true: Any = True, if_false: Any = False, if_none: Any = _MISSING) -> Any:
    if value is None and if_none is not _MISSING:
        return if_none
    return if_true if value else if_false


def _to_json(value: Any, **_options: Any) -> str:
    return msgspec.json.encode(check_size(value)).decode()


def _defined(value: Any) -> Any:
    if type(value).__name__ == "Undefined":
        raise ValueError("a value is missing")
    return value


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "abs": lambda v: abs(_float(v)), "add": lambda v, n: _float(v) + _float(n), "bitwise_and": lambda v, n: v & n,
    "bitwise_or": lambda v, n: v | n, "bool": _bool, "capitalize": lambda v: plain_text(v).capitalize(),
    "count": len, "d": _default, "default": _default, "first": lambda v: _list(v)[0], "float": _float,
    "format": _format, "from_json": lambda v: msgspec.json.decode(plain_text(v)), "iif": _iif, "int": _int,
    "is_defined": _defined, "items": lambda v: list(v.items()), "join": _join, "last": lambda v: _list(v)[-1],
    "length": len, "list": _list, "lower": lambda v: plain_text(v).lower(), "max": _extreme(max),
    "min": _extreme(min), "multiply": lambda v, n: _float(v) * _float(n), "ord": ord, "replace": _replace,
    "reverse": lambda v: v[::-1], "round": _round, "string": plain_text, "sum": lambda v: sum(_numbers(v)),
    "title": lambda v: plain_text(v).title(), "to_json": _to_json, "tojson": _to_json,
    "trim": lambda v, chars=None: plain_text(v).strip(chars), "upper": lambda v: plain_text(v).upper(),
}  # fmt: skip
"""Filters by name. The clock and the size of what goes in and comes out are checked around each."""

METHODS: Final[dict[type, dict[str, Callable[..., Any]]]] = {
    str: {
        "format": _str_format, "replace": _replace,
        **{name: getattr(str, name) for name in (
            "capitalize", "count", "endswith", "find", "index", "isalpha", "isdecimal", "isdigit", "isnumeric",
            "lower", "lstrip", "partition", "removeprefix", "removesuffix", "rpartition", "rsplit", "rstrip",
            "split", "splitlines", "startswith", "strip", "title", "upper")},
    },
    dict: {"get": dict.get, "items": lambda d: list(d.items()), "keys": list,
           "values": lambda d: list(d.values())},
    list: {"count": list.count, "index": list.index},
}  # fmt: skip
"""Methods by the type of their object."""


def template_global(name: str) -> Callable[..., Any]:
    """The filter `name` as a function of the templates."""
    return FILTERS[name]
