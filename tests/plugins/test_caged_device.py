"""Integrations of strangers, in cages: a real bridge over TCP, what it may reach, and what it may not break."""

import asyncio
import json
import os
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.core.commands import Command
from hub.core.errors import EgressError, FieldRefusedError, GrantError, PluginError, ProtocolError, ValueRefusedError
from hub.core.events import AvailabilityChanged, PluginFailed, TaskFailed
from hub.guard import zygote as zygote_module
from hub.guard.connect import Guard
from hub.guard.egress import Reach
from hub.guard.syscalls import this_architecture
from hub.plugins.cage.appetite import Limits
from hub.plugins.cage.cages import CagePatience, Cages
from hub.plugins.devices.device_code import DeviceCode
from hub.plugins.devices.device_forms import marked
from hub.plugins.discovery import FoundDevice, find_devices
from hub.plugins.ports.device_ports import ConnectPort
from hub.sdk.device import Device
from hub.sdk.manifest import Grant
from tests.plugins.conftest import Hub
from tests.plugins.harm import HARMFUL
from tests.plugins.test_cage import check

pytestmark = pytest.mark.sealed
QUICK = CagePatience(start_s=60.0, look_s=0.05, hang_s=20.0)

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


class Rows:
    def __init__(self) -> None:
        self.all: list[tuple[Any, ...]] = []

    async def record(self, *row: Any) -> None:
        self.all.append(row[:5])


@pytest.fixture
async def bridge() -> AsyncIterator[tuple[Bridge, int]]:
    made = Bridge()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    yield made, server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture
async def caged(make_hub: Callable[..., Hub]) -> AsyncIterator[Hub]:
    if this_architecture() is None:
        pytest.skip("cages need Linux on x86-64 or arm64")
    made = make_hub(cages=Cages(patience=QUICK, limits=Limits(cpu_burst_s=1000.0)))
    yield made
    await made.close()


def start(hub: Hub, name: str = "mine", **config: Any) -> bool:
    hub.devices.offer(find_devices(hub.plugin_settings))
    return hub.devices.start(name, config, place="hearth.toml [plugins.config.mine]")


def send(hub: Hub, trait: str, value: Any) -> Any:
    return hub.dispatcher.send(Command(entity="light.a", trait=trait, value=value, channel="ui"))


def pid(hub: Hub, name: str = "mine") -> int:
    found: int | None = hub.devices._instances[name].caged.pid  # type: ignore[union-attr]
    assert found
    return found


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
        assert {(row[0], row[1], row[4]) for row in rows.all} == {("device:mine", f"127.0.0.1:{port}", "the bridge")}
        assert sum(row[2] for row in rows.all) == len("set True\nset False\n")
        assert sum(row[3] for row in rows.all) == len("ok\nok\n")
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
        (LAMP, "hearth.toml [plugins.config.mine]: Expected `str`, got `int`"),
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


@pytest.mark.parametrize(
    ("deed", "says"),
    [
        ("time.sleep(9999)", "it hung"),
        ("ctypes.string_at(0)", "killed by SIGSEGV"),
        ("os.write(3, b'\\xff' * 64)", "a message of"),
        ("os.write(3, b'\\x01\\x00\\x00\\x00\\xc1')", "not a message"),
        (
            "threading.stack_size(65536); "
            "[threading.Thread(target=time.sleep, args=(9,), daemon=True).start() for _ in range(40)]",
            "threads",
        ),
    ],
)
async def test_threat_37_one_that_harms_is_killed_named_and_started_again(
    make_hub: Callable[..., Hub], write_device: Any, deed: str, says: str
) -> None:
    code = f"""
        import ctypes, os, threading, time
        @device.connect(Config)
        async def connect(ctx, config):
            yield lamp(config.host)
            yield StateReported(f"light.{{config.host}}", "Level", os.getpid() % 100)
            async for command in ctx.commands:
                {deed}
                command.done()
        """
    write_device("mine", code)
    write_device("good", code)
    patience = CagePatience(start_s=60.0, look_s=0.05, hang_s=0.5 if "hung" in says else 20.0)
    hub = make_hub(cages=Cages(patience=patience, limits=Limits(cpu_burst_s=1000.0)))
    try:
        start(hub, "good", host="good")
        start(hub, "mine", host="a")
        await hub.until(lambda: hub.states.value("light.a", "Level") is not None)
        await hub.until(lambda: hub.states.value("light.good", "Level") is not None)
        good = pid(hub, "good")
        with capture_logs():
            await send(hub, "OnOff", True)
            await hub.until(lambda: [e for e in hub.told(TaskFailed) if e.task == "device:mine"])
        assert says in next(e.error for e in hub.told(TaskFailed) if e.task == "device:mine")
        await hub.until(lambda: hub.states.available("light.a"))
        if "hung" not in says:  # a busy machine may find the other one slow as well
            assert pid(hub, "good") == good
    finally:
        await hub.close()


async def test_a_flood_costs_only_itself(caged: Hub, write_device: Any) -> None:
    write_device(
        "mine",
        """
        @device.connect(Config)
        async def connect(ctx, config):
            yield lamp()
            n = 0
            while True:
                n = (n + 1) % 100
                yield StateReported("light.a", "Level", n)
        """,
    )
    start(caged)
    await caged.until(lambda: caged.devices.status()[0].applied > 1000)
    for _ in range(20):
        await asyncio.sleep(0)  # returns, although the flood never pauses by itself
    await caged.devices.stop("mine")
    assert "light.a" not in caged.home.view().entities


HARM = """
from . import attempts
class Target(msgspec.Struct):
    core: int
    victim: int
    secret: str
    port: int
@device.connect(Target)
async def connect(ctx, config):
    handed = await ctx.connect("127.0.0.1", config.port)
    await ctx.store.set("given", await attempts.environment(None))
    await ctx.store.set("found", await attempts.attempt(None, config.core, config.victim, config.secret, config.port))
    ways = {
        "another place by a handed connection": lambda: handed.connect("\\0hearth-test"),
        "listen on a handed connection": lambda: handed.listen(),
        "bind a handed connection": lambda: handed.bind("\\0hearth-harm"),
        "a datagram by a handed connection": lambda: handed.sendto(b"x", "\\0hearth-test"),
    }
    await ctx.store.set("handed", {name: attempts._outcome(way) for name, way in ways.items()})
    yield lamp("done")
    await asyncio.sleep(999)
"""
WAITS = (
    "@device.connect(Config)\nasync def connect(ctx, config):\n    yield lamp('victim')\n    await asyncio.sleep(999)"
)


async def test_threat_37_every_attempt_of_a_harmful_integration_fails(
    make_hub: Callable[..., Hub], write_device: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if this_architecture() is None:
        pytest.skip("cages need Linux on x86-64 or arm64")
    monkeypatch.setenv("HEARTH_TEST_SECRET", "of the hub")
    home = tmp_path / "home"
    home.mkdir()
    secret = home / "secret.txt"
    secret.write_text("the household's")
    (write_device("victim", WAITS) / "skill.py").write_text("its code")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        grants = (
            f'[[grant]]\nport = "store"\nwhy = "x"\n[[grant]]\nport = "connect"\nwhy = "x"\nonly = ["127.0.0.1:{port}"]'
        )
        folder = write_device("mine", HARM, grants=grants)
        shutil.copy(HARMFUL / "skills" / "harmful" / "skill.py", folder / "attempts.py")
        hub = make_hub(cages=Cages(patience=CagePatience(start_s=60.0, hang_s=60.0)), connect=Guard().open_socket)
        try:
            start(hub, "victim")
            await hub.until(lambda: "light.victim" in hub.home.view().entities)
            victim = pid(hub, "victim")
            start(hub, core=os.getpid(), victim=victim, secret=str(secret), port=port)
            await hub.until(lambda: "light.done" in hub.home.view().entities)
            listener.setblocking(False)
            listener.accept()  # what the hub opened for it, and
            with pytest.raises(BlockingIOError):
                listener.accept()  # nothing else
            told = {
                "found": {**json.loads(await hub.data.get("mine", "found")), **await hub.data.get("mine", "handed")},
                "given": json.loads(await hub.data.get("mine", "given")),
                "victim_lives": pid(hub, "victim") == victim,
                "reached": False,
                "secret": secret.read_text(),
                "files": [p.name for p in home.iterdir()],
            }
        finally:
            await hub.close()
    check(told)


@pytest.mark.parametrize("insists", [False, True])
async def test_where_there_is_no_cage_the_household_decides(
    make_hub: Callable[..., Hub], write_device: Any, monkeypatch: pytest.MonkeyPatch, insists: bool
) -> None:
    monkeypatch.setattr(zygote_module, "this_architecture", lambda: None)
    code = "import os\n@device.connect(Config)\nasync def connect(ctx, config):\n    yield lamp(str(os.getpid()))\n"
    write_device("mine", f"{code}    await asyncio.sleep(999)")
    hub = make_hub(cages=Cages(allow_uncaged=insists))
    try:
        start(hub)
        if insists:
            await hub.until(lambda: f"light.{os.getpid()}" in hub.home.view().entities)
        else:
            await hub.until(lambda: hub.told(PluginFailed))
            assert "allow_uncaged" in hub.told(PluginFailed)[0].error
    finally:
        await hub.close()


async def test_bundled_integrations_stay_in_the_hub(caged: Hub) -> None:
    caged.start_virtual()
    await caged.until(lambda: caged.states.value("light.kitchen", "OnOff") is not None)
    assert caged.devices._instances["virtual"].caged is None
