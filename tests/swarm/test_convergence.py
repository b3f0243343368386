"""Whatever is lost, doubled, late or cut off, and whatever the clocks say: after healing all hubs have the same."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.swarm.state.replica import GRACE_S
from hub.swarm.state.sets import SharedSet
from tests.swarm.shared import Sharers
from tests.swarm.street import Street

HUBS = "abc"
YEARS = 10 * 365 * 86400.0
hub = st.sampled_from(HUBS)
key = st.sampled_from(["setting/x", "setting/y", "entity/a/light.x/name", "area/den"])
step = st.one_of(
    st.tuples(st.just("set"), hub, key, st.integers(0, 9)),
    st.tuples(st.just("gone"), hub, key),
    st.tuples(st.just("add"), hub, st.sampled_from(["lamp", "glow"])),
    st.tuples(st.just("remove"), hub, st.sampled_from(["lamp", "glow"])),
    st.tuples(st.just("wall"), hub, hub, st.booleans()),
    st.tuples(st.just("restart"), hub),
    st.tuples(st.just("skew"), hub, st.sampled_from([-YEARS, YEARS])),
    st.tuples(st.just("wait"), st.sampled_from([0.0, 5.0, 60.0, GRACE_S])),
    st.tuples(st.just("carry")),
)


def value_of(key: str, number: int) -> object:
    if key.startswith("area"):
        return {"id": "den", "name": f"Den {number}"}
    return f"n{number}" if key.startswith("entity") else number


async def act(hubs: Sharers, what: tuple) -> None:
    kind, *given = what
    if kind == "set":
        await hubs.states[given[0]].write({given[1]: value_of(given[1], given[2])})
    elif kind == "gone":
        await hubs.states[given[0]].write({}, gone=[given[1]])
    elif kind == "add":
        await SharedSet(hubs.states[given[0]], "alias/a/light.x").add(given[1])
    elif kind == "remove":
        await SharedSet(hubs.states[given[0]], "alias/a/light.x").remove(given[1])
    elif kind == "wall" and given[0] != given[1]:
        hubs.street.wall(given[0], given[1], up=given[2])
    elif kind == "restart":
        await hubs.stop(given[0])
        await hubs.start(given[0])
    elif kind == "skew":
        hubs.clocks[given[0]]._now += given[1]
    elif kind == "wait":
        await hubs.settle(1, seconds=given[0])
    elif kind == "carry":
        await hubs.carry()


@given(st.lists(step, max_size=40), st.integers(0, 2**16))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_all_hubs_have_the_same_after_healing(steps, seed):
    async def story() -> None:
        hubs = await Sharers(HUBS, Street(loss=0.2, double=0.2, late_s=0.001, seed=seed)).start()
        for what in steps:
            await act(hubs, what)
        hubs.street.walls.clear()
        hubs.street.changed()
        hubs.street.loss = hubs.street.double = 0.0
        await hubs.carry()
        seen = {k: c.stamp for state in hubs.states.values() for k, c in state.under("").items()}
        await hubs.settle(8)
        assert hubs.alike()
        # Once it is quiet, what was removed is let go of everywhere, and stays away.
        living = {k for state in hubs.states.values() for k in state.under("")}
        await hubs.settle(4, seconds=GRACE_S)
        assert hubs.alike()
        assert all(set(table.cells) == living for table in hubs.tables.values())
        assert living <= set(seen)
        for name in HUBS:  # and what is on the disk is what was in memory
            await hubs.stop(name)
            await hubs.start(name)
        assert hubs.alike()

    asyncio.run(story())
