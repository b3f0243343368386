"""kill -9 at any moment: what was acknowledged is there afterwards."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hub.core.clock import SystemClock
from hub.store.command_log import CommandLog
from hub.store.database import Database
from hub.store.home_table import HomeTable
from hub.store.plugin_data import PluginData
from hub.store.sqlite_file import check_file
from hub.store.timers import Timers

WRITER = """
import asyncio, sys
from hub.core.bus import Bus
from hub.core.events import CommandDone, CommandSent
from hub.core.states import StateTable
from hub.sdk.context import StoredTimer
from hub.store.command_log import CommandLog
from hub.store.database import Database
from hub.store.history import History
from hub.store.home_table import HomeTable
from hub.store.plugin_data import PluginData
from hub.store.timers import Timers

def said(line):
    sys.stdout.write(line + "\\n")
    sys.stdout.flush()

async def settings(home, start):
    for n in range(start, 10**6):
        await home.set_setting(f"key{n}", n)
        said(f"setting {n}")

async def values(data, start):
    for n in range(start, 10**6):
        await data.set("plugin", f"key{n % 100}", n)
        said(f"value {n}")

async def timers(table, start):
    for n in range(start, 10**6):
        await table.add("skill", StoredTimer(id=str(n), handler="ring", due=float(n)))
        said(f"timer {n}")

async def commands(log, start):
    for n in range(start, 10**6):
        await log.commit(CommandSent(id=n, command=n, entity="light.a", trait="OnOff", value=True))
        await log.commit(CommandDone(command=n, entity="light.a", trait="OnOff", value=True))
        said(f"command {n}")

async def states(history, table):
    for n in range(10**6):
        table.set(f"sensor.s{n % 50}", "Measure", n / 10)
        if n % 500 == 499:
            await history.flush()
            said(f"state {history.written}")

async def main(path, start):
    database = await Database.open(path)
    bus = Bus()
    history = History(database, bus)
    await asyncio.gather(
        settings(HomeTable(database), start), values(PluginData(database), start),
        timers(Timers(database), start), commands(CommandLog(database), start), states(history, StateTable(bus)),
    )

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def _run_and_kill(path: Path, start: int, acknowledgements: int) -> dict[str, int]:
    """Start the writer, kill it after so many acknowledgements; the last one of each kind that it gave."""
    command = [sys.executable, "-c", WRITER, str(path), str(start)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    last: dict[str, int] = {}
    for number, line in enumerate(process.stdout):
        if number == acknowledgements:
            process.send_signal(signal.SIGKILL)
        if line.endswith("\n"):  # the pipe still holds what was said before the end
            kind, value = line.split()
            last[kind] = int(value)
    process.stdout.close()
    assert process.wait(30) == -signal.SIGKILL
    return last


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
async def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "hearth.db"
    dice = random.Random(20_251)
    start, rows = 1, 0
    for _ in range(4):
        last = _run_and_kill(path, start, dice.randrange(40, 400))
        assert {"setting", "value", "timer", "command"} <= set(last)
        assert check_file(path) == []
        database = await Database.open(path)
        settings = await HomeTable(database).settings()
        assert [n for n in range(1, last["setting"] + 1) if settings.get(f"key{n}") != n] == []
        for n in range(max(1, last["value"] - 99), last["value"] + 1):
            assert (await PluginData(database).get("plugin", f"key{n % 100}") or 0) >= n
        timers = {int(row.timer.id) for row in await Timers(database).pending("skill")}
        assert set(range(1, last["timer"] + 1)) <= timers
        log = CommandLog(database, SystemClock())
        for n in range(max(1, last["command"] - 50), last["command"] + 1):
            result = await log.result(n)
            assert result is not None
            assert result.ok
        found = await database.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM states").scalar_one())
        rows += last.get("state", 0)
        assert found >= rows
        rows = found
        # The next round goes on behind all that is there, so that each kind stays without gaps.
        start = 1 + min(last[kind] for kind in ("setting", "timer", "command"))
        await database.close()
