"""The accounts of a home: who there is, and who may change what about whom."""

import asyncio
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol, Self

import msgspec

from hub.core.clock import Clock
from hub.core.errors import DeniedError, NotFoundError, ValueRefusedError
from hub.store.account_rows import Account, Credential
from hub.web.access.callers import Caller
from hub.web.access.keyring import CredentialKeeper, Keyring
from hub.web.access.passwords import Passwords
from hub.web.access.secrets_shown import fresh_id
from hub.web.failures import Refused
from hub.web.routes import Access

_JOINERS: Final = str.maketrans("", "", "\u200c\u200d")
"""What is not seen itself and shapes what stands beside it: Persian names are spelt with the one, and of the other
many an emoji is made. Names are the same with and without.
"""


class AccountKeeper(CredentialKeeper, Protocol):
    """Keeps accounts and credentials durably; `hub.store.accounts.AccountTable` is one. All raise `StoreError`."""

    async def accounts(self) -> list[Account]:
        """All."""
        ...

    async def credentials(self) -> list[Credential]:
        """All."""
        ...

    async def add_first(self, account: Account) -> bool:
        """Add it if there is none; whether it was added."""
        ...

    async def add(self, account: Account) -> None:
        """Add one."""
        ...

    async def change(self, account: Account, *, gone: Sequence[str] = ()) -> None:
        """Write one anew, and revoke credentials with it."""
        ...

    async def remove(self, account: str) -> None:
        """Remove one and its credentials."""
        ...


class People:
    """Makes, changes and removes accounts; what it did is on the disk. `keys` is what they are let in with.

    Make it with `People.load`.
    """

    def __init__(
        self, table: AccountKeeper, known: Iterable[Account], keys: Keyring, clock: Clock, passwords: Passwords
    ) -> None:
        self.keys = keys
        self.passwords = passwords
        self._table = table
        self._clock = clock
        self._accounts = {account.id: account for account in known}
        self._changing = asyncio.Lock()

    @classmethod
    async def load(
        cls,
        table: AccountKeeper,
        clock: Clock,
        gone: Callable[[frozenset[str]], None],
        passwords: Passwords | None = None,
    ) -> Self:
        """The people that the store knows; `gone` is told the ids of credentials that are revoked."""
        keys = Keyring(table, await table.credentials(), clock, gone)
        return cls(table, await table.accounts(), keys, clock, passwords or Passwords())

    @property
    def owned(self) -> bool:
        """Whether the home has an owner, so that accounts count."""
        return bool(self._accounts)

    def all(self) -> list[Account]:
        """Every account, oldest first."""
        return list(self._accounts.values())

    def account(self, account: str) -> Account | None:
        """The account with this id."""
        return self._accounts.get(account)

    def named(self, name: str) -> Account | None:
        """The account that somebody means who types this name."""
        key = name_key(name)
        return next((account for account in self._accounts.values() if account.key == key), None)

    async def make_owner(self, name: str, password: str) -> Account:
        """The first account. Raises `Refused` (409) when there is one already, `ValueRefusedError` for a bad name."""
        account = await self._fresh(name, password, Access.OWNER)
        async with self._changing:
            if self.owned or not await self._table.add_first(account):
                raise Refused(409, "owned", "this home has an owner", "log in, or ask them for an account")
            self._accounts[account.id] = account
        return account

    async def let_in(self, account: Account, browser: str, *, device: bool) -> tuple[str, str] | None:
        """Open a session for somebody who knew the password of `account`: its secret, and with `device` a device's.

        None when the password was changed, or the account removed, since it was looked at.
        """
        async with self._changing:
            if self._accounts.get(account.id) != account:
                return None
            return await self.keys.open_session(account.id, browser, device=device)

    async def add(self, caller: Caller, name: str, password: str, role: Access) -> Account:
        """Another account. Raises `DeniedError`, `ValueRefusedError`, `Refused` (409) where there is no owner yet."""
        _may_touch(caller, role)
        if not self.owned:
            raise Refused(409, "not_owned", "this home has no owner yet", "POST /api/v1/setup makes one first")
        account = await self._fresh(name, password, role)
        async with self._changing:
            if self.named(name) is not None:
                raise ValueRefusedError(f"there is a {account.name!r} already", remedy="choose another name")
            await self._table.add(account)
            self._accounts[account.id] = account
        return account

    async def change(self, caller: Caller, account: str, role: Access | None, password: str | None) -> Account:
        """Give an account another role or password; all that it was let in with is revoked.

        Raises `NotFoundError`, `DeniedError` (also for the last owner).
        """
        hashed = None if password is None else await self.passwords.hash(password)
        async with self._changing:
            known = self._touchable(caller, account)
            wanted = role or Access(known.role)
            _may_touch(caller, wanted)
            if wanted is not Access.OWNER:
                self._not_the_last_owner(known)
            changed = msgspec.structs.replace(known, role=wanted.value, password=hashed or known.password)
            await self._write(changed, self.keys.ids_of(account))
        return changed

    async def change_own_password(self, caller: Caller, old: str, new: str, *, device: str) -> None:
        """Replace a password by somebody who knows it.

        Every session, token and device of theirs is revoked, but the ones that ask: `device` is the secret of theirs.
        Raises `Refused` (401) for a wrong one.
        """
        known = self._accounts.get(caller.account)
        if known is None or not await self.passwords.fits(known.password, old):
            raise Refused(401, "login", "the password is not the one", "type it once more")
        hashed = await self.passwords.hash(new)
        async with self._changing:
            current = self._accounts.get(caller.account)
            if current is None or current.password != known.password:
                raise Refused(401, "login", "the password was changed meanwhile", "log in again")
            here = self.keys.find("device", device) if device else None
            kept = (caller.credential, "" if here is None else here.id)
            changed = msgspec.structs.replace(current, password=hashed)
            await self._write(changed, self.keys.ids_of(known.id, but=kept))

    async def remove(self, caller: Caller, account: str) -> Account:
        """Remove an account; who is in with it is put out. Raises `NotFoundError`, `DeniedError`."""
        async with self._changing:
            known = self._touchable(caller, account)
            self._not_the_last_owner(known)
            gone = self.keys.ids_of(account)
            await self._table.remove(account)
            del self._accounts[account]
            self.keys.forget(gone)
        return known

    async def _write(self, changed: Account, gone: frozenset[str]) -> None:
        await self._table.change(changed, gone=tuple(gone))
        self._accounts[changed.id] = changed
        self.keys.forget(gone)

    async def _fresh(self, name: str, password: str, role: Access) -> Account:
        shown = checked_name(name)
        return Account(
            id=fresh_id(),
            name=shown,
            key=name_key(shown),
            role=role.value,
            password=await self.passwords.hash(password),
            created=self._clock.now(),
        )

    def _touchable(self, caller: Caller, account: str) -> Account:
        known = self._accounts.get(account)
        if known is None:
            raise NotFoundError("there is no such account", remedy="GET /api/v1/accounts lists them")
        _may_touch(caller, Access(known.role))
        return known

    def _not_the_last_owner(self, account: Account) -> None:
        owners = [other.id for other in self._accounts.values() if other.role == Access.OWNER.value]
        if owners == [account.id]:
            raise DeniedError("a home keeps an owner", remedy="make somebody else the owner first")


def name_key(name: str) -> str:
    """A name as names are compared: however it is typed, it is one account."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).translate(_JOINERS).strip()


def checked_name(name: str) -> str:
    """The name as it is shown. Raises `ValueRefusedError` for one that nobody could read or that hides something."""
    shown = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(shown) <= 64 or not shown.translate(_JOINERS).isprintable() or not name_key(shown):
        raise ValueRefusedError("an account's name is 1 to 64 letters that can be seen", remedy="choose another name")
    return shown


def _may_touch(caller: Caller, role: Access) -> None:
    """Who looks after the hub looks after members and guests; of admins and owners only an owner decides."""
    if not caller.role.includes(Access.OWNER) and role.includes(Access.ADMIN):
        raise DeniedError("only the owner decides about owners and admins", remedy="ask the owner")
