"""`hearth peer`: the other hubs of the home. The hub that runs does it; where none does, the command itself."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from hub.cli import beside
from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import emit, json_option, log_to_stderr
from hub.core.errors import PairingError
from hub.core.paths import HomePaths
from hub.core.running import the_only_hub

if TYPE_CHECKING:
    from hub.swarm.peers import Peers

_LOOK_S: Final = 0.3
_LOOKS: Final = 40


@click.group()
def peer() -> None:
    """The home's hubs: list them, pair another one, remove one."""
    log_to_stderr("error")


@peer.command("list")
@home_option
@json_option
def list_peers(config: str | None, as_json: bool) -> None:
    """The hubs of this home, this one among them."""

    async def show(api: "_Beside") -> None:
        for known in (await api.status())["peers"]:
            emit(known) if as_json else click.echo(_line(known))

    _with_hub(config, show)


@peer.command()
@click.argument("address", required=False)
@click.argument("code", required=False)
@home_option
@json_option
def pair(address: str | None, code: str | None, config: str | None, as_json: bool) -> None:
    """Pair with another hub.

    Without ADDRESS: show a code for three minutes, to type on the other hub. There: `hearth peer pair ADDRESS CODE`, or
    the code alone, where this hub runs and finds the other on the network.
    """
    if address is None:
        return _with_hub(config, lambda api: _wait(api, as_json), listen=True)
    if code is None and re.fullmatch(r"\d{6}", address):
        address, code = "", address
    typed: str = code if code is not None else click.prompt("The code that the other hub shows", err=True)

    async def join(api: "_Beside") -> None:
        known = await api.join(address or await _found(api), typed)
        emit({"event": "paired", **known}) if as_json else click.echo(f"paired with {known['name']} ({known['short']})")

    return _with_hub(config, join)


@peer.command()
@click.argument("hub")
@home_option
@json_option
def remove(hub: str, config: str | None, as_json: bool) -> None:
    """Shut HUB out of the home, for good: its id, the short form of it, or its name. This hub itself: leave."""

    async def shut_out(api: "_Beside") -> None:
        known = await api.remove(hub)
        gone = "this hub left the home" if known["here"] else f"{known['name']} ({known['short']}) is out of the home"
        emit({"event": "removed", **known}) if as_json else click.echo(gone)

    _with_hub(config, shut_out)


async def _found(api: "_Beside") -> str:
    """Where the one hub on the network that waits to be paired is."""
    nearby: list[dict[str, str]] = []
    for _ in range(_LOOKS):
        nearby = (await api.status())["nearby"]
        if nearby:
            break
        await asyncio.sleep(_LOOK_S)
    if len(nearby) != 1:
        found = ", ".join(f"{hub['name']} ({hub['address']})" for hub in nearby) or "none"
        raise PairingError(f"hubs found that wait to be paired: {found}", remedy="give the address that the hub shows")
    return nearby[0]["address"]


async def _wait(api: "_Beside", as_json: bool) -> None:
    """Show the code, and tell how it ended."""
    status = await api.pair()
    if as_json:
        emit({"event": "pairing", **status})
    else:
        for address in status["addresses"]:
            click.echo(f"On the other hub, within three minutes:  hearth peer pair {address} {status['code']}")
        if all(address.startswith(("127.", "[::1]")) for address in status["addresses"]):
            click.echo("(only from this machine: [swarm] host in hearth.toml opens it to the home)", err=True)
    try:
        while status["stage"] == "waiting":
            await asyncio.sleep(_LOOK_S)
            told = await api.status()
            status = told["pairing"]
    except asyncio.CancelledError:  # Ctrl-C: nobody is shown the code any more
        await api.call_off()
        raise
    if status["stage"] != "paired":
        raise PairingError(f"no hub was paired: {status['reason']}", remedy="`hearth peer pair` shows a new code")
    [known] = [known for known in told["peers"] if known["peer"] == status["peer"]]
    emit({"event": "paired", **known}) if as_json else click.echo(f"paired with {known['name']} ({known['short']})")


def _line(known: dict[str, Any]) -> str:
    reachable = {True: "reachable", False: "away", None: ""}[known["reachable"]]
    marks = ", ".join(m for m in ("this hub" if known["here"] else reachable, "lets others in" * known["founder"]) if m)
    return f"{known['short']}  {known['name']:<24} {', '.join(known['addresses']):<24} {marks}".rstrip()


class _Beside:
    """What the commands ask, of a hub that runs."""

    def __init__(self, hub: beside.RunningHub) -> None:
        self._hub = hub

    async def status(self) -> dict[str, Any]:
        """The hubs, and how pairing stands."""
        return await beside.get(self._hub, "api/v1/peers")

    async def pair(self) -> dict[str, Any]:
        """Wait for a hub."""
        return await beside.post(self._hub, "api/v1/peers/pair", {})

    async def call_off(self) -> None:
        """Wait no longer."""
        await beside.post(self._hub, "api/v1/peers/pair", {"stop": True})

    async def join(self, address: str, code: str) -> dict[str, Any]:
        """Go into another hub's home."""
        return await beside.post(self._hub, "api/v1/peers/join", {"address": address, "code": code})

    async def remove(self, hub: str) -> dict[str, Any]:
        """Shut a hub out."""
        return await beside.post(self._hub, "api/v1/peers/remove", {"peer": hub})


class _Alone(_Beside):
    """The same, over a home where no hub runs."""

    def __init__(self, peers: "Peers") -> None:
        from hub.web.api.peers import pairing_response, peer_response

        self._peers = peers
        self._peer, self._pairing = peer_response, pairing_response

    async def status(self) -> dict[str, Any]:
        known = [msgspec.to_builtins(self._peer(peer)) for peer in self._peers.peers()]
        pairing = msgspec.to_builtins(self._pairing(self._peers.pairing()))
        return {"peers": known, "pairing": pairing, "nearby": msgspec.to_builtins(self._peers.nearby())}

    async def pair(self) -> dict[str, Any]:
        started: dict[str, Any] = msgspec.to_builtins(self._pairing(self._peers.pair()))
        return started

    async def call_off(self) -> None:
        self._peers.call_off()

    async def join(self, address: str, code: str) -> dict[str, Any]:
        joined: dict[str, Any] = msgspec.to_builtins(self._peer(await self._peers.join(address, code)))
        return joined

    async def remove(self, hub: str) -> dict[str, Any]:
        removed: dict[str, Any] = msgspec.to_builtins(self._peer(await self._peers.remove(hub)))
        return removed


def _with_hub(config: str | None, work: Callable[[_Beside], Awaitable[None]], *, listen: bool = False) -> None:
    async def run(paths: HomePaths, running: beside.RunningHub | None) -> None:
        if running is not None:
            await work(_Beside(running))
            return
        with the_only_hub(paths, ""):  # keeps one from starting over the same files meanwhile
            async with AsyncExitStack() as stack:
                await work(_Alone(await _open(paths, stack, listen=listen)))

    with chosen_home(config) as paths:
        asyncio.run(run(paths, beside.running_hub(paths)))


async def _open(paths: HomePaths, stack: AsyncExitStack, *, listen: bool) -> "Peers":
    from hub.core.bus import Bus
    from hub.core.settings_file import load_settings
    from hub.floors.swarm import open_peers
    from hub.guard.connect import Guard
    from hub.store.database import Database
    from hub.store.ledger import LedgerTable

    settings = load_settings(paths.settings).settings
    database = await Database.open(settings.store.url or paths.database)
    stack.push_async_callback(database.close)
    guard = Guard(writer=LedgerTable(database))
    stack.push_async_callback(guard.close)
    bus = Bus()
    stack.push_async_callback(bus.close)
    return await open_peers(paths, settings.swarm, guard, bus, stack, listen=listen)
