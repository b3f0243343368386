"""What a caged process becomes: one skill behind one socket. Its code is imported here, and nowhere else."""

import asyncio
import socket
import sys
import traceback
from typing import Any

import msgspec
from msgspec import Struct

from hub.core.clock import SystemClock
from hub.core.errors import HearthError
from hub.plugins.cage.caged_loop import run
from hub.plugins.channel.plugin_side import PluginSide
from hub.plugins.channel.socket_channel import SocketChannel
from hub.plugins.messages import Ready, Refused, encode
from hub.sdk.plugin_module import load_handlers
from hub.sdk.setting import Value

ENTRY = "hub.plugins.cage.caged_main:serve"
PRELOAD = (
    "hub.plugins.cage.caged_main",
    "hub.sdk.summary",
    "asyncio",
    "concurrent.futures.thread",
)
"""What a skill is likely to need is imported before the fork, once for all of them."""


class CagedSkillConfig(Struct, frozen=True, kw_only=True):
    """Which skill to be: its id, its module, its own libraries, the names of its ports, and what the household chose
    for it.
    """

    skill: str
    code: str
    wheels: tuple[str, ...] = ()
    ports: tuple[str, ...]
    settings: dict[str, Value] = {}


msgspec.msgpack.Decoder(CagedSkillConfig)  # so that what msgspec learns of it is learnt before the fork


def serve(connection: socket.socket, config: dict[str, Any]) -> None:
    """Import the skill and serve it until the hub closes the connection."""
    about = msgspec.convert(config, CagedSkillConfig)
    sys.path[:0] = about.wheels
    run(_serve(connection, about))


async def _serve(connection: socket.socket, about: CagedSkillConfig) -> None:
    channel = SocketChannel(connection)
    try:
        skill = load_handlers(about.code, about.skill)
    except HearthError as error:
        await channel.send(encode(Refused(id=0, error=error.to_wire())))
        channel.close()
        await asyncio.sleep(0)
        return
    await channel.send(encode(Ready(id=0, intents=tuple(skill.intents), events=tuple(skill.events))))
    ports = frozenset(about.ports)
    failed = traceback.print_exception
    await PluginSide(about.skill, skill, ports, channel, SystemClock(), failed, about.settings).run()
