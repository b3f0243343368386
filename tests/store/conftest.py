"""Databases to test on: a SQLite file always, PostgreSQL where its programs and asyncpg are installed."""

import asyncio
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from hub.store.database import Database
from hub.store.schema import metadata
from tests.ports import free_port


def _postgres_user() -> dict[str, Any]:
    """How to run PostgreSQL, which refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    pytest.skip("PostgreSQL does not run as root, and there is no other user")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of this test run's own."""
    if importlib.util.find_spec("asyncpg") is None:
        pytest.skip("asyncpg is not installed")
    programs = [*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), os.environ.get("PATH", "")]
    search = os.pathsep.join(programs)
    initdb, server = shutil.which("initdb", path=search), shutil.which("postgres", path=search)
    if initdb is None or server is None:
        pytest.skip("PostgreSQL is not installed")
    user = _postgres_user()
    root = Path(tempfile.mkdtemp(prefix="hearth-postgres-"))
    if user:
        os.chown(root, user["user"], user["group"])
    port = free_port()
    made = subprocess.run(
        [initdb, "-D", str(root / "data"), "-U", "hearth", "-A", "trust", "-E", "UTF8", "--no-sync"],
        capture_output=True, text=True, cwd=root, **user,
    )  # fmt: skip
    if made.returncode:
        shutil.rmtree(root, ignore_errors=True)
        pytest.skip(f"initdb does not work here: {made.stderr.strip()[-200:]}")
    process = subprocess.Popen(
        [server, "-D", str(root / "data"), "-p", str(port), "-h", "127.0.0.1", "-k", str(root), "-c", "fsync=off"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=root, **user,
    )  # fmt: skip
    try:
        yield f"postgresql://hearth@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(root, ignore_errors=True)


async def _open_postgres(url: str) -> Database:
    for _ in range(200):
        try:
            database = await Database.open(url)
            break
        except Exception as error:  # the server is still starting
            last = error
            await asyncio.sleep(0.1)
    else:
        raise last
    await database.write(*(delete(table) for table in metadata.sorted_tables))
    return database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.counterpart)])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An open, empty database of each kind."""
    if request.param == "sqlite":
        opened = await Database.open(tmp_path / "hearth.db")
    else:
        opened = await _open_postgres(request.getfixturevalue("postgres"))
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """An open, empty SQLite database that does not wait long for other writers."""
    opened = await Database.open(tmp_path / "hearth.db", busy_s=0.05)
    yield opened
    await opened.close()
