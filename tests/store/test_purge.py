"""Purging: what is remembered goes, what the home is stays, and no byte of it is left in SQLite's files."""

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import insert

from hub.core.bus import Bus
from hub.core.errors import StoreError
from hub.core.events import SpeechTranscribed
from hub.core.states import StateTable
from hub.store.database import Database
from hub.store.history import History
from hub.store.home_table import HomeTable
from hub.store.ledger import LedgerTable
from hub.store.purge import copies, purge, remembered, scrub
from hub.store.schema import examples

SAID = "xylophone marzipan"


async def lived_in(database: Database) -> None:
    """Two states of a light, something that was said, an example, a habit, a connection and a setting."""
    bus = Bus()
    history = History(database, bus)
    states = StateTable(bus)
    states.set("light.kitchen", "OnOff", True)
    states.set("light.kitchen", "OnOff", False)
    bus.publish(SpeechTranscribed(stream="s", text=SAID, confidence=1.0, t_start=0.0, t_end=1.0))
    await history.close()
    await database.write(insert(examples).values(kind="gesture", at=1, sealed=b"x"))
    await HomeTable(database).set_row("usage", "spoken", {"at": 1.0})
    await HomeTable(database).set_setting("volume", 3)
    await LedgerTable(database).record("hub", "10.0.0.2:1", 1, 2, "why", time.time())


async def test_what_is_remembered_goes_and_the_home_stays(database: Database) -> None:
    await lived_in(database)
    before = {one.what: one.rows for one in await remembered(database)}
    assert before == {"states": 2, "events": 1, "commands": 0, "examples": 1, "heads": 0, "usage": 1}
    assert {one.what: one.rows for one in await purge(database)} == before
    assert not any(one.rows for one in await remembered(database))
    assert await HomeTable(database).settings() == {"volume": 3}
    assert len(await LedgerTable(database).rows()) == 1
    [state] = await History(database, Bus()).last_states()
    assert (state.entity, state.value) == ("light.kitchen", False)
    gone = {one.what: one.rows for one in await purge(database, ledger=True)}
    assert gone["ledger"] == 1 and await LedgerTable(database).rows() == []


async def test_no_byte_is_left_in_the_file_or_its_journal(tmp_path: Path) -> None:
    path = tmp_path / "hearth.db"
    database = await Database.open(path)
    await lived_in(database)
    await purge(database)
    try:
        scrub(path)  # though it is open elsewhere, as long as nobody reads
        for file in tmp_path.iterdir():
            assert SAID.encode() not in file.read_bytes(), file.name
        assert await HomeTable(database).settings() == {"volume": 3}
    finally:
        await database.close()


async def test_somebody_who_reads_meanwhile_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.store.purge._BUSY_S", 0.05)
    path = tmp_path / "hearth.db"
    database = await Database.open(path)
    await lived_in(database)
    await database.close()
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchone()
    try:
        with pytest.raises(StoreError):
            await asyncio.to_thread(scrub, path)
    finally:
        reader.close()
    scrub(path)


def test_copies_are_found_beside_the_database(tmp_path: Path) -> None:
    (tmp_path / "before-restore-1").mkdir()
    for name in ("hearth.db", "hearth.db.damaged-1", "before-restore-1/hearth.db", "before-restore-1/hearth.toml"):
        (tmp_path / name).touch()
    (tmp_path / "hearth.db.damaged-2").symlink_to(tmp_path / "hearth.db")
    found = {str(path.relative_to(tmp_path)) for path in copies(tmp_path / "hearth.db")}
    assert found == {"hearth.db.damaged-1", "before-restore-1/hearth.db"}
