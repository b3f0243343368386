"""`hearth bench history`: how fast history is written, and how much disk a row takes.

State changes go the whole way: state table, bus, history, committed to a SQLite file. The reference is Home
Assistant's recorder (2026.11, SQLite): 1,000 to 1,900 rows a second at 147 bytes a row. It needs a whole running
Home Assistant, so it is not started here.
"""

import asyncio
import random
import tempfile
import time
from pathlib import Path

from hub.bench.measure import Measure, compare
from hub.core.bus import Bus
from hub.core.states import StateTable
from hub.store.database import Database
from hub.store.history import History

ROWS = 200_000
SERIES = 1_000
REFERENCE = "Home Assistant 2026.11 recorder (reference: 1,000 to 1,900 rows/s, 147 bytes)"


async def _write(path: Path, rows: int) -> tuple[float, float, float]:
    """Rows a second from a full buffer to the disk, rows a second with the making of the events, bytes a row."""
    database = await Database.open(path)
    bus = Bus()
    history = History(database, bus, most_waiting=2 * rows)
    table = StateTable(bus)
    dice = random.Random(8420)  # noqa: S311 -- readings, not secrets
    entities = [f"sensor.room_{n}_temperature" for n in range(SERIES)]
    readings = [(dice.choice(entities), dice.gauss(21.0, 4.0)) for _ in range(rows)]
    began = time.perf_counter()
    for entity, reading in readings:
        table.set(entity, "Measure", round(reading, 2))
    made = time.perf_counter()
    await history.flush()
    ended = time.perf_counter()
    written = history.written
    await history.close()
    await database.close()  # the last connection folds the journal into the file
    size = path.stat().st_size  # noqa: ASYNC240 -- nothing else runs on this loop
    return written / (ended - made), written / (ended - began), size / written


async def _measure(rows: int) -> list[Measure]:
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder:
        runs = [await _write(Path(folder) / f"{n}.db", rows) for n in range(3)]
    rates, whole, sizes = zip(*runs, strict=True)
    return [
        compare("history", "rows committed", max(rates), "rows/s", peer_name=REFERENCE, target=50_000.0),
        compare("history", "rows from state change to disk", max(whole), "rows/s", peer_name=REFERENCE),
        compare("history", "disk", min(sizes), "bytes/row", peer_name=REFERENCE, target=60.0, lower_is_better=True),
    ]


def measure(rows: int = ROWS) -> list[Measure]:
    """The lines of the benchmark, the best of three runs each."""
    return asyncio.run(_measure(rows))
