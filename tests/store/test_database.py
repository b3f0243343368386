import asyncio
import contextlib
import os
import random
import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, delete, insert, select

from hub.core.errors import StoreError
from hub.store.database import Database
from hub.store.migrate import create, revision_of, upgrade
from hub.store.schema import HEAD, metadata, plugin_data
from hub.store.sqlite_file import check_file
from hub.store.upsert import insert_or_replace


def _row(key: str) -> dict[str, str]:
    return {"plugin": "p", "key": key, "value": "1"}


async def _keys(database: Database) -> list[str]:
    return sorted(await database.read(lambda c: c.execute(select(plugin_data.c.key)).scalars().all()))


async def test_an_open_database_has_every_table_and_the_newest_revision(database: Database) -> None:
    assert await database.read(revision_of) == HEAD
    for table in metadata.sorted_tables:
        assert await database.read(lambda c, t=table: c.execute(select(t)).all()) == []


async def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    first = await Database.open(tmp_path / "hearth.db")
    await first.write(insert(plugin_data).values(_row("a")))
    await first.close()
    again = await Database.open(f"sqlite:///{tmp_path}/hearth.db")
    assert await _keys(again) == ["a"]
    await again.close()


def test_a_new_file_is_what_all_migrations_together_come_to(tmp_path: Path) -> None:
    def made_by(make: Callable[[Connection], None]) -> dict[str, tuple[str, str | None]]:
        engine = create_engine(f"sqlite:///{tmp_path}/{make.__name__}.db")
        with engine.begin() as connection:
            make(connection)
            found = connection.exec_driver_sql("SELECT name, tbl_name, sql FROM sqlite_master").all()
            assert revision_of(connection) == HEAD
        engine.dispose()
        return {name: (table, sql) for name, table, sql in found}

    def migrated(connection: Connection) -> None:
        upgrade(connection, "")

    assert made_by(migrated) == made_by(create)


async def test_a_commit_is_durable_and_the_file_is_private(sqlite: Database) -> None:
    assert sqlite.path is not None
    names = ("journal_mode", "synchronous", "foreign_keys", "auto_vacuum", "busy_timeout")
    pragmas = await sqlite.read(lambda c: {name: c.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names})
    assert pragmas == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "auto_vacuum": 2, "busy_timeout": 50,
    }  # fmt: skip
    assert stat.S_IMODE(sqlite.path.stat().st_mode) == 0o600


async def test_writes_that_come_together_are_all_committed_and_counted(database: Database) -> None:
    counts = await asyncio.gather(*(database.write(insert(plugin_data).values(_row(f"{i:03}"))) for i in range(450)))
    assert counts == [[1]] * 450
    assert len(await _keys(database)) == 450
    assert await database.write(delete(plugin_data).where(plugin_data.c.key < "010")) == [10]


async def test_a_refused_write_fails_alone(database: Database) -> None:
    await database.write(insert(plugin_data).values(_row("b")))
    results = await asyncio.gather(
        *(database.write(insert(plugin_data).values(_row(key))) for key in "abc"), return_exceptions=True
    )
    assert results[0] == [1]
    assert isinstance(results[1], StoreError)
    assert results[2] == [1]
    assert await _keys(database) == ["a", "b", "c"]


async def test_statements_of_one_write_are_committed_together_or_not_at_all(database: Database) -> None:
    await database.write(insert(plugin_data).values(_row("b")))
    with pytest.raises(StoreError):
        await database.write(insert(plugin_data).values(_row("a")), insert(plugin_data).values(_row("b")))
    assert await _keys(database) == ["b"]


async def test_a_cancelled_caller_does_not_take_others_with_it(database: Database) -> None:
    tasks = [asyncio.ensure_future(database.write(insert(plugin_data).values(_row(key)))) for key in "abc"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[0] == results[2] == [1]
    assert isinstance(results[1], asyncio.CancelledError)
    assert await _keys(database) == ["a", "b", "c"]


async def test_closing_commits_what_was_taken_and_takes_no_more(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "hearth.db")
    task = asyncio.ensure_future(database.write(insert(plugin_data).values(_row("a"))))
    await asyncio.sleep(0)
    await database.close()
    assert await task == [1]
    with pytest.raises(StoreError, match="closed"):
        await database.write(insert(plugin_data).values(_row("b")))


async def test_a_locked_database_is_an_error_with_a_remedy_and_works_again_after(sqlite: Database) -> None:
    other = sqlite3.connect(sqlite.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked") as caught:
        await sqlite.write(insert(plugin_data).values(_row("a")))
    assert "another program" in caught.value.remedy
    assert await _keys(sqlite) == []  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    assert await sqlite.write(insert(plugin_data).values(_row("a"))) == [1]


@pytest.mark.parametrize(
    "content", [b"this is not a database at all, but some text" * 100, b"SQLite format 3\0" + b"\xff" * 8000]
)
async def test_a_damaged_file_is_kept_aside_and_the_next_start_works(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hearth.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged") as caught:
        await Database.open(path)
    assert "restore" in caught.value.remedy
    (aside,) = tmp_path.glob("hearth.db.damaged-*")
    assert aside.read_bytes() == content
    assert str(aside) in str(caught.value)
    fresh = await Database.open(path)
    assert await _keys(fresh) == []
    await fresh.close()


async def test_a_second_damaged_file_does_not_replace_the_first(tmp_path: Path) -> None:
    for content in (b"one" * 1000, b"two" * 1000):
        (tmp_path / "hearth.db").write_bytes(content)
        with pytest.raises(StoreError):
            await Database.open(tmp_path / "hearth.db")
    assert sorted(p.read_bytes()[:3] for p in tmp_path.glob("*.damaged-*")) == [b"one", b"two"]


async def test_a_page_damaged_later_is_an_error_and_found_by_the_check(tmp_path: Path) -> None:
    path = tmp_path / "hearth.db"
    database = await Database.open(path)
    for start in range(0, 4000, 400):
        await database.write(*(insert(plugin_data).values(_row(f"{start + i:05}" * 20)) for i in range(400)))
    await database.close()
    assert check_file(path) == []
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(64 * 1024))
    assert check_file(path) != []
    damaged = await Database.open(path)
    with pytest.raises(StoreError, match="damaged"):
        await _keys(damaged)
    await damaged.close()


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "hearth.db"
    await (await Database.open(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match="9999") as caught:
        await Database.open(path)
    assert "update" in caught.value.remedy
    assert list(tmp_path.glob("*.damaged-*")) == []
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    connection.close()


@pytest.mark.parametrize("target", ["mysql://a@b/c", "sqlite://", "sqlite:///:memory:", "://"])
async def test_addresses_that_cannot_be_are_refused_with_the_remedy(target: str) -> None:
    with pytest.raises(StoreError) as caught:
        await Database.open(target)
    assert "[store] url" in caught.value.remedy


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"hearth\.db"):
        await Database.open(tmp_path / "file" / "hearth.db")


async def test_a_password_is_never_in_an_error() -> None:
    with pytest.raises(StoreError) as caught:
        await Database.open("postgresql://hearth:s3cret@127.0.0.1:1/home")
    assert "s3cret" not in str(caught.value)


async def _nothing_is_left_running() -> None:
    assert asyncio.all_tasks() == {asyncio.current_task()}
    for _ in range(200):  # a thread says that it is done a moment before it is gone
        if not any("_connection_worker_thread" in thread.name for thread in threading.enumerate()):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"threads are left: {threading.enumerate()}")


@pytest.mark.parametrize("seed", range(10))
async def test_readers_and_writers_that_give_up_at_any_moment_leave_nothing_behind(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    database = await Database.open(tmp_path / "hearth.db")

    async def ask(key: str) -> None:
        for _ in range(20):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(dice.random() * 0.003):
                    await _keys(database)
                    await database.write(insert_or_replace(plugin_data, "sqlite").values(_row(key)))
                    await database.transaction(lambda c: c.execute(select(plugin_data)).all())

    tasks = [asyncio.ensure_future(ask(str(n))) for n in range(10)]
    await asyncio.sleep(dice.random() * 0.05)
    for task in tasks[::2]:
        task.cancel()
    await database.close()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, StoreError | asyncio.CancelledError | None) for result in results)
    await _nothing_is_left_running()
    assert check_file(tmp_path / "hearth.db") == []


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 5, 8, 13, 21, 34])
async def test_opening_that_is_cancelled_at_any_step_leaves_nothing_behind(tmp_path: Path, steps: int) -> None:
    opening = asyncio.ensure_future(Database.open(tmp_path / "hearth.db"))
    for _ in range(steps):
        await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    await _nothing_is_left_running()
    again = await Database.open(tmp_path / "hearth.db")
    assert await again.read(revision_of) == HEAD
    await again.close()


async def test_closing_waits_for_a_reader_and_lets_no_new_one_in(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "hearth.db")
    await database.write(insert(plugin_data).values(_row("a")))
    reading = asyncio.ensure_future(_keys(database))
    await asyncio.sleep(0)
    await database.close()
    assert reading.done()
    assert await reading == ["a"]
    with pytest.raises(StoreError, match="closed"):
        await _keys(database)
