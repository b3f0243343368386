"""Which home a command works on: `--config`, `$HEARTH_HOME`, or the default; `demo` is a temporary copy."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from hub.core.bundled import bundled
from hub.core.errors import UsageError
from hub.core.paths import HomePaths, default_home

F = TypeVar("F", bound=Callable[..., Any])


def _remember(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    # `hearth --config demo say x` and `hearth say --config demo x` mean the same.
    return value if value is not None else ctx.find_root().obj


def home_option(command: F) -> F:
    """`--config DIR`, on the command itself or before it."""
    text = "The home: a directory with hearth.toml, or 'demo'."
    return click.option("--config", metavar="DIR", callback=_remember, help=text)(command)


@contextmanager
def chosen_home(config: str | None, *, make: bool = False) -> Iterator[HomePaths]:
    """The paths of the home that `config` names. The demo home is copied, and the copy removed at the end.

    One that is named and is not there is made with `make`; without, a slip of the fingers makes no home. Raises
    `UsageError`.
    """
    if config == "demo":
        with tempfile.TemporaryDirectory(prefix="hearth-demo-") as folder:
            for name in ("hearth.toml",):
                shutil.copy(bundled("config") / "demo" / name, folder)
            yield HomePaths(Path(folder))
        return
    root = Path(config).expanduser() if config else default_home()
    if config and not make and not root.is_dir():
        remedy = "give the directory of a home, or 'demo'; `hearth run --config DIR` makes a new one"
        raise UsageError(f"there is no directory {config!r}", remedy=remedy)
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        remedy = "name a directory that you may write to, by --config or $HEARTH_HOME"
        raise UsageError(f"{root} cannot be a home: {error.strerror}", remedy=remedy) from error
    paths = HomePaths(root)
    finish_restore(paths)
    yield paths


def finish_restore(paths: HomePaths) -> None:
    """Move a restored home into place that is ready to be: nobody sees half of it. No hub may run over it."""
    if not (paths.root / ".restored").is_dir():
        return
    from hub.cli.open_store import without_hub
    from hub.store.restore import finish, is_unfinished

    with without_hub(paths):
        if is_unfinished(paths.root):
            finish(paths.root)
