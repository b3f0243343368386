import asyncio

import pytest

from hub.core.errors import ValueRefusedError
from hub.core.events import TimerRang
from hub.plugins.ports.timers import MAX_TIMERS
from hub.sdk.intents import CallContext, IntentCall
from hub.store.database import Database
from hub.store.timers import Timers as StoredTimers

TIMER = """
from datetime import timedelta
@skill.intent("go")
async def go(ctx: Context, duration: timedelta, name: str = "") -> str:
    timer = await ctx.clock.after(duration, "ring", name=name, unknown=1)
    return ctx.reply("started", id=timer.id)
@skill.intent("list")
async def list_(ctx: Context) -> str:
    return ",".join(t.arguments["name"] for t in await ctx.clock.timers())
@skill.intent("cancel")
async def cancel(ctx: Context) -> str:
    return str([await ctx.clock.cancel(t.id) for t in await ctx.clock.timers()] + [await ctx.clock.cancel("nope")])
@skill.timer("ring")
async def ring(ctx: Context, name: str) -> None:
    if name == "bad":
        raise ValueError(name)
    await ctx.say(ctx.reply("done", name=name))
"""
INTENTS = ("go", "list", "cancel")


@pytest.fixture
def timer_skill(write_skill):
    return write_skill("egg", TIMER, grants=("clock", "say"), intents=INTENTS)


async def start(hub, seconds, name):
    context = CallContext(area="kitchen")
    answer = await hub.skills.call(
        IntentCall(skill="egg", intent="go", slots={"duration": seconds, "name": name}, context=context)
    )
    assert answer.reply == "started", answer
    return answer.values["id"]


async def ask(hub, intent):
    return (await hub.skills.call(IntentCall(skill="egg", intent=intent))).text


async def pass_time(hub, seconds):
    """Move the clock by small steps, letting the scheduler look at it and sleep again after each."""
    for _ in range(seconds):
        for _ in range(20):
            await asyncio.sleep(0)
        await hub.clock.advance(1)


async def test_a_timer_rings_when_due_in_the_room_where_it_was_set(hub, timer_skill):
    hub.start_skills()
    hub.supervisor.start("timers", hub.timers.run)
    egg = await start(hub, 300, "egg")
    await start(hub, 60, "tea")
    assert await ask(hub, "list") == "tea,egg"
    await pass_time(hub, 59)
    assert hub.said == []
    await pass_time(hub, 2)
    await hub.until(lambda: hub.said)
    assert [(s.reply, s.values, s.area) for s in hub.said] == [("done", {"name": "tea"}, "kitchen")]
    await pass_time(hub, 240)
    await hub.until(lambda: len(hub.said) == 2)
    rang = hub.told(TimerRang)
    assert [r.arguments["name"] for r in rang] == ["tea", "egg"]
    assert rang[1].timer == egg
    assert hub.said[1].causes == (rang[1].id,)
    await hub.until(lambda: not hub.timers._ringing)
    assert await ask(hub, "list") == ""


async def test_a_timer_can_be_cancelled(hub, timer_skill):
    hub.start_skills()
    hub.supervisor.start("timers", hub.timers.run)
    await start(hub, 60, "tea")
    assert await ask(hub, "cancel") == "[True, False]"
    await pass_time(hub, 120)
    assert hub.said == []


async def test_timers_survive_a_restart_and_overdue_ones_ring_at_once(make_hub, timer_skill, tmp_path):
    database = await Database.open(tmp_path / "h.db")
    first = make_hub(store=StoredTimers(database))
    first.start_skills()
    await start(first, 60, "tea")
    await start(first, 600, "egg")
    await first.close()

    second = make_hub(store=StoredTimers(database))
    second.clock = second.timers._clock = type(first.clock)(first.clock.now() + 120)
    second.start_skills()
    second.supervisor.start("timers", second.timers.run)
    await second.until(lambda: second.said)
    assert [s.values["name"] for s in second.said] == ["tea"]
    await second.until(lambda: not second.timers._ringing)
    assert [k.timer.arguments["name"] for k in await second.timers.pending()] == ["egg"]
    await second.close()
    await database.close()


async def test_a_handler_that_fails_neither_stops_the_others_nor_rings_again(hub, timer_skill):
    hub.start_skills()
    hub.supervisor.start("timers", hub.timers.run)
    await start(hub, 10, "bad")
    await start(hub, 11, "good")
    await pass_time(hub, 30)
    await hub.until(lambda: hub.said)
    await hub.until(lambda: not hub.timers._ringing)
    assert [s.values["name"] for s in hub.said] == ["good"]
    assert list(await hub.timers.pending()) == []


async def test_a_timer_of_a_skill_that_is_gone_is_kept_for_its_return(hub):
    await hub.timers.set("gone", handler="ring", due=hub.clock.now(), arguments={})
    hub.supervisor.start("timers", hub.timers.run)
    await hub.until(lambda: hub.told(TimerRang))
    await pass_time(hub, 100)
    assert len(hub.told(TimerRang)) == 1
    assert len(await hub.timers.pending()) == 1


@pytest.mark.parametrize(("due", "arguments"), [(1e12, {}), (0.0, {}), (None, {"x": "y" * 10_000})])
async def test_what_cannot_be_a_timer_is_refused(hub, due, arguments):
    when = hub.clock.now() + 5 if due is None else due
    with pytest.raises(ValueRefusedError):
        await hub.timers.set("egg", handler="ring", due=when, arguments=arguments)


async def test_one_skill_cannot_fill_the_store(hub):
    for _ in range(MAX_TIMERS):
        await hub.timers.set("egg", handler="ring", due=hub.clock.now() + 5, arguments={})
    with pytest.raises(ValueRefusedError, match="already has"):
        await hub.timers.set("egg", handler="ring", due=hub.clock.now() + 5, arguments={})
    await hub.timers.set("tea", handler="ring", due=hub.clock.now() + 5, arguments={})


async def test_a_timer_needs_a_handler_that_exists(hub, write_skill):
    write_skill(
        "mine",
        """
        from datetime import timedelta
        @skill.intent("go")
        async def go(ctx):
            await ctx.clock.after(timedelta(seconds=1), "nothing")
        """,
        grants=("clock",),
    )
    hub.start_skills()
    answer = await hub.skills.call(IntentCall(skill="mine", intent="go"))
    assert answer.error["code"] == "value_refused"
