"""`hearth device`: device integrations."""

import json

import click

from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import emit, json_option
from hub.core.bundled import bundled
from hub.core.errors import HearthError
from hub.core.settings_file import load_settings


@click.group()
def device() -> None:
    """Device integrations: list them, and what this home has set up."""


@device.command("list")
@home_option
@json_option
def list_devices(config: str | None, as_json: bool) -> None:
    """The integrations that come with the hub or from this home's plugin folders, and whether they are in use."""
    from hub.sdk.manifest import DeviceManifest, read_manifest

    with chosen_home(config) as paths:
        settings = load_settings(paths.settings).settings
        in_use = {"virtual": bool(settings.entity), "mqtt": bool(settings.mqtt)}
        for path in sorted(bundled("devices").glob("*/device.toml")):
            try:
                manifest = read_manifest(path, DeviceManifest)
            except HearthError as error:
                click.echo(f"{path.parent.name}: {error}", err=True)
                continue
            used = in_use.get(manifest.id, False) and manifest.id not in settings.plugins.disabled
            if as_json:
                emit({"device": manifest.id, "name": manifest.name, "version": manifest.version, "in_use": used})
            else:
                click.echo(f"{manifest.id:<12} {manifest.name:<28} {'in use' if used else ''}")


@device.command("discover")
@click.option("--seconds", default=3.0, show_default=True, help="How long to listen on the network.")
@json_option
def discover(seconds: float, as_json: bool) -> None:
    """Brokers and satellites that announce themselves on this network."""
    import asyncio

    from hub.satellites.announced import announced

    for found in asyncio.run(announced(seconds)):
        if as_json:
            emit(found)
        else:
            click.echo(f"{found.kind:<10} {found.name:<32} {found.host}:{found.port}")


@device.command("add")
@click.argument("kind", type=click.Choice(["mqtt"]))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=1883, show_default=True)
@home_option
def add(kind: str, host: str, port: int, config: str | None) -> None:
    """Write a broker into this home's hearth.toml."""
    with chosen_home(config) as paths:
        known = load_settings(paths.settings).settings.mqtt
        if any((broker.host, broker.port) == (host, port) for broker in known):
            click.echo(f"{kind} {host}:{port} is already in {paths.settings}")
            return
        with paths.settings.open("a", encoding="utf-8") as file:
            file.write(f"\n[[{kind}]]\nhost = {json.dumps(host)}\nport = {port}\n")  # JSON's strings are TOML's too
        click.echo(f"added to {paths.settings}; it takes effect when the hub starts")
