"""Threat 37: a skill that means harm, beside one that does not, as root and as an ordinary user."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.core.bus import Bus
from hub.core.events import PluginFailed
from hub.guard.sealing.syscalls import this_architecture
from hub.guard.zygote import zygote
from hub.plugins.cage.appetite import Limits
from hub.plugins.skills.skill_host import SkillHost
from hub.sdk.intents import IntentCall
from tests.plugins.harm import NO_PORTS, attempts, harmful_host, harmful_skills, patiently
from tests.plugins.refused import check

pytestmark = pytest.mark.sealed
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _on_linux() -> None:
    if this_architecture() is None:
        pytest.skip("cages need Linux on x86-64 or arm64")


async def test_threat_37_every_attempt_of_a_harmful_skill_fails() -> None:
    check(await attempts())


async def test_threat_37_and_without_landlock_nothing_but_reading_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zygote, "_BOOT", WITHOUT_LANDLOCK)
    check(await attempts(), landlocked=False)


async def test_threat_37_a_skill_does_not_outlive_a_hub_that_is_killed() -> None:
    command = [sys.executable, "-m", "tests.plugins.harm", "linger"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as hub:
        assert hub.stdout is not None
        pids = next(line for line in hub.stdout if line.startswith("pids ")).split()[1:]
        hub.kill()
    assert len(pids) == 2
    await until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


WITHOUT_LANDLOCK = """
import sys
sys.path.insert(0, sys.argv[1])
from hub.guard.sealing import landlock
from hub.guard.zygote import main as zygote_main
landlock.version = lambda _: 0
sys.exit(zygote_main.main(int(sys.argv[2]), sys.argv[3]))
"""


@pytest.fixture
def failures(bus: Bus) -> list[PluginFailed]:
    told: list[PluginFailed] = []
    bus.subscribe(PluginFailed, told.append)
    return told


@pytest.fixture
async def impatient(bus: Bus, request: pytest.FixtureRequest) -> AsyncIterator[SkillHost]:
    """A host that waits half a second for an answer; to one that burns, it gives little of the processor in all."""
    burns = request.node.callspec.params.get("intent") == "burn" if hasattr(request.node, "callspec") else False
    limits = Limits(cpu_share=0.0, cpu_burst_s=0.5 if burns else 1000.0, threads=16)
    host = harmful_host(bus, limits=limits, deadline_s=0.5)
    host.start(harmful_skills(), NO_PORTS)
    await host.ready()
    yield host
    await host.close()


async def until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


async def until_back(host: SkillHost, other_than: str) -> None:
    """Wait until the harmful skill runs in another process than before."""
    call = IntentCall(skill="harmful", intent="hello")
    async with asyncio.timeout(60):
        while (answer := await host.call(call)).error is not None or answer.text == other_than:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("intent", "says"),
    [
        ("spin", "it hung"),
        ("burn", "kept a processor busy"),
        ("swarm", "threads"),
        ("crash", "killed by SIGSEGV"),
        ("babble", "a message of"),
    ],
)
async def test_threat_37_it_is_killed_named_and_started_again_and_others_go_on(
    impatient: SkillHost, failures: list[PluginFailed], intent: str, says: str
) -> None:
    before, victim = await patiently(impatient, "harmful", "hello"), await patiently(impatient, "victim", "tell")
    with capture_logs() as logs:
        harm = asyncio.ensure_future(impatient.call(IntentCall(skill="harmful", intent=intent)))
        assert await patiently(impatient, "victim", "tell") == victim
        await until(lambda: failures)
        await harm
    assert failures[0].plugin == "harmful"
    assert says in failures[0].error
    assert "started again" in failures[0].error
    assert [e["skill"] for e in logs if e["event"] == "a skill stopped"][:1] == ["harmful"]
    await until_back(impatient, before)
    assert await patiently(impatient, "victim", "tell") == victim


async def test_what_it_prints_is_printable_and_short(impatient: SkillHost) -> None:
    def said(logs: Any) -> list[str]:
        return [e["line"] for e in logs if e["event"] == "a plugin says"]

    with capture_logs() as logs:
        await patiently(impatient, "harmful", "hello")
        await until(lambda: said(logs))
    line = said(logs)[0]
    assert line.startswith("harmful says hello?[2J!!!")
    assert len(line) <= 300
