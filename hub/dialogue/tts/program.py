"""Running a speech program: no shell, text by stdin, bounded in time and output, killed when cancelled."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Final

from hub.core.errors import UnavailableError
from hub.dialogue.tts.speech import TIMEOUT_SECONDS

_MOST_BYTES: Final = 32 * 1024 * 1024
_REAP_S: Final = 5.0


async def run(
    program: Sequence[str], text: str, *, pass_fds: Sequence[int] = (), seconds: float = TIMEOUT_SECONDS
) -> bytes:
    """What `program` wrote to stdout after reading `text`.

    Raises `UnavailableError` when it cannot be started, fails, takes longer than `seconds` or writes without
    end. Cancelling kills it.
    """
    name = program[0]
    try:
        process = await asyncio.create_subprocess_exec(
            *program,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            pass_fds=pass_fds,
        )
    except OSError as error:
        raise UnavailableError(f"{name} cannot be started: {error.strerror}", remedy=f"install {name}") from error
    try:
        async with asyncio.timeout(seconds):
            output = await _talk(process, text)
            code = await process.wait()
    except TimeoutError:
        raise UnavailableError(f"{name} takes too long", remedy=f"try {name} by hand") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await asyncio.shield(_reap(process))
    if code != 0:
        raise UnavailableError(f"{name} failed with code {code}", remedy=f"try {name} by hand")
    return output


async def _reap(process: asyncio.subprocess.Process) -> None:
    """Wait for a process that was killed. To asyncio it is over when its pipe is: what is left there must be read."""
    assert process.stdout is not None
    with contextlib.suppress(TimeoutError):  # a child of its own may hold the pipe
        async with asyncio.timeout(_REAP_S):
            while await process.stdout.read(65_536):
                pass
            await process.wait()


async def _talk(process: asyncio.subprocess.Process, text: str) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(text.encode())
        await process.stdin.drain()
    process.stdin.close()
    parts: list[bytes] = []
    size = 0
    while part := await process.stdout.read(65_536):
        size += len(part)
        if size > _MOST_BYTES:
            raise UnavailableError("the speech program writes without end", remedy="choose another voice")
        parts.append(part)
    return b"".join(parts)
