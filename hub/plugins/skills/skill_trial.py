"""A look at a skill's code without running it in the hub: it is imported once, in a cage."""

import asyncio

from hub.core.errors import HearthError, PluginError, ProtocolError
from hub.guard.zygote.zygote import Caged
from hub.plugins.cage.cages import Cages
from hub.plugins.channel.channel import ChannelClosedError
from hub.plugins.channel.socket_channel import SocketChannel
from hub.plugins.discovery import FoundSkill
from hub.plugins.loader import check_handlers
from hub.plugins.messages import Ready, Refused, decode_for_hub


async def imported(found: FoundSkill, cages: Cages) -> Ready:
    """Import the skill's code in a cage of its own, which `cages` ends with; what it handles.

    Raises `SealError` where there is no cage, and what is wrong with the code.
    """
    try:
        process = await cages.open(found)
        channel = SocketChannel(process.connection, paced=True)
        try:
            return await introduced(found, channel, process, cages.patience.start_s)
        finally:
            channel.close()
    finally:
        await cages.close()


async def introduced(found: FoundSkill, channel: SocketChannel, process: Caged, within_s: float) -> Ready:
    """Wait for the skill to say what it handles. Raises what is wrong with it."""
    try:
        async with asyncio.timeout(within_s):
            message = decode_for_hub(await channel.receive())
    except TimeoutError:
        raise PluginError(f"its code was not imported within {within_s:g} s", remedy="mend its code") from None
    except ChannelClosedError:
        raise await process.gone() from None
    if isinstance(message, Refused):
        raise HearthError.from_wire(message.error)
    if not isinstance(message, Ready):
        raise ProtocolError("it does not introduce itself", remedy="speak api 1")
    check_handlers(found, message.intents)
    return message
