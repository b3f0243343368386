"""Slots of a sentence as the Python values that a handler's annotations ask for."""

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from datetime import time, timedelta
from typing import Any, Final

from hub.core.errors import PluginError, ValueRefusedError
from hub.sdk.intents import IntentCall, Target

_KINDS: Final = (str, int, float, bool, time, timedelta, Target, Any)
_ANNOTATE: Final = "annotate with str, int, float, bool, time, timedelta or Target"


def arguments_for(handler: Callable[..., Any], call: IntentCall) -> dict[str, Any]:
    """Keyword arguments for `handler` from the call's slots.

    Durations come as seconds, times as "HH:MM", temperatures and percent as numbers. Raises `ValueRefusedError` when
    a slot is missing or does not fit its annotation.
    """
    hints = typing.get_type_hints(handler)
    found: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(handler).parameters.items())[1:]:
        kind = hints.get(name, str)
        if _is(kind, Target):
            if call.target is not None or parameter.default is parameter.empty:
                found[name] = call.target or Target()
        elif name in call.slots:
            found[name] = _convert(name, call.slots[name], kind)
        elif parameter.default is parameter.empty:
            raise ValueRefusedError(f"the sentence gives no {name}", remedy=f"say it with a {name}")
    return found


def check_async(handler: Callable[..., Any]) -> None:
    """Raises `PluginError` for a handler that cannot be awaited."""
    if not _plain(handler) and not inspect.iscoroutinefunction(inspect.unwrap(handler)):
        raise PluginError(f"{_name(handler)} is not async", remedy="write `async def`")


def check_slots(handler: Callable[..., Any]) -> None:
    """Raises `PluginError` when nothing that a sentence gives could come as what a parameter is annotated as."""
    if _plain(handler) and _plainly_annotated(handler):
        return
    try:
        hints = typing.get_type_hints(handler)
    except NameError as error:
        raise PluginError(f"{_name(handler)}: {error}", remedy="import what its annotations name") from error
    for name in list(inspect.signature(handler).parameters)[1:]:
        kind = hints.get(name, str)
        if not any(_is(kind, known) for known in _KINDS):
            raise PluginError(f"{_name(handler)}: {name} cannot be {kind!r}", remedy=_ANNOTATE)


def _plain(handler: Callable[..., Any]) -> bool:
    """Whether it is an `async def` as it stands, seen without `inspect`, whose pages each cage would copy."""
    code = getattr(handler, "__code__", None)
    return isinstance(code, types.CodeType) and bool(code.co_flags & inspect.CO_COROUTINE)


def _plainly_annotated(handler: Callable[..., Any]) -> bool:
    """Whether each parameter has a name of its own and is annotated with a kind of slot itself; without `typing`."""
    code, hints = handler.__code__, handler.__annotations__
    if code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS) or any(type(h) is str for h in hints.values()):
        return False
    names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    return all(any(hints.get(name, str) is kind for kind in _KINDS) for name in names)


def _name(handler: Callable[..., Any]) -> str:
    return str(getattr(handler, "__name__", handler))


def timer_arguments(handler: Callable[..., Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Of a timer's stored arguments, those that its handler takes."""
    names = list(inspect.signature(handler).parameters)[1:]
    return {name: stored[name] for name in names if name in stored}


def _is(kind: Any, wanted: type) -> bool:
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return any(_is(k, wanted) for k in typing.get_args(kind))
    return kind is wanted


def _convert(name: str, raw: Any, kind: Any) -> Any:
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        options = [k for k in typing.get_args(kind) if k is not type(None)]
        return None if raw is None else _convert(name, raw, options[0])
    try:
        if kind is timedelta:
            return timedelta(seconds=float(raw))
        if kind is time:
            return time.fromisoformat(str(raw))
        if kind in (int, float, str):
            return kind(raw)
        if kind is bool and isinstance(raw, bool):
            return raw
        if kind is Any:
            return raw
    except (TypeError, ValueError) as error:
        raise ValueRefusedError(f"{name} cannot be {str(raw)[:60]!r}", remedy=f"it must be a {kind}") from error
    raise PluginError(f"slots cannot be {kind!r}", remedy=_ANNOTATE)
