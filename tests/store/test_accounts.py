"""Accounts as they are kept, by themselves and over a kill -9."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from hub.core.errors import StoreError
from hub.store.account_rows import Account, Credential
from hub.store.accounts import AccountTable
from hub.store.database import Database

ANN = Account(id="a1", name="Ann", key="ann", role="owner", password="$argon2id$x", created=1.5)
BOB = Account(id="b2", name="Bob", key="bob", role="member", password="$argon2id$y", created=2.5)


def _session(number: int, account: str = "a1") -> Credential:
    return Credential(
        id=f"s{number}", kind="session", account=account, secret=f"{number:064x}", created=float(number), used=3.25
    )


async def test_accounts_come_back_as_they_were(database: Database) -> None:
    table = AccountTable(database)
    await table.add(BOB)
    await table.add(ANN)
    assert await table.accounts() == [ANN, BOB]
    renamed = msgspec.structs.replace(ANN, name="Änn", key="änn", role="admin")
    await table.change(renamed)
    assert await table.accounts() == [renamed, BOB]


async def test_one_name_is_one_account(database: Database) -> None:
    table = AccountTable(database)
    await table.add(ANN)
    with pytest.raises(StoreError):
        await table.add(msgspec.structs.replace(BOB, key="ann"))
    assert await table.accounts() == [ANN]


async def test_only_one_of_many_is_the_first(database: Database) -> None:
    table = AccountTable(database)
    tries = [msgspec.structs.replace(ANN, id=f"a{n}", key=f"ann{n}") for n in range(5)]
    added = await asyncio.gather(*(table.add_first(account) for account in tries))
    assert sorted(added) == [False] * 4 + [True]
    assert [account.id for account in await table.accounts()] == [f"a{added.index(True)}"]


async def test_sessions_are_kept_replaced_and_revoked(database: Database) -> None:
    table = AccountTable(database)
    await table.add(ANN)
    token = Credential(
        id="t1", kind="token", account="a1", secret="f" * 64, name="script", scope="read", created=9.0, used=9.0
    )
    await table.let_in(_session(1), _session(2), token)
    assert await table.credentials() == [_session(1), _session(2), token]
    await table.let_in(_session(3), instead_of=("s1",))
    await table.used("s2", 77.125)
    await table.revoke("t1", "unknown")
    assert await table.credentials() == [msgspec.structs.replace(_session(2), used=77.125), _session(3)]


async def test_what_an_account_was_let_in_with_goes_with_it(database: Database) -> None:
    table = AccountTable(database)
    await table.add(ANN)
    await table.add(BOB)
    await table.let_in(_session(1), _session(2, "b2"), _session(3, "b2"))
    await table.change(msgspec.structs.replace(BOB, password="$argon2id$z"), gone=("s3",))
    assert [kept.id for kept in await table.credentials()] == ["s1", "s2"]
    await table.remove("b2")
    assert await table.accounts() == [ANN]
    assert [kept.id for kept in await table.credentials()] == ["s1"]


WRITER = """
import asyncio, sys
from hub.store.account_rows import Account, Credential
from hub.store.accounts import AccountTable
from hub.store.database import Database

def said(line):
    sys.stdout.write(line + "\\n")
    sys.stdout.flush()

async def main(path):
    table = AccountTable(await Database.open(path))
    for n in range(10**6):
        key = f"name{n}"
        await table.add(Account(id=f"a{n}", name=key, key=key, role="member", password="x", created=float(n)))
        session = dict(kind="session", account=f"a{n}", created=float(n), used=0.0)
        await table.let_in(Credential(id=f"s{n}", secret=f"{n:x}", **session),
                           instead_of=(f"s{n - 1}",))
        said(str(n))

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
async def test_kill_9_neither_loses_an_account_nor_brings_a_revoked_session_back(tmp_path: Path) -> None:
    path = tmp_path / "hearth.db"
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    last = -1
    for line in process.stdout:
        if line.endswith("\n"):
            last = int(line)
        if last == 40:
            process.send_signal(signal.SIGKILL)
    process.stdout.close()
    assert process.wait(30) == -signal.SIGKILL
    database = await Database.open(path)
    table = AccountTable(database)
    assert [account.id for account in await table.accounts()][: last + 1] == [f"a{n}" for n in range(last + 1)]
    # The writer may have come one step further than it said.
    assert [kept.id for kept in await table.credentials()] in ([f"s{last}"], [f"s{last + 1}"])
    await database.close()
