"""`hearth models`: what the hub thinks with, and whether it is what its cards say."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import emit, failure, json_option, log_to_stderr
from hub.core.errors import HearthError
from hub.core.paths import HomePaths

if TYPE_CHECKING:
    from hub.inference.store import ModelStatus, ModelStore, Progress


@click.group()
def models() -> None:
    """List, fetch and check the models. Nothing is fetched that a card does not name with its hash."""
    log_to_stderr()


@models.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """Every model, what it is for, and whether it is here."""
    from hub.inference.store import ModelStore

    store = ModelStore()
    for status in store.list():
        _tell(status, as_json)
    for name, error in store.problems.items():
        click.echo(f"{name}: {error}", err=True)


@models.command()
@click.argument("names", nargs=-1)
@click.option("--yes", is_flag=True, help="Also fetch from outside the package index, this once.")
@home_option
@json_option
def pull(names: tuple[str, ...], yes: bool, config: str | None, as_json: bool) -> int:
    """Bring models here: NAMES, or the default set. What is here and right is not fetched again.

    With --yes each connection that is opened is a row of the home's privacy ledger.
    """
    from hub.inference.store import ModelStore

    if not yes:
        return _pull(ModelStore(), names, as_json)
    with chosen_home(config) as paths:
        return asyncio.run(_pull_from_outside(paths, names, as_json))


async def _pull_from_outside(paths: HomePaths, names: tuple[str, ...], as_json: bool) -> int:
    from hub.guard.connect import Guard
    from hub.inference.agreed import AgreedConnect
    from hub.inference.store import ModelStore
    from hub.store.database import Database
    from hub.store.ledger import LedgerTable

    database = await Database.open(paths.database)
    guard = Guard(writer=LedgerTable(database))
    try:
        store = ModelStore(allow_download=True, connect=AgreedConnect(guard))
        return await asyncio.to_thread(_pull, store, names, as_json)
    finally:
        await guard.close()
        await database.close()


def _pull(store: "ModelStore", names: tuple[str, ...], as_json: bool) -> int:
    wanted = names or tuple(card.name for card in store.cards() if card.default)
    failed = False
    with store.keeping_wheels():
        for name in wanted:
            try:
                with _progress(quiet=as_json) as progress:
                    status = store.pull(name, progress)
            except HearthError as error:
                failed = True
                click.echo(f"{name}: {error}", err=True)
                continue
            _tell(status, as_json)
    return int(failed)


@models.command()
@click.argument("name", required=False)
@json_option
def verify(name: str | None, as_json: bool) -> int:
    """Read every file of NAME, or of all models that are here, and compare its hash with the card."""
    from hub.inference.store import ModelStore

    wrong: dict[str, str] = {}
    for status in ModelStore().verify(name):
        _tell(status, as_json)
        if status.state == "broken" or (name is not None and status.state != "ready"):
            wrong[status.name] = f"{status.name} is {status.state}"
    return failure(f"{', '.join(wrong.values())} (run `hearth models pull {' '.join(wrong)}`)") if wrong else 0


def _tell(status: "ModelStatus", as_json: bool) -> None:
    if as_json:
        emit(status)
        return
    note = status.problem or status.warning
    line = f"{status.name:<26} {status.task:<16} {status.version:<10} {status.size / 1e6:8.1f} MB  {status.state}"
    click.echo(line + (f"  ({note})" if note else ""))


@contextmanager
def _progress(*, quiet: bool) -> "Iterator[Progress]":
    """A bar on stderr while bytes come in; none when nothing has to be fetched."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from hub.inference.store import PullProgress

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as bar:
        tasks: dict[str, int] = {}

        def advance(step: PullProgress) -> None:
            if step.file not in tasks:
                tasks[step.file] = int(bar.add_task(f"{step.model}: {step.file}", total=step.total or None))
            bar.update(tasks[step.file], completed=step.done)  # type: ignore[arg-type] # TaskID is an int

        yield advance
