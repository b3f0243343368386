"""What `hearth doctor` says of the devices that were added: how they fare with the hub that runs, or who answers."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from hub.cli import beside
from hub.cli.doctor.finding import Finding
from hub.core.errors import HearthError
from hub.core.paths import HomePaths

_PATIENCE_S: Final = 10.0


async def devices(paths: HomePaths) -> AsyncIterator[Finding]:
    """Every device that is in trouble, or, without a hub that would know, that was added and does not answer."""
    try:
        running = beside.running_hub(paths)
        places = await _added(paths) if running is None else []
    except (HearthError, OSError):
        return  # the check of the store says why it cannot be read
    for name, host, port in places:
        yield await reach(f"device {name}", host, port)
    if running is not None:
        for finding in await _beside(running):
            yield finding


_SILENT: Final = Finding(
    check="hub",
    level="broken",
    detail="it runs, and does not answer",
    mend="wait until it has started; else stop it and start it again",
)


async def _beside(running: beside.RunningHub) -> list[Finding]:
    import aiohttp

    try:
        async with asyncio.timeout(_PATIENCE_S):
            told = (await beside.get(running, "api/v1/devices"))["devices"]
    except HearthError as error:
        if not isinstance(error.__cause__, aiohttp.ClientError):
            return []  # it starts
        return [_SILENT]
    except (OSError, TimeoutError, aiohttp.ClientError):
        return [_SILENT]
    return [_faring(device) for device in told]


def _faring(device: dict[str, Any]) -> Finding:
    check = f"device {device['instance']}"
    if device["trouble"]:
        mend = "change it on the page, under Devices; where hearth.toml says it, there"
        return Finding(check=check, level="broken", detail=device["trouble"], mend=mend)
    return Finding(check=check, level="ok", detail=device["name"])


async def _added(paths: HomePaths) -> list[tuple[str, str, int]]:
    """Instance, host and port of what was added in the app. Raises `HearthError`."""
    from hub.cli.device_work import alone

    if not paths.root.is_dir():
        return []
    async with alone(paths) as work:
        told = (await work.status())["devices"]
    places = [(each["instance"], each["config"].get("host"), each["config"].get("port")) for each in told]
    locked = {each["instance"] for each in told if each["locked"]}
    return [place for place in places if place[0] not in locked and all(place[1:])]


async def reach(check: str, host: str, port: int) -> Finding:
    """Whether somebody answers there."""
    from hub.guard.connect import Guard

    guard = Guard()
    try:
        _, writer = await guard.connect(host, port, "to see whether it answers", who="doctor", timeout_s=3.0)
    except HearthError as error:
        return Finding(check=check, level="broken", detail=error.message, mend=error.remedy)
    else:
        writer.close()
        return Finding(check=check, level="ok", detail=f"{host}:{port} answers")
    finally:
        await guard.close()
