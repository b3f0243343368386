"""The routes about Wyoming satellites: /api/v1/satellites."""

from collections.abc import Callable
from typing import Annotated, Literal

from aiohttp import web
from msgspec import Meta, Struct

from hub.core.settings import Port
from hub.web.access.callers import CALLER
from hub.web.api.ports.satellites import KnownSatellite, SatelliteKeeper
from hub.web.bodies import read_json
from hub.web.failures import ready
from hub.web.routes import Access, Route

Name = Annotated[str, Meta(min_length=1, max_length=200)]


class SatelliteResponse(Struct, frozen=True, kw_only=True):
    """A satellite. `state`: connected, away, or waiting: it is about to be tried, or the hub does not hear.

    `locked`: hearth.toml decides on it. Where it is, and why it is `away`, is told to those who may change it.
    """

    name: str
    host: str
    port: int
    area: str
    state: Literal["connected", "away", "waiting"]
    trouble: str
    locked: bool


class SatellitesResponse(Struct, frozen=True):
    """All satellites, those of hearth.toml first."""

    satellites: list[SatelliteResponse]


class SatelliteRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Add the satellite at `host:port`, which must be there; or, with all else as it was, move it to another `area`."""

    name: Name
    host: Annotated[str, Meta(min_length=1, max_length=253)]
    port: Port = 10700
    area: Annotated[str, Meta(max_length=200)] = ""


class RemoveSatelliteRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Remove this one."""

    name: Name


def satellite_routes(keeper: Callable[[], SatelliteKeeper | None]) -> tuple[Route, ...]:
    """The routes; `keeper` is asked at each request."""

    async def satellites(request: web.Request) -> SatellitesResponse:
        told = request[CALLER].role.includes(Access.ADMIN)
        return SatellitesResponse([_response(each, told=told) for each in ready(keeper(), "the home").all()])

    async def add(request: web.Request) -> SatelliteResponse:
        asked = await read_json(request, SatelliteRequest)
        found = await ready(keeper(), "the home").add(asked.name, asked.host, asked.port, asked.area)
        return _response(found, told=True)

    async def remove(request: web.Request) -> SatelliteResponse:
        asked = await read_json(request, RemoveSatelliteRequest)
        return _response(await ready(keeper(), "the home").remove(asked.name), told=True)

    path, admin = "/api/v1/satellites", Access.ADMIN
    return (
        Route(method="GET", path=path, access=Access.MEMBER, summary="The satellites, and whether they are connected.",
              handler=satellites, response=SatellitesResponse),
        Route(method="POST", path=path, access=admin, summary="Add a satellite, or move it to another room.",
              handler=add, request=SatelliteRequest, response=SatelliteResponse),
        Route(method="POST", path=f"{path}/remove", access=admin, summary="Remove a satellite.",
              handler=remove, request=RemoveSatelliteRequest, response=SatelliteResponse),
    )  # fmt: skip


def _response(known: KnownSatellite, *, told: bool) -> SatelliteResponse:
    state: Literal["connected", "away", "waiting"] = (
        "connected" if known.state == "connected" else "away" if known.state == "away" else "waiting"
    )
    return SatelliteResponse(
        name=known.name,
        host=known.host if told else "",
        port=known.port if told else 0,
        area=known.area,
        state=state,
        trouble=known.trouble if told else "",
        locked=known.locked,
    )
