"""The MQTT client on a connection that the hub opened.

paho opens its own sockets. Here the hub does: `guard` decides where a connection may go and enters it in the ledger.
paho has no public way to be given a socket, so the one method that makes it is replaced, in this file only; should a
release rename it, constructing the client fails at once instead of going round the guard.
"""

import socket
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from .payload import MAX_LIST_BYTES

_HOOK = "_create_socket_connection"
MAX_QUEUED = 50_000


class Client(aiomqtt.Client):
    """An `aiomqtt.Client` that speaks over `connection`, a connected socket that it takes over and closes.

    With MQTT 5 the broker is told never to send a packet of more than 16 MiB.
    """

    def __init__(self, connection: socket.socket, host: str, port: int, *, modern: bool, **options: Any) -> None:
        self.modern = modern
        if modern:
            options["properties"] = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            options["properties"].MaximumPacketSize = MAX_LIST_BYTES + 64 * 1024
        version = aiomqtt.ProtocolVersion.V5 if modern else aiomqtt.ProtocolVersion.V311
        super().__init__(host, port, protocol=version, max_queued_incoming_messages=MAX_QUEUED, **options)
        if not callable(getattr(self._client, _HOOK, None)):
            raise RuntimeError(f"this paho-mqtt has no {_HOOK}; the hub cannot hand it a connection")
        setattr(self._client, _HOOK, lambda: connection)
        self._limit_reading()

    def _limit_reading(self) -> None:
        # A broker that ignores the limit, or an old one, gets no more memory than it either.
        read = self._client.loop_read

        def bounded(max_packets: int = 1) -> Any:
            result = read(max_packets)
            if self._client._in_packet["remaining_length"] > MAX_LIST_BYTES + 64 * 1024:
                raise aiomqtt.MqttError("the broker sent a packet larger than 16 MiB")
            return result

        self._client.loop_read = bounded  # type: ignore[method-assign]


def as_socket(connection: Any) -> socket.socket:
    """What `ctx.connect` handed over, a socket or a descriptor, as a socket."""
    if isinstance(connection, socket.socket):
        return connection
    descriptor = connection if isinstance(connection, int) else connection.detach()
    return socket.socket(fileno=descriptor)
