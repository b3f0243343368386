"""The peer of the mesh's benchmark: an aiohttp WebSocket over TLS with certificates on both sides, two processes.

`python -m hub.bench.mesh_websocket` is the listening one: it reads a `Start` (of `hub.bench.mesh_hub`) as a line of
JSON and says `ready`; it echoes what begins with `p`, counts everything else, and answers `end` with the count.
"""

import asyncio
import sys
import time
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from hub.bench.mesh_hub import Said, Start, say
from hub.guard.tls import mutual_contexts
from hub.swarm.zenoh_config import MeshKey

if TYPE_CHECKING:
    import aiohttp
    from aiohttp import web

PEER: Final = "aiohttp WebSocket, mTLS"
_END: Final = b"end"


class Figures(Struct):
    """Messages a second one way, and the seconds of each round trip."""

    rate: float
    seconds: tuple[float, ...]


async def measure(own: MeshKey, other: MeshKey, place: str, size: int, count: int, pings: int) -> Figures:
    """Start the listening process with `other` at `place`, and talk to it with messages of `size` bytes."""
    import aiohttp

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "hub.bench.mesh_websocket"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(msgspec.json.encode(Start(other, {other.hub: place})) + b"\n")
        await process.stdout.readline()
        client, _ = mutual_contexts(own.root, own.certificate, own.private_key)
        async with aiohttp.ClientSession() as session, session.ws_connect(f"wss://{place}/", ssl=client) as socket:
            return await _talk(socket, size, count, pings)
    finally:
        process.kill()
        await process.wait()


async def _talk(socket: "aiohttp.ClientWebSocketResponse", size: int, count: int, pings: int) -> Figures:
    ping, body, seconds = b"p" * size, b"x" * size, []
    for _ in range(pings):
        began = time.perf_counter()
        await socket.send_bytes(ping)
        await socket.receive_bytes()
        seconds.append(time.perf_counter() - began)
    began = time.perf_counter()
    for _ in range(count):
        await socket.send_bytes(body)
    await socket.send_bytes(_END)
    heard = int(await socket.receive_bytes())
    return Figures(heard / (time.perf_counter() - began), tuple(seconds))


async def _serve(request: "web.BaseRequest") -> "web.StreamResponse":
    from aiohttp import WSMsgType, web

    socket = web.WebSocketResponse(max_msg_size=1 << 20)
    await socket.prepare(request)
    count = 0
    async for message in socket:
        if message.type is not WSMsgType.BINARY:
            continue
        if message.data[:1] == b"p":
            await socket.send_bytes(message.data)
        elif message.data == _END:
            await socket.send_bytes(str(count).encode())
        else:
            count += 1
    return socket


async def run() -> None:
    """Listen until killed."""
    from aiohttp import web

    start = msgspec.json.decode(sys.stdin.buffer.readline(), type=Start)
    key = start.key
    _, context = mutual_contexts(key.root, key.certificate, key.private_key)
    host, _, port = start.places[key.hub].rpartition(":")
    server = web.Server(_serve)
    listener = await asyncio.get_running_loop().create_server(server, host, int(port), ssl=context)
    say(Said("ready", time.monotonic()))
    await listener.serve_forever()


if __name__ == "__main__":
    asyncio.run(run())
