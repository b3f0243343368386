import asyncio

import pytest

from hub.core.commands import Command
from hub.core.errors import NotFoundError, UsageError
from hub.core.events import AvailabilityChanged, PluginFailed, StateChanged, TaskFailed
from hub.plugins.discovery import find_devices
from tests.plugins.caged_devices import LAMPS, STREET
from tests.plugins.floods import TELLS

OBEDIENT = """
@device.connect(Config)
async def connect(ctx, config):
    yield lamp()
    yield StateReported("light.a", "OnOff", False)
    async for command in ctx.commands:
        if command.value == 13:
            raise RuntimeError("the bridge hung up")
        if command.value == 14:
            command.fail(CommandError("the bulb is loose"))
            continue
        if command.value == 15:
            continue
        yield StateReported(command.entity, command.trait, command.value)
        command.done()
"""


def start(hub, name="mine", **config):
    hub.devices.offer(find_devices(hub.plugin_settings))
    return hub.devices.start(name, config)


def send(hub, trait, value):
    return hub.dispatcher.send(Command(entity="light.a", trait=trait, value=value, channel="ui"))


async def test_an_integration_brings_its_entity_and_obeys(hub, write_device):
    write_device("mine", OBEDIENT)
    assert start(hub)
    await hub.until(lambda: hub.states.value("light.a", "OnOff") is False)
    assert hub.home.entity("light.a").owner == "mine"
    command = Command(entity="light.a", trait="OnOff", value=True, channel="ui")
    result = await hub.dispatcher.send(command)
    assert result.ok
    changed = hub.told(StateChanged)[-1]
    assert (changed.value, changed.causes, changed.origin.source) == (True, (command.id,), "mine")
    assert (await send(hub, "Level", 14)).reason == "the bulb is loose"


async def test_one_that_breaks_is_unavailable_and_comes_back(hub, write_device):
    write_device("mine", OBEDIENT)
    start(hub)
    await hub.until(lambda: hub.states.value("light.a", "OnOff") is False)
    waiting = asyncio.ensure_future(send(hub, "Level", 15))  # never answered
    await asyncio.sleep(0)
    result = await send(hub, "Level", 13)
    assert (result.ok, result.code) == (False, "unavailable")
    assert (await waiting).code == "unavailable"
    await hub.until(lambda: len(hub.told(AvailabilityChanged)) >= 2)
    assert [e.available for e in hub.told(AvailabilityChanged)] == [False, True]
    assert "the bridge hung up" in hub.told(TaskFailed)[0].error
    assert (await send(hub, "OnOff", True)).ok


async def test_what_the_device_itself_calls_unreachable_stays_so(hub, write_device):
    write_device(
        "mine",
        """
        @device.connect(Config)
        async def connect(ctx, config):
            yield lamp("a")
            yield lamp("b")
            yield Reachable("light.b", False)
            yield StateReported("light.b", "OnOff", True)
            await asyncio.sleep(999)
        """,
    )
    start(hub)
    await hub.until(lambda: hub.states.value("light.b", "OnOff"))
    assert not hub.states.available("light.b")
    assert hub.states.available("light.a")


@pytest.mark.parametrize(
    "update",
    [
        'StateReported("light.a", "OnOff", "maybe")',
        'StateReported("light.a", "Level", 1e400)',
        'StateReported("light.a", "Level", float("nan"))',
        'StateReported("light.a", "Level", {"a": 1})',
        'StateReported("light.a", "Level", b"raw" * 1000)',
        'StateReported("light.a", "Lock", "locked")',
        'StateReported("light.a", ["x"], 1)',
        'StateReported("light.other", "OnOff", True)',
        "StateReported(None, None, None)",
        'EntityAdded(Entity(id="light.x", name=""))',
        'EntityAdded(Entity(id="light.x", name="x" * 10_000))',
        'EntityAdded("light.x")',
        "EntityAdded(None)",
        'Reachable("light.other", True)',
        '"nonsense"',
        "None",
        "42",
    ],
)
async def test_a_hostile_update_is_refused_and_counted(hub, write_device, update):
    write_device(
        "mine",
        f"""
        @device.connect(Config)
        async def connect(ctx, config):
            yield lamp()
            yield {update}
            yield StateReported("light.a", "OnOff", True)
            await asyncio.sleep(999)
        """,
    )
    start(hub)
    await hub.until(lambda: hub.states.value("light.a", "OnOff") is True)
    [status] = hub.devices.status()
    assert (status.running, status.refused, status.applied, status.entities) == (True, 1, 2, 1)
    assert dict(hub.states.get("light.a")).keys() == {"OnOff"}


async def test_a_flood_of_updates_lets_the_hub_breathe(hub, write_device):
    write_device(
        "mine",
        TELLS,
    )
    start(hub)
    for _ in range(20):
        await asyncio.sleep(0)  # returns, although the flood never pauses by itself
    assert hub.devices.status()[0].applied > 100


async def test_a_broken_config_names_its_place_and_stops_nobody(hub, write_device):
    write_device("mine", OBEDIENT)
    write_device("broken", "1 / 0")
    hub.devices.offer(find_devices(hub.plugin_settings))
    assert not hub.devices.start("mine", {"host": 7}, place="hearth.toml [[mine]]")
    assert not hub.devices.start("broken", {})
    assert hub.devices.start("mine", {"host": "x"})
    [config, code] = hub.told(PluginFailed)
    assert config.error.startswith("hearth.toml [[mine]]: Expected `str`, got `int`")
    assert "integration.py:8: ZeroDivisionError" in code.error
    with pytest.raises(NotFoundError):
        hub.devices.start("nobody", {})
    with pytest.raises(UsageError, match="runs already"):
        hub.devices.start("mine", {})


async def test_two_instances_of_one_integration_stay_apart(hub, write_device):
    write_device("mine", OBEDIENT)
    start(hub)
    hub.devices.start("mine", {}, instance="mine_2")
    await hub.until(lambda: hub.states.value("light.a_mine_2", "OnOff") is False)
    both = [Command(entity=e, trait="OnOff", value=True, channel="ui") for e in ("light.a", "light.a_mine_2")]
    assert [r.ok for r in await hub.dispatcher.send_all(both)] == [True, True]
    assert hub.states.value("light.a_mine_2", "OnOff") is True


async def test_cancelling_is_the_unload(hub, write_device, tmp_path):
    write_device(
        "mine",
        f"""
        @device.connect(Config)
        async def connect(ctx, config):
            try:
                yield lamp()
                await asyncio.sleep(999)
            finally:
                open({str(tmp_path / "gone")!r}, "w").close()
        """,
    )
    start(hub)
    await hub.until(lambda: hub.devices.status()[0].entities)
    await hub.devices.stop("mine")
    assert (tmp_path / "gone").exists()
    assert "light.a" not in hub.home.view().entities
    assert hub.devices.status() == []
    with pytest.raises(NotFoundError):
        await hub.devices.stop("mine")
    assert hub.devices.start("mine", {})  # and it can come back


async def test_connections_are_opened_by_the_hub_and_only_where_granted(hub, write_device):
    code = """
        @device.connect(Config)
        async def connect(ctx, config):
            await ctx.connect(config.host, 1883)
            yield lamp()
            await asyncio.sleep(999)
        """
    grants = '[[grant]]\nport = "connect"\nwhy = "the bridge"\nonly = ["10.0.*:1883"]'
    write_device("mine", code, grants=grants)
    start(hub, host="10.0.0.5")
    await hub.until(lambda: hub.connections)
    assert hub.connections == [("10.0.0.5", 1883, "mine")]
    hub.devices.start("mine", {"host": "1.1.1.1"}, instance="far")
    await hub.until(lambda: hub.told(TaskFailed))
    assert "may not connect to 1.1.1.1:1883" in hub.told(TaskFailed)[0].error
    assert len(hub.connections) == 1


async def test_without_a_grant_there_is_no_port(hub, write_device):
    write_device(
        "mine",
        """
        @device.connect(Config)
        async def connect(ctx, config):
            yield lamp()
            await ctx.connect("h", 1)
        """,
    )
    start(hub)
    await hub.until(lambda: hub.told(TaskFailed))
    assert "not granted 'connect'" in hub.told(TaskFailed)[0].error


async def test_an_entity_that_goes_is_gone(hub, write_device):
    write_device(
        "mine",
        """
        @device.connect(Config)
        async def connect(ctx, config):
            yield lamp("a")
            yield StateReported("light.a", "OnOff", True)
            yield EntityRemoved("light.a")
            yield EntityRemoved("light.never")
            yield lamp("b")
            await asyncio.sleep(999)
        """,
    )
    start(hub)
    await hub.until(lambda: "light.b" in hub.home.view().entities)
    assert "light.a" not in hub.home.view().entities
    assert hub.states.value("light.a", "OnOff") is None


async def test_ready_waits_for_what_integrations_tell_at_first_and_not_for_ever(hub, write_device):
    hub.start_virtual()
    write_device(
        "mute", "@device.connect(Config)\nasync def connect(ctx, config):\n    await asyncio.sleep(999)\n    yield"
    )
    assert await hub.devices.ready(10)
    assert all(hub.states.get(e) or e.startswith("scene.") for e in hub.home.view().entities)
    start(hub, "mute")
    assert not await hub.devices.ready(0.01)
    write_device("dead", "@device.connect(Config)\nasync def connect(ctx, config):\n    raise OSError('x')\n    yield")
    await hub.devices.stop("mute")
    start(hub, "dead")
    assert await hub.devices.ready(10)


async def test_a_command_right_after_the_start_waits_for_the_integration(hub):
    hub.start_virtual()
    command = Command(entity="light.kitchen", trait="OnOff", value=True, channel="ui")
    assert (await hub.dispatcher.send(command)).ok
    assert hub.states.value("light.kitchen", "OnOff") is True


async def test_everything_in_a_large_home_is_told_at_once(hub, write_device):
    write_device("mine", STREET)
    start(hub)
    await hub.until(lambda: f"light.l{LAMPS - 1}" in hub.home.view().entities)
    commands = [Command(entity=f"light.l{n}", trait="OnOff", value=True, channel="ui") for n in range(LAMPS)]
    results = await hub.dispatcher.send_all(commands)
    assert [result.reason for result in results if not result.ok] == []
