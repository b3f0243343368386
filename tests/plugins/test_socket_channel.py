import asyncio
import socket
import struct

import pytest

from hub.core.errors import ProtocolError
from hub.plugins.channel import ChannelClosedError
from hub.plugins.messages import MAX_MESSAGE
from hub.plugins.socket_channel import SocketChannel, _Pace


async def pair() -> tuple[SocketChannel, SocketChannel]:
    here, there = socket.socketpair()
    return await SocketChannel.over(here, paced=True), await SocketChannel.over(there)


async def test_messages_of_every_size_arrive_in_order_and_it_ends_for_both() -> None:
    hub, plugin = await pair()
    messages = [b"", b"x", b"y" * 100_000, b"z" * MAX_MESSAGE]
    sending = asyncio.ensure_future(asyncio.gather(*(plugin.send(m) for m in messages)))
    assert [await hub.receive() for _ in messages] == messages
    await sending
    plugin.close()
    with pytest.raises(ChannelClosedError):
        await hub.receive()
    with pytest.raises(ChannelClosedError):
        await plugin.send(b"x")
    hub.close()


async def test_what_is_too_long_is_refused_before_it_is_read() -> None:
    here, there = socket.socketpair()
    hub = await SocketChannel.over(here)
    there.sendall(struct.pack("<I", MAX_MESSAGE + 1))
    with pytest.raises(ProtocolError):
        await hub.receive()
    hub.close()
    there.close()


async def test_half_a_message_is_an_end() -> None:
    here, there = socket.socketpair()
    hub = await SocketChannel.over(here)
    there.sendall(struct.pack("<I", 100) + b"half")
    there.close()
    with pytest.raises(ChannelClosedError):
        await hub.receive()
    hub.close()


@pytest.mark.parametrize(("messages", "size"), [(10_000, 10), (200, MAX_MESSAGE)])
async def test_one_that_says_much_at_once_waits_from_then_on(messages: int, size: int) -> None:
    pace = _Pace()
    waits = []
    for _ in range(messages):
        waits.append(pace.wait_s())
        pace.take(size)
    assert waits[messages // 20] == 0.0
    assert waits[-1] > 5.0
