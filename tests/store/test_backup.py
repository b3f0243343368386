"""Copying a home: consistent while its hub writes, complete, and without what is of the moment."""

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from hub.core.errors import StoreError, UsageError
from hub.store.backup import copied_home, copy_database, manifest_of
from hub.store.backup_archive import pack, unpack
from hub.store.backup_file import check_passphrase, check_target, is_backup, read_backup
from hub.store.database import Database


def database_of(path: Path, rows: int = 2_000) -> sqlite3.Connection:
    """A database of our kind, with as many rows in `a` as in `b`."""
    made = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    made.execute("PRAGMA journal_mode = WAL")
    made.execute("CREATE TABLE a (x TEXT)")
    made.execute("CREATE TABLE b (x TEXT)")
    write(made, rows)
    return made


def write(database: sqlite3.Connection, rows: int) -> None:
    database.execute("BEGIN IMMEDIATE")
    for table in "ab":
        database.executemany(f"INSERT INTO {table} VALUES (?)", [("x" * 500,)] * rows)
    database.execute("COMMIT")


def counts(path: Path) -> list[int]:
    copy = sqlite3.connect(path)
    try:
        return [copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in "ab"]
    finally:
        copy.close()


def test_a_copy_is_of_one_moment_however_much_is_written_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.backup._PAGES", 20)
    hub = database_of(tmp_path / "hearth.db")
    told: list[tuple[int, int]] = []

    def progress(done: int, of: int) -> None:
        if not told or len(told) % 10 == 0:
            write(hub, 3)  # between two steps of the copy, every few steps
        told.append((done, of))

    copy_database(tmp_path / "hearth.db", tmp_path / "copy.db", progress)
    assert counts(tmp_path / "copy.db") == [2_000, 2_000]
    assert len(told) > 20 and told[-1][0] == told[-1][1] > 2_000_000
    assert counts(tmp_path / "hearth.db")[0] > 2_000
    assert sorted(p.name for p in tmp_path.glob("copy*")) == ["copy.db"], "one file, without a journal"
    hub.close()


def test_a_writer_in_another_thread_does_not_hold_it_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.store.backup._PAGES", 50)
    hub, over = database_of(tmp_path / "hearth.db"), threading.Event()

    def keep_writing() -> None:
        while not over.is_set():
            write(hub, 1)

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        copy_database(tmp_path / "hearth.db", tmp_path / "copy.db")
    finally:
        over.set()
        writer.join()
    first, second = counts(tmp_path / "copy.db")
    assert first == second >= 2_000
    hub.close()


def test_nothing_is_left_beside_it_and_its_name_may_be_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database_of(tmp_path / "a home?.db").close()
    monkeypatch.chdir(tmp_path)
    copy_database(Path("a home?.db"), Path("copy.db"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a home?.db", "copy.db"]
    assert counts(tmp_path / "copy.db") == [2_000, 2_000]
    with pytest.raises(StoreError):
        copy_database(Path("nowhere.db"), Path("other.db"))
    assert not Path("nowhere.db").exists()


def test_a_damaged_database_is_not_backed_up_as_if_it_were_sound(tmp_path: Path) -> None:
    database_of(tmp_path / "hearth.db").close()
    with (tmp_path / "hearth.db").open("r+b") as file:
        file.seek(4096 * 8)
        file.write(os.urandom(4096 * 8))
    with pytest.raises(StoreError, match=r"damaged|malformed"):
        copy_database(tmp_path / "hearth.db", tmp_path / "copy.db")


async def test_all_of_a_home_is_copied_but_what_is_of_the_moment(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await (await Database.open(home / "hearth.db")).close()
    kept = ("hearth.toml", "examples.key", "swarm/identity.pem", "skills/hello/skill.py", "web/ca/key.pem")
    gone = (
        "hub.running", ".hearth.toml.new", "hearth.db.damaged-1", ".backup-draft/old", ".restoring/x",
        "before-restore-1/hearth.toml",
    )  # fmt: skip
    for name in (*kept, *gone):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(name)
    (home / "skills" / "mine").symlink_to(tmp_path)
    os.mkfifo(home / "pipe")
    with copied_home(home, home / "hearth.db") as (copy, left_out):
        manifest = manifest_of(copy, "Home")
        assert (copy.stat().st_mode & 0o777) == 0o700
        archive = pack(copy, manifest)
    assert sorted(left_out) == ["pipe", "skills/mine"]
    assert {member.path for member in manifest.members} == {*kept, "hearth.db"}
    assert not (home / ".backup-draft").exists()
    told: list[tuple[int, int]] = []
    assert unpack(archive, tmp_path / "new", lambda *done: told.append(done)) == manifest
    assert told[-1] == (manifest.size, manifest.size)
    assert all((tmp_path / "new" / name).read_text() == name for name in kept)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "new").rglob("*") if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "new").rglob("*") if path.is_dir()} == {0o700}
    await (await Database.open(tmp_path / "new" / "hearth.db")).close()


def test_a_home_without_a_database_can_be_backed_up(tmp_path: Path) -> None:
    (tmp_path / "hearth.toml").touch()
    for database in (None, tmp_path / "hearth.db"):
        with copied_home(tmp_path, database) as (copy, _):
            assert [member.path for member in manifest_of(copy, "Home").members] == ["hearth.toml"]


def test_where_a_backup_may_be_written(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "deep").mkdir(parents=True)
    (tmp_path / "letter.txt").write_text("Dear diary")
    (tmp_path / "old.age").write_bytes(b"age-encryption.org/v1\n...")
    check_target(tmp_path / "new.age", home)
    check_target(tmp_path / "old.age", home)
    for wrong in (
        home / "a.age",
        home / "deep" / "a.age",
        tmp_path / "letter.txt",
        tmp_path,
        tmp_path / "no" / "a.age",
    ):
        with pytest.raises(UsageError):
            check_target(wrong, home)
    assert is_backup(tmp_path / "old.age") and not is_backup(tmp_path / "letter.txt") and not is_backup(tmp_path / "no")
    with pytest.raises(StoreError, match="this is no backup"):
        read_backup(tmp_path / "letter.txt", "correct horse")
    with pytest.raises(UsageError, match="too short"):
        check_passphrase("short")
