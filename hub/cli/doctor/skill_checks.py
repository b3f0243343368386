"""What `hearth doctor` says of plugins that did not come with the hub: whether they can be caged here."""

from collections.abc import AsyncIterator
from typing import Final

from hub.cli.doctor.finding import Finding
from hub.core.errors import HearthError
from hub.core.paths import HomePaths
from hub.core.settings import Settings

_CHECK: Final = "caged plugins"
_INSISTED: Final = "they can do whatever the hub can: remove [plugins] allow_uncaged, or such plugins"


async def caging(settings: Settings, paths: HomePaths) -> AsyncIterator[Finding]:
    """One finding: a process is really caged, and tries its bars."""
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


def _not_bundled(settings: Settings, paths: HomePaths) -> list[str]:
    from hub.plugins.discovery import find_devices, find_skills

    skills, devices = find_skills(settings.plugins, paths.root), find_devices(settings.plugins, paths.root)
    names = [found.manifest.id for found in skills.plugins if not found.bundled]
    return names + [found.manifest.id for found in devices.plugins if not found.bundled]
