"""The peer of `hearth bench ui`: aiohttp as its manual shows it, each event sent to each client on its own.

`python -m hub.bench.plain_live UPDATES_A_SECOND` prints the port that it serves on, and tells every client so often.
"""

import asyncio
import contextlib
import json
import sys
import time

from aiohttp import web


async def run(rate: float) -> None:
    """Serve until the process is ended."""
    clients: set[web.WebSocketResponse] = set()

    async def live(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        clients.add(socket)
        try:
            async for _ in socket:
                pass
        finally:
            clients.discard(socket)
        return socket

    app = web.Application()
    app.router.add_get("/", live)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)  # noqa: T201 -- the benchmark reads it
    began, told = time.monotonic(), 0
    while True:
        await asyncio.sleep(1 / rate)
        while told < (time.monotonic() - began) * rate:
            told += 1
            event = {"event": "StateChanged", "entity": f"sensor.bench_{told % 50}", "trait": "Measure", "value": told,
                     "before": told - 50, "id": str(told), "at": time.time(), "origin": {"hub": "", "area": "",
                     "source": "mqtt"}, "causes": []}  # fmt: skip
            for socket in list(clients):
                with contextlib.suppress(ConnectionResetError):  # it leaves
                    await socket.send_str(json.dumps(event, separators=(",", ":")))


if __name__ == "__main__":
    asyncio.run(run(float(sys.argv[1])))
