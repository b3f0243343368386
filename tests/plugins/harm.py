"""Runs the harmful skill beside its victim, as whoever calls, and prints what came of its attempts as JSON.

`python -m tests.plugins.harm`: so that the tests can run it as root and as an ordinary user. With `linger` it waits to
be killed.
"""

import asyncio
import json
import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from hub.core.bus import Bus
from hub.core.settings import PluginSettings
from hub.plugins.cage.appetite import Limits
from hub.plugins.cage.cages import CagePatience, Cages
from hub.plugins.discovery import Found, FoundSkill, find_skills
from hub.plugins.ports.hub_ports import HubPorts
from hub.plugins.skills.skill_host import SkillHost
from hub.sdk.intents import IntentCall

HARMFUL = Path(__file__).parent / "harmful"
NO_PORTS: Any = HubPorts(home=None, timers=None, data=None, say=None)  # type: ignore[arg-type]
QUICK = CagePatience(start_s=60.0, look_s=0.05, silent_s=3.0, first_wait_s=0.01, longest_wait_s=0.05, back_s=60.0)


def harmful_skills() -> Found[FoundSkill]:
    found = find_skills(PluginSettings(paths=(str(HARMFUL),)))
    return msgspec.structs.replace(found, plugins=tuple(p for p in found.plugins if not p.bundled))


def harmful_host(bus: Bus, *, limits: Limits | None = None, deadline_s: float = 60.0) -> SkillHost:
    return SkillHost(bus, cages=Cages(limits=limits, patience=QUICK), deadline_s=deadline_s)


async def ask(host: SkillHost, skill: str, intent: str, **slots: Any) -> str:
    answer = await host.call(IntentCall(skill=skill, intent=intent, slots=slots))
    assert answer.error is None, answer.error
    return answer.text


async def patiently(host: SkillHost, skill: str, intent: str) -> str:
    """Ask until there is an answer: on a busy machine one may come too late."""
    while (answer := await host.call(IntentCall(skill=skill, intent=intent))).error is not None:
        assert answer.error["code"] == "plugin", answer.error
    return answer.text


async def attempts() -> dict[str, Any]:
    """How each attempt ended, and whether hub and victim are what they were."""
    host = harmful_host(Bus())
    host.start(harmful_skills(), NO_PORTS)
    os.environ["HEARTH_TEST_SECRET"] = "of the hub"
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        secret = Path(folder) / "secret.txt"
        secret.write_text("the household's")
        try:
            await host.ready()
            victim = int(await ask(host, "victim", "tell"))
            port = listener.getsockname()[1]
            told = await ask(host, "harmful", "attempt", hub=os.getpid(), victim=victim, secret=str(secret), port=port)
            after = int(await ask(host, "victim", "tell"))
            given = json.loads(await ask(host, "harmful", "environment"))
        finally:
            await host.close()
        listener.setblocking(False)
        try:
            listener.accept()
        except BlockingIOError:
            reached = False
        else:
            reached = True
        return {
            "uid": os.geteuid(),
            "found": json.loads(told),
            "given": given,
            "victim_lives": victim == after,
            "reached": reached,
            "secret": secret.read_text(),
            "files": [p.name for p in Path(folder).iterdir()],
        }


async def linger() -> None:
    """Tell the processes of two skills, one of them busy, and wait to be killed."""
    host = harmful_host(Bus(), limits=Limits(cpu_burst_s=1000.0))
    host.start(harmful_skills(), NO_PORTS)
    await host.ready()
    pids = [await ask(host, "victim", "tell"), await ask(host, "harmful", "hello")]
    await ask(host, "harmful", "burn")
    sys.stdout.write(f"pids {' '.join(pids)}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    if sys.argv[1:] == ["linger"]:
        asyncio.run(linger())
    sys.stdout.write(json.dumps(asyncio.run(attempts())) + "\n")
