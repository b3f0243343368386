"""What `hearth account` does: over the API of the hub that runs, or over the home's database where none does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol, TypeVar

import msgspec
from msgspec import Struct

from hub.cli.beside import RunningHub, get, post, running_hub
from hub.cli.open_store import open_store, without_hub
from hub.core.clock import SystemClock
from hub.core.errors import CommandError, NotFoundError, ValueRefusedError
from hub.core.paths import HomePaths
from hub.web.access.account_wire import ChangeAccountRequest, NewAccountRequest, SetupRequest
from hub.web.access.callers import Caller
from hub.web.access.people import People, name_key
from hub.web.failures import Refused
from hub.web.routes import Access

S = TypeVar("S", bound=Struct)
_MACHINE: Final = Caller(role=Access.OWNER, by="machine", name="this machine")
ROLES: Final = ("guest", "member", "admin", "owner")


class Person(Struct, frozen=True, kw_only=True):
    """Somebody who may come in; `created` is UTC seconds."""

    account: str
    name: str
    role: str
    created: float


class Accounts(Protocol):
    """The accounts of a home. All raise `HearthError`."""

    async def all(self) -> list[Person]:
        """Everybody, oldest first."""
        ...

    async def make_owner(self, name: str, password: str) -> None:
        """The first account."""
        ...

    async def add(self, name: str, password: str, role: str) -> None:
        """One more."""
        ...

    async def set_password(self, account: str, password: str) -> None:
        """Another password; whoever is in with that account is out."""
        ...

    async def remove(self, account: str) -> None:
        """Let them in no more."""
        ...


@asynccontextmanager
async def accounts_of(paths: HomePaths) -> AsyncIterator[Accounts]:
    """The accounts of the home at `paths`, whether its hub runs or not. Raises `StoreError`."""
    hub = running_hub(paths)
    if hub is not None:
        yield _Beside(hub)
        return
    from hub.store.accounts import AccountTable

    with without_hub(paths):
        async with open_store(paths) as database:
            yield _Alone(await People.load(AccountTable(database), SystemClock(), lambda _: None))


async def named(accounts: Accounts, name: str) -> Person:
    """Who is meant by a name, however it is typed. Raises `NotFoundError`."""
    for person in await accounts.all():
        if name_key(person.name) == name_key(name):
            return person
    raise NotFoundError(f"nobody called {name!r} may come in", remedy="`hearth account list` tells who may")


class _Beside:
    def __init__(self, hub: RunningHub) -> None:
        self._hub = hub

    async def all(self) -> list[Person]:
        return msgspec.convert((await get(self._hub, "api/v1/accounts"))["accounts"], list[Person])

    async def make_owner(self, name: str, password: str) -> None:
        await self._post("setup", name=name, password=password)

    async def add(self, name: str, password: str, role: str) -> None:
        await self._post("accounts", name=name, password=password, role=role)

    async def set_password(self, account: str, password: str) -> None:
        await self._post("accounts/change", account=account, password=password)

    async def remove(self, account: str) -> None:
        await self._post("accounts/remove", account=account)

    async def _post(self, what: str, **body: Any) -> None:
        await post(self._hub, f"api/v1/{what}", body)


class _Alone:
    def __init__(self, people: People) -> None:
        self._people = people

    async def all(self) -> list[Person]:
        return [msgspec.convert(_told(each), Person) for each in self._people.all()]

    async def make_owner(self, name: str, password: str) -> None:
        asked = _checked({"name": name, "password": password}, SetupRequest)
        await self._people.make_owner(asked.name, asked.password)

    async def add(self, name: str, password: str, role: str) -> None:
        asked = _checked({"name": name, "password": password, "role": role}, NewAccountRequest)
        try:
            await self._people.add(_MACHINE, asked.name, asked.password, Access(asked.role))
        except Refused as refused:
            raise CommandError(refused.detail.message, remedy="make the owner first: --role owner") from refused

    async def set_password(self, account: str, password: str) -> None:
        asked = _checked({"account": account, "password": password}, ChangeAccountRequest)
        await self._people.change(_MACHINE, account, None, asked.password)

    async def remove(self, account: str) -> None:
        await self._people.remove(_MACHINE, account)


def _told(account: Any) -> dict[str, Any]:
    return {"account": account.id, "name": account.name, "role": account.role, "created": account.created}


def _checked(body: dict[str, str], kind: type[S]) -> S:
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        raise ValueRefusedError(str(error), remedy="a password has 8 characters at least, a name 64 at most") from error
