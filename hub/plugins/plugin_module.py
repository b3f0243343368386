"""A plugin's module, by its path, under a private name that nothing else can collide with.

Whatever process the plugin runs in needs this, and little else.
"""

import importlib.util
import sys
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from hub.core.errors import HearthError, PluginError, SettingsError
from hub.sdk.device import Device
from hub.sdk.skill import Skill

_PACKAGE: Final = "_hearth_plugins"
T = TypeVar("T")


def load_handlers(code: Path, name: str) -> Skill:
    """The object `skill` of the module at `code`; raises `PluginError` naming the file."""
    return _object(code, f"skill_{name}", "skill", Skill)


def load_integration(code: Path, name: str) -> Device:
    """The object `device` of the module at `code`, with a generator; raises `PluginError` naming the file."""
    device = _object(code, f"device_{name}", "device", Device)
    if device.run is None:
        raise PluginError("nothing to run", place=str(code), remedy="decorate a generator with @device.connect")
    return device


def device_config(device: Device, config: Mapping[str, Any], place: str) -> Any:
    """`config` as the integration's own struct; raises `SettingsError` with the place."""
    try:
        return msgspec.convert(dict(config), device.config)
    except msgspec.ValidationError as error:
        raise SettingsError(str(error), place=place, remedy="see `hearth device list` for its fields") from error


def _object(code: Path, name: str, attribute: str, kind: type[T]) -> T:
    module = _import(code, name)
    found = getattr(module, attribute, None)
    if not isinstance(found, kind):
        remedy = f"write `{attribute} = {kind.__name__}()` at its top"
        raise PluginError(f"there is no {attribute} of type {kind.__name__}", place=str(code), remedy=remedy)
    return found


def _import(code: Path, name: str) -> types.ModuleType:
    """The module at `code`, afresh; modules beside it are its submodules (`from .topics import ...`)."""
    if _PACKAGE not in sys.modules:
        package = types.ModuleType(_PACKAGE, "Plugins, each under a name of its own.")
        package.__path__ = []
        sys.modules[_PACKAGE] = package
    full = f"{_PACKAGE}.{name}"
    for loaded in [m for m in sys.modules if m == full or m.startswith(f"{full}.")]:
        del sys.modules[loaded]
    spec = importlib.util.spec_from_file_location(full, code, submodule_search_locations=[str(code.parent)])
    if spec is None or spec.loader is None:
        raise PluginError("not a Python module", place=str(code), remedy="it must end in .py")
    module: Any = importlib.util.module_from_spec(spec)
    sys.modules[full] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[full]
        if isinstance(error, HearthError):
            raise
        line = _line_in(error, code)
        raise PluginError(
            f"{type(error).__name__}: {error}", place=f"{code}:{line}" if line else str(code), remedy="mend its code"
        ) from error
    return module  # type: ignore[no-any-return]


def _line_in(error: BaseException, code: Path) -> int:
    """The line of `code` that the error passed through, 0 when it did not."""
    if isinstance(error, SyntaxError) and error.filename == str(code):
        return error.lineno or 0
    line, traceback = 0, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == str(code):
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
