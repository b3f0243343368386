"""The routes about the home's other hubs: /api/v1/peers."""

from collections.abc import Callable

from aiohttp import web
from msgspec import Struct

from hub.web.api.ports.peers import KnownPeer, PairingStatus, PeerKeeper
from hub.web.bodies import read_json
from hub.web.failures import present
from hub.web.routes import Access, Route


class PeerResponse(Struct, frozen=True, kw_only=True):
    """A hub of the home. `reachable` is null where that is not known; `joined_at` is UTC seconds."""

    peer: str
    short: str
    name: str
    addresses: tuple[str, ...]
    joined_at: float
    here: bool
    founder: bool
    reachable: bool | None


class PairingResponse(Struct, frozen=True, kw_only=True):
    """How pairing stands: `stage` is idle, waiting, paired or closed; the code is there while it waits."""

    stage: str
    code: str
    addresses: tuple[str, ...]
    left_s: float
    tries_left: int
    peer: str
    reason: str


class NearbyResponse(Struct, frozen=True, kw_only=True):
    """A hub on the network that says it waits to be paired; only the code shows whether it is the one."""

    name: str
    address: str


class PeersResponse(Struct, frozen=True, kw_only=True):
    """The home's hubs, how pairing stands, and hubs nearby that wait to be paired."""

    peers: list[PeerResponse]
    pairing: PairingResponse
    nearby: list[NearbyResponse]


class PairRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Wait for a hub for three minutes; with `stop`, wait no longer."""

    stop: bool = False


class JoinRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Go into the home of the hub at `address` (`host:port`), which shows `code`."""

    address: str
    code: str


class RemoveRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Shut this hub out for good: an id, its short form, or a name. This hub's own: leave the home."""

    peer: str


def peer_routes(keeper: Callable[[], PeerKeeper | None]) -> tuple[Route, ...]:
    """The routes; `keeper` is asked at each request."""
    handlers = _Handlers(keeper)
    admin = Access.ADMIN
    return (
        Route(method="GET", path="/api/v1/peers", access=admin, summary="The home's hubs.",
              handler=handlers.peers, response=PeersResponse),
        Route(method="POST", path="/api/v1/peers/pair", access=admin, summary="Wait for a hub to be paired.",
              handler=handlers.pair, request=PairRequest, response=PairingResponse),
        Route(method="POST", path="/api/v1/peers/join", access=admin, summary="Go into another hub's home.",
              handler=handlers.join, request=JoinRequest, response=PeerResponse),
        Route(method="POST", path="/api/v1/peers/remove", access=admin, summary="Shut a hub out for good.",
              handler=handlers.remove, request=RemoveRequest, response=PeerResponse),
    )  # fmt: skip


class _Handlers:
    def __init__(self, keeper: Callable[[], PeerKeeper | None]) -> None:
        self._asked = keeper

    def _keeper(self) -> PeerKeeper:
        remedy = "switch it on under Hubs, or set `enabled = true` in [swarm] of hearth.toml, and start it again"
        return present(self._asked(), "this hub does not look for other hubs", remedy)

    async def peers(self, _request: web.Request) -> PeersResponse:
        keeper = self._keeper()
        return PeersResponse(
            peers=[peer_response(peer) for peer in keeper.peers()],
            pairing=pairing_response(keeper.pairing()),
            nearby=[NearbyResponse(name=hub.name, address=hub.address) for hub in keeper.nearby()],
        )

    async def pair(self, request: web.Request) -> PairingResponse:
        asked = await read_json(request, PairRequest)
        keeper = self._keeper()
        return pairing_response(keeper.call_off() if asked.stop else keeper.pair())

    async def join(self, request: web.Request) -> PeerResponse:
        asked = await read_json(request, JoinRequest)
        return peer_response(await self._keeper().join(asked.address, asked.code))

    async def remove(self, request: web.Request) -> PeerResponse:
        asked = await read_json(request, RemoveRequest)
        return peer_response(await self._keeper().remove(asked.peer))


def peer_response(peer: KnownPeer) -> PeerResponse:
    """The hub as the API tells of it."""
    return PeerResponse(
        peer=peer.id,
        short=peer.short,
        name=peer.name,
        addresses=peer.addresses,
        joined_at=peer.joined_at,
        here=peer.here,
        founder=peer.founder,
        reachable=peer.reachable,
    )


def pairing_response(status: PairingStatus) -> PairingResponse:
    """How pairing stands, as the API tells of it."""
    return PairingResponse(
        stage=status.stage,
        code=status.code,
        addresses=status.addresses,
        left_s=status.left_s,
        tries_left=status.tries_left,
        peer=status.peer,
        reason=status.reason,
    )
