"""What `hearth doctor` says of plugins that did not come with the hub: can they be caged, and is their code of use?"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final

from hub.cli.doctor.finding import Finding
from hub.core.errors import HearthError
from hub.core.paths import HomePaths
from hub.core.settings import Settings

if TYPE_CHECKING:
    from hub.plugins.discovery import FoundDevice, FoundSkill

_CHECK: Final = "caged plugins"
_INSISTED: Final = "they can do whatever the hub can: remove [plugins] allow_uncaged, or such plugins"


async def caging(settings: Settings, paths: HomePaths) -> AsyncIterator[Finding]:
    """A process is really caged, and tries its bars; then each plugin's code is imported in one. A finding for each
    that cannot be used.
    """
    from hub.guard.sealing.landlock import version
    from hub.guard.sealing.syscalls import this_architecture
    from hub.plugins.cage.cage_trial import try_cage

    others = _not_bundled(settings, paths)
    count = f"{len(others)} that did not come with the hub" if others else "none but the hub's own"
    try:
        await try_cage()
    except HearthError as error:
        if settings.plugins.allow_uncaged:
            yield Finding(check=_CHECK, level="broken", detail=f"uncaged: {error.message}", mend=_INSISTED)
            return
        mend = "such plugins do not run here; they need Linux with seccomp, which containers must not forbid"
        yield Finding(check=_CHECK, level="broken" if others else "absent", detail=error.message, mend=mend)
        return
    architecture = this_architecture()
    hidden = architecture is not None and version(architecture) > 0
    files = "no files but their own" if hidden else "files can be read (this kernel has no Landlock)"
    yield Finding(check=_CHECK, level="ok", detail=f"{count}; no network, no programs, {files}")
    for found in others:
        try:
            await _tried(found)
        except HearthError as error:
            detail = f"{error.place}: {error.message}" if error.place else error.message
            yield Finding(check=f"plugin {found.manifest.id}", level="broken", detail=detail, mend=error.remedy)


async def _tried(found: "FoundSkill | FoundDevice") -> None:
    """Import its code, in a cage. Raises what is wrong with it."""
    from hub.plugins.cage.cages import Cages
    from hub.plugins.devices.device_code import DeviceCode
    from hub.plugins.discovery import FoundSkill
    from hub.plugins.loader import load_device
    from hub.plugins.skills.skill_trial import imported

    cages = Cages()
    try:
        await (imported(found, cages) if isinstance(found, FoundSkill) else DeviceCode(load_device, cages).form(found))
    finally:
        await cages.close()


def _not_bundled(settings: Settings, paths: HomePaths) -> "list[FoundSkill | FoundDevice]":
    from hub.plugins.discovery import find_devices, find_skills

    skills, devices = find_skills(settings.plugins, paths.root), find_devices(settings.plugins, paths.root)
    found: list[FoundSkill | FoundDevice] = [*skills.plugins, *devices.plugins]
    return [one for one in found if not one.bundled]
