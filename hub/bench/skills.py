"""`hearth bench skills`: what a cage costs a skill: its start, a call, memory; and what a busy skill costs the others.

The peers, in the same run: an interpreter of its own with the SDK, which is what a skill without a zygote needs, and
the same skill inside the hub. The reference for a busy plugin is Home Assistant 2026.11, where one that burns a
processor keeps every other waiting (p95 28 ms).
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from hub.bench.measure import Measure, compare
from hub.core.bus import Bus
from hub.core.errors import UnavailableError
from hub.core.settings import PluginSettings
from hub.plugins.cage.appetite import Limits
from hub.plugins.cage.cages import Cages
from hub.plugins.channel.socket_channel import SocketChannel
from hub.plugins.discovery import Found, FoundSkill, find_skills
from hub.plugins.ports.hub_ports import HubPorts
from hub.plugins.skills.skill_host import SkillHost
from hub.plugins.skills.skill_trial import introduced
from hub.sdk.intents import IntentCall

STARTS: Final = 30
CALLS: Final = 2_000
_FRESH: Final = "an interpreter of its own"
_INSIDE: Final = "the same skill inside the hub"
_BUSY: Final = "Home Assistant 2026.11 (reference: 28 ms)"
_PAUSE_S: Final = 0.0005
_CODE: Final = """
import threading
from hub.sdk import Context, Skill

skill = Skill()


@skill.intent("go")
async def go(ctx: Context) -> str:
    return "went"


@skill.intent("burn")
async def burn(ctx: Context) -> str:
    threading.Thread(target=forever, daemon=True).start()
    return "burning"


def forever() -> None:
    while True:
        pass
"""


def measure() -> list[Measure]:
    """The measures; raises `SealError` where nothing can be caged."""
    with tempfile.TemporaryDirectory() as folder:
        found = _skills(Path(folder))
        return [*asyncio.run(_starts(found.plugins[0])), *asyncio.run(_calls(found)), *asyncio.run(_beside(found))]


def _skills(folder: Path) -> Found[FoundSkill]:
    """Two skills that only answer."""
    for name in ("one", "two"):
        place = folder / "skills" / name
        (place / "locale").mkdir(parents=True)
        (place / "skill.toml").write_text(f'id = "{name}"\nname = "{name}"\nversion = "1"\napi = 1\n')
        (place / "skill.py").write_text(_CODE)
        (place / "locale" / "en.yaml").write_text("language: en\nintents: {go: {sentences: [go]}}\n")
    found = find_skills(PluginSettings(paths=(str(folder),)))
    return replace(found, plugins=tuple(skill for skill in found.plugins if not skill.bundled))


async def _starts(found: FoundSkill) -> list[Measure]:
    """From the wish to a skill that is ready: the first, which wakes the zygote, and those after it."""
    cages = Cages()
    took: list[float] = []
    memory: list[float] = []
    try:
        for _ in range(STARTS + 1):
            began = time.perf_counter()
            process = await cages.open(found)
            channel = SocketChannel(process.connection, paced=True)
            await introduced(found, channel, process, cages.patience.start_s)
            took.append((time.perf_counter() - began) * 1000)
            memory.append(_private_mb(process.pid))
            channel.close()
            process.kill()
            await process.gone()
    finally:
        await cages.close()
    fresh_ms, fresh_mb = await asyncio.to_thread(_fresh)
    lower: dict[str, Any] = {"peer_name": _FRESH, "lower_is_better": True}
    return [
        compare("skills", "the first caged skill of a hub", took[0], "ms", target=100.0, lower_is_better=True),
        compare("skills", "each after it, p50", statistics.median(took[1:]), "ms", peer=fresh_ms, target=10.0, **lower),
        compare("skills", "memory of its own", statistics.median(memory), "MB", peer=fresh_mb, target=3.0, **lower),
    ]


def _fresh() -> tuple[float, float]:
    """What a fresh interpreter with the same imports takes: milliseconds to be ready, MB of memory of its own."""
    program = "import hub.plugins.cage.caged_main, sys; sys.stdout.write('x'); sys.stdout.flush(); sys.stdin.read()"
    took: list[float] = []
    memory: list[float] = []
    for _ in range(5):
        began = time.perf_counter()
        with subprocess.Popen(  # noqa: S603 -- this interpreter
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ.get("PATH", "")},
        ) as process:
            assert process.stdout is not None
            process.stdout.read(1)
            took.append((time.perf_counter() - began) * 1000)
            memory.append(_private_mb(process.pid))
            process.communicate()
    return statistics.median(took), statistics.median(memory)


def _private_mb(pid: int) -> float:
    """Memory that is the process's own: shared with no other."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


async def _calls(found: Found[FoundSkill]) -> list[Measure]:
    """A call and its answer, one after the other."""
    times = {}
    for where, cages in (("cage", Cages()), ("hub", None)):
        host = await _host(found, cages)
        times[where] = await _p50_us(host)
        await host.close()
    ours, peer = times["cage"], times["hub"]
    return [
        compare("skills", "a call and its answer, p50", ours, "us", peer=peer, peer_name=_INSIDE, target=200.0,
                lower_is_better=True)
    ]  # fmt: skip


async def _p50_us(host: SkillHost) -> float:
    took: list[float] = []
    for _ in range(CALLS):
        began = time.perf_counter()
        await _answered(host, "one", "go")
        took.append((time.perf_counter() - began) * 1e6)
        await asyncio.sleep(_PAUSE_S)  # as people do, and so that it is not held to its pace
    return statistics.median(took)


async def _beside(found: Found[FoundSkill]) -> list[Measure]:
    """How long one skill takes to answer while another burns a processor."""
    host = await _host(found, Cages(limits=Limits(cpu_burst_s=1000.0)))
    await _answered(host, "two", "burn")
    took: list[float] = []
    for _ in range(CALLS // 2):
        began = time.perf_counter()
        await _answered(host, "one", "go")
        took.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(_PAUSE_S)
    await host.close()
    p95 = statistics.quantiles(took, n=20)[-1]
    return [
        compare("skills", "a call beside a skill that burns, p95", p95, "ms", peer_name=_BUSY, target=10.0,
                lower_is_better=True)
    ]  # fmt: skip


async def _host(found: Found[FoundSkill], cages: Cages | None) -> SkillHost:
    host = SkillHost(Bus(), cages=cages)
    nothing: Any = None
    host.start(found, HubPorts(home=nothing, timers=nothing, data=nothing, say=nothing))
    await host.ready()
    return host


async def _answered(host: SkillHost, skill: str, intent: str) -> None:
    answer = await host.call(IntentCall(skill=skill, intent=intent))
    if answer.error is not None:
        raise UnavailableError(f"the skill did not answer: {answer.error}", remedy="see `hearth doctor`")
