"""What a caged process becomes: one integration behind one socket. Its code is imported here, and nowhere else."""

import socket
import sys
from typing import Any

import msgspec
from msgspec import Struct

from hub.core.errors import HearthError
from hub.plugins.cage.caged_loop import run
from hub.plugins.cage.caged_tls import let_asyncio_speak_tls
from hub.plugins.channel.device_plugin_side import DevicePluginSide
from hub.plugins.channel.socket_channel import SocketChannel
from hub.plugins.device_forms import checked, schema_of
from hub.plugins.device_messages import Begin, Describe, Described, decode_for_device, encode_device
from hub.plugins.messages import Ready, Refused
from hub.sdk.plugin_module import device_config, load_integration

DEVICE_ENTRY = "hub.plugins.cage.caged_device_main:serve"


class CagedDeviceConfig(Struct, frozen=True, kw_only=True):
    """Which integration to be: its id, its module, its own libraries, the names of its ports."""

    device: str
    code: str
    wheels: tuple[str, ...] = ()
    ports: tuple[str, ...]


msgspec.msgpack.Decoder(CagedDeviceConfig)  # so that what msgspec learns of it is learnt before the fork
let_asyncio_speak_tls()  # once before the fork, too, and not for skills, which have no connections


def serve(connection: socket.socket, config: dict[str, Any]) -> None:
    """Import the integration and run it until it ends, or the hub closes the connection."""
    about = msgspec.convert(config, CagedDeviceConfig)
    sys.path[:0] = about.wheels
    run(_serve(connection, about))


async def _serve(connection: socket.socket, about: CagedDeviceConfig) -> None:
    channel = SocketChannel(connection, trusting=True)
    begin = decode_for_device(await channel.receive())
    assert isinstance(begin, Begin | Describe)
    try:
        device = load_integration(about.code, about.device)
        if isinstance(begin, Describe):
            config = {} if begin.config is None else checked(device, begin.config)
            await channel.send(encode_device(Described(schema=schema_of(device, about.code), config=config)))
            return
        settings = device_config(device, begin.config, begin.place)
    except HearthError as error:
        await channel.send(encode_device(Refused(id=0, error=error.to_wire())))
    else:
        await channel.send(encode_device(Ready(id=0, intents=())))
        await DevicePluginSide(about.device, device, settings, frozenset(about.ports), channel).run()
    channel.close()
