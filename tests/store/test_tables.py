import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.entities import Area, Entity, Person
from hub.core.errors import ValueRefusedError
from hub.core.events import CommandDone, CommandFailed, CommandSent, NotUnderstood, StateChanged
from hub.core.ids import EPOCH_MS
from hub.core.traits import TraitConfig
from hub.sdk.context import StoredTimer
from hub.store import plugin_data as plugin_data_module
from hub.store.command_log import CommandLog
from hub.store.database import Database
from hub.store.history import History
from hub.store.home_table import HomeTable
from hub.store.ledger import LedgerTable
from hub.store.plugin_data import PluginData
from hub.store.retention import Retention
from hub.store.schema import home_objects, ledger
from hub.store.timers import Timers


async def test_areas_people_and_entities_come_back_as_they_were(database: Database) -> None:
    home = HomeTable(database)
    area = Area(id="kitchen", name="Kitchen", floor="down", names={"de": ("Küche",)})
    person = Person(id="ann", name="Ann", aliases=("mum",))
    lamp = Entity(id="light.a", name="<b>A</b>", area="kitchen", traits={"Level": TraitConfig(max=80)}, exposed=False)
    await home.set_area(area)
    await home.set_person(person)
    await home.set_entity(lamp, Entity(id="light.b", name="B"))
    assert await home.areas() == {"kitchen": area}
    assert await home.people() == {"ann": person}
    assert (await home.entities())["light.a"] == lamp
    await home.set_area(Area(id="kitchen", name="Galley"))
    assert (await home.areas())["kitchen"].name == "Galley"
    assert await home.delete_area("kitchen") is True
    assert await home.delete_area("kitchen") is False
    assert await home.delete_person("ann") is True
    assert await home.delete_entity("light.b") is True
    assert list(await home.entities()) == ["light.a"]


async def test_overrides_are_kept_and_go_with_their_entity(database: Database) -> None:
    home = HomeTable(database)
    await home.set_entity(Entity(id="light.a", name="A"))
    await home.overrides.save("light.a", {"name": "Lamp", "aliases": ["spot"], "exposed": True})
    await home.overrides.save("light.b", {"area": ""})
    assert await home.overrides.load() == {
        "light.a": {"name": "Lamp", "aliases": ["spot"], "exposed": True},
        "light.b": {"area": ""},
    }
    await home.overrides.save("light.b", {})
    await home.delete_entity("light.a")
    assert await home.overrides.load() == {}


async def test_settings_are_typed_and_fall_back(database: Database) -> None:
    home = HomeTable(database)
    await home.set_setting("volume", 40)
    await home.set_setting("wake", {"word": "hey_jarvis"})
    assert await home.setting("volume", int, 10) == 40
    assert await home.setting("volume", str, "loud") == "loud"  # what is kept is no text
    assert await home.setting("absent", int, 10) == 10
    assert await home.settings() == {"volume": 40, "wake": {"word": "hey_jarvis"}}
    assert await home.delete_setting("volume") is True
    assert await home.delete_setting("volume") is False


async def test_a_broken_row_hurts_only_itself(database: Database) -> None:
    home = HomeTable(database)
    await home.set_entity(Entity(id="light.a", name="A"))
    for key, data in (("light.b", "{"), ("light.c", '{"id": "light.c"}'), ("nonsense", '{"id": "x", "name": "y"}')):
        await database.write(insert(home_objects).values(kind="entity", id=key, data=data, changed=0))
    assert list(await home.entities()) == ["light.a"]


@pytest.mark.parametrize("key", ["", "x" * 201])
async def test_ids_have_bounds(database: Database, key: str) -> None:
    with pytest.raises(ValueRefusedError):
        await HomeTable(database).set_setting(key, 1)


async def test_what_is_too_large_or_no_json_is_refused(database: Database) -> None:
    home = HomeTable(database)
    for value in ("x" * 300_000, object(), "\ud800"):
        with pytest.raises(ValueRefusedError):
            await home.set_setting("a", value)
    assert await home.settings() == {}


async def test_each_plugin_has_values_of_its_own(database: Database) -> None:
    data = PluginData(database)
    await data.set("timer", "a", {"n": [1, 2.5, None, "ü"]})
    await data.set("alarm", "a", 2)
    await data.set("alarm", "a", 3)
    assert await data.get("timer", "a") == {"n": [1, 2.5, None, "ü"]}
    assert await data.get("alarm", "a") == 3
    assert await data.get("alarm", "b") is None
    assert await data.delete("timer", "a") is True
    assert await data.delete("timer", "a") is False
    assert await data.keys("timer") == []
    for key in ("x_1", "X_1", "x%", "xa"):
        await data.set("timer", key, 0)
    assert await data.keys("timer", "x_") == ["x_1"]
    assert await data.keys("timer", "x%") == ["x%"]
    assert await data.clear("timer") == 4
    assert await data.keys("alarm") == ["a"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("", 1), ("x" * 201, 1), (5, 1), ("a", object()), ("a", "x" * 300_000), ("a", "\ud800")],
)
async def test_a_plugin_cannot_keep_what_is_no_small_json(database: Database, key: Any, value: Any) -> None:
    data = PluginData(database)
    with pytest.raises(ValueRefusedError):
        await data.set("p", key, value)
    assert await data.keys("p") == []


async def test_a_plugin_cannot_fill_the_disk_with_keys(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin_data_module, "MOST_KEYS", 3)
    data = PluginData(database)
    for key in "abc":
        await data.set("p", key, 1)
    with pytest.raises(ValueRefusedError, match="3 values"):
        await data.set("p", "d", 1)
    await data.set("p", "a", 2)  # changing one is no new one
    await data.set("q", "d", 1)


async def test_timers_are_found_in_the_order_they_come_due(database: Database) -> None:
    timers = Timers(database)
    egg = StoredTimer(id="1", handler="ring", due=200.0, arguments={"name": "egg"}, area="kitchen", created=1.0)
    await timers.add("timer", egg)
    await timers.add("alarm", StoredTimer(id="1", handler="wake", due=100.5))
    await timers.add("timer", StoredTimer(id="2", handler="ring", due=300.0))
    assert await timers.next_due() == 100.5
    assert [(t.skill, t.timer.id) for t in await timers.pending()] == [("alarm", "1"), ("timer", "1"), ("timer", "2")]
    assert (await timers.pending("timer"))[0].timer == egg
    assert [t.skill for t in await timers.due(200.0)] == ["alarm", "timer"]
    assert await timers.due(100.0) == []
    assert await timers.cancel("timer", "1") is True
    assert await timers.cancel("timer", "1") is False
    await timers.add("timer", StoredTimer(id="2", handler="ring", due=50.0))
    assert await timers.next_due() == 50.0
    with pytest.raises(ValueRefusedError):
        await timers.add("timer", StoredTimer(id="3", handler="ring", due=1.0, arguments={"x": object()}))


async def test_the_ledger_tells_who_talked_where_and_why(database: Database) -> None:
    table = LedgerTable(database)
    await table.record("mqtt", "192.168.1.4:1883", 2**40, 10, "the household's broker", 1000.25)
    await table.record("weather", "api.example:443", 5, 6, "w" * 5000, 2000.0)
    newest, oldest = await table.rows()
    assert (oldest.who, oldest.where, oldest.bytes_out, oldest.bytes_in) == ("mqtt", "192.168.1.4:1883", 2**40, 10)
    assert (oldest.why, oldest.at) == ("the household's broker", 1000.25)
    assert len(newest.why) == 500
    assert [row.who for row in await table.rows(since=1500.0)] == ["weather"]
    assert [row.who for row in await table.rows(who="mqtt")] == ["mqtt"]
    assert len(await table.rows(limit=1)) == 1


def _sent(number: int) -> CommandSent:
    return CommandSent(id=number, command=number, entity="light.a", trait="OnOff", value=True)


def _failed(number: int) -> CommandFailed:
    return CommandFailed(
        command=number, entity="light.a", trait="OnOff", value=True, code="timeout", reason="no answer"
    )


async def test_a_command_is_under_way_until_its_end_is_recorded(database: Database) -> None:
    log = CommandLog(database)
    for number in (1, 2, 3):
        await log.commit(_sent(number))
    await log.commit(CommandDone(command=1, entity="light.a", trait="OnOff", value=True))
    await log.commit(_failed(2))
    assert [c.command for c in await log.interrupted()] == [3]
    done, failed = await log.result(1), await log.result(2)
    assert done is not None
    assert done.ok
    assert failed is not None
    assert (failed.ok, failed.code, failed.reason) == (False, "timeout", "no answer")
    assert await log.result(3) is None
    assert await log.result(4) is None


async def test_an_end_recorded_before_its_sending_stands(database: Database) -> None:
    log = CommandLog(database)
    await log.commit(_failed(1))
    await log.commit(_sent(1))
    assert await log.interrupted() == []


async def test_an_interrupted_command_gets_its_end_at_the_next_start(database: Database) -> None:
    bus = Bus()
    told: list[CommandFailed] = []
    bus.subscribe(CommandFailed, told.append)
    log = CommandLog(database)
    await log.commit(_sent(1))
    assert await log.fail_interrupted(bus) == 1
    assert (told[0].command, told[0].code, told[0].causes) == (1, "unavailable", (1,))
    assert await log.fail_interrupted(bus) == 0


def _id(at: float, number: int) -> int:
    return ((int(at * 1000) - EPOCH_MS) << 21) | number


async def test_old_rows_are_deleted_and_what_a_restart_needs_is_kept(database: Database) -> None:
    clock, bus = FakeClock(), Bus()
    now, day = clock.now(), 86_400.0
    history = History(database, bus)
    for number in range(5_000):
        old = now - 31 * day + number * 0.001
        bus.publish(StateChanged(id=_id(old, number), at=old, entity="light.old", trait="Level", value=number))
    for age, name in ((29 * day, "young"), (31 * day, "old")):
        at = now - age
        bus.publish(NotUnderstood(id=_id(at, 1), at=at, text=name, reason=""))
        await LedgerTable(database).record(name, "h:1", 1, 1, "", at)
        await CommandLog(database, FakeClock(at)).commit(
            CommandDone(command=int(age), entity="a.b", trait="c", value=1)
        )
    bus.publish(StateChanged(id=_id(now, 0), at=now, entity="light.new", trait="Level", value=1))
    await history.flush()
    await CommandLog(database).commit(_sent(77))  # old or not: it has not ended
    swept = await Retention(database, clock, history_days=30, ledger_days=365).sweep()
    assert (swept.states, swept.events, swept.commands, swept.ledger) == (5_000, 1, 1, 0)
    assert await history.states("light.old") == []
    assert {row.entity: row.value for row in await history.last_states()} == {"light.old": 4_999, "light.new": 1}
    assert [e.text for e in await history.recent_events() if isinstance(e, NotUnderstood)] == ["young"]
    assert len(await LedgerTable(database).rows()) == 2
    purged = await Retention(database, clock).purge(now + 1)
    assert (purged.states, purged.events, purged.ledger) == (1, 1, 2)
    await history.close()


async def test_deleted_room_goes_back_to_the_disk(sqlite: Database) -> None:
    clock = FakeClock()
    for start in range(0, 3_000, 300):
        rows = [{"at": start, "who": "w" * 200, "host": "h", "bytes_out": 1, "bytes_in": 1, "why": ""}] * 300
        await sqlite.write(insert(ledger).values(rows))
    before = await sqlite.read(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
    await Retention(sqlite, clock).purge(clock.now())
    after = await sqlite.read(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
    free = await sqlite.read(lambda c: c.exec_driver_sql("PRAGMA freelist_count").scalar_one())
    assert after < before / 2
    assert free == 0


async def test_retention_sweeps_by_itself(sqlite: Database) -> None:
    clock = FakeClock()
    await LedgerTable(sqlite).record("a", "b", 0, 0, "", clock.now() - 400 * 86_400)
    task = asyncio.ensure_future(Retention(sqlite, clock, every_s=60.0).run())
    await asyncio.sleep(0)
    await clock.advance(61.0)
    async with asyncio.timeout(30):
        while await LedgerTable(sqlite).rows():
            await asyncio.sleep(0.01)
    task.cancel()


async def test_all_of_it_is_there_after_a_restart(tmp_path: Path) -> None:
    first = await Database.open(tmp_path / "hearth.db")
    await HomeTable(first).set_area(Area(id="a", name="A"))
    await PluginData(first).set("p", "k", 1)
    await Timers(first).add("s", StoredTimer(id="1", handler="h", due=1.0))
    await first.close()
    again = await Database.open(tmp_path / "hearth.db")
    assert list(await HomeTable(again).areas()) == ["a"]
    assert await PluginData(again).get("p", "k") == 1
    assert len(await Timers(again).pending()) == 1
    await again.close()
