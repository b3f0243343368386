import asyncio
import math
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.core.bus import Bus
from hub.core.errors import StoreError
from hub.core.events import (
    CommandSent,
    Event,
    GestureSeen,
    HandPointed,
    NotUnderstood,
    Origin,
    SpeechTranscribed,
    StateChanged,
    TaskFailed,
    Value,
)
from hub.core.ids import new_id
from hub.core.states import StateTable
from hub.core.supervisor import Supervisor
from hub.store.database import Database
from hub.store.history import History


@pytest.fixture
async def history(database: Database, bus: Bus) -> AsyncIterator[History]:
    made = History(database, bus)
    yield made
    await made.close()


def _changes(bus: Bus, entity: str, *values: Value, trait: str = "Level") -> list[int]:
    table = StateTable(bus)
    published = [table.set(entity, trait, value) for value in values]
    return [event.id for event in published if event is not None]


async def test_changes_are_kept_with_value_type_origin_and_causes(
    database: Database, bus: Bus, history: History
) -> None:
    table = StateTable(bus)
    origin = Origin(hub="h", area="kitchen", source="mqtt")
    for value in (True, 40, 21.5, "playing", None):
        table.set("light.kitchen", "Level", value, origin=origin, causes=(7, 2**62))
    rows = await history.states("light.kitchen", "Level")
    assert [row.value for row in rows] == [True, 40, 21.5, "playing", None]
    assert [type(row.value) for row in rows] == [bool, int, float, str, type(None)]
    assert all(row.origin == origin and row.causes == (7, 2**62) for row in rows)
    assert all(abs(row.at - time.time()) < 60 for row in rows)


async def test_states_are_found_by_trait_time_and_limit(bus: Bus, history: History) -> None:
    start = time.time()
    for n in range(10):
        at = start + n
        event = ((int(at * 1000) - 1_735_689_600_000) << 21) | n
        bus.publish(StateChanged(id=event, at=at, entity="sensor.a", trait="Measure", value=n))
    _changes(bus, "sensor.a", "x", trait="Text")
    assert [row.value for row in await history.states("sensor.a", "Measure", limit=3)] == [7, 8, 9]
    assert [row.value for row in await history.states("sensor.a", "Measure", start + 2, start + 5)] == [2, 3, 4]
    assert len(await history.states("sensor.a")) == 11
    assert await history.states("sensor.b") == []
    assert await history.states("sensor.a", limit=0) == []
    assert await history.states("sensor.a", since=-5e12, until=-1e12) == []


async def test_the_graph_of_causes_can_be_walked_at_once(bus: Bus, history: History) -> None:
    heard = SpeechTranscribed(
        stream="mic", text="light on", confidence=0.9, t_start=0, t_end=1, origin=Origin(area="a")
    )
    sent = CommandSent(command=new_id(), entity="light.a", trait="OnOff", value=True, causes=(heard.id,))
    for event in (heard, sent):
        bus.publish(event)
    StateTable(bus).set("light.a", "OnOff", True, causes=(sent.id,))
    change = await history.last_state_change("light.a")
    assert change is not None
    assert change.causes == (sent.id,)
    found = await history.event(sent.id)
    assert isinstance(found, CommandSent)
    assert (found.command, found.causes) == (sent.command, (heard.id,))
    first = await history.event(heard.id)
    assert isinstance(first, SpeechTranscribed)
    assert (first.text, first.origin, first.confidence) == ("light on", Origin(area="a"), 0.9)
    assert isinstance(await history.event(change.id), StateChanged)
    assert [e.id for e in await history.events([change.id, heard.id, 12345, -1, 2**70])] == [heard.id, change.id]
    assert await history.event(12345) is None


async def test_recent_events_are_newest_first_and_by_type(bus: Bus, history: History) -> None:
    events: list[Event] = [NotUnderstood(text=str(n), reason="r") for n in range(5)]
    events.append(TaskFailed(task="t", error="e", restart_s=1.0))
    for event in events:
        bus.publish(event)
    newest = await history.recent_events(limit=2)
    assert [e.id for e in newest] == [events[5].id, events[4].id]
    texts = [e.text for e in await history.recent_events(["NotUnderstood"]) if isinstance(e, NotUnderstood)]
    assert texts == ["4", "3", "2", "1", "0"]
    assert [e.id for e in await history.recent_events(before=events[1].id)] == [events[0].id]


async def test_where_a_finger_points_is_not_kept(bus: Bus, history: History) -> None:
    pointed = HandPointed(stream="camera.hall", x=0.5, y=0.5, dx=1.0, dy=0.0, aspect=1.3, t=1.0)
    seen = GestureSeen(stream="camera.hall", name="point", hand="left", confidence=0.9, t=1.0)
    for event in (pointed, seen):
        bus.publish(event)
    assert [event.id for event in await history.events([pointed.id, seen.id])] == [seen.id]


async def test_a_restart_finds_how_everything_stood(database: Database, bus: Bus) -> None:
    first = History(database, bus)
    _changes(bus, "light.a", 10, 20, 30)
    _changes(bus, "light.b", "on", trait="Mode")
    await first.close()
    _changes(bus, "light.a", 99)  # nobody listens any more
    again = History(database, Bus())
    rows = {(row.entity, row.trait): row.value for row in await again.last_states()}
    assert rows == {("light.a", "Level"): 30, ("light.b", "Mode"): "on"}
    second_bus = Bus()
    third = History(database, second_bus)
    _changes(second_bus, "light.a", 40)  # the series is known by its number
    assert [row.value for row in await third.states("light.a")] == [10, 20, 30, 40]
    await again.close()
    await third.close()


async def test_the_same_event_twice_is_one_row(bus: Bus, history: History) -> None:
    event = StateChanged(entity="light.a", trait="OnOff", value=True)
    bus.publish(event)
    await history.flush()
    bus.publish(event)
    assert len(await history.states("light.a")) == 1


HOSTILE = ["\x00", "\ud800", "<b>", "\u202egnp", "x" * 100_000, "'; DROP TABLE states; --", "\U0001f600"]


async def test_hostile_text_is_data(bus: Bus, history: History) -> None:
    table = StateTable(bus)
    for value in HOSTILE:
        table.set("sensor.a", "Text", value)
        bus.publish(NotUnderstood(text=value, reason=value))
    values = [row.value for row in await history.states("sensor.a", "Text")]
    assert values == ["\ufffd", "?", *HOSTILE[2:]]
    texts = [e.text for e in reversed(await history.recent_events()) if isinstance(e, NotUnderstood)]
    assert texts == [HOSTILE[0], *values[1:]]  # as JSON even NUL is kept
    assert history.dropped == 0


async def test_numbers_beyond_the_ordinary_are_kept(bus: Bus, history: History) -> None:
    _changes(bus, "sensor.a", 2**200, -(2**63), math.inf, math.nan, -0.001)
    values = [row.value for row in await history.states("sensor.a")]
    assert values[:3] == [2**200, -(2**63), math.inf]
    assert isinstance(values[3], float)
    assert math.isnan(values[3])
    assert values[4] == -0.001


async def test_an_event_that_cannot_be_stored_is_the_only_one_lost(sqlite: Database, bus: Bus) -> None:
    history = History(sqlite, bus)
    for n in range(100):
        bus.publish(NotUnderstood(id=2**64 if n == 41 else new_id(), text=str(n), reason=""))
    await history.flush()
    kept = [e.text for e in await history.recent_events(limit=200) if isinstance(e, NotUnderstood)]
    assert sorted(kept, key=int) == [str(n) for n in range(100) if n != 41]
    assert (history.dropped, history.written) == (1, 99)
    await history.close()


async def _until(condition: object) -> None:
    async with asyncio.timeout(30):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.01)


async def test_rows_are_written_by_themselves(database: Database, bus: Bus) -> None:
    history = History(database, bus, every_s=0.01)
    task = asyncio.ensure_future(history.run())
    _changes(bus, "light.a", 1, 2)
    await _until(lambda: history.written == 2)
    assert history.waiting == 0
    task.cancel()
    await history.close()


async def test_many_rows_do_not_wait_for_the_second_to_end(database: Database, bus: Bus) -> None:
    history = History(database, bus, every_s=3600.0, batch_rows=10)
    task = asyncio.ensure_future(history.run())
    await asyncio.sleep(0)
    _changes(bus, "light.a", *range(10))
    await _until(lambda: history.written == 10)
    task.cancel()
    await history.close()


async def test_a_locked_database_is_reported_and_loses_nothing(sqlite: Database, bus: Bus) -> None:
    reports: list[TaskFailed] = []
    bus.subscribe(TaskFailed, reports.append)
    history = History(sqlite, bus, every_s=0.01)
    supervisor = Supervisor(bus, first_wait_s=0.01, longest_wait_s=0.02)
    other = sqlite3.connect(sqlite.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    supervisor.start("history", history.run)
    _changes(bus, "light.a", *range(50))
    await _until(lambda: len(reports) >= 2)
    assert "locked" in reports[0].error
    assert history.waiting >= 50
    other.execute("ROLLBACK")
    other.close()
    await _until(lambda: history.waiting == 0)
    assert [row.value for row in await history.states("light.a")] == list(range(50))
    assert history.dropped == 0
    await supervisor.close()
    await history.close()


async def test_a_full_disk_is_an_error_with_a_remedy_and_loses_nothing(sqlite: Database, bus: Bus) -> None:
    history = History(sqlite, bus)
    await history.flush()
    # One writer, one connection at a time: the pool gives it again.
    pages = await sqlite.transaction(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar())
    await sqlite.write(text(f"PRAGMA max_page_count = {pages}"))
    for n in range(2_000):
        bus.publish(NotUnderstood(text=f"{n:05}" * 20, reason=""))
    with pytest.raises(StoreError, match="full") as caught:
        await history.flush()
    assert "space" in caught.value.remedy
    assert history.waiting == 2_000
    await sqlite.write(text("PRAGMA max_page_count = 1000000"))
    await history.flush()
    assert len(await history.recent_events(limit=10_000)) == 2_000
    assert (history.waiting, history.dropped) == (0, 0)
    await history.close()


async def test_memory_is_bounded_while_nothing_can_be_written_and_the_loss_is_told(sqlite: Database, bus: Bus) -> None:
    reports: list[TaskFailed] = []
    bus.subscribe(TaskFailed, reports.append)
    history = History(sqlite, bus, every_s=0.0, batch_rows=100, most_waiting=1_000)
    _changes(bus, "sensor.a", *range(5_000))
    assert history.waiting <= 1_000
    assert history.dropped == 5_000 - history.waiting
    lost = history.dropped
    task = asyncio.ensure_future(history.run())
    await _until(lambda: reports)
    assert str(lost) in reports[0].error
    values = [row.value for row in await history.states("sensor.a", limit=5_000)]
    assert values == list(range(lost, 5_000))  # the newest are kept
    task.cancel()
    await history.close()


async def test_closing_gives_up_on_a_locked_database_and_says_so(sqlite: Database, bus: Bus) -> None:
    reports: list[TaskFailed] = []
    bus.subscribe(TaskFailed, reports.append)
    history = History(sqlite, bus)
    other = sqlite3.connect(sqlite.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    _changes(bus, "sensor.a", 1, 2, 3)
    await history.close()
    other.close()
    assert history.dropped == 3
    assert "3 rows" in reports[-1].error


async def test_an_event_of_a_newer_hub_is_left_out(tmp_path: Path, bus: Bus) -> None:
    database = await Database.open(tmp_path / "hearth.db")
    history = History(database, bus)
    bus.publish(NotUnderstood(text="a", reason=""))
    bus.publish(NotUnderstood(text="b", reason=""))
    await history.flush()
    await database.write(
        text("UPDATE events SET type = 'Teleported' WHERE payload LIKE '%\"a\"%'"),
        text("INSERT INTO events (id, type, payload) VALUES (5, 'NotUnderstood', '{broken')"),
    )
    assert [e.text for e in await history.recent_events() if isinstance(e, NotUnderstood)] == ["b"]
    await history.close()
    await database.close()


async def test_a_row_of_history_takes_no_more_than_60_bytes(sqlite: Database, bus: Bus) -> None:
    history = History(sqlite, bus)
    table = StateTable(bus)
    for n in range(20_000):
        table.set(f"sensor.number_{n % 200}", "Measure", round(math.sin(n) * 40, 2))
    await history.flush()
    pages = await sqlite.read(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
    size = await sqlite.read(lambda c: c.exec_driver_sql("PRAGMA page_size").scalar_one())
    assert pages * size / history.written <= 60
    await history.close()
