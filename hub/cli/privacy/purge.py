"""`hearth privacy purge`: what the hub remembers is shown, and deleted when its household says so."""

import asyncio
import sys
from typing import TYPE_CHECKING

import click
import msgspec

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.open_store import open_store, without_hub
from hub.cli.output import emit, failure, json_option
from hub.core.paths import HomePaths
from hub.core.settings_file import load_settings

if TYPE_CHECKING:
    from hub.store.purge import Remembered


@click.command()
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.option("--ledger", is_flag=True, help="Delete the ledger of connections as well.")
@home_option
@json_option
def purge(yes: bool, ledger: bool, config: str | None, as_json: bool) -> int:
    """Delete what the hub remembers: history, what was said, what it learnt. The home itself stays as it is.

    Says first what that is. The database is then written anew, so that nothing of it is left in its files. The hub must
    not run.
    """
    with chosen_home(config) as paths, without_hub(paths):
        found = asyncio.run(_remembered(paths, ledger))
        if yes or as_json or not _anything(found):
            confirmed = yes
        else:
            _show(found)
            confirmed = sys.stdin.isatty() and click.confirm("Delete all that for good?")
        if _anything(found) and not confirmed:
            for one in found if as_json else ():
                emit({**msgspec.to_builtins(one), "gone": False})
            return failure("nothing was deleted (--yes deletes without asking)")
        gone = asyncio.run(_purge(paths, ledger))
    for one in gone:
        if as_json:
            emit({**msgspec.to_builtins(one), "gone": True})
        else:
            click.echo(f"{one.rows:>9,} {one.what:<9} deleted")
    return 0


def _anything(found: "list[Remembered]") -> bool:
    return any(one.rows for one in found)


def _show(found: "list[Remembered]") -> None:
    for one in found:
        click.echo(f"{one.rows:>9,} {one.what:<9} {one.about}")


async def _remembered(paths: HomePaths, ledger: bool) -> "list[Remembered]":
    from hub.learning.purge_home import remembered_by

    async with open_store(paths) as database:
        return await remembered_by(database, ledger=ledger)


async def _purge(paths: HomePaths, ledger: bool) -> "list[Remembered]":
    from hub.learning.purge_home import purge_home

    return await purge_home(paths, load_settings(paths.settings).settings.store.url, ledger=ledger)
