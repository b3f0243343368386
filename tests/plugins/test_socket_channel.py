import asyncio
import os
import socket
import struct

import pytest

from hub.core.errors import ProtocolError
from hub.plugins.channel.channel import ChannelClosedError
from hub.plugins.channel.socket_channel import SocketChannel, _Pace
from hub.plugins.messages import MAX_MESSAGE


async def pair() -> tuple[SocketChannel, SocketChannel]:
    here, there = socket.socketpair()
    return SocketChannel(here, paced=True), SocketChannel(there)


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
    hub = SocketChannel(here)
    there.sendall(struct.pack("<I", MAX_MESSAGE + 1))
    with pytest.raises(ProtocolError):
        await hub.receive()
    hub.close()
    there.close()


async def test_descriptors_go_along_with_their_message() -> None:
    here, there = socket.socketpair()
    hub, plugin = SocketChannel(here), SocketChannel(there, trusting=True)
    pipes = [os.pipe() for _ in range(3)]
    await hub.send(b"before")
    for number, (end, _) in enumerate(pipes):
        await hub.send(str(number).encode() * 100_000, [end])
    await hub.send(b"after")
    assert await plugin.receive() == b"before"
    for number, (_, other) in enumerate(pipes):
        assert (await plugin.receive())[:1] == str(number).encode()
        handed = plugin.descriptor()
        os.write(other, b"hello")
        assert os.read(handed, 10) == b"hello"
        os.close(handed)
        os.close(other)
    assert await plugin.receive() == b"after"
    with pytest.raises(ProtocolError):
        plugin.descriptor()
    await plugin.send(b"mine", [os.dup(0)])  # the hub does not take any
    assert await hub.receive() == b"mine"
    with pytest.raises(ProtocolError):
        hub.descriptor()
    hub.close()
    plugin.close()


async def test_one_that_does_not_read_keeps_only_its_sender_waiting() -> None:
    here, there = socket.socketpair()
    hub = SocketChannel(here)
    sending = asyncio.gather(*(hub.send(b"x" * 100_000) for _ in range(20)), return_exceptions=True)
    await asyncio.sleep(0.02)
    assert not sending.done()
    there.close()
    assert any(isinstance(outcome, ChannelClosedError) for outcome in await sending)
    hub.close()


async def test_half_a_message_is_an_end() -> None:
    here, there = socket.socketpair()
    hub = SocketChannel(here)
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
