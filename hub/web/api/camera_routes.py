"""GET /api/v1/cameras/found: cameras that are plugged into the hub, to add one in the settings (`camera`)."""

import asyncio

from aiohttp import web
from msgspec import Struct

from hub.media.usb_cameras import usb_cameras
from hub.web.routes import Access, Route


class FoundCamera(Struct, frozen=True, kw_only=True):
    """A camera: the `source` that its setting takes, and what its maker calls it."""

    source: str
    name: str


class FoundCamerasResponse(Struct, frozen=True, kw_only=True):
    """Cameras of the hub's machine. Those of the network do not announce themselves."""

    cameras: list[FoundCamera]


def camera_routes() -> tuple[Route, ...]:
    """The route; the machine is looked at anew at each request."""
    return (
        Route(method="GET", path="/api/v1/cameras/found", access=Access.ADMIN, summary="Cameras plugged into the hub.",
              handler=_found, response=FoundCamerasResponse),
    )  # fmt: skip


async def _found(_request: web.Request) -> FoundCamerasResponse:
    devices = await asyncio.to_thread(usb_cameras)
    return FoundCamerasResponse(cameras=[FoundCamera(source=each.source, name=each.name) for each in devices])
