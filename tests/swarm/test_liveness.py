import asyncio
import signal
import time

from hub.bench.mesh_hubs import HubProcesses
from hub.swarm import liveness
from hub.swarm.liveness import DOUBLE_S, Links, Liveness


async def test_who_came_and_went() -> None:
    live = Liveness(["a", "b"])
    told: list[frozenset[str]] = []
    end = live.watch(told.append)
    live.came("a")
    live.came("a")
    live.came("stranger")
    live.went("a")
    end()
    end()
    live.came("b")
    assert told == [{"a"}, frozenset()]
    assert live.alive() == {"b"}


async def test_a_watcher_that_raises_hurts_only_itself() -> None:
    live = Liveness(["a"])
    told: list[frozenset[str]] = []

    def fail(alive: frozenset[str]) -> None:
        raise ValueError

    live.watch(fail)
    live.watch(told.append)
    live.came("a")
    assert told == [{"a"}]


async def test_a_hub_that_said_it_would_be_back_is_waited_for(monkeypatch: object) -> None:
    live = Liveness(["a"])
    told: list[frozenset[str]] = []
    live.watch(told.append)
    live.came("a")
    live.pausing("a")
    for _ in range(2):  # it may connect more than once before its pause is over
        live.went("a")
        live.came("a")
    assert told == [{"a"}]
    live.went("a")
    assert live.alive() == {"a"}
    async with asyncio.timeout(20 * liveness.PAUSE_S):
        while live.alive():
            await asyncio.sleep(0.02)
    live.came("a")
    live.went("a")  # without a word, it is gone at once
    assert live.alive() == frozenset()


async def test_a_hub_that_is_no_member_any_more_is_not_alive() -> None:
    live = Liveness(["a", "b"])
    live.came("a")
    live.came("b")
    live.members(["b"])
    assert live.alive() == {"b"}


def test_the_old_link_of_a_hub_that_came_back_is_no_second_hub() -> None:
    links = Links()
    assert links.seen([("a", "1"), ("b", "2")], 0.0) == frozenset()
    assert links.seen([("a", "1"), ("a", "3")], 100.0) == frozenset()
    assert links.seen([("a", "3")], 101.0) == frozenset()
    assert links.seen([("a", "3")], 200.0) == frozenset()
    assert links.names() == {"a"}


def test_two_that_prove_the_same_id_are_found() -> None:
    links = Links()
    both = [("a", "1"), ("a", "2")]
    assert links.seen(both, 0.0) == frozenset()
    assert links.seen(both, DOUBLE_S) == {"a"}


async def test_threat_26_a_hub_that_dies_or_hangs_is_noticed_by_all() -> None:
    """The figures (100 ms, 4.5 s) are gated by `hearth bench mesh`; here only that it happens, well within a minute."""
    async with HubProcesses("a", "b", "c", "d") as hubs:
        a, b, c, d = hubs.by_id.values()
        spoken = [len(one.said) for one in (a, b)]
        began = time.monotonic()
        c.signal(signal.SIGKILL)
        for one, since in zip((a, b), spoken, strict=True):
            said = await one.wait_for("alive", since, frozenset("abcd") - {"c", one.hub})
            assert 0 < said.at - began < 10
        d.signal(signal.SIGSTOP)
        for one in (a, b):
            await one.wait_for("alive", hubs=frozenset("ab") - {one.hub})
        d.signal(signal.SIGCONT)  # and it comes back by itself
        for one in (a, b):
            since = len(one.said)
            await one.wait_for("alive", max(0, since - 1), frozenset("abd") - {one.hub})
