"""Registers: what is written on one hub is on all, whatever clocks, order and losses there are."""

import pytest

from hub.core.clock import FakeClock
from hub.core.errors import ProtocolError, ValueRefusedError
from hub.store.database import Database
from hub.store.home_table import HomeTable
from hub.swarm.state.cells import Cell
from hub.swarm.state.keeping import StoredCells
from hub.swarm.state.kinds import entity_key
from hub.swarm.state.messages import LARGEST, Delta, encode
from hub.swarm.state.replica import GRACE_S
from hub.swarm.state.stamps import HIGHEST, LEAP, PACE, LamportClock, Stamp
from tests.swarm.shared import Sharers
from tests.swarm.street import Street


async def test_a_change_is_on_the_disk_at_once_and_on_the_others_without_a_digest():
    hubs = await Sharers("ab").start()
    await hubs.states["a"].write({"setting/x": {"y": [1, 2.5, None]}})
    assert hubs.tables["a"].cells["setting/x"].value == {"y": [1, 2.5, None]}
    await hubs.carry()
    assert hubs.states["b"].get("setting/x") == {"y": [1, 2.5, None]}
    assert "setting/x" in hubs.tables["b"].cells
    assert hubs.alike()


async def test_what_a_hub_missed_comes_by_digest_also_thousands_of_changes():
    street = Street()
    hubs = await Sharers("ab", street).start()
    street.wall("a", "b")
    for part in range(4):
        await hubs.states["a"].write({f"setting/{part}-{n}": n for n in range(400)})
    await hubs.states["b"].write({"setting/b": 1})
    await hubs.carry()
    street.wall("a", "b", up=False)
    await hubs.settle(12)
    assert len(hubs.states["b"]) == 1601
    assert hubs.alike()


async def test_a_wall_clock_ten_years_ahead_neither_wins_for_ever_nor_splits_the_house():
    hubs = await Sharers("ab").start()
    await hubs.clocks["a"].advance(10 * 365 * 86400)
    await hubs.states["a"].write({"setting/x": "future"})
    await hubs.carry()
    await hubs.states["b"].write({"setting/x": "now"})
    await hubs.settle()
    assert {s.get("setting/x") for s in hubs.states.values()} == {"now"}
    assert hubs.states["b"].meetings.ahead("a") > 3e8
    assert hubs.alike()


async def test_a_counter_far_ahead_is_walked_towards_and_what_is_none_refused():
    clock = FakeClock()
    lamport = LamportClock("a", clock)
    assert lamport.admit(LEAP // 2)
    for nonsense in (0, -1, HIGHEST + 1, 2**62):
        with pytest.raises(ProtocolError):
            lamport.admit(nonsense)
    for _ in range(10_000):  # however often it is said
        assert not lamport.admit(HIGHEST)
    assert lamport.counter < LEAP
    before = lamport.counter
    await clock.advance(60.0)
    assert not lamport.admit(HIGHEST)
    assert before < lamport.counter <= before + 60 * PACE
    lamport.counter = HIGHEST
    with pytest.raises(ValueRefusedError):
        lamport.tick()


async def test_an_honest_hub_that_is_far_ahead_is_followed_after_a_while():
    hubs = await Sharers("ab").start()
    hubs.states["a"]._cells._lamport.counter = 3 * LEAP
    await hubs.states["a"].write({"setting/x": 1})
    await hubs.settle(2)
    assert hubs.states["b"].get("setting/x") is None
    assert any("counter" in what for _, what in hubs.told)
    await hubs.settle(30, seconds=LEAP / PACE / 8)
    assert hubs.states["b"].get("setting/x") == 1
    assert hubs.alike()


async def test_a_lying_counter_is_refused_and_the_house_stays_whole():
    hubs = await Sharers("abm").start()
    liar = hubs.street.meshes["m"]
    for counter in (2**62, HIGHEST + 1):
        await liar.send("state", encode(Delta((Cell("setting/x", Stamp(counter, "m"), "mine"),))))
    await liar.send("state", encode(Delta((Cell("setting/x", Stamp(HIGHEST, "m"), "mine"),))))
    await hubs.carry()
    assert hubs.states["a"].get("setting/x") is None
    await hubs.states["a"].write({"setting/x": "ours"})
    await hubs.settle()
    assert hubs.states["b"].get("setting/x") == "ours"
    assert {who for who, _ in hubs.told} == {"m"}


async def test_tombstones_go_when_all_members_saw_them_and_nothing_rises_again():
    street = Street()
    hubs = await Sharers("abc", street).start()
    await hubs.states["a"].write({"setting/x": 1, "setting/y": 2})
    await hubs.settle()
    old = hubs.states["a"].cell("setting/x")
    await hubs.stop("c")
    await hubs.states["b"].write({}, gone=["setting/x"])
    await hubs.settle(10)
    assert "setting/x" in hubs.tables["a"].cells  # c is only away: it is waited for
    await hubs.start("c")
    await hubs.settle(10)
    assert all("setting/x" not in hubs.tables[hub].cells for hub in "abc")
    await street.meshes["b"].send("state", encode(Delta((old,), relayed=True)))
    await hubs.settle(4, seconds=GRACE_S)
    assert {h: sorted(s._cells.replica._cells) for h, s in hubs.states.items()} == {hub: ["setting/y"] for hub in "abc"}
    await street.meshes["b"].send("state", encode(Delta((old,), relayed=True)))
    await hubs.settle()
    assert hubs.states["a"].get("setting/x") is None
    assert hubs.alike()


async def test_a_removed_hub_is_not_waited_for():
    hubs = await Sharers("abc").start()
    await hubs.states["a"].write({"setting/x": 1})
    await hubs.settle()
    await hubs.stop("c")
    await hubs.states["c" if "c" in hubs.states else "a"].write({}, gone=["setting/x"])
    hubs.members.discard("c")
    await hubs.settle(10)
    assert hubs.tables["a"].cells == {}
    assert hubs.alike()


async def test_a_hub_restored_from_an_old_backup_does_not_bring_back_what_was_removed():
    hubs = await Sharers("ab").start()
    await hubs.states["a"].write({"setting/x": 1})
    await hubs.settle()
    backup = dict(hubs.tables["b"].cells)
    await hubs.states["a"].write({}, gone=["setting/x"])
    await hubs.settle(10)
    await hubs.settle(3, seconds=GRACE_S)
    assert hubs.tables["a"].cells == {}
    await hubs.stop("b")
    hubs.tables["b"].cells = backup
    hubs.tables["b"].context, hubs.tables["b"].counter = {}, 0
    await hubs.start("b")
    await hubs.settle(8)
    assert [s.get("setting/x") for s in hubs.states.values()] == [None, None]
    assert hubs.alike()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password/x", 1),
        ("setting/", 1),
        ("area/kitchen", {"id": "bath", "name": "Bath"}),
        ("area/kitchen", {"id": "kitchen"}),
        ("area/kitchen", {"id": "kitchen", "name": "K" * 121}),
        ("area/kitchen", {"id": "kitchen", "name": "Kit\x1b[2Jchen"}),
        ("entity/h/light.x/name", ""),
        ("entity/h/light.x/colour", "red"),
        ("entity/h/light.x/exposed", "yes"),
        ("setting/x", "x" * 20_000),
        ("setting/x", float("nan")),
        ("timer/s/1", {"skill": "s", "id": "2", "handler": "h", "due": 1.0, "clock_of": "a"}),
    ],
)
async def test_what_cannot_be_shared_is_refused_here_and_from_others(key, value):
    hubs = await Sharers("am").start()
    with pytest.raises(ValueRefusedError):
        await hubs.states["a"].write({key: value})
    await hubs.street.meshes["m"].send("state", encode(Delta((Cell(key, Stamp(1, "m"), value),))))
    await hubs.carry()
    assert len(hubs.states["a"]) == 0
    assert [who for who, _ in hubs.told] == ["m"]


async def test_strangers_and_nonsense_are_not_heard():
    hubs = await Sharers("am").start()
    stranger = hubs.street.mesh("stranger")
    await stranger.send("state", encode(Delta((Cell("setting/x", Stamp(1, "stranger"), 1),))))
    for body in (b"", b"\xc1", b"\x91" * 10_000, b"x" * (LARGEST + 1), encode(Delta(()))[:-1]):
        await hubs.street.meshes["m"].send("state", body, to="a")
    await hubs.carry()
    assert len(hubs.states["a"]) == 0
    assert {who for who, _ in hubs.told} == {"m", "stranger"}


async def test_threat_24_a_change_in_another_hubs_name_is_dropped_and_told():
    hubs = await Sharers("abm").start()
    mean = hubs.street.meshes["m"]
    await mean.send("state", encode(Delta((Cell("setting/x", Stamp(1, "b"), "forged"),))))
    await mean.send("state", encode(Delta((Cell("duty/x", Stamp(1, "m"), {"hub": "b"}),))))
    await hubs.carry()
    assert all(len(state) == 0 for state in hubs.states.values())
    assert {who for who, _ in hubs.told} == {"m"}
    assert any("name" in what for _, what in hubs.told) and any("claims" in what for _, what in hubs.told)


async def test_a_flood_of_one_hub_waits_bounded_and_costs_the_others_nothing():
    hubs = await Sharers("abm").start()
    flood = encode(Delta((Cell("setting/f", Stamp(1, "m"), 1),)))
    for _ in range(5000):
        await hubs.street.meshes["m"].send("state", flood, to="a")
    await hubs.street.settled()
    assert len(hubs.states["a"]._waiting) <= 256
    await hubs.states["b"].write({"setting/x": 1})
    await hubs.carry()
    assert hubs.states["a"].get("setting/x") == 1


async def test_a_real_store_keeps_cells_and_what_letting_them_go_relies_on(tmp_path):
    database = await Database.open(tmp_path / "hearth.db")
    cells = StoredCells(HomeTable(database))
    hubs = Sharers("a")
    hubs.tables["a"] = cells
    await hubs.start()
    key = entity_key("f" * 64, "light." + "x" * 120, "name")
    await hubs.states["a"].write({key: "Lamp", "setting/x": 1})
    await hubs.states["a"].write({}, gone=["setting/x"])
    await hubs.settle(1)
    kept, context, counter = await cells.load()
    assert [(cell.key, cell.value, cell.stamp) for cell in kept] == [(key, "Lamp", Stamp(1, "a"))]
    assert (context, counter) == ({"a": 3}, 3)
    await hubs.stop("a")
    await database.close()
    database = await Database.open(tmp_path / "hearth.db")
    hubs.tables["a"] = StoredCells(HomeTable(database))
    await hubs.start()
    assert hubs.states["a"].get(key) == "Lamp"
    await hubs.states["a"].write({key: "Light"})
    assert hubs.states["a"].cell(key).stamp == Stamp(4, "a")
    await database.close()
