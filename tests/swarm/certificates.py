"""Hubs of one home with real trust: made, founded and admitted as pairing does it, without the network."""

from pathlib import Path

from hub.core.clock import Clock
from hub.swarm.fabric import Fabric


async def admitted(guest: Fabric, host: Fabric, name: str = "guest") -> None:
    """Let `guest` into the home of `host`."""
    from hub.swarm import certificates

    request = certificates.make_request(guest.identity.key, guest.hub)
    welcome = await host.admit(guest.identity.certificate, request, guest.card(name, ()))
    await guest.join(welcome)


async def home_of(folder: Path, count: int = 3, clock: Clock | None = None) -> list[Fabric]:
    """`count` hubs of one home, each in a folder of its own; the first founded it. All know all."""
    hubs = [Fabric.open(folder / f"hub{number}", clock) for number in range(count)]
    await hubs[0].found("hub0")
    for number, hub in enumerate(hubs[1:], 1):
        await admitted(hub, hubs[0], f"hub{number}")
    for hub in hubs[1:]:
        await hub.merge(hubs[0].records)
    return hubs
