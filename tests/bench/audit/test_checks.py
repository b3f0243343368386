"""The checks that need no hub: retention, the ledger, media types, and who connects where."""

import pickle
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert

from hub.bench.audit.checks import nothing_left_home
from hub.bench.audit.dialled import Dialled
from hub.bench.audit.processes import family
from hub.bench.audit.refusals import WAYS_OUT, media_refuses
from hub.bench.audit.retention import old_rows_are_gone
from hub.core.settings import StoreSettings
from hub.guard.egress import Destination
from hub.store import schema
from hub.store.database import Database
from hub.store.ledger import LedgerRow, address_of
from hub.store.values import first_id_at, milliseconds

DAY = 86_400.0


def row(where: str, why: str = "to try") -> LedgerRow:
    return LedgerRow(id=1, at=0.0, who="mqtt", where=where, bytes_out=5, bytes_in=6, why=why)


@pytest.mark.parametrize(
    "where", ["127.0.0.1:1", "10.0.0.2:80", "broker:1883 (192.168.1.9)", "[fd00::1]:443", "::1:80"]
)
def test_the_home_is_the_home(where: str) -> None:
    assert nothing_left_home([row(where)]).ok


@pytest.mark.parametrize("where", ["8.8.8.8:53", "example.org:443 (93.184.216.34)", "2001:db8::1:443", "nowhere:80"])
def test_what_left_the_home_is_named(where: str) -> None:
    found = nothing_left_home([row("10.0.0.2:80"), row(where), row(where)])
    assert not found.ok and found.detail.count(where) == 1
    assert nothing_left_home([row(where, "refused: to try")]).ok, "what was refused went nowhere"


def test_what_the_household_agreed_to_is_told_and_is_no_leak() -> None:
    rows = [
        msgspec.structs.replace(row("api.example.org:443 (93.184.216.34)"), who=who) for who in ("skill:a", "skill:b")
    ]
    agreed = {"skill:a": [Destination("api.example.org", 443)], "skill:b": [Destination("*.example.net")]}
    assert "skill:a to api.example.org" in nothing_left_home(rows[:1], agreed).detail
    assert not nothing_left_home(rows, agreed).ok


def test_a_row_says_where() -> None:
    assert address_of(row("broker:1883 (192.168.1.9)")) == ("192.168.1.9", 1883)
    assert address_of(row("fe80::1:1883")) == ("fe80::1", 1883)
    assert address_of(row("10.0.0.2:80", "refused: no")) is None


@pytest.mark.parametrize("table", ["states", "events", "commands", "ledger", "examples"])
async def test_an_expired_row_is_named(table: str, tmp_path: Path) -> None:
    now = time.time()
    days = {"ledger": 367, "examples": 93}.get(table, 31)
    old, id_at = now - days * DAY, first_id_at(now - days * DAY)
    rows: dict[str, dict[str, Any]] = {
        "states": {"id": id_at, "series": 1, "form": 1},
        "events": {"id": id_at, "type": "WakeHeard", "payload": "{}"},
        "commands": {"id": 1, "entity": "a", "data": "{}", "ended": milliseconds(old), "code": "", "reason": ""},
        "ledger": {"at": milliseconds(old), "who": "", "host": "", "bytes_out": 0, "bytes_in": 0, "why": ""},
        "examples": {"kind": "gesture", "at": milliseconds(old), "sealed": b""},
    }
    database = await Database.open(tmp_path / "hearth.db")
    try:
        assert (await old_rows_are_gone(database, StoreSettings(), now)).ok
        await database.write(insert(schema.metadata.tables[table]).values(rows[table]))
        found = await old_rows_are_gone(database, StoreSettings(), now)
        assert not found.ok and f"1 rows of {table} are older than" in found.detail
        assert (await old_rows_are_gone(database, StoreSettings(), old + DAY)).ok, "younger rows may stay"
    finally:
        await database.close()


def test_media_types_refuse_every_way_out_and_one_that_opens_is_named() -> None:
    assert media_refuses().ok
    found = media_refuses({**WAYS_OUT, "a hole": lambda media: pickle.dumps(getattr(media, "samples", 1))})
    assert not found.ok and "sound got out by a hole" in found.detail and "pickle" not in found.detail


def test_what_this_process_and_its_children_connect_to_is_seen() -> None:
    hold = "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); sys.stdin.read()"
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        places = [("127.0.0.1", server.getsockname()[1]) for server in (first, second)]
        with Dialled() as dialled:
            socket.create_connection(places[0]).close()
            command = [sys.executable, "-c", hold, str(places[1][1])]
            with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
                connection, _ = second.accept()
                assert child.pid in family()
                until = time.monotonic() + 20
                while places[1] not in dialled.places and time.monotonic() < until:
                    time.sleep(0.01)
                child.communicate()
            connection.close()
            sys.audit("socket.getaddrinfo", "no-such-name.invalid", 80, 0, 0, 0)  # as a look-up begins
            sys.audit("socket.getaddrinfo", b"10.0.0.2", 80, 0, 0, 0)
        assert set(places) <= dialled.places
        assert dialled.names == {"no-such-name.invalid"}
        socket.create_connection(places[0]).close()


def test_its_own_end_is_left_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as ours, server.accept()[0]:
            with Dialled(port) as dialled:
                time.sleep(0.2)
            assert ("127.0.0.1", ours.getsockname()[1]) not in dialled.places
