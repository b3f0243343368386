"""Ports of this machine for what a test starts."""

import contextlib
import socket


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on, no two the same."""
    with contextlib.ExitStack() as all_open:
        servers = [all_open.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [server.getsockname()[1] for server in servers]


def free_port() -> int:
    """One such port."""
    [port] = free_ports(1)
    return port
