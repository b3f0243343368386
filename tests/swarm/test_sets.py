"""Observed-remove sets: what is added elsewhere meanwhile stays."""

from hub.swarm.state.sets import SharedSet
from tests.swarm.shared import Sharers


async def test_what_is_added_on_one_hub_while_another_removes_it_stays():
    hubs = await Sharers("ab").start()
    one, other = (SharedSet(hubs.states[hub], "alias/h/light.x") for hub in "ab")
    await one.add("lamp", "glow")
    await hubs.settle()
    hubs.street.wall("a", "b")
    await one.remove("lamp", "glow")
    await other.remove("glow")
    await other.add("glow", "shine")
    hubs.street.wall("a", "b", up=False)
    await hubs.settle()
    assert set(one.words()) == {"glow", "shine"}
    assert one.words() == other.words()
    assert hubs.alike()


async def test_sets_whose_names_begin_alike_are_apart():
    hubs = await Sharers("a").start()
    lamp, lamp_two = (SharedSet(hubs.states["a"], name) for name in ("alias/h/light.x", "alias/h/light.x_2"))
    await lamp.add("one")
    await lamp_two.add("two")
    assert (lamp.words(), lamp_two.words()) == (("one",), ("two",))
    await lamp.remove("one", "two")
    assert (lamp.words(), lamp_two.words()) == ((), ("two",))
