"""The bytes of a connection that another process uses, for the ledger: as the kernel counts them."""

import asyncio
import socket
import struct
from typing import Final

from hub.guard.counted_socket import CountedSocket

_COUNT_S: Final = 10.0
_COUNTS: Final = struct.Struct("=QQ")  # tcpi_bytes_acked, tcpi_bytes_received of struct tcp_info (linux/tcp.h)
_COUNTS_AT: Final = 120


async def keep_count(connection: CountedSocket) -> None:
    """Keep the tally of `connection` until cancelled; then it is exact."""
    before = _kernel_count(connection)
    try:
        while True:
            await asyncio.sleep(_COUNT_S)
            _tell(connection, before)
    finally:
        _tell(connection, before)


def _tell(connection: CountedSocket, before: tuple[int, int]) -> None:
    out, into = _kernel_count(connection)
    connection.tally.bytes_out, connection.tally.bytes_in = out - before[0], into - before[1]


def _kernel_count(connection: socket.socket) -> tuple[int, int]:
    """Bytes that went out and were received for, and that came in."""
    try:
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _COUNTS_AT + _COUNTS.size)
    except OSError:
        info = b""
    if len(info) < _COUNTS_AT + _COUNTS.size:
        return 0, 0  # a kernel before 4.1
    out, into = _COUNTS.unpack_from(info, _COUNTS_AT)
    return out, into
