"""Connections for one download that a person agreed to just now."""

import socket
from urllib.parse import urlsplit

from hub.guard.connect import Guard
from hub.guard.egress import Destination, Reach
from hub.inference.download import hub_endpoint


class AgreedConnect:
    """Opens connections to wherever the download leads; each is granted for itself and enters the ledger.

    The model hub may be a mirror in the home. A redirect may lead outside only, never back into the home.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def __call__(self, host: str, port: int, *, why: str) -> socket.socket:
        """A connected, blocking socket. Raises `EgressError` or `UnavailableError`."""
        asked = urlsplit(hub_endpoint()).hostname == host
        destination = Destination(host, port)
        self._guard.policy.grant(destination)
        try:
            reach = Reach.HOME if asked else Reach.OUTSIDE
            return self._guard.open_blocking(host, port, why=why, who="models", reach=reach)
        finally:
            self._guard.policy.revoke(destination)
