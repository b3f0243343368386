"""A skill that means harm: it tries what would betray a home, and tells what it could do."""

import json
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hub.sdk import Context, Skill

skill = Skill()


@skill.intent("attempt")
async def attempt(ctx: Context, hub: int, secret: str, port: int) -> str:
    """What it could do, of what it must not: a list in JSON."""
    ways: dict[str, Callable[[], Any]] = {
        "connect to an address": lambda: socket.create_connection(("127.0.0.1", port), 1),
        "send a datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
        "open a UNIX socket": lambda: socket.socket(socket.AF_UNIX),
        "run a program": lambda: subprocess.run(["/bin/true"], check=True),
        "start a process": _fork,
        "signal the hub": lambda: os.kill(hub, 0),
        "write into the home": lambda: Path(secret).write_text("changed"),
        "make a file": lambda: Path(secret).with_name("made").touch(exist_ok=False),
        "read the home": lambda: Path(secret).read_text(),
        "read the hub's environment": lambda: Path(f"/proc/{hub}/environ").read_bytes(),
        "read the hub's memory": lambda: os.close(os.open(f"/proc/{hub}/mem", os.O_RDONLY)),
    }
    return json.dumps([name for name, way in ways.items() if _goes(way)])


def _goes(way: Callable[[], Any]) -> bool:
    try:
        way()
    except Exception:
        return False
    return True


def _fork() -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
