"""Skills are told of what happens: what was granted, as fast as they take it, and never what they may not see."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.core.entities import Entity
from hub.core.events import Origin, PresenceChanged, SpeechTranscribed, StateChanged, TimerRang
from hub.core.traits import TraitConfig
from hub.plugins.ports.event_feed import EventFeed
from hub.sdk.intents import IntentAnswer
from hub.sdk.manifest import Grant

FOLLOWS = """
from hub.sdk.events import PresenceChanged, StateChanged
@skill.event(StateChanged, PresenceChanged)
async def follow(ctx: Context, event) -> None:
    seen = await ctx.store.get("seen") or []
    what = getattr(event, "entity", "") or event.area
    await ctx.store.set("seen", [*seen, [type(event).__name__, what, ctx.area, ctx.call.causes == (event.id,)]])
"""


def changed(entity: str = "light.kitchen", value: Any = True, area: str = "") -> StateChanged:
    return StateChanged(entity=entity, trait="OnOff", value=value, origin=Origin(area=area))


async def seen(hub: Any, count: int) -> list[Any]:
    async with asyncio.timeout(20):
        while len(found := await hub.data.get("mine", "seen") or []) < count:
            await asyncio.sleep(0.001)
    return found


async def test_a_skill_is_told_of_what_it_was_granted(hub: Any, write_skill: Any) -> None:
    write_skill("mine", FOLLOWS, grants=("events=StateChanged", "store"), intents=())
    hub.start_skills()
    hub.bus.publish(PresenceChanged(area="kitchen", people=1, confidence=1.0))  # handled, and not granted
    hub.bus.publish(changed(area="kitchen"))
    hub.bus.publish(changed("light.bedroom"))
    assert await seen(hub, 2) == [
        ["StateChanged", "light.kitchen", "kitchen", True],
        ["StateChanged", "light.bedroom", "", True],
    ]


async def test_a_skill_that_was_granted_nothing_gets_nothing(hub: Any, write_skill: Any) -> None:
    write_skill("mine", FOLLOWS, grants=("store",), intents=())
    hub.start_skills()
    before = len(hub.bus._subscriptions)
    hub.bus.publish(changed())
    await asyncio.sleep(0.02)
    assert await hub.data.get("mine", "seen") is None
    assert len(hub.bus._subscriptions) == before


class Feed:
    """A feed whose skill notes what it is told, once `gate` is open."""

    def __init__(self, hub: Any, *grants: Grant) -> None:
        self.told: list[Any] = []
        self.gate = asyncio.Event()
        self.feed = EventFeed(hub.bus, "mine", grants, hub.ports.home)
        self.feed.start(("StateChanged", "PresenceChanged", "SpeechTranscribed", "TimerRang"), self.call, "en")

    async def call(self, message: Any, _context: Any) -> IntentAnswer:
        await self.gate.wait()
        self.told.append(message(1).event)
        return IntentAnswer()

    async def entities(self, least: int) -> list[str]:
        self.gate.set()
        async with asyncio.timeout(20):
            while len(self.told) < least:
                await asyncio.sleep(0)
        return [getattr(event, "entity", "") for event in self.told]


async def test_things_are_those_that_the_skill_may_look_at(hub: Any) -> None:
    hub.home.add("mqtt", Entity(id="lock.shed", name="shed", traits={"Lock": TraitConfig()}))  # not exposed
    everything = Feed(hub, Grant(port="events", why="x", only=("StateChanged",)))
    lights = Feed(
        hub,
        Grant(port="events", why="x", only=("StateChanged",)),
        Grant(port="home.read", why="x", only=("light",)),
        Grant(port="home.people", why="x"),
    )
    for entity in ("lock.shed", "person.anna", "area.kitchen", "light.nobody", "cover.garage_door", "light.kitchen"):
        hub.bus.publish(changed(entity))
    assert await everything.entities(1) == ["cover.garage_door", "light.kitchen"]
    assert await lights.entities(3) == ["person.anna", "area.kitchen", "light.kitchen"]


async def test_speech_is_never_told_even_to_a_skill_that_was_granted_it(hub: Any) -> None:
    names = ("SpeechTranscribed", "TimerRang", "StateChanged")
    feed = Feed(hub, Grant(port="events", why="x", only=names))  # as no manifest can say
    hub.bus.publish(SpeechTranscribed(stream="s", text="a secret", confidence=1.0, t_start=0.0, t_end=1.0))
    hub.bus.publish(TimerRang(skill="other", timer="t"))
    hub.bus.publish(changed())
    assert await feed.entities(1) == ["light.kitchen"]


async def test_a_slow_one_loses_the_oldest_and_is_named(hub: Any) -> None:
    feed = Feed(hub, Grant(port="events", why="x", only=("StateChanged",)))
    with capture_logs() as logs:
        for number in range(200):
            hub.bus.publish(changed(value=number))
        await feed.entities(64)
    assert [event.value for event in feed.told] == list(range(136, 200))
    assert {(e["event"], e["skill"]) for e in logs} == {("a skill does not keep up with what happens", "mine")}


async def test_a_handler_that_fails_is_named_and_the_next_event_comes(hub: Any, write_skill: Any) -> None:
    code = """
        from hub.sdk.events import StateChanged
        @skill.event(StateChanged)
        async def follow(ctx, event):
            if event.value == 1:
                raise RuntimeError("no")
            await ctx.store.set("seen", [event.value])
        """
    write_skill("mine", code, grants=("events=StateChanged", "store"), intents=())
    hub.start_skills()
    with capture_logs() as logs:
        hub.bus.publish(changed(value=1))
        hub.bus.publish(changed(value=2))
        assert await seen(hub, 1) == [2]
    assert "an event's handler failed" in {e["event"] for e in logs}


async def test_what_cannot_be_handled_is_refused(hub: Any, write_skill: Any) -> None:
    code = "from hub.core.events import SpeechTranscribed\n@skill.event(SpeechTranscribed)\nasync def f(ctx, e): ..."
    write_skill("mine", code, intents=())
    hub.start_skills()
    assert "not told of SpeechTranscribed" in hub.events[-1].error


@pytest.mark.sealed
async def test_a_caged_skill_is_told_too_and_after_its_restart(make_hub: Any, write_skill: Any) -> None:
    from hub.guard.sealing.syscalls import this_architecture
    from hub.plugins.cage.cages import Cages
    from tests.plugins.test_caged_skill import QUICK

    if this_architecture() is None:
        pytest.skip("cages need Linux on x86-64 or arm64")
    hub = make_hub(cages=Cages(patience=QUICK))
    write_skill("mine", FOLLOWS, grants=("events=StateChanged", "store"), intents=())
    try:
        hub.start_skills()
        await hub.skills.ready()
        hub.bus.publish(changed())
        await seen(hub, 1)
        running = hub.skills._skills["mine"]
        running._condemn("a test wishes it")
        await hub.until(lambda: running.pid is None or running._side is None)
        hub.bus.publish(changed("light.bedroom"))
        assert [entry[1] for entry in await seen(hub, 2)] == ["light.kitchen", "light.bedroom"]
    finally:
        await hub.close()
