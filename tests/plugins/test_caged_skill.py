"""Skills in cages: the same ports, the same answers, and what happens where something is wrong."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest

from hub.core.events import PluginFailed
from hub.guard.sealing.syscalls import this_architecture
from hub.guard.zygote import zygote as zygote_module
from hub.plugins.cage.cages import CagePatience, Cages
from tests.plugins.calls import call
from tests.plugins.conftest import Hub
from tests.plugins.floods import ASKS
from tests.plugins.harm import patiently
from tests.plugins.packages import wheel, write_folder

pytestmark = pytest.mark.sealed
QUICK = CagePatience(start_s=60.0, look_s=0.05, silent_s=20.0, first_wait_s=0.01, longest_wait_s=0.05, back_s=60.0)


@pytest.fixture
async def caged(make_hub: Callable[..., Hub]) -> AsyncIterator[Hub]:
    """A hub whose skills run in cages, but for those that come with it."""
    if this_architecture() is None:
        pytest.skip("cages need Linux on x86-64 or arm64")
    made = make_hub(cages=Cages(patience=QUICK))
    yield made
    await made.close()


async def start(hub: Hub) -> None:
    hub.start_skills()
    await hub.skills.ready()


async def test_a_caged_skill_acts_on_the_home_through_its_ports(caged: Hub, write_skill: Any) -> None:
    write_skill(
        "mine",
        """
        import os
        @skill.intent("go")
        async def go(ctx: Context, target: Target, level: int = 50) -> str:
            results = await ctx.home.command(target, "Level", level)
            await ctx.store.set("pid", os.getpid())
            await ctx.say("hello", area="office")
            return ctx.reply("done", ok=[r.ok for r in results], pid=await ctx.store.get("pid"))
        """,
        grants=("home.control", "store", "say"),
    )
    caged.start_virtual()
    await caged.until(lambda: caged.states.value("light.kitchen", "OnOff") is not None)
    await start(caged)
    answer = await caged.skills.call(call("mine", target=("light.kitchen",), level="30"))
    assert (answer.reply, answer.values["ok"]) == ("done", [True])
    assert caged.states.value("light.kitchen", "Level") == 30
    assert answer.values["pid"] != os.getpid()
    assert [(s.text, s.area) for s in caged.said] == [("hello", "office")]


async def test_what_was_not_granted_is_not_there(caged: Hub, write_skill: Any) -> None:
    write_skill(
        "mine",
        """
        from hub.plugins.messages import StoreGet
        @skill.intent("go")
        async def go(ctx: Context) -> str:
            return str(await ctx.store.get("k"))
        @skill.intent("cheat")
        async def cheat(ctx: Context) -> str:
            return str(await ctx.clock._send(StoreGet(key="k")))
        """,
        grants=("clock",),
        intents=("go", "cheat"),
    )
    await start(caged)
    for intent in ("go", "cheat"):  # not even for one that makes the request itself
        assert (await caged.skills.call(call("mine", intent))).error["code"] == "grant"


async def test_what_the_zygote_does_without_a_skill_can_import(caged: Hub, write_skill: Any) -> None:
    write_skill(
        "mine",
        """
        import asyncio, ssl, msgspec, typing_extensions

        class Named(typing_extensions.TypedDict):
            name: typing_extensions.NotRequired[str]

        @skill.intent("go")
        async def go(ctx: Context) -> str:
            without = asyncio.sslproto.ssl is None
            return f"{without} {ssl.OPENSSL_VERSION[:8]} {msgspec.convert({'name': 'it'}, Named)}"
        """,
    )
    await start(caged)
    assert (await caged.skills.call(call("mine"))).text == "True OpenSSL  {'name': 'it'}"


async def test_time_and_modules_of_its_own(caged: Hub, write_skill: Any) -> None:
    folder = write_skill(
        "mine",
        """
        import time, zoneinfo
        from .words import WORD
        @skill.intent("go")
        async def go(ctx: Context) -> str:
            return f"{WORD} {time.tzname} {zoneinfo.ZoneInfo('Europe/Vienna').key} {ctx.clock.now().utcoffset()}"
        """,
        grants=("clock",),
    )
    (folder / "words.py").write_text("WORD = 'hello'")
    await start(caged)
    local = datetime.now().astimezone()
    expected = f"hello {time.tzname} Europe/Vienna {local.utcoffset()}"
    assert (await caged.skills.call(call("mine"))).text == expected


async def test_each_has_its_own_libraries(caged: Hub, write_skill: Any) -> None:
    code = "import lore\n@skill.intent('go')\nasync def go(ctx):\n    return lore.WORD"
    for name in ("one", "two"):
        files = {"wheels/lore-1.0-py3-none-any.whl": wheel("lore", f"WORD = 'of {name}'")}
        write_folder(write_skill(name, code), files)
    write_skill("none", code)
    await start(caged)
    assert [(await caged.skills.call(call(name))).text for name in ("one", "two")] == ["of one", "of two"]
    assert [(f.plugin, "lore" in f.error) for f in caged.told(PluginFailed)] == [("none", True)]


async def test_bundled_skills_stay_in_the_hub(caged: Hub, write_skill: Any) -> None:
    write_skill("mine", "@skill.intent('go')\nasync def go(ctx):\n    return 'here'")
    await start(caged)
    kinds = {m.id: type(caged.skills._skills[m.id]).__name__ for m in caged.skills.manifests()}
    assert kinds.pop("mine") == "CagedSkill"
    assert set(kinds.values()) == {"HousedSkill"}


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("raise RuntimeError('x')", "skill.py:4: RuntimeError: x"),
        ("def go(:", "SyntaxError"),
        ("import os; os._exit(3)", "ended with code 3"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("import subprocess; subprocess.run(['true'])", "PermissionError"),
        ("", "has no handler"),
    ],
)
async def test_a_broken_one_is_reported_and_left_out(caged: Hub, write_skill: Any, code: str, says: str) -> None:
    write_skill("mine", code)
    write_skill("good", "@skill.intent('go')\nasync def go(ctx):\n    return 'fine'")
    await start(caged)
    [failed] = caged.told(PluginFailed)
    assert failed.plugin == "mine"
    assert says in failed.error
    assert (await caged.skills.call(call("mine"))).error["code"] == "not_found"
    assert (await caged.skills.call(call("good"))).text == "fine"


async def test_one_that_never_gets_imported_is_given_up(make_hub: Callable[..., Hub], write_skill: Any) -> None:
    hub = make_hub(cages=Cages(patience=CagePatience(start_s=0.5)))
    write_skill("mine", "while True: pass")
    try:
        await start(hub)
        [failed] = hub.told(PluginFailed)
        assert "not imported within" in failed.error
    finally:
        await hub.close()


async def test_a_handler_that_only_waits_too_long_is_not_killed(make_hub: Callable[..., Hub], write_skill: Any) -> None:
    write_skill(
        "mine",
        """
        import asyncio, os
        @skill.intent("go")
        async def go(ctx):
            await asyncio.sleep(999)
        @skill.intent("pid")
        async def pid(ctx):
            return str(os.getpid())
        """,
        intents=("go", "pid"),
    )
    hub = make_hub(cages=Cages(patience=QUICK), deadline_s=0.5)
    try:
        await start(hub)
        before = await patiently(hub.skills, "mine", "pid")
        assert "did not answer" in (await hub.skills.call(call("mine"))).error["message"]
        assert await patiently(hub.skills, "mine", "pid") == before
        assert hub.told(PluginFailed) == []
    finally:
        await hub.close()


async def test_a_flood_of_requests_is_bounded(caged: Hub, write_skill: Any) -> None:
    write_skill(
        "mine",
        ASKS,
        grants=("home.read",),
    )
    await start(caged)
    assert (await caged.skills.call(call("mine"))).text == "500"


LEAVES = """
import os
@skill.intent("go")
async def go(ctx):
    os._exit(0)
@skill.intent("stay")
async def stay(ctx):
    return "here"
"""


async def test_a_call_waits_for_one_that_is_away(caged: Hub, write_skill: Any) -> None:
    write_skill("mine", LEAVES, intents=("go", "stay"))
    await start(caged)
    assert (await caged.skills.call(call("mine"))).error["code"] == "plugin"
    assert "mine" in {w.skill for w in caged.skills.words()}  # its sentences stay known
    assert (await caged.skills.call(call("mine", "stay"))).text == "here"
    await caged.until(lambda: caged.skills.condition("mine").cpu_share is not None)  # seen twice
    condition = caged.skills.condition("mine")
    assert (condition.state, condition.reason, (condition.memory or 0) > 1_000_000) == ("running", "", True)


async def test_a_call_does_not_wait_for_ever(make_hub: Callable[..., Hub], write_skill: Any) -> None:
    write_skill("mine", LEAVES)
    hub = make_hub(cages=Cages(patience=CagePatience(start_s=60.0, first_wait_s=1000.0, back_s=0.1)))
    try:
        await start(hub)
        await hub.skills.call(call("mine"))
        assert "is not there" in (await hub.skills.call(call("mine"))).error["message"]
        condition = hub.skills.condition("mine")
        assert (condition.state, condition.caged) == ("restarting", True)
        assert "ended" in condition.reason
    finally:
        await hub.close()


def no_cages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zygote_module, "this_architecture", lambda: None)


@pytest.mark.parametrize("insists", [False, True])
async def test_where_there_is_no_cage_the_household_decides(
    make_hub: Callable[..., Hub], write_skill: Any, monkeypatch: pytest.MonkeyPatch, insists: bool
) -> None:
    no_cages(monkeypatch)
    write_skill("mine", "import os\n@skill.intent('go')\nasync def go(ctx):\n    return str(os.getpid())")
    hub = make_hub(cages=Cages(allow_uncaged=insists))
    try:
        await start(hub)
        answer = await hub.skills.call(call("mine"))
        if insists:
            assert answer.text == str(os.getpid())
        else:
            assert answer.error["code"] == "not_found"
            assert "allow_uncaged" in hub.told(PluginFailed)[0].error
    finally:
        await hub.close()


async def test_a_seal_that_does_not_hold_runs_nothing(
    make_hub: Callable[..., Hub], write_skill: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zygote_module, "_BOOT", UNSEALABLE)
    write_skill("mine", "raise RuntimeError('it ran')")
    hub = make_hub(cages=Cages(patience=QUICK))
    try:
        await start(hub)
        [failed] = hub.told(PluginFailed)
        assert "no filter today" in failed.error
        assert "it ran" not in failed.error
    finally:
        await hub.close()


UNSEALABLE = """
import sys
sys.path.insert(0, sys.argv[1])
from hub.core.errors import SealError
from hub.guard.sealing import seccomp
from hub.guard.zygote import main as zygote_main
def refuse(*_):
    raise SealError("no filter today")
seccomp.install = refuse
sys.exit(zygote_main.main(int(sys.argv[2]), sys.argv[3]))
"""


async def test_when_the_zygote_dies_its_skills_come_back(caged: Hub, write_skill: Any) -> None:
    write_skill("mine", "import os\n@skill.intent('go')\nasync def go(ctx):\n    return str(os.getpid())")
    await start(caged)
    before = (await caged.skills.call(call("mine"))).text
    cages: Any = caged.skills._cages
    cages._zygote._process.kill()
    await caged.until(lambda: caged.told(PluginFailed))

    async with asyncio.timeout(60):
        while (now := (await caged.skills.call(call("mine"))).text) in ("", before):
            await asyncio.sleep(0.01)
    assert int(now)
