"""Packets that leave are seen, those on the loopback are not. In a network namespace of its own."""

import shutil
import subprocess
import sys

import pytest

from hub.bench.audit.packets import Packets

_SENDS = """
import socket, sys, time
from hub.bench.audit.packets import Packets

with Packets() as packets:
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind(("home0", 0))
    out.send(bytes(12) + b"\\x88\\xb5" + b"the canary")
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"stays here", ("127.0.0.1", 9))
    until = time.monotonic() + 20
    while not any(b"the canary" in one for one in packets.sent) and time.monotonic() < until:
        time.sleep(0.01)
found = b"".join(packets.sent)
sys.exit(0 if b"the canary" in found and b"stays here" not in found and not packets.overflowed else 1)
"""
_NETWORK = (
    "ip link set lo up && ip link add name home0 type veth peer name home1 && ip link set home0 up && "
    "ip link set home1 up"
)


def alone(command: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    inside = ["unshare", "--net", "sh", "-c", command, "sh", *arguments]
    return subprocess.run(inside, capture_output=True, text=True, timeout=100, check=False)


def test_a_packet_that_leaves_is_seen() -> None:
    if shutil.which("unshare") is None or shutil.which("ip") is None or alone(_NETWORK).returncode:
        pytest.skip("a network namespace may not be made here")
    ran = alone(f'{_NETWORK} && exec "$@"', sys.executable, "-c", _SENDS)
    assert ran.returncode == 0, ran.stderr


def test_where_they_may_not_be_read_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("hub.bench.audit.packets.socket.socket", refused)
    with Packets() as packets:
        pass
    assert packets.sent is None
