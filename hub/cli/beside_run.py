"""What a running hub has commands of this machine do for it, each in a process of its own."""

import asyncio
import sys
from contextlib import suppress
from typing import Any, Final

import msgspec

from hub.core.errors import CommandTimeoutError, UnavailableError
from hub.core.paths import HomePaths

_PATIENCE_S: Final = 150.0


async def audit_lines(paths: HomePaths) -> list[dict[str, Any]]:
    """What `hearth privacy audit` finds. Raises `UnavailableError`, `CommandTimeoutError`."""
    return await _lines(paths, "privacy", "audit")


async def findings(paths: HomePaths) -> list[dict[str, Any]]:
    """What `hearth doctor` finds. Raises `UnavailableError`, `CommandTimeoutError`."""
    return await _lines(paths, "doctor")


async def pull_models(paths: HomePaths) -> None:
    """What `hearth models pull` does, from the package index alone. Raises `UnavailableError` where it is not done."""
    for line in await _lines(paths, "models", "pull"):
        if line.get("state") != "ready":
            raise UnavailableError(
                f"{line.get('name')} is not here yet", remedy="see `hearth models pull` on its machine"
            )


async def _lines(paths: HomePaths, *command: str) -> list[dict[str, Any]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub.cli", *command, "--json", "--config", str(paths.root),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_PATIENCE_S):
            out, _ = await process.communicate()
    except TimeoutError:
        raise CommandTimeoutError("it took too long", remedy=f"try `hearth {' '.join(command)}` by hand") from None
    finally:
        with suppress(ProcessLookupError):
            process.terminate()  # nothing, when it is over
        await process.wait()
    try:
        return [msgspec.json.decode(line, type=dict[str, Any]) for line in out.splitlines()]
    except msgspec.DecodeError as error:
        remedy = f"try `hearth {' '.join(command)}` by hand"
        raise UnavailableError("it could not be found out", remedy=remedy) from error
