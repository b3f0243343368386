"""`hearth privacy ledger` and `purge`: what was connected, and forgetting."""

import asyncio
import time
from pathlib import Path

from hub.core.paths import HomePaths
from hub.core.running import the_only_hub
from hub.store.database import Database
from hub.store.ledger import LedgerTable
from tests.command import failed, hearth, lines_of

SAID = "xylophone marzipan"
HOUR = 3_600.0


def connected(home: Path, *rows: tuple[str, str, int, float]) -> None:
    """Enter connections (who, where, bytes out, at) into the home's ledger."""

    async def enter() -> None:
        database = await Database.open(home / "hearth.db")
        for who, where, out, at in rows:
            await LedgerTable(database).record(who, where, out, 7, "to try [bold]it[/]", at)
        await database.close()

    asyncio.run(enter())


def bytes_of(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_the_ledger_tells_every_connection(home: Path) -> None:
    now = time.time()
    connected(home, ("mqtt", "broker:1883 (192.168.0.2)", 1200, now - 49 * HOUR), ("hub", "10.0.0.9:80", 5, now - HOUR))
    lines = lines_of(hearth("privacy", "ledger", "--json", "--config", home))
    assert [line["where"] for line in lines] == ["broker:1883 (192.168.0.2)", "10.0.0.9:80"]
    assert set(lines[0]) == {"id", "at", "who", "where", "bytes_out", "bytes_in", "why"}
    assert (lines[0]["bytes_out"], lines[0]["bytes_in"]) == (1200, 7)
    ran = hearth("privacy", "ledger", "--config", home, COLUMNS="200")
    assert "1,205 bytes sent, 14 received" in ran.stdout
    assert "to try [bold]it[/]" in ran.stdout, "what stands in a row is text"


def test_the_ledger_can_be_narrowed(home: Path) -> None:
    now = time.time()
    connected(home, ("mqtt", "a:1", 1, now - 49 * HOUR), ("hub", "b:1", 1, now - HOUR), ("mqtt", "c:1", 1, now - HOUR))

    def places(*options: str) -> list[str]:
        return [line["where"] for line in lines_of(hearth("privacy", "ledger", "--json", "--config", home, *options))]

    assert places("--since", "2d") == places("--since", "2026-01-01", "--limit", "2") == ["b:1", "c:1"]
    assert places("--since", "2d", "--who", "mqtt") == ["c:1"]
    assert hearth("privacy", "ledger", "--since", "yore", "--config", home).returncode == 2
    assert "no connection" in hearth("privacy", "ledger", "--who", "nobody", "--config", home).stdout


def test_purging_deletes_history_down_to_the_last_byte(home: Path) -> None:
    hearth("say", SAID, "--config", home)
    assert hearth("say", "turn on the kitchen light", "--config", home).returncode == 0
    connected(home, ("mqtt", "a:1", 1, time.time()))
    (home / "hearth.db.damaged-20260101-000000").write_text(SAID)
    assert SAID.encode() in bytes_of(home)
    failed(hearth("privacy", "purge", "--config", home), "nothing was deleted", "--yes")
    told = hearth("privacy", "purge", "--config", home).stdout
    assert "what was said, seen and done" in told
    ran = hearth("privacy", "purge", "--yes", "--json", "--config", home)
    assert ran.returncode == 0, ran.stderr
    gone = {line["what"]: line["rows"] for line in lines_of(ran)}
    assert gone["events"] > 0 and gone["states"] > 0 and gone["copies"] == 1
    assert all(line["gone"] for line in lines_of(ran))
    assert SAID.encode() not in bytes_of(home)
    assert not list(home.glob("*.damaged-*"))
    left = lines_of(hearth("privacy", "ledger", "--json", "--config", home))
    assert [line["where"] for line in left] == ["a:1"], "the ledger stays"
    states = {line["entity"]: line["traits"] for line in lines_of(hearth("home", "--json", "--config", home))}
    assert states["light.kitchen"]["OnOff"] is True, "so does the home as it stands"
    lines_of(hearth("privacy", "purge", "--yes", "--ledger", "--json", "--config", home))
    assert lines_of(hearth("privacy", "ledger", "--json", "--config", home)) == []


def test_a_script_that_does_not_say_yes_is_told_and_nothing_goes(home: Path) -> None:
    hearth("say", SAID, "--config", home)
    ran = hearth("privacy", "purge", "--json", "--config", home)
    failed(ran, "nothing was deleted")
    assert not any(line["gone"] for line in lines_of(ran))
    assert SAID.encode() in bytes_of(home)


def test_what_a_running_hub_remembers_is_not_purged_under_it(home: Path) -> None:
    with the_only_hub(HomePaths(home), "http://127.0.0.1:8420/"):
        failed(hearth("privacy", "purge", "--yes", "--config", home), "a hub runs over", "stop it")
