"""`hearth device`: what the home is connected to. The hub that runs does it; where none does, the command itself."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import click

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.device_work import DeviceWork, alone, beside_hub
from hub.cli.output import emit, json_option, log_to_stderr
from hub.core.errors import NotFoundError


@click.group()
def device() -> None:
    """Devices: what this home is connected to, and what can be added."""
    log_to_stderr("error")


@device.command("list")
@home_option
@json_option
def list_devices(config: str | None, as_json: bool) -> None:
    """The integrations that come with the hub or from this home's plugin folders, and which of them are in use."""

    async def show(work: DeviceWork) -> None:
        told = await work.status()
        for kind in told["available"]:
            here = [each for each in told["devices"] if each["integration"] == kind["integration"]]
            if as_json:
                line = {"device": kind["integration"], "name": kind["name"], "version": kind.get("version", "")}
                emit({**line, "in_use": bool(here), "instances": here})
                continue
            state = kind.get("trouble") or ("in use" if here else "")
            click.echo(f"{kind['integration']:<12} {kind['name']:<28} {state}".rstrip())
            for each in here:
                by = each.get("trouble") or ("hearth.toml" if each["locked"] else each["state"])
                where = " ".join(str(each["config"][name]) for name in ("host", "port") if name in each["config"])
                click.echo(f"  {each['instance']:<20} {where:<20} {by}".rstrip())

    _with_work(config, show)


@device.command("discover")
@click.option("--seconds", default=3.0, show_default=True, help="How long to listen on the network.")
@json_option
def discover(seconds: float, as_json: bool) -> None:
    """Brokers and satellites that announce themselves on this network."""
    from hub.plugins.devices.search import announced

    for found in asyncio.run(announced(seconds)):
        if as_json:
            emit(found)
        else:
            click.echo(f"{found.kind:<10} {found.name:<32} {found.host}:{found.port}")


@device.command("add")
@click.argument("integration")
@click.argument("values", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--host", help="The same as host=...")
@click.option("--port", type=click.IntRange(1, 65535), help="The same as port=...")
@click.option("--ask", multiple=True, metavar="FIELD", help="Ask for this one unseen, such as a password.")
@home_option
@json_option
def add(
    integration: str,
    values: tuple[str, ...],
    host: str | None,
    port: int | None,
    ask: tuple[str, ...],
    config: str | None,
    as_json: bool,
) -> None:
    """Add a device, such as `hearth device add mqtt --host 192.168.1.10 username=hub --ask password`."""
    given: dict[str, Any] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals:
            raise click.BadParameter(f"{value!r} is not FIELD=VALUE")
        given[name] = text
    given |= {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    given |= {name: click.prompt(name, hide_input=True, err=True) for name in ask}

    async def put(work: DeviceWork) -> None:
        kinds = {kind["integration"]: kind for kind in (await work.status())["available"]}
        if integration not in kinds:
            remedy = f"there are: {', '.join(kinds)}; a hub that runs finds new ones when it starts"
            raise NotFoundError(f"there is no integration {integration!r}", remedy=remedy)
        fields = kinds[integration]["schema"].get("properties", {})
        added = await work.add(integration, {n: _typed(fields.get(n, {}), value) for n, value in given.items()})
        if as_json:
            emit({"event": "added", **added})
        else:
            click.echo(f"added {added['instance']}; {work.takes_effect}")

    _with_work(config, put)


@device.command("remove")
@click.argument("instance")
@home_option
@json_option
def remove(instance: str, config: str | None, as_json: bool) -> None:
    """Remove a device that was added: INSTANCE is its name in `hearth device list`."""

    async def drop(work: DeviceWork) -> None:
        gone = await work.remove(instance)
        emit({"event": "removed", **gone}) if as_json else click.echo(f"removed {gone['instance']}")

    _with_work(config, drop)


def _typed(field: dict[str, Any], value: Any) -> Any:
    """What was typed as the field's schema wants it; as text where that is what it is, and it will be refused."""
    if not isinstance(value, str) or field.get("type", "string") == "string":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _with_work(config: str | None, do: Callable[[DeviceWork], Awaitable[None]]) -> None:
    from hub.cli import beside

    async def run() -> None:
        running = beside.running_hub(paths)
        async with beside_hub(running) if running is not None else alone(paths) as work:
            await do(work)

    with chosen_home(config) as paths:
        asyncio.run(run())
