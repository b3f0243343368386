"""Zenoh's configuration for a home: it listens in clear, scouts, and connects to anyone unless it is told not to.

Every setting here is one of Zenoh's own (its `DEFAULT_CONFIG.json5` names and explains them). Keys and certificates
are handed over in memory; no file holds them for Zenoh's sake.
"""

import base64
import contextlib
import json
import secrets
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from hub.core.errors import ProtocolError, UnavailableError
from hub.swarm.access import access_control, chunk

if TYPE_CHECKING:
    import zenoh

LARGEST_MESSAGE: Final = 4 * 1024 * 1024
"""Bytes of a message, a question or an answer."""
LEASE_MS: Final = 2000
"""A hub that says nothing for so long is gone. Four keep-alives are sent in that time."""
SAN_ADDRESS: Final = "127.0.0.1"
"""The subject alternative name (an IP address) that every hub's certificate carries for the mesh: connections go out
through `hub.swarm.relay`, so that this is the address that Zenoh connects to and verifies. No public authority may
issue a certificate for it, which matters because Zenoh trusts the public ones too when it connects."""
_PORTS: Final = range(20_000, 32_000)
_TRIES: Final = 64
_ROOM: Final = 64 * 1024  # what Zenoh and a question's envelope add to a message
_MOST_SESSIONS: Final = 64
_BLOCKED_US: Final = 1_000_000  # a hub that takes nothing for so long loses its link, so that it holds up nobody else


class MeshKey(Struct, frozen=True):
    """Who a hub is on the mesh: its id, the home's id, and PEM of the home's root, its own leaf (common name = `hub`)
    and the leaf's private key (PKCS 8).
    """

    hub: str
    home: str
    root: bytes
    certificate: bytes
    private_key: bytes

    def __repr__(self) -> str:
        return f"MeshKey(hub={self.hub!r}, home={self.home!r})"


def settings(key: MeshKey, members: Iterable[str], listen: Iterable[str], connect: Iterable[str]) -> dict[str, Any]:
    """Zenoh's settings by their paths. `listen` and `connect` are `host:port`. Raises `ProtocolError` for an id that
    cannot be part of a key.
    """
    everyone = [chunk(member, "hub's id") for member in (key.hub, *members)]
    chunk(key.home, "home's id")
    return {
        "mode": "peer",
        "listen/endpoints": [f"tls/{place}" for place in listen],
        "listen/exit_on_failure": True,
        "connect/endpoints": [f"tls/{place}" for place in connect],
        "connect/timeout_ms": -1,
        "connect/exit_on_failure": False,
        "connect/retry": {"period_init_ms": 50, "period_max_ms": 2000, "period_increase_factor": 2.0},
        "open/return_conditions": {"connect_scouted": False, "declares": False},
        "scouting/multicast/enabled": False,
        "scouting/multicast/listen": False,
        "scouting/gossip/enabled": False,
        "transport/link/protocols": ["tls"],
        "transport/link/tls": _tls(key),
        "transport/link/tx/lease": LEASE_MS,
        "transport/link/tx/keep_alive": 4,
        "transport/link/tx/queue/congestion_control/block/wait_before_close": _BLOCKED_US,
        "transport/link/rx/max_message_size": LARGEST_MESSAGE + _ROOM,
        "transport/unicast/max_sessions": _MOST_SESSIONS,
        "transport/unicast/max_links": 1,
        "transport/unicast/accept_pending": 16,
        "transport/unicast/accept_timeout": 3000,
        "transport/unicast/open_timeout": 3000,
        "transport/shared_memory/enabled": False,
        "adminspace/enabled": False,
        "plugins_loading/enabled": False,
        "access_control": access_control(key.home, key.hub, everyone),
    }


def _tls(key: MeshKey) -> dict[str, Any]:
    root, certificate, private = (
        base64.b64encode(pem).decode() for pem in (key.root, key.certificate, key.private_key)
    )
    return {
        "root_ca_certificate_base64": root,
        "listen_certificate_base64": certificate,
        "listen_private_key_base64": private,
        "connect_certificate_base64": certificate,
        "connect_private_key_base64": private,
        "enable_mtls": True,
        "verify_name_on_connect": True,
        "close_link_on_expiration": True,
    }


def configuration(values: dict[str, Any]) -> "zenoh.Config":
    """The settings as Zenoh takes them."""
    import zenoh

    config = zenoh.Config()
    for path, value in values.items():
        config.insert_json5(path, json.dumps(value))
    return config


def check_size(topic: str, body: bytes) -> None:
    """Raise `ProtocolError` for a message that is too large for the mesh."""
    if len(body) > LARGEST_MESSAGE:
        message = f"{len(body)} bytes are too many for a message"
        raise ProtocolError(message, place=topic, remedy="send large bodies by Bulk")


def with_port(place: str) -> str:
    """`host:port` with port 0 replaced by a free one, which a later session can listen on again: one below those that
    outgoing connections are given, which would take it meanwhile.
    """
    host, _, port = place.rpartition(":")
    if port != "0":
        return place
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    for tried in [*(secrets.choice(_PORTS) for _ in range(_TRIES)), 0]:
        with contextlib.suppress(OSError), socket.create_server((host.strip("[]"), tried), family=family) as server:
            return f"{host}:{server.getsockname()[1]}"
    raise UnavailableError(f"no port of {host} is free", remedy="is the address one of this machine's?")
