"""The routes about the rooms and other places of the home: /api/v1/areas."""

from collections.abc import Callable
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from hub.core.entities import Area
from hub.web.api.ports.areas import AreaKeeper
from hub.web.bodies import read_json
from hub.web.failures import ready
from hub.web.routes import Access, Route
from hub.web.wire import ShortText

Aliases = Annotated[tuple[ShortText, ...], Meta(max_length=20, description="other names that people say")]


class AreaDetails(Struct, frozen=True, kw_only=True):
    """An area; `locked`: hearth.toml decides on it."""

    id: str
    name: str
    floor: str
    aliases: tuple[str, ...]
    locked: bool


class AreasResponse(Struct, frozen=True):
    """Every area of the home."""

    areas: list[AreaDetails]


class AreaRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Make an area, with an id from its name; or with an `id`, change what is given of that one."""

    id: ShortText = ""
    name: ShortText | None = None
    floor: ShortText | None = None
    aliases: Aliases | None = None


class RemoveAreaRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Remove this area; what is in it is in none from then on."""

    id: ShortText


def area_routes(keeper: Callable[[], AreaKeeper | None]) -> tuple[Route, ...]:
    """The routes; `keeper` is asked at each request."""
    handlers = _Handlers(keeper)
    admin = Access.ADMIN
    return (
        Route(method="GET", path="/api/v1/areas", access=Access.MEMBER, summary="The rooms of the home.",
              handler=handlers.areas, response=AreasResponse),
        Route(method="POST", path="/api/v1/areas", access=admin, summary="Make a room, or change one.",
              handler=handlers.put, request=AreaRequest, response=AreaDetails),
        Route(method="POST", path="/api/v1/areas/remove", access=admin, summary="Remove a room.",
              handler=handlers.remove, request=RemoveAreaRequest, response=AreaDetails),
    )  # fmt: skip


class _Handlers:
    def __init__(self, keeper: Callable[[], AreaKeeper | None]) -> None:
        self._asked = keeper

    def _keeper(self) -> AreaKeeper:
        return ready(self._asked(), "the home")

    async def areas(self, _request: web.Request) -> AreasResponse:
        keeper = self._keeper()
        return AreasResponse([_details(keeper, area) for area in keeper.areas()])

    async def put(self, request: web.Request) -> AreaDetails:
        asked = await read_json(request, AreaRequest)
        keeper = self._keeper()
        if asked.id:
            area = await keeper.change(asked.id, asked.name, asked.floor, asked.aliases)
        else:
            area = await keeper.make(asked.name or "", asked.floor or "", asked.aliases or ())
        return _details(keeper, area)

    async def remove(self, request: web.Request) -> AreaDetails:
        asked = await read_json(request, RemoveAreaRequest)
        keeper = self._keeper()
        return _details(keeper, await keeper.remove(asked.id))


def _details(keeper: AreaKeeper, area: Area) -> AreaDetails:
    return AreaDetails(
        id=area.id, name=area.name, floor=area.floor, aliases=area.aliases, locked=keeper.locked(area.id)
    )
