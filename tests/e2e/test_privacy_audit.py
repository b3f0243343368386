"""`hearth privacy audit` of the real hub: it hears and sees the canaries, and nothing of them is left."""

import asyncio
from pathlib import Path

import pytest

from hub.guard.sealing.syscalls import this_architecture
from hub.store.database import Database
from hub.store.ledger import LedgerTable
from tests.command import failed, hearth, lines_of

pytestmark = [
    pytest.mark.sealed,
    pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64"),
]
CHECKS = ["media types", "skills", "retention", "workers", "sound", "picture", "connections", "network"]


@pytest.mark.slow
@pytest.mark.eyes
def test_nothing_of_what_was_heard_and_seen_is_left() -> None:
    ran = hearth("privacy", "audit", "--json", "--config", "demo")
    assert ran.returncode == 0, f"{ran.stdout}{ran.stderr}"
    lines = lines_of(ran)
    assert [line["check"] for line in lines] == CHECKS
    assert all(set(line) == {"check", "ok", "detail"} and line["ok"] is True for line in lines)


def test_what_left_the_home_fails_it_and_is_named(demo_home: Path) -> None:
    async def enter() -> None:
        database = await Database.open(demo_home / "hearth.db")
        await LedgerTable(database).record("mqtt", "example.org:443 (93.184.216.34)", 7, 8, "to tell", 1.8e9)
        await database.close()

    asyncio.run(enter())
    ran = hearth("privacy", "audit", "--no-picture", "--config", demo_home)
    failed(ran, "not as it must be: network")
    [told] = [line for line in ran.stdout.splitlines() if line.startswith("✗")]
    assert "mqtt connected to example.org:443 (93.184.216.34)" in told
