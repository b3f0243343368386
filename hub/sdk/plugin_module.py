"""A plugin's module, by its path, under a private name that nothing else can collide with.

Whatever process the plugin runs in needs this, and little else.
"""

import os
import sys
import types
from collections.abc import Mapping
from importlib.machinery import ModuleSpec, SourceFileLoader
from typing import Any, Final, TypeVar, cast

import msgspec

from hub.core.errors import HearthError, PluginError, SettingsError
from hub.sdk.device import Device
from hub.sdk.skill import Skill
from hub.sdk.slots import check_async, check_slots

_PACKAGE: Final = "_hearth_plugins"
T = TypeVar("T")
StrPath = str | os.PathLike[str]


def load_handlers(code: StrPath, name: str) -> Skill:
    """The object `skill` of the module at `code`; raises `PluginError` naming the file."""
    skill = _object(os.fspath(code), f"skill_{name}", "skill", Skill)
    for handler in (*skill.intents.values(), *skill.timers.values(), *skill.events.values()):
        try:
            check_async(handler)
            if handler in skill.intents.values():
                check_slots(handler)
        except PluginError as error:
            error.place = place_of(handler) or os.fspath(code)
            raise
    return skill


def load_integration(code: StrPath, name: str) -> Device:
    """The object `device` of the module at `code`, with a generator; raises `PluginError` naming the file."""
    device = _object(os.fspath(code), f"device_{name}", "device", Device)
    if device.run is None:
        raise PluginError("nothing to run", place=os.fspath(code), remedy="decorate a generator with @device.connect")
    return device


def place_in_plugin(error: BaseException) -> str:
    """The `file:line` of a plugin's code that the error passed through last, empty when through none."""
    place, traceback = "", error.__traceback__
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_globals.get("__name__", "").startswith(f"{_PACKAGE}."):
            place = f"{frame.f_code.co_filename}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


def place_of(handler: object) -> str:
    """The `file:line` where a handler is written, empty when it is no function."""
    code = getattr(handler, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if isinstance(code, types.CodeType) else ""


def device_config(device: Device, config: Mapping[str, Any], place: str) -> Any:
    """`config` as the integration's own struct; raises `SettingsError` with the place."""
    names = field_names(device)
    remedy = f"its fields are {', '.join(names)}"
    for name in config:
        if name not in names:
            raise SettingsError(f"there is no field {name!r}", place=place, remedy=remedy)
    try:
        return msgspec.convert(dict(config), device.config)
    except msgspec.ValidationError as error:
        raise SettingsError(str(error), place=place, remedy=remedy) from error


def field_names(device: Device) -> list[str]:
    """What may stand in the integration's config, whether or not its struct forbids everything else."""
    assert device.config is not None  # the loader checked that there is a generator, which comes with one
    return [field.encode_name for field in msgspec.structs.fields(device.config)]


def _object(code: str, name: str, attribute: str, kind: type[T]) -> T:
    module = _import(code, name)
    found = getattr(module, attribute, None)
    if not isinstance(found, kind):
        remedy = f"write `{attribute} = {kind.__name__}()` at its top"
        raise PluginError(f"there is no {attribute} of type {kind.__name__}", place=code, remedy=remedy)
    return found


def _import(code: str, name: str) -> types.ModuleType:
    """The module at `code`, afresh; modules beside it are its submodules (`from .topics import ...`)."""
    if _PACKAGE not in sys.modules:
        package = types.ModuleType(_PACKAGE, "Plugins, each under a name of its own.")
        package.__path__ = []
        sys.modules[_PACKAGE] = package
    full = f"{_PACKAGE}.{name}"
    if full in sys.modules:
        for loaded in [m for m in sys.modules if m == full or m.startswith(f"{full}.")]:
            del sys.modules[loaded]
    module = types.ModuleType(full)
    spec = ModuleSpec(full, None, origin=code, is_package=True)
    spec.submodule_search_locations = [os.path.dirname(code)]  # noqa: PTH120 -- as below
    vars(module).update(__spec__=spec, __package__=full, __path__=spec.submodule_search_locations, __file__=code)
    sys.modules[full] = module
    try:
        exec(_compiled(code, full), vars(module))  # noqa: S102 -- this is what running a plugin is
    except (Exception, SystemExit) as error:
        del sys.modules[full]
        line = _line_in(error, code)
        if isinstance(error, HearthError):
            error.place = error.place or (f"{code}:{line}" if line else code)
            raise
        raise PluginError(
            f"{type(error).__name__}: {error}", place=f"{code}:{line}" if line else code, remedy="mend its code"
        ) from error
    return module


def _compiled(code: str, name: str) -> types.CodeType:
    """With the bytecode that importlib keeps beside it; where none is kept, as in a cage, without importlib and
    pathlib, whose ways of finding things out would cost each cage half a megabyte.
    """
    if not sys.dont_write_bytecode:
        return cast("types.CodeType", SourceFileLoader(name, code).get_code(name))  # it has source, so it has code
    with open(code, "rb") as file:  # noqa: PTH123
        return compile(file.read(), code, "exec", dont_inherit=True)


def _line_in(error: BaseException, code: str) -> int:
    """The line of `code` that the error passed through, 0 when it did not."""
    if isinstance(error, SyntaxError) and error.filename == code:
        return error.lineno or 0
    line, traceback = 0, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == code:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
