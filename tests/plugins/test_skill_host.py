import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from hub.core.errors import HearthError
from hub.core.events import CommandSent, PluginFailed
from hub.sdk.intents import CallContext, IntentAnswer
from tests.plugins.calls import call
from tests.plugins.floods import ASKS

LIGHTS = """
@skill.intent("go")
async def go(ctx: Context, target: Target, level: int = 50) -> str:
    results = await ctx.home.command(target, "Level", level)
    return ctx.reply("done", ok=[r.ok for r in results], names=[e.name for e in await ctx.home.entities(kind="light")])
"""


async def test_a_skill_acts_on_the_home_and_answers(hub, write_skill):
    write_skill("mine", LIGHTS, grants=("home.read", "home.control"))
    hub.start_virtual()
    await hub.until(lambda: hub.states.value("light.kitchen", "OnOff") is not None)
    hub.start_skills()
    answer = await hub.skills.call(call("mine", target=("light.kitchen", "lock.front_door"), level="30"))
    assert (answer.reply, answer.values["ok"]) == ("done", [True])
    assert "lamp" in answer.values["names"]
    assert hub.states.value("light.kitchen", "Level") == 30
    [sent] = hub.told(CommandSent)
    assert (sent.causes, sent.origin.area, sent.origin.source) == ((11,), "kitchen", "skill:mine")


async def test_a_skill_is_told_what_cannot_be_reached(hub, write_skill):
    code = """
    @skill.intent("go")
    async def go(ctx: Context) -> str:
        return ",".join(await ctx.home.away())
    """
    write_skill("mine", code, grants=("home.read",))
    hub.states.set_available("light.kitchen", False)
    hub.start_skills()
    assert (await hub.skills.call(call("mine"))).text == "light.kitchen"
    hub.states.set_available("light.kitchen", True)
    assert (await hub.skills.call(call("mine"))).text == ""


async def test_values_of_a_reply_are_json(hub, write_skill):
    write_skill(
        "mine",
        """
        from datetime import datetime, time, timedelta, timezone
        @skill.intent("go")
        async def go(ctx: Context) -> str:
            moment = datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc)
            return ctx.reply("x", a=timedelta(minutes=2), b=time(7, 5), c=moment, d={"e": (1, 2.5, None)})
        """,
    )
    hub.start_skills()
    answer = await hub.skills.call(call("mine"))
    assert answer.values == {"a": 120, "b": "07:05", "c": "2026-01-02T03:04:00+00:00", "d": {"e": [1, 2.5, None]}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return 'plain'", IntentAnswer(text="plain")),
        ("return None", IntentAnswer()),
        ("return 7", "plugin"),
        ("return ctx.reply('x', bad=object())", "plugin"),
        ("return 'x' * 2_000_000", "protocol"),
        ("raise ValueError('bug')", "plugin"),
        ("raise HearthError('said on purpose', remedy='do it')", "error"),
        ("await ctx.clock.timers()", "grant"),
        ("await ctx.home.command('light.kitchen', 'OnOff', True)", "unavailable or result"),
        ("await ctx.home.command('light.moon', 'OnOff', True)", "not_found"),
        ("await ctx.home.command('light.kitchen', 'Lock', 'locked')", "value_refused"),
        ("await ctx.home.command('lock.front_door', 'Lock', 'unlocked')", "confirmation_required"),
    ],
)
async def test_however_a_handler_ends_the_answer_says_it(hub, write_skill, body, expected):
    code = f"@skill.intent('go')\nasync def go(ctx: Context) -> str:\n    {body}\n"
    write_skill("mine", code, grants=("home.read", "home.control"))
    hub.start_skills()
    answer = await hub.skills.call(call("mine"))
    if isinstance(expected, IntentAnswer):
        assert answer == expected
    elif expected == "unavailable or result":
        assert answer == IntentAnswer()  # a device that fails is a result, not an error
    else:
        assert answer.error["code"] == expected
    assert (await hub.skills.call(call("mine"))) == answer or expected == "plugin"


@pytest.mark.parametrize(
    ("code", "line", "says"),
    [
        ("async def go(ctx: Context) -> str:\n    return str(1 / 0)", 2, "ZeroDivisionError"),
        ("async def go(ctx: Context) -> str:\n    await ctx.clock.timers()", 2, "not granted 'clock'"),
        ("async def go(ctx: Context) -> int:\n    return 7", 0, "returned int"),
        ("async def go(ctx: Context) -> str:\n    return ctx.reply('x', bad=object())", 0, "object is no JSON value"),
    ],
)
async def test_a_line_in_the_log_says_what_the_author_is_to_mend(hub, write_skill, code, line, says):
    folder = write_skill("mine", f"@skill.intent('go')\n{code}\n")
    line += (folder / "skill.py").read_text().splitlines().index("@skill.intent('go')") + 1
    hub.start_skills()
    with capture_logs() as logs:
        await hub.skills.call(call("mine"))
    [failed] = [one for one in logs if one["event"] == "a skill's handler failed"]
    assert failed["skill"] == "mine"
    assert failed["error"].startswith(f"{folder / 'skill.py'}:{line}: ")
    assert says in failed["error"]


async def test_a_yes_reaches_the_command(hub, write_skill):
    write_skill(
        "mine",
        """
        @skill.intent("go")
        async def go(ctx: Context) -> str:
            await ctx.home.command("lock.front_door", "Lock", "unlocked")
            return "open"
        """,
        grants=("home.control",),
    )
    hub.start_virtual()
    await hub.until(lambda: hub.states.value("lock.front_door", "Lock"))
    hub.states.set("lock.front_door", "Lock", "locked")
    hub.start_skills()
    first = await hub.skills.call(call("mine"))
    error = HearthError.from_wire(first.error)
    assert (error.code, error.message) == ("confirmation_required", "unlock front door")
    second = await hub.skills.call(call("mine", context=CallContext(confirmed=True)))
    assert second.text == "open"
    assert hub.states.value("lock.front_door", "Lock") == "unlocked"


async def test_a_handler_that_hangs_hurts_only_itself(impatient, write_skill):
    write_skill("slow", "@skill.intent('go')\nasync def go(ctx):\n    import asyncio; await asyncio.sleep(999)")
    write_skill("quick", "@skill.intent('go')\nasync def go(ctx):\n    return 'here'")
    impatient.start_skills()
    slow, quick = await asyncio.gather(impatient.skills.call(call("slow")), impatient.skills.call(call("quick")))
    assert quick.text == "here"
    assert slow.error["code"] == "plugin"
    assert "did not answer" in slow.error["message"]


async def test_a_hanging_handler_is_cancelled_and_the_skill_goes_on(impatient, write_skill):
    write_skill(
        "mine",
        """
        import asyncio
        ended = []
        @skill.intent("go")
        async def go(ctx):
            try:
                await asyncio.sleep(999)
            finally:
                ended.append(1)
        @skill.intent("count")
        async def count(ctx):
            return str(len(ended))
        """,
        intents=("go", "count"),
    )
    impatient.start_skills()
    await impatient.skills.call(call("mine"))
    async with asyncio.timeout(20):
        while (await impatient.skills.call(call("mine", "count"))).text != "1":
            await asyncio.sleep(0)


async def test_time_that_the_hub_takes_is_not_the_skills(impatient, write_skill):
    """Three reads, together slower than the whole deadline of the skill."""
    write_skill(
        "mine",
        """
        @skill.intent("go")
        async def go(ctx):
            for _ in range(3):
                await ctx.home.states("light.kitchen")
            return "done"
        """,
        grants=("home.read",),
    )
    impatient.start_skills()
    read = impatient.ports.home.states
    side = impatient.skills._skills["mine"].side

    async def slow_states(ask, context):
        await asyncio.sleep(0.2)
        return read(ask.entity, context, ())

    side._broker._do = {k: (slow_states if k.__name__ == "HomeStates" else v) for k, v in side._broker._do.items()}
    assert (await impatient.skills.call(call("mine"))).text == "done"


async def test_a_broken_skill_is_reported_and_the_rest_runs(hub, write_skill):
    write_skill("broken", "raise RuntimeError('x')")
    (write_skill("worse", "") / "skill.toml").write_text("nonsense")
    write_skill("good", "@skill.intent('go')\nasync def go(ctx):\n    return 'fine'")
    hub.start_skills()
    assert {f.plugin for f in hub.told(PluginFailed)} == {"broken", "worse"}
    assert (await hub.skills.call(call("good"))).text == "fine"
    assert (await hub.skills.call(call("broken"))).error["code"] == "not_found"
    known = {w.skill for w in hub.skills.words()}
    assert "good" in known
    assert not known & {"broken", "worse"}


async def test_wrong_slots_and_unknown_intents_are_answers(hub, write_skill):
    write_skill("mine", LIGHTS, grants=("home.control",))
    hub.start_skills()
    assert (await hub.skills.call(call("mine", level="many"))).error["code"] == "value_refused"
    assert (await hub.skills.call(call("mine", "fly"))).error["code"] == "not_found"
    assert (await hub.skills.call(call("nobody"))).error["code"] == "not_found"


async def test_closing_ends_the_handlers_and_answers_the_callers(hub, write_skill):
    write_skill("slow", "@skill.intent('go')\nasync def go(ctx):\n    import asyncio; await asyncio.sleep(999)")
    hub.start_skills()
    waiting = asyncio.ensure_future(hub.skills.call(call("slow")))
    await asyncio.sleep(0)
    await hub.skills.close()
    assert (await waiting).error["code"] == "plugin"
    assert not [t for t in asyncio.all_tasks() if t.get_name().startswith(("plugin-side", "hub-side", "slow:"))]


async def test_skills_speak_and_remember(hub, write_skill):
    write_skill(
        "mine",
        """
        @skill.intent("go")
        async def go(ctx):
            await ctx.say(ctx.reply("hello", n=1))
            await ctx.say("plain", area="office")
            await ctx.store.set("k", {"a": [1, 2]})
            first = await ctx.store.get("k")
            await ctx.store.delete("k")
            return f"{first} {await ctx.store.get('k')}"
        """,
        grants=("say", "store"),
    )
    hub.start_skills()
    assert (await hub.skills.call(call("mine"))).text == "{'a': [1, 2]} None"
    assert [(s.skill, s.reply, s.values, s.text, s.area) for s in hub.said] == [
        ("mine", "hello", {"n": 1}, "", "kitchen"),
        ("mine", "", {}, "plain", "office"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "await ctx.store.set('', 1)",
        "await ctx.store.set('x' * 500, 1)",
        "await ctx.store.set('k', 'x' * 300_000)",
        "await ctx.say('x' * 5000)",
    ],
)
async def test_what_is_too_much_is_refused(hub, write_skill, line):
    write_skill("mine", f"@skill.intent('go')\nasync def go(ctx):\n    {line}", grants=("say", "store"))
    hub.start_skills()
    assert (await hub.skills.call(call("mine"))).error["code"] == "value_refused"


async def test_a_flood_of_requests_is_bounded(hub, write_skill):
    write_skill(
        "mine",
        ASKS,
        grants=("home.read",),
    )
    hub.start_skills()
    assert (await hub.skills.call(call("mine"))).text == "500"


async def test_durations_arrive_as_the_annotation_says(hub, write_skill):
    write_skill(
        "mine",
        """
        from datetime import timedelta
        @skill.intent("go")
        async def go(ctx, duration: timedelta) -> str:
            return str(duration == timedelta(minutes=5))
        """,
    )
    hub.start_skills()
    slots = {"duration": timedelta(minutes=5).total_seconds()}
    assert (await hub.skills.call(call("mine", **slots))).text == "True"
