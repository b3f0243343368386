"""`hearth account`: who may come in, looked after at the hub's own machine; a forgotten password is mended here."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import emit, json_option, log_to_stderr
from hub.cli.passphrase import passphrase

if TYPE_CHECKING:
    from hub.cli.account_work import Accounts

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
_NAME = click.argument("name")


def _password_option(command: F) -> F:
    text = "Read the password from FILE's first line instead of asking."
    return click.option("--password-file", metavar="FILE", type=click.Path(path_type=Path), help=text)(command)


@click.group()
def account() -> None:
    """Who may come in: list, add, password, remove. Whoever can read the home's files needs no password for it."""
    log_to_stderr()


@account.command("list")
@home_option
@json_option
def list_(config: str | None, as_json: bool) -> None:
    """Everybody who may come in."""
    people = _with(config, lambda accounts: accounts.all())
    for person in people:
        if as_json:
            emit(person)
        else:
            since = datetime.fromtimestamp(person.created).astimezone().strftime("%Y-%m-%d")
            click.echo(f"{person.name:<24} {person.role:<8} since {since}")
    if not people and not as_json:
        click.echo("The home has no owner yet: whoever sits at this machine may do everything.")


@account.command()
@_NAME
@click.option(
    "--role", type=click.Choice(("guest", "member", "admin", "owner")),
    help="What they may do; without it the first one is the owner, and others are members.",
)  # fmt: skip
@_password_option
@home_option
def add(name: str, role: str | None, password_file: Path | None, config: str | None) -> None:
    """Let NAME come in. The first one is the home's owner; from then on everybody logs in."""
    password = passphrase(password_file, twice=True, what="Password")

    async def work(accounts: "Accounts") -> str:
        if not await accounts.all() and role in (None, "owner"):
            await accounts.make_owner(name, password)
            return "owner"
        await accounts.add(name, password, role or "member")
        return role or "member"

    click.echo(f"{name} may come in, as {_with(config, work)}")


@account.command("password")
@_NAME
@_password_option
@home_option
def password_(name: str, password_file: Path | None, config: str | None) -> None:
    """Give NAME another password, such as when it was forgotten. Whoever is logged in as NAME is logged out."""
    from hub.cli.account_work import named

    password = passphrase(password_file, twice=True, what="Password")

    async def work(accounts: "Accounts") -> str:
        person = await named(accounts, name)
        await accounts.set_password(person.account, password)
        return person.name

    click.echo(f"{_with(config, work)} logs in with the new password")


@account.command()
@_NAME
@home_option
def remove(name: str, config: str | None) -> None:
    """Let NAME come in no more. A home keeps an owner."""
    from hub.cli.account_work import named

    async def work(accounts: "Accounts") -> str:
        person = await named(accounts, name)
        await accounts.remove(person.account)
        return person.name

    click.echo(f"{_with(config, work)} comes in no more")


def _with(config: str | None, work: "Callable[[Accounts], Awaitable[T]]") -> T:
    from hub.cli.account_work import accounts_of

    async def run() -> T:
        with chosen_home(config) as paths:
            async with accounts_of(paths) as accounts:
                return await work(accounts)

    return asyncio.run(run())
