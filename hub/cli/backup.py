"""`hearth backup FILE` and `hearth restore FILE`: a home as one encrypted file, and back."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.open_store import without_hub
from hub.cli.output import emit, json_option, log_to_stderr
from hub.cli.passphrase import passphrase, passphrase_option
from hub.core.errors import UsageError
from hub.core.paths import HomePaths, default_home
from hub.core.settings_file import load_settings

if TYPE_CHECKING:
    from hub.store.backup_archive import Manifest, Progress

_FILE = click.argument("file", type=click.Path(path_type=Path))
Step = Callable[[str], "Progress"]


@click.command()
@_FILE
@passphrase_option
@home_option
@json_option
def backup(file: Path, passphrase_file: Path | None, config: str | None, as_json: bool) -> None:
    """Write the home to FILE, encrypted: settings, database, keys, installed skills. The hub may run meanwhile.

    Whoever has FILE and its passphrase has the home; without the passphrase nobody has, you included.
    """
    from hub.store.backup_file import check_passphrase, check_target, write_backup

    log_to_stderr()
    with chosen_home(config) as paths:
        check_target(file, paths.root)
        secret = passphrase(passphrase_file, twice=True)
        check_passphrase(secret)
        with _progress(as_json) as step:
            manifest, archive, left_out = _archive(paths, step)
            if not manifest.members:
                raise UsageError(f"{paths.root} holds no home", remedy="choose one with --config DIR")
            step("encrypting")(0, 0)
            size = write_backup(file, archive, secret)
    for name in left_out:
        click.echo(f"hearth: left out: {name}", err=True)
    if as_json:
        emit({"file": str(file), "bytes": size, "files": len(manifest.members), "made": manifest.made})
    else:
        click.echo(f"{file}: {len(manifest.members)} files of {manifest.home}, {size:,} bytes")


def _archive(paths: HomePaths, step: Step) -> "tuple[Manifest, bytes, list[str]]":
    from hub.store.backup import archived_home

    settings = load_settings(paths.settings).settings
    copying, packing = step("copying the database"), step("packing")
    return archived_home(paths, settings.store.url, settings.home.name, copying, packing)


@click.command()
@_FILE
@click.option("--replace", is_flag=True, help="Also where a home is: the old one is kept aside.")
@passphrase_option
@home_option
@json_option
def restore(file: Path, replace: bool, passphrase_file: Path | None, config: str | None, as_json: bool) -> None:
    """Make the home that FILE holds. All of it is checked first; then it is one step, or nothing.

    The hub must not run. With --replace the home that was there is kept in its own directory, under before-restore-...
    """
    from hub.store.backup_file import read_backup
    from hub.store.restore import check_replaceable
    from hub.store.restore import restore as put_back

    log_to_stderr()
    with _target(config) as paths, without_hub(paths):
        check_replaceable(paths.root, replace=replace)
        secret = passphrase(passphrase_file)
        with _progress(as_json) as step:
            step("decrypting")(0, 0)
            archive = read_backup(file, secret)
            manifest, aside = put_back(paths.root, archive, step("restoring"))
        _hint(paths)
    if as_json:
        told = {"home": str(paths.root), "files": len(manifest.members), "made": manifest.made}
        emit({**told, "aside": str(aside or "")})
    else:
        click.echo(f"{paths.root} is {manifest.home} as it was on {manifest.made}, {len(manifest.members)} files")
        click.echo(f"The home before it is kept in {aside}" if aside else "Start the hub with `hearth run`")


def _hint(paths: HomePaths) -> None:
    url = load_settings(paths.settings).settings.store.url
    if url and paths.database.exists():
        where = "hearth.toml keeps the database elsewhere ([store] url)"
        click.echo(f"hearth: {where}: move {paths.database} there", err=True)


@contextmanager
def _target(config: str | None) -> Iterator[HomePaths]:
    """The home to restore to, which need not be there; a directory that was made for nothing goes again."""
    if config == "demo":
        raise UsageError("the demo home lasts no longer than a command", remedy="give --config DIR")
    root = Path(config).expanduser() if config else default_home()
    fresh = not root.exists()
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with chosen_home(str(root)) as paths:
        try:
            yield paths
        except BaseException:
            if fresh:
                paths.running.unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    root.rmdir()
            raise


@contextmanager
def _progress(quiet: bool) -> Iterator[Step]:
    """Bars on stderr, one a step."""
    from rich import progress as rich
    from rich.console import Console

    columns: Any = (
        rich.TextColumn("{task.description:<20}"),
        rich.BarColumn(),
        rich.DownloadColumn(),
        rich.TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    quiet = quiet or not console.is_terminal
    with rich.Progress(*columns, console=console, transient=True, disable=quiet) as bars:

        def step(name: str) -> "Progress":
            bar = bars.add_task(name, total=None)

            def progress(done: int, of: int) -> None:
                bars.update(bar, completed=done, total=of or None)

            return progress

        yield step
