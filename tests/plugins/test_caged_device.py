"""Integrations of strangers, in cages: a real bridge over TCP, what it may reach, and what it may not break."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from hub.core.commands import Command
from hub.core.errors import (
    EgressError,
    FieldRefusedError,
    GrantError,
    PluginError,
    ProtocolError,
    UnavailableError,
    ValueRefusedError,
)
from hub.core.events import AvailabilityChanged, PluginFailed, TaskFailed
from hub.guard.connect import Guard
from hub.guard.egress import Reach
from hub.guard.sealing.syscalls import this_architecture
from hub.guard.tls import server_context
from hub.plugins.cage.cages import Cages
from hub.plugins.device_forms import marked
from hub.plugins.devices.device_code import DeviceCode
from hub.plugins.discovery import FoundDevice, find_devices
from hub.plugins.ports.device_ports import ConnectPort, texts
from hub.sdk.device import Device
from hub.sdk.manifest import Grant
from tests.ledger_rows import Rows
from tests.plugins.caged_devices import LAMPS, STREET, pid, send, start
from tests.plugins.conftest import QUICK, Hub
from tests.self_signed import self_signed

pytestmark = pytest.mark.sealed

LAMP = """
@device.connect(Config)
async def connect(ctx, config):
    sock = await ctx.connect("127.0.0.1", int(config.host))
    reader, writer = await asyncio.open_connection(sock=sock)
    yield lamp()
    async def obey():
        async for command in ctx.commands:
            if command.trait == "Level":
                command.fail(CommandError("it cannot be dimmed"))
                continue
            writer.write(f"set {command.value}\\n".encode())
            await reader.readuntil(b"ok\\n")
            command.done()
            await told.put(StateReported(command.entity, "OnOff", command.value))
    told = asyncio.Queue()
    obeying = asyncio.create_task(obey())
    await told.put(StateReported("light.a", "OnOff", False))
    while True:
        yield await told.get()
"""


class Bridge:
    """A lamp's bridge on TCP: it answers each line with "ok"."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        while line := await reader.readline():
            self.lines.append(line.decode().strip())
            writer.write(b"ok\n")
        self.open -= 1
        writer.close()


@pytest.fixture
async def bridge() -> AsyncIterator[tuple[Bridge, int]]:
    made = Bridge()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    yield made, server.sockets[0].getsockname()[1]
    server.close()


async def test_a_strangers_integration_lives_in_a_process_of_its_own(
    make_hub: Callable[..., Hub], write_device: Any, bridge: tuple[Bridge, int]
) -> None:
    """It speaks over a connection of the hub's, obeys, is killed, and comes back."""
    if this_architecture() is None:
        pytest.skip("cages need Linux on x86-64 or arm64")
    there, port = bridge
    grant = f'[[grant]]\nport = "connect"\nwhy = "the bridge"\nonly = ["127.0.0.1:{port}"]'
    write_device("mine", LAMP, grants=grant)
    rows = Rows()
    guard = Guard(writer=rows)
    hub = make_hub(cages=Cages(patience=QUICK), connect=guard.open_socket)
    try:
        assert start(hub, host=str(port))
        await hub.until(lambda: hub.states.value("light.a", "OnOff") is False)
        assert hub.home.entity("light.a").owner == "mine"
        assert (await send(hub, "OnOff", True)).ok
        assert there.lines == ["set True"]
        await hub.until(lambda: hub.states.value("light.a", "OnOff") is True)
        result = await send(hub, "Level", 30)
        assert (result.ok, result.reason) == (False, "it cannot be dimmed")
        first = pid(hub)
        assert first != os.getpid()
        os.kill(first, signal.SIGKILL)
        await hub.until(lambda: len(hub.told(AvailabilityChanged)) >= 2)
        assert [e.available for e in hub.told(AvailabilityChanged)] == [False, True]
        assert [(e.task, "killed by SIGKILL" in e.error) for e in hub.told(TaskFailed)] == [("device:mine", True)]
        assert pid(hub) != first
        assert (await send(hub, "OnOff", False)).ok
        assert there.lines == ["set True", "set False"]
        await hub.devices.stop("mine")
        await hub.until(lambda: there.open == 0)  # its connections ended with it
        await guard.close()
        assert {(row[0], row[1], row[4]) for row in rows.rows} == {("device:mine", f"127.0.0.1:{port}", "the bridge")}
        assert sum(row[2] for row in rows.rows) == len("set True\nset False\n")
        assert sum(row[3] for row in rows.rows) == len("ok\nok\n")
    finally:
        await hub.close()


@pytest.mark.parametrize(
    ("only", "host", "reach"),
    [
        ((), "192.168.1.5", Reach.LAN),
        (("192.168.*",), "192.168.1.5", Reach.LAN),
        (("heater.fritz.box:80",), "heater.fritz.box", Reach.LAN),
        (("127.0.0.1:80",), "127.0.0.1", Reach.HOME),
        (("127.0.*",), "127.0.0.1", Reach.LAN),  # which this machine is not part of
    ],
)
async def test_where_a_stranger_may_connect(only: tuple[str, ...], host: str, reach: Reach) -> None:
    asked: list[Any] = []

    async def connect(host: str, port: int, **how: Any) -> None:
        asked.append((host, port, how["who"], how["reach"]))

    port = ConnectPort("mine", (Grant(port="connect", why="x", only=only),), connect, stranger=True)
    await port(host, 80)
    assert asked == [(host, 80, "device:mine", reach)]


async def test_threat_16_no_name_is_looked_up_that_a_stranger_made_up() -> None:
    """A secret in a name would reach whoever answers for it, before anybody asks whether it may be connected to."""
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        raise OSError("nobody knows it")

    def port(*only: str, told: tuple[str, ...] = ()) -> ConnectPort:
        guard = Guard(resolve=resolve)
        return ConnectPort(
            "m", (Grant(port="connect", why="x", only=only),), guard.open_socket, stranger=True, told=told
        )

    for only in ((), ("*",), ("192.168.*",)):
        with pytest.raises(EgressError, match="may not look up"):
            await port(*only)("192.168.the-safe-is-4711.evil.example", 80)
    assert asked == []
    for mine, host in (
        (port(told=("bridge.example.org",)), "bridge.example.org"),  # the household wrote it
        (port("bridge.example.org:80"), "bridge.example.org"),  # it agreed to it
        (port(), "bridge.local"),
    ):
        with pytest.raises(UnavailableError):
            await mine(host, 80)
    assert asked == ["bridge.example.org", "bridge.example.org", "bridge.local"]


def test_what_the_household_wrote_into_settings() -> None:
    config = {"host": "a.example.org", "port": 1, "more": [{"name": "b.example.org"}, None]}
    assert texts(config) == {"a.example.org", "b.example.org"}


async def test_a_stranger_does_not_take_all_of_the_hubs_threads() -> None:
    opening: list[int] = []
    answer = asyncio.Event()

    async def connect(host: str, port: int, **_how: Any) -> None:
        opening.append(port)
        await answer.wait()

    mine = ConnectPort("mine", (Grant(port="connect", why="x"),), connect, stranger=True)
    asking = asyncio.gather(*(mine("10.0.0.1", port) for port in range(1, 9)))
    await asyncio.sleep(0.01)
    assert opening == [1, 2]
    answer.set()
    await asking
    assert opening == list(range(1, 9))


async def test_threat_16_a_strangers_connection_stays_within_its_grant() -> None:
    guard = Guard(resolve=lambda host, _: {"cloud.example.org": ["127.0.0.1"]}.get(host, [host]))

    def port(*only: str) -> ConnectPort:
        return ConnectPort("mine", (Grant(port="connect", why="x", only=only),), guard.open_socket, stranger=True)

    for host in ("127.0.0.1", "::1", "169.254.169.254", "8.8.8.8", "cloud.example.org"):
        with pytest.raises(EgressError):
            await port()(host, 80)
    for host in ("169.254.169.254", "cloud.example.org"):
        with pytest.raises(EgressError):
            await port(f"{host}:80")(host, 80)
    with pytest.raises(GrantError):
        await port("192.168.1.5:80")("192.168.1.5", 81)
    often = port()
    for _ in range(100):  # each would be a row of the ledger
        with pytest.raises((EgressError, ValueRefusedError)) as refused:
            await often("8.8.8.8", 80)
    assert isinstance(refused.value, ValueRefusedError)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("raise RuntimeError('x')", "integration.py:8: RuntimeError: x"),
        ("import os; os._exit(3)", "ended with code 3"),
        ("", "decorate a generator"),
        (LAMP, "hearth.toml [plugins.config.mine]: Expected `str`, got `int` - at `$.host` (its fields are"),
    ],
)
async def test_a_broken_one_is_reported_and_left_out(caged: Hub, write_device: Any, code: str, says: str) -> None:
    write_device("mine", code)
    start(caged, host=7)
    await caged.until(lambda: caged.told(PluginFailed))
    assert says in caged.told(PluginFailed)[0].error
    await asyncio.sleep(0.05)
    [status] = caged.devices.status()
    assert (status.running, says in status.trouble) == (False, True)
    assert caged.told(TaskFailed) == []  # it is not tried again


async def test_a_strangers_form_is_asked_for_in_a_cage(caged: Hub, write_device: Any, tmp_path: Path) -> None:
    grant = '[[grant]]\nport = "connect"\nwhy = "x"\n'
    code = f"open({str(tmp_path / 'here')!r}, 'w')"
    write_device(
        "mine",
        f"class Config(msgspec.Struct):\n    host: str\n    pin: str = ''\n    port: int = 80\n{LAMP}",
        grants=grant,
    )
    write_device("harm", code)
    write_device("odd", f"import os\nos.write(3, b'\\x02\\0\\0\\0\\x81\\xa1')\n{LAMP}")
    found = {each.manifest.id: each for each in find_devices(caged.plugin_settings).plugins}
    shelf_code = DeviceCode(no_code, caged.cages)
    form = await shelf_code.form(found["mine"])
    assert (form.schema["required"], set(form.secrets)) == (["host"], {"pin"})
    assert await shelf_code.checked(found["mine"], {"host": "h", "port": 80}) == {"host": "h"}
    with pytest.raises(FieldRefusedError, match="port"):
        await shelf_code.checked(found["mine"], {"host": "h", "port": "x"})
    with pytest.raises(FieldRefusedError, match=r"prot: there is no such field \(there are: host, pin, port\)"):
        await shelf_code.checked(found["mine"], {"host": "h", "prot": 81})
    with pytest.raises(PluginError, match="PermissionError"):
        await shelf_code.form(found["harm"])
    with pytest.raises(ProtocolError):
        await shelf_code.form(found["odd"])
    assert not (tmp_path / "here").exists()


def no_code(_found: FoundDevice) -> Device:
    raise AssertionError("it was loaded in the hub")


@pytest.mark.parametrize(
    "schema", [{"$ref": 1}, {"$ref": "#/$defs/x"}, {"properties": []}, {"properties": {"a": 1}}, {"$defs": 7}]
)
def test_what_is_no_form_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(PluginError, match="no JSON Schema"):
        marked(schema, "here")


ODD = """
class Odd(msgspec.Struct):
    x: int = 1
@device.connect(Config)
async def connect(ctx, config):
    yield lamp()
    for update in (
        StateReported("light.a", "OnOff", "maybe"),
        StateReported("light.a", "Level", float("nan")),
        StateReported("light.a", "Level", {"a": 1}),
        StateReported("light.a", ["x"], 1),
        StateReported(None, None, None),
        StateReported("light.other", "OnOff", True),
        EntityAdded("light.x"),
        EntityAdded(None),
        EntityAdded(Entity(id="light.x", name="x" * 10_000)),
        Reachable("light.other", True),
        Odd(),
        object(),
        None,
        42,
        "x" * 2_000_000,
    ):
        yield update
    await ctx.store.set("k", [1])
    yield StateReported("light.a", "Level", (await ctx.store.get("k"))[0])
    try:
        await ctx.connect("10.0.0.1", 80)
    except HearthError as error:
        yield StateReported("light.a", "OnOff", error.code == "grant")
    await asyncio.sleep(999)
"""


async def test_wrong_updates_are_refused_and_counted_and_ports_are_as_granted(caged: Hub, write_device: Any) -> None:
    write_device("mine", ODD, grants='[[grant]]\nport = "store"\nwhy = "x"\n')
    start(caged, host="x")
    await caged.until(lambda: caged.states.value("light.a", "OnOff") is True)
    [status] = caged.devices.status()
    assert (status.running, status.refused, status.applied, status.entities) == (True, 15, 3, 1)
    assert caged.states.value("light.a", "Level") == 1
    assert await caged.data.get("mine", "k") == [1]


SECURE_LAMP = """
import ssl
@device.connect(Config)
async def connect(ctx, config):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # as most devices at home need it
    sock = await ctx.connect("127.0.0.1", int(config.host))
    reader, writer = await asyncio.open_connection(sock=sock, ssl=context, server_hostname="lamp")
    writer.write(b"hello\\n")
    said = await reader.readline()
    yield lamp()
    yield StateReported("light.a", "OnOff", said == b"ok\\n")
    await asyncio.Event().wait()
"""


async def test_a_caged_one_speaks_tls_to_its_device(
    make_hub: Callable[..., Hub], write_device: Any, tmp_path: Path
) -> None:
    if this_architecture() is None or shutil.which("openssl") is None:
        pytest.skip("this needs cages, which are Linux's on x86-64 or arm64, and openssl")
    there, (certificate, key) = Bridge(), self_signed(tmp_path)
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0, ssl=server_context(certificate, key))
    port = server.sockets[0].getsockname()[1]
    grant = f'[[grant]]\nport = "connect"\nwhy = "the lamp"\nonly = ["127.0.0.1:{port}"]'
    write_device("mine", SECURE_LAMP, grants=grant)
    hub = make_hub(cages=Cages(patience=QUICK), connect=Guard().open_socket)
    try:
        assert start(hub, host=str(port))
        await hub.until(lambda: hub.states.value("light.a", "OnOff") is True)
        assert there.lines == ["hello"]
    finally:
        await hub.close()
        server.close()


async def test_everything_in_a_large_home_is_told_to_a_caged_one_at_once(caged: Hub, write_device: Any) -> None:
    write_device("mine", STREET)
    start(caged)
    await caged.until(lambda: f"light.l{LAMPS - 1}" in caged.home.view().entities)
    commands = [Command(entity=f"light.l{n}", trait="OnOff", value=True, channel="ui") for n in range(LAMPS)]
    results = await caged.dispatcher.send_all(commands)
    assert [result.reason for result in results if not result.ok] == []
