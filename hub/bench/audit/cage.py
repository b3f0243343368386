"""Whether a skill that means harm is held: the audit brings one, has the hub's own host run it, and lets it try."""

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from hub.bench.audit.line import Line, line
from hub.core.bus import Bus
from hub.core.errors import HearthError
from hub.core.events import PluginFailed
from hub.core.settings import PluginSettings
from hub.guard.seal_report import seal_report
from hub.plugins.cage.cages import Cages
from hub.plugins.discovery import Found, FoundSkill, find_skills
from hub.plugins.ports.hub_ports import HubPorts
from hub.plugins.skills.skill_host import SkillHost
from hub.sdk.intents import IntentCall

_STRANGER: Final = Path(__file__).parent / "stranger"
_KEPT: Final = "the household's"
_DEADLINE_S: Final = 30.0
_READS: Final = ("read the home", "read the hub's environment")
"""Without Landlock a kernel lets it read what the hub's user may; it can tell nobody."""


async def stranger_is_held(cages: Cages | None = None, *, uncaged: bool = False) -> Line:
    """The stranger can do nothing of what it tries, and what it was to betray is as it was.

    `uncaged` runs it in the hub, where nothing holds it.
    """
    bus, failures = Bus(), list[str]()
    bus.subscribe(PluginFailed, lambda event: failures.append(event.error))
    host = SkillHost(bus, cages=None if uncaged else cages or Cages(), deadline_s=_DEADLINE_S)
    ports: Any = {"home": None, "timers": None, "data": None, "say": None}  # it is granted none
    host.start(_stranger(), HubPorts(**ports))
    try:
        await host.ready()
        if not host.manifests():
            return Line("skills", True, f"skills of strangers do not run here: {'; '.join(failures)}")
        could = await _attempts(host)
    except HearthError as error:
        return Line("skills", False, f"the skill that means harm could not be tried: {error}")
    finally:
        await host.close()
    excused: tuple[str, ...] = () if uncaged or (await seal_report()).landlock else _READS
    wrong = [f"a skill could {what}" for what in could if what not in excused]
    without = f"; this kernel has no Landlock, so that it could {' and '.join(excused)}" if excused else ""
    return line("skills", wrong, f"one that means harm could not call, write, start or signal anything{without}")


def _stranger() -> Found[FoundSkill]:
    found = find_skills(PluginSettings(paths=(str(_STRANGER),)))
    return msgspec.structs.replace(found, plugins=tuple(skill for skill in found.plugins if not skill.bundled))


async def _attempts(host: SkillHost) -> list[str]:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hearth-audit-")))
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        secret = home / "hearth.db"
        secret.write_text(_KEPT)
        slots = {"hub": os.getpid(), "secret": str(secret), "port": server.getsockname()[1]}
        answer = await host.call(IntentCall(skill="stranger", intent="attempt", slots=slots))
        if answer.error is not None:
            raise HearthError.from_wire(answer.error)
        could: list[str] = json.loads(answer.text)
        return [*could, *_betrayed(server, secret)]


def _betrayed(server: socket.socket, secret: Path) -> Iterator[str]:
    """What came of it, whatever the skill says."""
    server.setblocking(False)
    with suppress(BlockingIOError):
        server.accept()[0].close()
        yield "reach somebody on the network"
    if secret.read_text() != _KEPT or len(list(secret.parent.iterdir())) > 1:
        yield "change the home's files"
