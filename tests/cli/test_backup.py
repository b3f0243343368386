"""`hearth backup` and `restore`: the passphrase, and databases elsewhere. The rest is in tests/e2e/test_backup.py."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli.backup import backup, restore
from hub.core.errors import StoreError, UsageError
from hub.store.database import Database
from tests.fast_cipher import use_fast_cipher

PASSPHRASE = "correct horse"


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    use_fast_cipher(monkeypatch)
    monkeypatch.setattr("hub.cli.backup.log_to_stderr", lambda: None)  # this process has logs of its own


def ran(command: object, *arguments: object, typed: str = "") -> Result:
    return CliRunner().invoke(command, [str(a) for a in arguments], input=typed)  # type: ignore[arg-type]


def test_a_typed_passphrase_is_asked_for_twice_and_not_shown(home: Path, tmp_path: Path) -> None:
    file, new = tmp_path / "a.age", tmp_path / "new"
    slip = ran(backup, file, "--config", home, typed=f"{PASSPHRASE}\ncorect horse\n\n")
    assert slip.exit_code == 1 and "do not match" in slip.output and not file.exists()
    made = ran(backup, file, "--config", home, typed=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert made.exit_code == 0 and "1 files of Home" in made.output and PASSPHRASE not in made.output
    wrong = ran(restore, file, "--config", new, typed="incorrect\n")
    assert isinstance(wrong.exception, StoreError) and "not that of this backup" in str(wrong.exception)
    assert ran(restore, file, "--config", new, typed=f"{PASSPHRASE}\n").exit_code == 0
    assert (new / "hearth.toml").read_bytes() == (home / "hearth.toml").read_bytes()


def test_a_passphrase_file_that_says_nothing(home: Path, tmp_path: Path) -> None:
    for name, content in (("empty", b""), ("blank", b"\nsecond line"), ("odd", b"\xff\xfe\x00")):
        (tmp_path / name).write_bytes(content)
    for name in ("empty", "blank", "odd", "nowhere"):
        result = ran(backup, tmp_path / "a.age", "--config", home, "--passphrase-file", tmp_path / name)
        assert isinstance(result.exception, UsageError), name


def test_a_database_elsewhere_is_in_the_backup_and_comes_back_as_hearth_db(home: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    asyncio.run(opened(elsewhere))
    with (home / "hearth.toml").open("a") as file:
        file.write(f'\n[store]\nurl = "sqlite:///{elsewhere}"\n')
    secret = tmp_path / "secret"
    secret.write_bytes(b"\xef\xbb\xbf" + PASSPHRASE.encode())  # as some editors write it
    assert ran(backup, tmp_path / "a.age", "--config", home, "--passphrase-file", secret).exit_code == 0
    told = ran(restore, tmp_path / "a.age", "--config", tmp_path / "new", typed=f"{PASSPHRASE}\n")
    assert told.exit_code == 0 and "move " in told.output and "hearth.db there" in told.output
    asyncio.run(opened(tmp_path / "new" / "hearth.db"))


async def opened(path: Path) -> None:
    await (await Database.open(path)).close()


def test_a_postgresql_database_is_named_as_left_out(home: Path, tmp_path: Path) -> None:
    with (home / "hearth.toml").open("a") as file:
        file.write('\n[store]\nurl = "postgresql://hearth@10.0.0.2/hearth"\n')
    told = ran(backup, tmp_path / "a.age", "--config", home, typed=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert told.exit_code == 0 and "left out: the database" in told.output and "pg_dump" in told.output
