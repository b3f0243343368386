"""Files given to a command one after another, each with its name before and what it cost behind it."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.cli.output import emit, failure
from hub.core.errors import HearthError

if TYPE_CHECKING:
    from rich.console import Console


async def file_by_file(
    files: tuple[Path, ...],
    work: Callable[[Path], Awaitable[dict[str, Any]]],
    done: Callable[[dict[str, Any]], str],
    console: "Console",
    *,
    as_json: bool,
) -> int:
    """Do `work` with each file; `done` puts into words what its `end` line says before the stages.

    Returns 1 when one could not be read, which is said and does not keep the others from being; else 0.
    """
    from rich.markup import escape

    from hub.media.regular_file import readable_name

    code = 0
    for file in files:
        if not as_json and len(files) > 1:
            console.print(f"[bold]{escape(readable_name(file))}[/]")
        try:
            end = await work(file)
        except HearthError as error:
            code = failure(str(error))
            continue
        if as_json:
            emit(end)
        else:
            stages = ", ".join(f"{name} {ms:.0f} ms" for name, ms in end["stages_ms"].items())
            console.print(f"[dim]{done(end)}: {stages}[/]")
    return code
