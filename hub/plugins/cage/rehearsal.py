"""What every caged process does, done in the zygote before the first: a page that a fork writes to is copied, and
Python writes into a function the first times that it runs, to make it faster.

This module is also the skill that is rehearsed with.
"""

import socket
from typing import Final

import msgspec

from hub.plugins.cage.caged_main import CagedSkillConfig, serve
from hub.plugins.channel.socket_channel import framed
from hub.plugins.messages import CallIntent, Ping, encode
from hub.sdk import Context, Skill
from hub.sdk.intents import IntentCall

REHEARSAL: Final = "hub.plugins.cage.rehearsal:rehearse"
TIMES: Final = 3
"""Each saves a cage about 10 kB, and costs the first 0.9 ms of its start."""

skill = Skill()


@skill.intent("go")
async def go(ctx: Context) -> str:
    """Answer."""
    return "went"


def rehearse() -> None:
    """Be a skill a few times, in this process: started, asked whether it lives, called, and let go."""
    about = msgspec.to_builtins(CagedSkillConfig(skill="rehearsal", code=__file__, ports=("clock",)))
    call = IntentCall(skill="rehearsal", intent="go")
    asked = b"".join(map(framed, (encode(Ping(id=1)), encode(CallIntent(id=2, call=call)))))
    for _ in range(TIMES):
        hub, plugin = socket.socketpair()
        with hub:
            hub.sendall(asked)
            hub.shutdown(socket.SHUT_WR)
            serve(plugin, about)
