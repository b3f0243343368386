"""Threat 37 for integrations: what means harm, or only talks too much, costs itself and nobody else."""

import asyncio
import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.core.events import PluginFailed, TaskFailed
from hub.guard.connect import Guard
from hub.guard.sealing.syscalls import this_architecture
from hub.guard.zygote import zygote as zygote_module
from hub.plugins.cage.appetite import Limits
from hub.plugins.cage.cages import CagePatience, Cages
from tests.plugins.caged_devices import pid, send, start
from tests.plugins.conftest import Hub
from tests.plugins.floods import TELLS
from tests.plugins.harm import HARMFUL
from tests.plugins.refused import check

pytestmark = pytest.mark.sealed


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
        TELLS,
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
