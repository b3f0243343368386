"""Accounts, and what is shown instead of a password, as they are kept: hashes only, nothing that opens a door."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from hub.store.account_rows import Account, Credential
from hub.store.database import Database
from hub.store.schema import accounts, credentials
from hub.store.values import milliseconds


class AccountTable:
    """The rows. What a method wrote is on the disk when it returns; all raise `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accounts(self) -> list[Account]:
        """All, oldest first."""
        rows = await self._database.read(
            lambda c: c.execute(select(accounts).order_by(accounts.c.created, accounts.c.id)).all()
        )
        return [_account(row) for row in rows]

    async def credentials(self) -> list[Credential]:
        """All, oldest first."""
        rows = await self._database.read(
            lambda c: c.execute(select(credentials).order_by(credentials.c.created, credentials.c.id)).all()
        )
        return [_credential(row) for row in rows]

    async def add_first(self, account: Account) -> bool:
        """Add it if there is none at all; whether it was added. Two who try at once are told apart."""

        def work(connection: Connection) -> bool:
            if connection.execute(select(func.count()).select_from(accounts)).scalar_one():
                return False
            connection.execute(insert(accounts).values(_row(account)))
            return True

        return await self._database.transaction(work)

    async def add(self, account: Account) -> None:
        """Add one; its id and key must be new."""
        await self._database.write(insert(accounts).values(_row(account)))

    async def change(self, account: Account, *, gone: Sequence[str] = ()) -> None:
        """Write an account anew; the credentials with the ids in `gone` are revoked with it, or neither happens."""
        row = _row(account)
        own = row.pop("id")
        await self._database.write(
            update(accounts).where(accounts.c.id == own).values(row),
            delete(credentials).where(credentials.c.id.in_(gone)),
        )

    async def remove(self, account: str) -> None:
        """Remove an account and all that it was let in with."""
        await self._database.write(
            delete(credentials).where(credentials.c.account == account),
            delete(accounts).where(accounts.c.id == account),
        )

    async def let_in(self, *fresh: Credential, instead_of: Collection[str] = ()) -> None:
        """Keep these, and revoke those with the ids `instead_of`."""
        rows = [insert(credentials).values(_credential_row(credential)) for credential in fresh]
        await self._database.write(delete(credentials).where(credentials.c.id.in_(instead_of)), *rows)

    async def revoke(self, *ids: str) -> None:
        """Forget these sessions, tokens or devices."""
        await self._database.write(delete(credentials).where(credentials.c.id.in_(ids)))

    async def used(self, credential: str, at: float) -> None:
        """Note that it was used at `at` (UTC seconds)."""
        statement = update(credentials).where(credentials.c.id == credential).values(used=milliseconds(at))
        await self._database.write(statement)


def _row(account: Account) -> dict[str, object]:
    return {
        "id": account.id,
        "name": account.name,
        "key": account.key,
        "role": account.role,
        "password": account.password,
        "created": milliseconds(account.created),
    }


def _credential_row(credential: Credential) -> dict[str, object]:
    return {
        "id": credential.id,
        "kind": credential.kind,
        "account": credential.account,
        "secret": credential.secret,
        "name": credential.name,
        "scope": credential.scope,
        "created": milliseconds(credential.created),
        "used": milliseconds(credential.used),
    }


def _account(row: Any) -> Account:
    return Account(
        id=row.id, name=row.name, key=row.key, role=row.role, password=row.password, created=row.created / 1000
    )


def _credential(row: Any) -> Credential:
    return Credential(
        id=row.id,
        kind=row.kind,
        account=row.account,
        secret=row.secret,
        name=row.name,
        scope=row.scope,
        created=row.created / 1000,
        used=row.used / 1000,
    )
