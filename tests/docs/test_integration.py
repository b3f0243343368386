"""The integration that the guide shows, with a bridge at the other end of a real connection."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from hub.core.errors import CommandError, UnavailableError
from hub.plugins.channel.command_queue import CommandQueue
from hub.sdk import Context, DeviceCommand, EntityAdded, StateReported
from hub.sdk.plugin_module import device_config, load_integration
from tests.docs.markdown import ROOT, blocks

LAMP = "light.porch"


class Bridge:
    """Answers each line with what it was told to."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.heard: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"off\n")
        while self.answers:
            self.heard.append(await reader.readline())
            writer.write(self.answers.pop(0))
        writer.close()


async def test_the_lamp_behind_the_bridge_works(tmp_path: Path) -> None:
    [code] = [b.text for b in blocks(ROOT / "docs" / "devices.md") if b.file.endswith("bridge/integration.py")]
    (tmp_path / "integration.py").write_text(code)
    device = load_integration(tmp_path / "integration.py", "bridge")
    bridge = Bridge(b"on\nok\n", b"no\n", b"off\nok\n")
    server = await asyncio.start_server(bridge.serve, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]

    async def connect(host: str, _: int) -> socket.socket:
        opened = socket.create_connection((host, port))
        opened.setblocking(False)
        return opened

    commands = CommandQueue("bridge")
    commands.open()
    context = Context({"commands": commands, "connect": connect})
    assert device.run is not None
    updates = device.run(context, device_config(device, {"host": "127.0.0.1"}, "here"))

    async def command(value: bool) -> None:
        await commands.deliver(DeviceCommand(1, LAMP, "OnOff", value))

    added = await anext(updates)
    assert isinstance(added, EntityAdded)
    assert added.entity.id == LAMP
    assert await anext(updates) == StateReported(LAMP, "OnOff", False)
    later: list[Any] = []

    async def read() -> None:
        async for update in updates:
            later.append(update)

    reading = asyncio.create_task(read())
    await command(True)
    with pytest.raises(CommandError, match="did not want to"):
        await command(True)
    await command(False)
    with pytest.raises(UnavailableError, match="hung up"):
        await reading
    assert bridge.heard == [b"on\n", b"on\n", b"off\n"]
    assert later == [StateReported(LAMP, "OnOff", True), StateReported(LAMP, "OnOff", False)]
    server.close()
