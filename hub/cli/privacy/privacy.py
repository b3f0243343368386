"""`hearth privacy`: which connections were made, forgetting, and trying whether anything leaves."""

import asyncio
from typing import TYPE_CHECKING

import click

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.moment import moment
from hub.cli.open_store import open_store
from hub.cli.output import emit, json_option, log_to_stderr
from hub.cli.privacy.audit import audit
from hub.cli.privacy.purge import purge
from hub.core.paths import HomePaths

if TYPE_CHECKING:
    from hub.store.ledger import LedgerRow


@click.group()
def privacy() -> None:
    """What leaves this hub and what it keeps: look, check, delete."""
    log_to_stderr()


privacy.add_command(audit)
privacy.add_command(purge)


@privacy.command()
@click.option(
    "--since", callback=moment, default="0", metavar="WHEN", help="Only since then: 2h, 7d, today, 2026-01-31."
)
@click.option("--who", default="", help="Only of this part of the hub, such as mqtt.")
@click.option("--limit", type=click.IntRange(min=1), default=1000, show_default=True, help="The newest so many.")
@home_option
@json_option
def ledger(since: float, who: str, limit: int, config: str | None, as_json: bool) -> None:
    """Every connection that the hub made: when, who in it, where to, the bytes each way, and why.

    A connection that stays open has a row a minute in which something moved. What was refused is told as well.
    """
    with chosen_home(config) as paths:
        rows = asyncio.run(_rows(paths, since, who, limit))
    if as_json:
        for row in reversed(rows):
            emit(row)
        return
    _show(rows)
    if len(rows) == limit:
        click.echo(f"The newest {limit}; --limit shows more.")


async def _rows(paths: HomePaths, since: float, who: str, limit: int) -> "list[LedgerRow]":
    from hub.store.ledger import LedgerTable

    async with open_store(paths) as database:
        return await LedgerTable(database).rows(since, who, limit)


def _show(rows: "list[LedgerRow]") -> None:
    from datetime import datetime

    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    if not rows:
        click.echo("The hub made no connection.")
        return
    table = Table("when", "who", "where", "sent", "received", "why", box=None)
    for row in reversed(rows):
        when = datetime.fromtimestamp(row.at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(when, *map(escape, (row.who, row.where)), *_bytes(row), escape(row.why))
    Console(highlight=False).print(table)
    sent, received = (sum(way) for way in zip(*((row.bytes_out, row.bytes_in) for row in rows), strict=True))
    click.echo(f"{len(rows)} rows: {sent:,} bytes sent, {received:,} received")


def _bytes(row: "LedgerRow") -> tuple[str, str]:
    return f"{row.bytes_out:,}", f"{row.bytes_in:,}"
