"""Integrations of strangers for tests to start, command and look for."""

from typing import Any

from hub.core.commands import Command
from hub.plugins.discovery import find_devices
from tests.plugins.conftest import Hub

LAMPS = 320
STREET = f"""
@device.connect(Config)
async def connect(ctx, config):
    for n in range({LAMPS}):
        yield lamp(f"l{{n}}")
    async for command in ctx.commands:
        yield StateReported(command.entity, command.trait, command.value)
        command.done()
"""
"""More lamps than a house has, on one integration."""


def start(hub: Hub, name: str = "mine", **config: Any) -> bool:
    hub.devices.offer(find_devices(hub.plugin_settings))
    return hub.devices.start(name, config, place="hearth.toml [plugins.config.mine]")


def send(hub: Hub, trait: str, value: Any) -> Any:
    return hub.dispatcher.send(Command(entity="light.a", trait=trait, value=value, channel="ui"))


def pid(hub: Hub, name: str = "mine") -> int:
    found: int | None = hub.devices._instances[name].caged.pid  # type: ignore[union-attr]
    assert found
    return found
